// SPDX-License-Identifier: MIT
#include "linear/krylov_method.hpp"

#include "linear/refinement.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/reductions.hpp>
#include <poise/linear/direct_solve.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace poise::linear::detail {
namespace {

// Of the residual that iterations begin with. Rounding seldom shows earlier, and solves to the default rtol copy
// nothing.
constexpr double least_worth_keeping = 1e-9;

}  // namespace

void scatter(std::span<double> v) noexcept {
    std::uint32_t state = 1;
    for (double& value : v) {
        state = 1664525U * state + 1013904223U;
        value = static_cast<double>(state >> 8) - 0x1p23;
    }
}

krylov_method::krylov_method(char const* function, char const* method, map_view A, std::span<double const> b,
                             std::span<double> x, krylov_options const& options, map_view M)
    : options_{options},
      A_{A},
      M_{M},
      b_{b},
      x_{x},
      workspace_{options.workspace != nullptr ? *options.workspace : own_},
      all_{b.size(), workspace_.vector(0, poise::detail::n_reduction_blocks(b.size()))} {
    require_tolerances(options.rtol, options.atol);
    POISE_REQUIRE(b.size() == x.size(), function, ": b has ", b.size(), " entries and x has ", x.size());
    POISE_REQUIRE(options.max_iterations >= 0, function, ": max_iterations is ", options.max_iterations,
                  "; give a number >= 0");
    require_finite(b, "b");
    require_finite(x, "x");
    A.require_in_bounds();
    M.require_in_bounds();
    kept_x_ = workspace_.vector(1, b.size());
    r_ = vector(0);
    norm_b_ = all_.norm2(b);
    report_.method = method;
    report_.n_unknowns = b.size();
    report_.tolerance = std::max(options.rtol * norm_b_, options.atol);
}

solve_report krylov_method::run() {
    first_norm_ = report_.residual_norm = compute_residual(r_);
    for (bool is_first = true;; is_first = false) {
        if (auto const reason = verdict()) return finish(*reason);
        if (report_.iterations >= options_.max_iterations) return finish(stop_reason::max_iterations);
        double const before = computed_norm();
        keep(before);
        worth_keeping_ = least_worth_keeping * before;
        // Below that the recurred residual says nothing of the true one.
        enough_ = std::max(report_.tolerance, std::numeric_limits<double>::epsilon() * before);
        auto const end = [this] {
            profile::scope const timing{"iterations"};
            return iterate();
        }();
        report_.residual_norm = compute_residual(r_);
        bool const was_cut = is_first && end.reason == stop_reason::max_iterations && kept_norm_ == before;
        bool const went_back = !was_cut && go_back_to_kept();
        if (auto const reason = verdict()) return finish(*reason);
        if (was_asked_to_stop_) return finish(stop_reason::max_iterations);
        if (computed_norm() > end.anew * before)
            return finish(went_back && end.reason == stop_reason::not_finite ? stop_reason::breakdown : end.reason);
    }
}

void krylov_method::keep_if_good(double residual_norm) {
    if (residual_norm < worth_keeping_) keep(residual_norm);
}
void krylov_method::keep(double residual_norm) {
    std::ranges::copy(x_, kept_x_.begin());
    kept_norm_ = residual_norm;
    worth_keeping_ = 0.3 * residual_norm;
}

// Whether that is better than x.
bool krylov_method::go_back_to_kept() {
    double const of_last = computed_norm();
    if (of_last <= kept_norm_) return false;
    std::ranges::swap_ranges(x_, kept_x_);
    report_.residual_norm = compute_residual(r_);
    if (computed_norm() <= of_last || !std::isfinite(of_last)) return true;
    std::ranges::swap_ranges(x_, kept_x_);
    report_.residual_norm = compute_residual(r_);
    return false;
}

std::optional<krylov_method::ending> krylov_method::after_iteration(double residual_norm) {
    ++report_.iterations;
    if (!std::isfinite(residual_norm)) return ending{stop_reason::not_finite};
    was_asked_to_stop_ = options_.on_iteration && !options_.on_iteration(report_.iterations, residual_norm);
    if (is_enough(residual_norm)) return ending{stop_reason::stagnated, 0.5};
    if (was_asked_to_stop_ || report_.iterations >= options_.max_iterations) return ending{stop_reason::max_iterations};
    return {};
}

double krylov_method::compute_residual(std::span<double> r) {
    profile::scope const timing{"residual"};
    A_(x_, r);
    return all_.subtract_from(b_, r);
}

// What a residual that was computed says by itself.
std::optional<stop_reason> krylov_method::verdict() const {
    if (!std::isfinite(report_.residual_norm)) return stop_reason::not_finite;
    if (report_.residual_norm <= report_.tolerance) return stop_reason::converged;
    return {};
}

solve_report krylov_method::finish(stop_reason reason) {
    report_.reason = reason;
    if (reason != stop_reason::converged && report_.iterations > 0)
        report_.attainable_residual = attainable_residual(norm_of_A(), norm2(x_), norm_b_);
    // Noise has no properties that a method could assume. But an x that is beyond all bounds attains nothing.
    if (reason == stop_reason::breakdown && report_.residual_norm <= report_.attainable_residual &&
        report_.residual_norm <= std::max(norm_b_, first_norm_))
        report_.reason = stop_reason::stagnated;
    report_.solve_s = taken_.seconds();
    return report_;
}

// ‖A‖₂ from below, by a few steps of the power method from a vector without order: the directions of a solve tell
// little of it, as a good preconditioner leaves the smooth ones alone. Source: Golub & Van Loan (2013), §7.3.1.
double krylov_method::norm_of_A() {
    auto const p = vector(1);
    auto const q = vector(2);
    scatter(p);
    double estimate = 0.0;
    for (int step = 0; step < 10; ++step) {
        double const norm_p = norm2(p);
        if (!(norm_p > 0.0) || !std::isfinite(norm_p)) break;
        for (double& value : p) value /= norm_p;
        A_(p, q);
        estimate = std::max(estimate, norm2(q));
        std::ranges::copy(q, p.begin());
    }
    return estimate;
}

}  // namespace poise::linear::detail
