// SPDX-License-Identifier: MIT
// Private to src/: the error of a grid by comparing with a coarser one.
#pragma once

#include "grid/sides.hpp"

#include <poise/core/error.hpp>
#include <poise/grid/field.hpp>
#include <poise/grid/field_arithmetic.hpp>
#include <poise/pde/solve.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace poise::pde::detail {

/// Half as many cells in each direction that has 4 or more, one more where they are odd. Throws std::invalid_argument
/// where none has.
template <std::size_t D>
[[nodiscard]] grid::cartesian<D> coarser_domain(grid::cartesian<D> const& domain);

/// Between six points in each direction: the error of interpolation is of sixth order, beyond that of every scheme.
template <std::size_t D>
[[nodiscard]] grid::field<D> resampled(grid::field<D> const& u, grid::cartesian<D> const& onto);

enum class range { any, of_the_field };
/// Fields are resampled, and kept in their range where signs matter. What they are on the last nodes around a ring is
/// not used.
template <std::size_t D>
void move_to(grid::cartesian<D> const& domain, grid::boundary<D> const& boundary, grid::scalar_function<D>& f,
             range allowed) {
    if (f.values() == nullptr) return;
    grid::field<D> given = *f.values();
    grid::detail::repeat_first_points(boundary.kinds(), given);
    auto moved = resampled(given, domain);
    auto const [min, max, argmin, argmax] = grid::extrema(given.values());
    if (allowed == range::of_the_field)
        for (double& value : moved.values()) value = std::clamp(value, min, max);
    f = std::move(moved);
}
template <std::size_t D>
[[nodiscard]] helmholtz<D> on_grid(helmholtz<D> problem, grid::cartesian<D> const& domain) {
    move_to(domain, problem.boundary, problem.source, range::any);
    problem.domain = domain;
    return problem;
}
template <std::size_t D>
[[nodiscard]] diffusion<D> on_grid(diffusion<D> problem, grid::cartesian<D> const& domain) {
    problem.kappa.for_each([&](auto& along) { move_to(domain, problem.boundary, along, range::of_the_field); });
    move_to(domain, problem.boundary, problem.sigma, range::of_the_field);
    move_to(domain, problem.boundary, problem.source, range::any);
    problem.domain = domain;
    return problem;
}

/// solve(problem, options), with the estimate in its report where that is asked for and both solves converge; NaN where
/// the coarser problem cannot be stated or solved. Errors grow with the spacing to the order p of the scheme: of the
/// least ratio of the two grids' r, u − coarse is r^p − 1 errors of u.
template <class Problem, class Solve>
[[nodiscard]] auto with_error_estimate(Problem const& problem, solve_options options, Solve const& solve) {
    if (options.error_estimate == error_estimate::none) return solve(problem, options);
    auto const& fine = problem.domain;
    auto const coarse = coarser_domain(fine);
    auto result = solve(problem, options);
    if (!result.report) return result;
    double ratio = std::numeric_limits<double>::infinity();
    for (std::size_t d = 0; d < fine.dimension(); ++d)
        if (coarse.cells()[d] < fine.cells()[d]) ratio = std::min(ratio, coarse.spacing(d) / fine.spacing(d));
    double const order = options.scheme == scheme::second_order ? 2.0 : 4.0;
    options.on_iteration = {};
    options.on_failure = on_failure::throw_exception;
    try {
        auto const other = solve(on_grid(problem, coarse), options);
        result.report.error_estimate = norm_max(resampled(result.u, coarse) - other.u) / (std::pow(ratio, order) - 1.0);
    } catch (device_lost const&) {  // not the coarser problem's fault
        throw;
    } catch (std::invalid_argument const&) {  // a source that is not finite at a point of the coarser grid alone
    } catch (error const&) {
    }
    return result;
}

}  // namespace poise::pde::detail
