// SPDX-License-Identifier: MIT
// Integrates an ensemble.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/ode/detail/ensemble_run.hpp>
#include <poise/ode/ensemble.hpp>
#include <poise/ode/ensemble_options.hpp>
#include <poise/ode/ensemble_solution.hpp>
#include <poise/ode/lane_functions.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

namespace poise::ode {

/// All trajectories of an ensemble, each by itself, as ode::solve would: in SIMD lanes with steps of their own, over
/// threads, and a trajectory that has ended makes room for the next one.
///   auto const result = ode::solve(ensemble, ode::tsitouras5{}, {.rtol = 1e-8, .threads = 2});
///   std::cout << result.y[17][0] << ' ' << result.distribution.mean(0, 0) << '\n' << result.report << '\n';
/// Method: an explicit one; with rodas5p, which has no lanes, trajectories are solved one by one on each thread, with a
/// Jacobian by dual numbers. A trajectory that fails disturbs no other; its rows are NaN from there on. What comes of
/// one does not depend on the others, on lanes or on threads, to the bit, as long as the instructions are the same;
/// neither do the statistics. Throws ode::ensemble_not_converged, which carries the report, where any failed, unless
/// options.on_failure says otherwise; std::invalid_argument as ode::solve, and for instructions that are not there;
/// what f, the function of starts and the sink throw, after all threads have come to rest. A y0 that is not finite
/// fails its trajectory. Keeps N numbers and a report for each trajectory, and N for each of its saved times; a step
/// allocates nothing. Thread-safe where f, starts and sink are.
template <class F, class Start, class Method>
[[nodiscard]] ensemble_solution<ensemble<F, Start>::n_components> solve(
    ensemble<F, Start> const& ensemble, Method const&,
    ensemble_options<poise::ode::ensemble<F, Start>::n_components> const& options = {}) {
    POISE_REQUIRE(options.device.is_cpu(), "ode::solve: ensembles are integrated on ", options.device.name(),
                  " by cuda::solve of <poise/cuda/solve_ensemble.hpp>, in a file that nvcc compiles");
    profile::scope const timing{"ode::solve"};
    profile::timer const taken;
    detail::ensemble_run<Method, poise::ode::ensemble<F, Start>> run{ensemble, options};
    auto result = run.run();
    result.report.solve_s = taken.seconds();
    if (options.on_failure == on_failure::throw_exception) result.report.or_throw();
    return result;
}

}  // namespace poise::ode
