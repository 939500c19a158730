// SPDX-License-Identifier: MIT
#include "core/multiversion.hpp"
#include "linear/refinement.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/reductions.hpp>
#include <poise/linear/cg.hpp>
#include <poise/linear/direct_solve.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace poise::linear {
namespace {

// x += alpha p, r -= alpha q.
POISE_MULTIVERSION void step_along(double alpha, std::size_t n, double const* p, double const* q, double* x,
                                   double* r) {
    for (std::size_t i = 0; i < n; ++i) {
        x[i] += alpha * p[i];
        r[i] -= alpha * q[i];
    }
}

// p = z + beta p.
POISE_MULTIVERSION void turn(double beta, std::size_t n, double const* z, double* p) {
    for (std::size_t i = 0; i < n; ++i) p[i] = z[i] + beta * p[i];
}

// r = b - r.
POISE_MULTIVERSION void subtract_from(double const* b, std::size_t n, double* r) {
    for (std::size_t i = 0; i < n; ++i) r[i] = b[i] - r[i];
}

class conjugate_gradients {
public:
    conjugate_gradients(map_view A, std::span<double const> b, std::span<double> x, krylov_options const& options,
                        map_view M, krylov_workspace& workspace)
        : A_{A},
          M_{M},
          b_{b},
          x_{x},
          options_{options},
          r_{workspace.vector(0, b.size())},
          z_{workspace.vector(1, b.size())},
          p_{workspace.vector(2, b.size())},
          q_{workspace.vector(3, b.size())},
          norm_b_{norm2(b)} {
        report_.method = "conjugate gradients";
        report_.n_unknowns = b.size();
        report_.tolerance = std::max(options.rtol * norm_b_, options.atol);
    }

    solve_report run() {
        compute_residual();
        for (double before = std::numeric_limits<double>::infinity();;) {
            if (auto const reason = judge(before)) return finish(*reason);
            before = report_.residual_norm;
            auto const reason = iterate();
            compute_residual();
            if (was_asked_to_stop_) return finish(verdict().value_or(stop_reason::max_iterations));
            // Who says that the residual is small enough is believed when it was computed.
            if (reason != stop_reason::converged) return finish(verdict().value_or(reason));
        }
    }

private:
    // What a residual that was computed says by itself.
    [[nodiscard]] std::optional<stop_reason> verdict() const {
        if (!std::isfinite(report_.residual_norm)) return stop_reason::not_finite;
        if (report_.residual_norm <= report_.tolerance) return stop_reason::converged;
        return {};
    }
    // And beside the one before; nothing when it is worth going on from there.
    [[nodiscard]] std::optional<stop_reason> judge(double before) const {
        if (auto const reason = verdict()) return reason;
        if (report_.residual_norm > 0.5 * before) return stop_reason::stagnated;
        if (report_.iterations >= options_.max_iterations) return stop_reason::max_iterations;
        return {};
    }

    void compute_residual() {
        profile::scope const timing{"residual"};
        A_(x_, r_);
        subtract_from(b_.data(), b_.size(), r_.data());
        report_.residual_norm = norm2(r_);
    }

    // From r = b - A x on, until the recurred residual is small enough, which is `converged`, or there is no going on.
    [[nodiscard]] stop_reason iterate() {
        profile::scope const timing{"iterations"};
        std::size_t const n = b_.size();
        // Below that the recurred residual says nothing of the true one.
        double const enough =
            std::max(report_.tolerance, std::numeric_limits<double>::epsilon() * report_.residual_norm);
        double rho = 0.0;
        for (bool is_first = true; report_.iterations < options_.max_iterations; is_first = false) {
            M_(r_, z_);
            double const next_rho = dot(r_, z_);
            if (!std::isfinite(next_rho)) return stop_reason::not_finite;
            if (next_rho <= 0.0) return stop_reason::breakdown;
            if (is_first)
                std::ranges::copy(z_, p_.begin());
            else
                turn(next_rho / rho, n, z_.data(), p_.data());
            rho = next_rho;
            A_(p_, q_);
            double const curvature = dot(p_, q_);
            if (!std::isfinite(curvature)) return stop_reason::not_finite;
            if (curvature <= 0.0) return stop_reason::breakdown;
            step_along(rho / curvature, n, p_.data(), q_.data(), x_.data(), r_.data());
            ++report_.iterations;
            double const residual_norm = norm2(r_);
            if (!std::isfinite(residual_norm)) return stop_reason::not_finite;
            was_asked_to_stop_ = options_.on_iteration && !options_.on_iteration(report_.iterations, residual_norm);
            if (residual_norm <= enough) return stop_reason::converged;
            if (was_asked_to_stop_) break;
        }
        return stop_reason::max_iterations;
    }

    solve_report finish(stop_reason reason) {
        report_.reason = reason;
        if (reason == stop_reason::converged || report_.iterations == 0) return report_;
        report_.attainable_residual = detail::attainable_residual(norm_of_A(), norm2(x_), norm_b_);
        return report_;
    }

    // ‖A‖₂ from below, by a few steps of the power method from a vector without order: the directions of a solve tell
    // little of it, as a good preconditioner leaves the smooth ones alone. Source: Golub & Van Loan (2013), §7.3.1.
    double norm_of_A() {
        std::uint32_t state = 1;
        for (double& value : p_) {
            state = 1664525U * state + 1013904223U;
            value = static_cast<double>(state >> 8) - 0x1p23;
        }
        double estimate = 0.0;
        for (int step = 0; step < 10; ++step) {
            double const norm_p = norm2(p_);
            if (!(norm_p > 0.0) || !std::isfinite(norm_p)) break;
            for (double& value : p_) value /= norm_p;
            A_(p_, q_);
            estimate = std::max(estimate, norm2(q_));
            std::ranges::copy(q_, p_.begin());
        }
        return estimate;
    }

    map_view A_, M_;
    std::span<double const> b_;
    std::span<double> x_;
    krylov_options const& options_;
    std::span<double> r_, z_, p_, q_;
    double norm_b_;
    bool was_asked_to_stop_ = false;
    solve_report report_;
};

}  // namespace

solve_report cg(map_view A, std::span<double const> b, std::span<double> x, krylov_options const& options, map_view M) {
    profile::scope const timing{"cg"};
    require_tolerances(options.rtol, options.atol);
    POISE_REQUIRE(b.size() == x.size(), "cg: b has ", b.size(), " entries and x has ", x.size());
    POISE_REQUIRE(options.max_iterations >= 0, "cg: max_iterations is ", options.max_iterations,
                  "; give a number >= 0");
    require_finite(b, "b");
    require_finite(x, "x");
    krylov_workspace own;
    profile::timer const taken;
    auto report =
        conjugate_gradients{A, b, x, options, M, options.workspace != nullptr ? *options.workspace : own}.run();
    report.solve_s = taken.seconds();
    return report;
}

}  // namespace poise::linear
