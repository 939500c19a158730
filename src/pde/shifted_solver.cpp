// SPDX-License-Identifier: MIT
#include "pde/shifted_solver.hpp"

#include "core/block_reductions.hpp"
#include "linear/long_vectors.hpp"
#include "pde/solving.hpp"

#include <poise/profile/scope.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace poise::pde::detail {
namespace {

// Where coefficients differ by less, a fast transform of their means takes fewer operations than multigrid cycles.
constexpr double most_contrast_for_transform = 8.0;
// Where sC is so much of the matrix, its diagonal preconditions as well as anything.
constexpr double most_stiffness_for_diagonal = 4.0;
// What a preconditioner's rate may be off by.
constexpr double nearness_of_rates = 1.7;
constexpr std::size_t most_iterations = 5'000;

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
    for (auto* vector : {&residual_, &z_, &p_, &q_}) vector->resize(n);
    sums_.resize(poise::detail::n_reduction_blocks(n));
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
    largest_ = norm_max(matrix_->diagonal());
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
void shifted_solver<D>::precondition(std::span<double const> r, std::span<double> z) const {
    if (way_ == way::transform_as_preconditioner) {
        (void)transform_->solve(r, z, {.rtol = 1.0, .max_refinements = 0});
    } else if (is_by_diagonal_) {
        for (std::size_t i = 0; i < z.size(); ++i) z[i] = inverse_diagonal_[i] * r[i];
    } else {
        (*hierarchy_)(r, z);
    }
}

// linear::cg() for who solves five such systems a step: without looks at what is finite, which the right-hand side was
// and x is then, and with the residual as it recurs, as a tolerance that is far above rounding allows.
template <std::size_t D>
shifted_solve shifted_solver<D>::iterate(std::span<double const> right, std::span<double> x, double tolerance) {
    linear::detail::long_vectors const all{x.size(), sums_};
    (*matrix_)(x, residual_);
    double norm = all.subtract_from(right, residual_);
    double const rounding = std::numeric_limits<double>::epsilon() * (2.0 * largest_ * all.norm2(x) + all.norm2(right));
    double const enough = std::max(tolerance, rounding);
    double rho = 0.0;
    for (std::size_t k = 0; k <= most_iterations; ++k) {
        if (norm <= enough) return {true, k};
        precondition(residual_, z_);
        double const next_rho = all.dot(residual_, z_);
        if (!(next_rho > 0.0)) return {false, k};  // NaN too
        if (k == 0)
            std::ranges::copy(z_, p_.begin());
        else
            all.turn(next_rho / rho, z_, p_);
        rho = next_rho;
        (*matrix_)(p_, q_);
        double const curvature = all.dot(p_, q_);
        if (!(curvature > 0.0)) return {false, k};
        norm = all.step_along(rho / curvature, p_, q_, x, residual_);
    }
    return {false, most_iterations};
}

template <std::size_t D>
shifted_solve shifted_solver<D>::solve(std::span<double const> r, std::span<double> x, double tolerance) {
    if (way_ != way::transform) return iterate(r, x, tolerance);
    double const over_kappa = 1.0 / system_.typical().kappa[0];
    for (std::size_t i = 0; i < r.size(); ++i) scaled_[i] = over_kappa * r[i];
    return {static_cast<bool>(transform_->solve(scaled_, x, {.rtol = 1.0, .max_refinements = 0})), 0};
}

template class shifted_solver<1>;
template class shifted_solver<2>;
template class shifted_solver<3>;

}  // namespace poise::pde::detail
