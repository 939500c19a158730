// SPDX-License-Identifier: MIT
#include "pde/shifted_solver.hpp"

#include "pde/solving.hpp"

#include <poise/linear/cg.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <cmath>

namespace poise::pde::detail {
namespace {

// Where coefficients differ by less, a fast transform of their means takes fewer operations than multigrid cycles.
constexpr double most_contrast_for_transform = 8.0;
// Where sC is so much of the matrix, its diagonal preconditions as well as anything.
constexpr double most_stiffness_for_diagonal = 4.0;
// What a preconditioner's rate may be off by.
constexpr double nearness_of_rates = 1.7;

}  // namespace

template <std::size_t D>
shifted_solver<D>::shifted_solver(heat_system<D> const& system, grid::cartesian<D> const& domain,
                                  grid::condition_kinds<D> const& kinds, bool has_constants,
                                  linear::operator_cache& cache)
    : system_{system},
      domain_{domain},
      kinds_{kinds},
      cache_{cache},
      way_{choose(has_constants)},
      isotropic_{way_ == way::transform || way_ == way::transform_as_preconditioner
                     ? isotropic_domain(domain, system.typical().kappa)
                     : domain} {
    std::size_t const n = system.n_unknowns();
    if (way_ == way::transform) {
        scaled_.resize(n);
        return;
    }
    matrix_ = system.A();
    if (way_ == way::transform_as_preconditioner) return;
    inverse_diagonal_.resize(n);
    for (std::size_t i = 0; i < n; ++i) stiffest_ = std::max(stiffest_, system.A().diagonal()[i] / system.mass()[i]);
}

template <std::size_t D>
auto shifted_solver<D>::choose(bool has_constants) const -> way {
    bool const is_boxed = domain_.is_uniform() && !has_robin<D>(kinds_);
    if (is_boxed && has_constants) return way::transform;
    if (is_boxed && (system_.contrast() <= most_contrast_for_transform || is_periodic<D>(kinds_)))
        return way::transform_as_preconditioner;
    return is_periodic<D>(kinds_) ? way::diagonal : way::multigrid;
}

template <std::size_t D>
char const* shifted_solver<D>::name() const noexcept {
    switch (way_) {
        case way::transform:
            return "fast transform";
        case way::transform_as_preconditioner:
            return "conjugate gradients with a fast transform";
        case way::multigrid:
            return "conjugate gradients with multigrid";
        case way::diagonal:
            return "conjugate gradients";
    }
    return "";
}

template <std::size_t D>
void shifted_solver<D>::prepare_transform(double rate) {
    auto const& typical = system_.typical();
    double const shift = (typical.capacity * rate + typical.sigma) / typical.kappa[0];
    transform_ = cache_.get_transform(isotropic_, kinds_, shift).plan;
    prepared_rate_ = rate;
}

template <std::size_t D>
void shifted_solver<D>::set_rate(double rate) {
    if (rate == rate_) return;
    profile::scope const timing{"operator of a step"};
    rate_ = rate;
    if (way_ == way::transform) return prepare_transform(rate);
    for (std::size_t i = 0; i < system_.n_unknowns(); ++i)
        matrix_->diagonal()[i] = system_.A().diagonal()[i] + rate * system_.mass()[i];
    bool const is_near = rate < nearness_of_rates * prepared_rate_ && prepared_rate_ < nearness_of_rates * rate;
    if (way_ == way::transform_as_preconditioner) {
        // By a power of two, so that other problems find the plan in the cache.
        if (!is_near) prepare_transform(std::exp2(std::round(std::log2(rate))));
        return;
    }
    is_by_diagonal_ = way_ == way::diagonal || stiffest_ <= most_stiffness_for_diagonal * rate;
    if (is_by_diagonal_) {
        for (std::size_t i = 0; i < inverse_diagonal_.size(); ++i) inverse_diagonal_[i] = 1.0 / matrix_->diagonal()[i];
    } else if (!is_near) {
        hierarchy_.emplace(*matrix_, linear::multigrid_options{.nullspace = linear::multigrid_nullspace::nothing});
        prepared_rate_ = rate;
    }
}

template <std::size_t D>
void shifted_solver<D>::apply_transform(std::span<double const> r, std::span<double> z) const {
    (void)transform_->solve(r, z, {.rtol = 1.0, .max_refinements = 0});
}

template <std::size_t D>
linear::solve_report shifted_solver<D>::iterate(std::span<double const> r, std::span<double> x, double tolerance) {
    linear::krylov_options options;
    options.rtol = 0.0;
    options.atol = tolerance;
    options.max_iterations = 5'000;
    options.workspace = &workspace_;
    if (way_ == way::transform_as_preconditioner) {
        auto const by_transform = [this](std::span<double const> from, std::span<double> to) {
            apply_transform(from, to);
        };
        return linear::cg(*matrix_, r, x, options, by_transform);
    }
    if (!is_by_diagonal_) return linear::cg(*matrix_, r, x, options, *hierarchy_);
    auto const by_diagonal = [this](std::span<double const> from, std::span<double> to) {
        for (std::size_t i = 0; i < to.size(); ++i) to[i] = inverse_diagonal_[i] * from[i];
    };
    return linear::cg(*matrix_, r, x, options, by_diagonal);
}

template <std::size_t D>
shifted_solve shifted_solver<D>::solve(std::span<double const> r, std::span<double> x, double tolerance) {
    if (way_ == way::transform) {
        double const over_kappa = 1.0 / system_.typical().kappa[0];
        for (std::size_t i = 0; i < r.size(); ++i) scaled_[i] = over_kappa * r[i];
        auto const report = transform_->solve(scaled_, x, {.rtol = 1.0, .max_refinements = 0});
        return {static_cast<bool>(report), 0};
    }
    auto const report = iterate(r, x, tolerance);
    bool const is_solved = report || report.reason == linear::stop_reason::stagnated;
    return {is_solved, static_cast<std::size_t>(report.iterations)};
}

template class shifted_solver<1>;
template class shifted_solver<2>;
template class shifted_solver<3>;

}  // namespace poise::pde::detail
