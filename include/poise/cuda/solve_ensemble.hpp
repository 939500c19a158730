// SPDX-License-Identifier: MIT
// Integrates an ensemble on a GPU. For files that nvcc compiles: f is compiled for the GPU here.
#pragma once

#ifndef __CUDACC__
#error "<poise/cuda/solve_ensemble.hpp> compiles your f for GPUs: include it in a .cu file, or name its language CUDA"
#elif __cplusplus < 202002L
#error "<poise/cuda/solve_ensemble.hpp> needs C++20: nvcc -std=c++20, in CMake the target poise::cuda"
#endif

// Of an f that is not for GPUs nvcc only warns, and leaves its calls out.
#pragma nv_diag_error 20011
#pragma nv_diag_error 20014

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/cuda/detail/ensemble_on_device.hpp>
#include <poise/ode/detail/ensemble_run.hpp>
#include <poise/ode/solve_ensemble.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>

namespace poise::cuda {
namespace detail {

/// What a GPU would not do, or do wrongly, with numbers of this kind.
template <class Real, std::size_t N>
void require_in_range(ode::detail::walk_limits<N> const& limits, ode::ensemble_options<N> const& options) {
    constexpr std::size_t most_steps = sizeof(Real) == 4 ? std::size_t{1} << 24 : 0xFFFF'FFFF;
    POISE_REQUIRE(options.max_steps <= most_steps, "cuda::solve: max_steps is ", options.max_steps,
                  "; a trajectory counts to ", most_steps, sizeof(Real) == 4 ? " in float" : "");
    if constexpr (sizeof(Real) == 4) {
        constexpr double epsilon = std::numeric_limits<float>::epsilon(), least = std::numeric_limits<float>::min(),
                         most = std::numeric_limits<float>::max();
        double const span = limits.span(), largest = std::max(std::abs(limits.begin), std::abs(limits.end));
        POISE_REQUIRE(span == 0.0 || (largest < most && span >= 1024.0 * epsilon * largest),
                      "cuda::solve<float>: of times from ", limits.begin, " to ", limits.end,
                      " float tells too few apart; begin at 0, or take double");
        POISE_REQUIRE(options.fixed_step > 0.0 || options.rtol >= 8.0 * epsilon, "cuda::solve<float>: rtol is ",
                      options.rtol, ", and float has no more than ", 8.0 * epsilon, "; take double");
        for (double const step : std::array{options.fixed_step, options.first_step, options.largest_step})
            POISE_REQUIRE(step == 0.0 || step >= least, "cuda::solve<float>: a step of ", step,
                          " is 0 in float; take double");
        for (double const atol : limits.atol)
            POISE_REQUIRE(atol == 0.0 || atol >= least, "cuda::solve<float>: an atol of ", atol,
                          " is 0 in float; take double");
    }
}

}  // namespace detail

/// ode::solve where options.device is the processor, and the same on a GPU where it is one: each trajectory in a thread
/// of its own, from its beginning to its end.
///   auto const result = cuda::solve(ensemble, ode::tsitouras5{}, {.rtol = 1e-8, .device = device::best()});
///   auto const quick  = cuda::solve<float>(ensemble, ode::tsitouras5{}, {.rtol = 1e-4, .device = device::best()});
/// Real: float or double, what a GPU computes with; the processor always takes double. Method: an explicit one. F: as
/// for ode::solve, marked __host__ __device__ and trivially copyable; on a GPU it is called with lanes of one number.
/// Results, reports, statistics and sink are those of ode::solve, equal to rounding, of Real; options.threads and
/// options.instructions are the processor's. Steps and tolerances are of the same text as on the processor.
/// Throws as ode::solve; device_unavailable and device_lost for what happens to the GPU, not_enough_device_memory where
/// it has no room; std::invalid_argument for what float does not hold: an rtol below 10⁻⁶, starts beyond 3·10³⁸, times
/// far from 0, more than 2²⁴ steps. Thread-safe. Cost: (N + P) numbers of each trajectory are copied to the GPU, N and
/// 32 bytes from it, and N for each time of save_at, at most 1 GiB at a time; starts are asked for and results are
/// delivered on the calling thread; profile::report() says what of the time that was. Threads of a warp wait for the
/// one that takes most steps.
template <class Real = double, class F, class Start, class Method>
[[nodiscard]] ode::ensemble_solution<ode::ensemble<F, Start>::n_components> solve(
    ode::ensemble<F, Start> const& ensemble, Method const& method,
    ode::ensemble_options<ode::ensemble<F, Start>::n_components> const& options = {}) {
    static_assert(std::is_same_v<Real, float> || std::is_same_v<Real, double>, "cuda::solve: Real is float or double");
    static_assert(ode::detail::is_explicit_runge_kutta<Method>, "cuda::solve: an explicit Runge–Kutta method");
    using type = ode::ensemble<F, Start>;
    if (options.device.is_cpu()) return ode::solve(ensemble, method, options);
    profile::scope const timing{"cuda::solve"};
    profile::timer const taken;
    ode::detail::ensemble_run<Method, type> run{ensemble, options};
    detail::require_in_range<Real>(run.limits(), options);
    run.report().instructions = std::is_same_v<Real, float> ? "float" : "double";
    auto result = run.run_by(1, [&](ode::detail::ensemble_delivery& delivery) {
        if (ensemble.size() == 0) return;
        detail::ensemble_on_device<Method, type, Real>{options.device, ensemble, run.limits(), options.save_at}.run(
            delivery);
    });
    result.report.solve_s = taken.seconds();
    if (options.on_failure == ode::on_failure::throw_exception) result.report.or_throw();
    return result;
}

}  // namespace poise::cuda
