// SPDX-License-Identifier: MIT
#include "pde/heat_system.hpp"

#include "grid/sides.hpp"
#include "linear/diffusion_assembly.hpp"
#include "pde/evolving.hpp"
#include "pde/same_films.hpp"

#include <poise/linear/neg_diffusion.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace poise::pde::detail {
namespace {

struct extremes {
    double least, most;
    [[nodiscard]] double ratio() const { return most / least; }
    [[nodiscard]] double mean() const { return least == most ? least : std::sqrt(least) * std::sqrt(most); }
};
extremes extremes_of(std::span<double const> values) {
    auto const [least, most] = std::ranges::minmax(values);
    return {least, most};
}

template <std::size_t D>
void require_positive(grid::cartesian<D> const& domain, std::span<double const> values, char const* name) {
    auto const bad = std::ranges::find_if_not(values, [](double v) { return v > 0.0 && std::isfinite(v); });
    if (bad == values.end()) return;
    auto const place = static_cast<std::size_t>(bad - values.begin());
    throw_invalid(concat(name, " is ", *bad, " at ", linear::detail::position_of(domain, place % domain.size()),
                         "; it must be positive and finite"));
}

}  // namespace

template <std::size_t D>
heat_system<D>::heat_system(heat_to_solve<D> const& given)
    : given_{given}, domain_{given.problem.domain}, A_{grid::extents<D>{}} {
    profile::scope const timing{"coefficients"};
    evaluate_coefficients();
    points_.resize(domain_.size());
    if (auto const* source = given.problem.source.constant()) {
        auto const f = finite_values(domain_, *source, "the source");
        unchanging_source_ = discretised(given.boundary).times_shares(f);
    }
}

template <std::size_t D>
void heat_system<D>::evaluate_coefficients() {
    auto const& problem = given_.problem;
    std::size_t const n = domain_.size();
    kappa_.resize(problem.kappa.is_isotropic() ? n : D * n);
    for (std::size_t d = 0; d * n < kappa_.size(); ++d)
        problem.kappa.along(d).evaluate(domain_, std::span{kappa_}.subspan(d * n, n));
    require_positive(domain_, kappa_, "kappa");
    std::vector<double> capacity(n), sigma(n);
    problem.capacity.evaluate(domain_, capacity);
    require_positive(domain_, capacity, "capacity");
    problem.sigma.evaluate(domain_, sigma);
    linear::detail::require_coefficients(domain_, kappa_, sigma);
    if (auto const place = linear::detail::first_negative(sigma))
        throw_invalid(concat("sigma is ", sigma[*place], " at ", linear::detail::position_of(domain_, *place),
                             "; steps in time need sigma >= 0"));
    A_ = linear::neg_diffusion(domain_, given_.boundary, kappa_, sigma);

    auto const of_capacity = extremes_of(capacity);
    contrast_ = of_capacity.ratio();
    typical_.capacity = of_capacity.mean();
    auto const [least_sigma, most_sigma] = extremes_of(sigma);
    typical_.sigma = least_sigma + 0.5 * (most_sigma - least_sigma);
    // Beside the least that sC can be in a step.
    contrast_ =
        std::max(contrast_, 1.0 + (most_sigma - least_sigma) / of_capacity.least * (problem.t.end - problem.t.begin));
    for (std::size_t d = 0; d < D; ++d) {
        auto const of_kappa = extremes_of(linear::detail::kappa_along(d, domain_, std::span<double const>{kappa_}));
        contrast_ = std::max(contrast_, of_kappa.ratio());
        typical_.kappa[d] = of_kappa.mean();
    }
    mass_ = discretised(given_.boundary).times_shares(capacity);
    find_losses();
}

template <std::size_t D>
void heat_system<D>::find_losses() {
    std::vector<double> const ones(mass_.size(), 1.0);
    std::vector<double> sums(mass_.size());
    A_(ones, sums);
    // What rounding leaves of rows whose couplings cancel is nothing.
    constexpr double of_diagonal = 16.0 * std::numeric_limits<double>::epsilon();
    for (std::size_t i = 0; i < sums.size(); ++i)
        if (std::abs(sums[i]) > of_diagonal * A_.diagonal()[i]) losses_.push_back({i, sums[i]});
}

template <std::size_t D>
std::vector<double> heat_system<D>::initial() const {
    auto const values = finite_values(domain_, given_.problem.initial, "the initial value");
    std::vector<double> u(n_unknowns());
    discretised(given_.boundary).from_points(values, u);
    return u;
}

template <std::size_t D>
void heat_system<D>::data(double t, std::span<double> b) {
    profile::scope const timing{"data"};
    at_time(t, [&] {
        auto const& problem = given_.problem;
        auto const add_to = [&](grid::boundary<D> const& now) {
            auto const discrete = discretised(now);
            if (unchanging_source_.empty()) {
                problem.source.evaluate(t, domain_, points_);
                discrete.right_hand_side(points_, b);
            } else {
                std::ranges::copy(unchanging_source_, b.begin());
                discrete.add_side_data(b);
            }
        };
        if (problem.boundary.is_constant()) return add_to(given_.boundary);
        auto const now = problem.boundary.at(t, given_.boundary.kinds());
        require_same_films<D>(domain_, grid::axis_stencils(domain_, now.kinds()), given_.boundary, now);
        add_to(now);
    });
}

template <std::size_t D>
void heat_system<D>::to_field(double t, std::span<double const> unknowns, grid::field<D>& u) const {
    auto const& boundary = given_.problem.boundary;
    if (boundary.is_constant()) return discretised(given_.boundary).to_field(unknowns, u);
    auto const now = at_time(t, [&] { return boundary.at(t, given_.boundary.kinds()); });
    discretised(now).to_field(unknowns, u);
}

template class heat_system<1>;
template class heat_system<2>;
template class heat_system<3>;

}  // namespace poise::pde::detail
