// SPDX-License-Identifier: MIT
#include "pde/reaction/species_system.hpp"

#include "pde/evolving.hpp"
#include "pde/same_films.hpp"

#include <poise/core/reductions.hpp>
#include <poise/linear/neg_diffusion.hpp>
#include <poise/profile/timer.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace poise::pde::detail {
namespace {

template <std::size_t D>
std::vector<grid::boundary<D>> boundaries_at(species_problem<D> const& problem, double t) {
    std::vector<grid::boundary<D>> result;
    for (auto const* boundary : problem.boundary) result.push_back(boundary->at(t));
    return result;
}

template <std::size_t D>
line_layout<D> layout_of(species_problem<D> const& problem, grid::boundary<D> const& boundary) {
    return line_layout<D>{unknowns_of(grid::axis_stencils(problem.domain, boundary.kinds()))};
}

}  // namespace

template <std::size_t D>
species_system<D>::species_system(species_problem<D> const& problem)
    : problem_{problem},
      boundaries_{boundaries_at(problem, problem.t.begin)},
      layout_{layout_of(problem, boundaries_.front())},
      points_(problem.domain.size()) {
    for (std::size_t s = 0; s < problem.diffusivity.size(); ++s) species_.push_back(species_of(problem, s));
    require_same_points();
    auto const& axes = species_[0].axes;
    for (std::size_t d = 0; d < D; ++d)
        for (std::ptrdiff_t i = 0; i < axes[d].n; ++i)
            coordinates_[d].push_back(problem.domain.coordinate(d, axes[d].first_point + i));
    for_each_line([&](std::ptrdiff_t j, std::ptrdiff_t k) {
        double across = 1.0;
        if constexpr (D > 1) across *= axes[1].share(j);
        if constexpr (D > 2) across *= axes[2].share(k);
        for (std::ptrdiff_t i = 0; i < layout_.n[0]; ++i) shares_.push_back(across * axes[0].share(i));
    });
    has_unit_shares_ = std::ranges::all_of(shares_, [](double share) { return share == 1.0; });
    for (auto& each : line_) each.assign(n_species(), std::vector<double>(static_cast<std::size_t>(layout_.n[0])));
    for (std::size_t i = 0; i < places_.size(); ++i)
        for (auto& values : line_[i]) places_[i].push_back(values.data());
    sizes_.resize(n_species());
    for (auto& each : species_) {
        each.b.resize(n_unknowns());
        if (each.robin.empty()) continue;
        for (std::size_t i = 0; i < n_unknowns(); ++i) each.robin[i] /= shares_[i];
    }
}

template <std::size_t D>
diffusing_species<D> species_system<D>::species_of(species_problem<D> const& problem, std::size_t s) const {
    auto const& boundary = boundaries_[s];
    diffusing_species<D> result{.diffusivity = problem.diffusivity[s],
                                .kinds = boundary.kinds(),
                                .axes = grid::axis_stencils(problem.domain, boundary.kinds()),
                                .couplings = {},
                                .robin = {},
                                .b = {}};
    result.couplings = couplings_of(result.axes);
    auto& along_x = result.couplings[0];
    if (along_x.periodic && !along_x.lower.empty()) {
        result.wrap = {std::exchange(along_x.lower.front(), 0.0), std::exchange(along_x.upper.back(), 0.0)};
    }
    for (auto* each : {&along_x.lower, &along_x.upper}) each->resize(static_cast<std::size_t>(layout_.width));
    if (has_robin<D>(result.kinds) && result.diffusivity > 0.0)
        result.robin = linear::robin_diagonal(problem.domain, boundary,
                                              std::vector<double>(problem.domain.size(), result.diffusivity));
    bool const is_constant = problem.source[s]->is_constant() && problem.boundary[s]->is_constant();
    result.has_constant_data = is_constant;
    return result;
}

template <std::size_t D>
void species_system<D>::require_same_points() const {
    for (std::size_t s = 1; s < species_.size(); ++s)
        for (std::size_t d = 0; d < D; ++d) {
            auto const &a = species_[0].axes[d], &b = species_[s].axes[d];
            POISE_REQUIRE(a.n == b.n && a.first_point == b.first_point && a.periodic == b.periodic, "species 0 and ", s,
                          " have their unknowns at different points in direction ", "xyz"[d],
                          ": periodic sides, and on nodes Dirichlet sides, are to be the same of all species; take "
                          "cells, or a Robin side with a large coefficient");
        }
}

template <std::size_t D>
bool species_system<D>::has_constant_data() const noexcept {
    return std::ranges::all_of(species_, [](auto const& each) { return each.has_constant_data; });
}

template <std::size_t D>
double species_system<D>::largest_diffusion() const {
    double largest = 0.0;
    for (auto const& each : species_) {
        double sum = 0.0;
        for (std::size_t d = 0; d < D; ++d) {
            auto const& along = each.couplings[d];
            double most = 0.0;
            auto const last = static_cast<std::size_t>(std::max<std::ptrdiff_t>(layout_.n[d], 1)) - 1;
            for (std::size_t i = 0; i < along.lower.size(); ++i) {
                double const around = d > 0 ? 0.0 : (i == 0 ? each.wrap[0] : 0.0) + (i == last ? each.wrap[1] : 0.0);
                most = std::max(most, along.lower[i] + along.upper[i] + around);
            }
            sum += 2.0 * most;
        }
        sum *= each.diffusivity;
        if (!each.robin.empty()) sum += norm_max(each.robin);
        largest = std::max(largest, sum);
    }
    return largest;
}

template <std::size_t D>
species_values species_system<D>::initial() const {
    species_values u(n_species());
    for (std::size_t s = 0; s < n_species(); ++s) {
        auto const values =
            finite_values(problem_.domain, *problem_.initial[s], concat("the initial value of species ", s).c_str());
        u[s].resize(n_unknowns());
        discrete_problem<D> const discrete{problem_.domain, boundaries_[s], grid::uniform_point<D>(1.0)};
        discrete.from_points(values, u[s]);
    }
    return u;
}

template <std::size_t D>
void species_system<D>::evaluate_data(double t) {
    profile::timer const taken;
    for (std::size_t s = 0; s < n_species(); ++s) {
        auto& each = species_[s];
        at_time(t, [&] { problem_.source[s]->evaluate(t, problem_.domain, points_); });
        auto const boundary = at_time(t, [&] { return problem_.boundary[s]->at(t, each.kinds); });
        discrete_problem<D> const discrete{problem_.domain, boundary, grid::uniform_point<D>(each.diffusivity)};
        at_time(t, [&] {
            require_same_films<D>(problem_.domain, each.axes, boundaries_[s], boundary);
            if (each.diffusivity > 0.0) return discrete.right_hand_side(points_, each.b);
            discrete.times_shares(points_, each.b);
        });
        if (auto const bad = first_not_finite(each.b))
            throw_invalid(concat("the data of species ", s, " are not finite at t = ", t));
        each.has_data = norm_max(each.b) > 0.0;
    }
    data_s_ += taken.seconds();
}

template <std::size_t D>
void species_system<D>::react(double t, std::ptrdiff_t j, std::ptrdiff_t k, std::ptrdiff_t first, std::size_t n,
                              double const* const* u, double* const* rate) const {
    reaction_block<D> block{.t = t, .x = coordinates_[0].data() + first, .across = {}, .n = n, .u = u, .rate = rate};
    if constexpr (D > 1) block.across[1] = coordinates_[1][static_cast<std::size_t>(j)];
    if constexpr (D > 2) block.across[2] = coordinates_[2][static_cast<std::size_t>(k)];
    problem_.rates(block);
}

// Sums of rows of the Jacobian in sizes of species: what species `by` adds.
template <std::size_t D>
void species_system<D>::differentiate(double t, std::ptrdiff_t j, std::ptrdiff_t k, species_values const& u,
                                      std::size_t by) {
    auto& [moved, rate, moved_rate, rows] = line_;
    std::size_t const n = moved[by].size();
    auto const at = static_cast<std::size_t>(layout_.number(j, k)) * n;
    for (double const step : {1e-6 * sizes_[by], -1e-6 * sizes_[by]}) {
        for (double& value : moved[by]) value += step;
        react(t, j, k, 0, n, places_[0].data(), places_[2].data());
        std::copy_n(u[by].data() + at, n, moved[by].data());
        bool const is_finite =
            std::ranges::none_of(moved_rate, [](auto const& values) { return first_not_finite(values).has_value(); });
        if (!is_finite && step > 0.0) continue;
        for (std::size_t s = 0; s < n_species(); ++s)
            for (std::size_t i = 0; i < n; ++i)
                rows[s][i] += std::abs((moved_rate[s][i] - rate[s][i]) / step) * (sizes_[by] / sizes_[s]);
        return;
    }
}

template <std::size_t D>
double species_system<D>::fastest_reaction(double t, species_values const& u) {
    std::size_t const S = n_species(), n = static_cast<std::size_t>(layout_.n[0]);
    auto& [moved, rate, moved_rate, rows] = line_;
    for (std::size_t s = 0; s < S; ++s) sizes_[s] = norm_max(u[s]);
    // One that is not there yet is to be a thousandth of the others.
    double const most = S > 0 ? *std::ranges::max_element(sizes_) : 0.0;
    for (double& size : sizes_) size = most > 0.0 ? std::max(size, 1e-3 * most) : 1.0;
    double largest = 0.0;
    bool is_finite = true;
    for_each_line([&](std::ptrdiff_t j, std::ptrdiff_t k) {
        auto const at = static_cast<std::size_t>(layout_.number(j, k)) * n;
        for (std::size_t s = 0; s < S; ++s) {
            std::copy_n(u[s].data() + at, n, moved[s].data());
            std::ranges::fill(rows[s], 0.0);
        }
        react(t, j, k, 0, n, places_[0].data(), places_[1].data());
        for (std::size_t by = 0; by < S; ++by) differentiate(t, j, k, u, by);
        for (auto const& row : rows)
            for (double const sum : row) {
                is_finite &= std::isfinite(sum);
                largest = std::max(largest, sum);
            }
    });
    return is_finite ? largest : std::numeric_limits<double>::quiet_NaN();
}

template <std::size_t D>
void species_system<D>::to_fields(double t, species_values const& u, species_fields<D>& fields) const {
    for (std::size_t s = 0; s < n_species(); ++s) {
        auto const boundary = at_time(t, [&] { return problem_.boundary[s]->at(t, species_[s].kinds); });
        discrete_problem<D> const discrete{problem_.domain, boundary, grid::uniform_point<D>(1.0)};
        discrete.to_field(u[s], fields[s]);
    }
}

template <std::size_t D>
double species_system<D>::error_scale(species_options<D> const& options, double squares) const {
    auto const n = static_cast<double>(std::max<std::size_t>(n_unknowns(), 1));
    return options.atol + options.rtol * std::sqrt(squares / n);
}

template <std::size_t D>
double species_system<D>::amount(std::span<double const> u) const {
    return problem_.domain.cell_measure() * (has_unit_shares_ ? sum(u) : dot(shares_, u));
}

template class species_system<1>;
template class species_system<2>;
template class species_system<3>;

}  // namespace poise::pde::detail
