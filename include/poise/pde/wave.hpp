// SPDX-License-Identifier: MIT
// The wave equation in time.
#pragma once

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/grid/field.hpp>
#include <poise/grid/scalar_function.hpp>
#include <poise/ode/problem.hpp>
#include <poise/pde/evolution.hpp>
#include <poise/pde/in_time.hpp>

#include <cstddef>
#include <vector>

namespace poise::pde {

/// ∂²u/∂t² + damping ∂u/∂t = speed² Δu + source on the box from t.begin to t.end: sound in a medium of one density, a
/// membrane or a string of one tension, light. u = initial and ∂u/∂t = initial_velocity at the beginning; a condition
/// on every side, of ∂u/∂n as for poisson<D>, whatever the speed is. speed > 0 and damping ≥ 0 are numbers, callables
/// of the coordinates, or fields on the domain. With t.end < t.begin backwards, where nothing is lost. absorbing:
/// Neumann sides that let waves out, ∂u/∂n + (1/speed) ∂u/∂t = the side's value: what comes at right angles leaves, of
/// what comes at an angle θ to the normal (1 − cos θ) / (1 + cos θ) is reflected. On cells that value should not change
/// with time, which would cost an order. Less comes back with a layer before them, absorbing_layer().
///   pde::wave<2>{.domain = pond, .boundary = grid::neumann{0.0}, .absorbing = {grid::side::x_upper},
///                .initial = drop, .t = {0.0, 2.0}}
template <std::size_t D>
struct wave {
    grid::cartesian<D> domain;
    grid::scalar_function<D> speed = 1.0;
    grid::scalar_function<D> damping = 0.0;
    source_in_time<D> source = 0.0;
    boundary_in_time<D> boundary = grid::dirichlet{0.0};
    std::vector<grid::side> absorbing = {};
    grid::scalar_function<D> initial = 0.0;
    grid::scalar_function<D> initial_velocity = 0.0;
    ode::time_span t = {};
};

/// What absorbing_layer() makes.
template <std::size_t D>
struct layer_options {
    std::vector<grid::side> sides = {};
    double width = 0.0;
    double speed = 1.0;        ///< of waves in it, about
    double reflection = 0.05;  ///< what a wave at right angles keeps on its way through and back
};

/// A damping that grows from 0 as the square of the way into layers along sides of the box, for wave::damping, before
/// sides that absorb what is left: of a wavelet shorter than the layer is wide, at all angles, 10⁻³ to 10⁻⁶ of the
/// energy stays in the box that it has with such sides alone. Waves longer than that come back from it in part, the
/// more the less reflection is asked for. Throws std::invalid_argument for a width that is not positive and finite or
/// wider than the box, a speed that is not positive, a reflection not between 0 and 1, and a side that the dimension
/// does not have. Source: Israeli & Orszag (1981), J. Comput. Phys. 41, 115.
template <std::size_t D>
[[nodiscard]] grid::scalar_function<D> absorbing_layer(grid::cartesian<D> const& domain,
                                                       layer_options<D> const& options);

/// u at the times that were asked for, and how it changes there.
template <std::size_t D>
struct wave_evolution : evolution<D> {
    std::vector<grid::field<D>> velocity;  ///< ∂u/∂t, as many as t
    /// ½ ∫ (∂u/∂t)² / speed² + |∇u|² − 2 source·u / speed² of the grid, as many as t: what waves keep where nothing is
    /// lost and data do not change. Of leapfrog steps the energy that they keep to rounding, between the saved time and
    /// the step before. Where data change, without them.
    std::vector<double> energy;
    double stable_step = 0.0;  ///< steps beyond it are unstable on this grid; infinite of the exact method
};

/// In space as pde::solve(poisson<D>), second order. In time, as options.method says:
/// exact, what automatic takes where it can: a number for the speed, no damping, nothing that absorbs, data that do not
/// change with time, cells of one width and no Robin side. By the eigenfunctions of the grid's operator, cos(ωt) and
/// sin(ωt)/ω of each mode: three transforms for the beginning and two for each saved time, whatever the time.
/// leapfrog (Störmer and Verlet), of order 2, explicit: the steps divide the span equally, at most 2/√λ long, where λ
/// is a bound of the largest eigenvalue of −speed²Δ on the grid. 24 bytes of memory an unknown and step, or 32 where
/// the speed varies; where nothing asks for the steps in between (on_step, data that change, saved times) as many as 16
/// steps go through memory at once.
/// modified_leapfrog, of order 4 in time for twice the work a step, at most √12/√λ long; without damping or absorbing
/// sides and with data that do not change. automatic takes of the two the one that costs less for the tolerance.
/// rtol and atol: with steps, the error in time at the end is to be at most rtol·|u| + atol, roots of means over the
/// box, by what the order of the method makes of the initial values, initial velocities and what acts on them then. It
/// is not the error of the grid, which is often larger; of initial values that the grid does not resolve most is error,
/// and steps for a small rtol are many: name a fixed_step. What data that change bring in later is not in the estimate.
/// options.fixed_step: the largest step, of a method by steps; refused where it is not stable, with the limit.
/// Saved times between steps are interpolated, of order 4 (their velocity 3).
/// The report's "energy" is wave_evolution::energy; its largest_drift is NaN where energy is lost or data change.
/// Thread-safe; the same bits on any number of threads. Nothing is allocated in a step, but by what the problem calls.
/// Throws std::invalid_argument for a span of time that is not finite, or backwards where energy is lost; options as
/// pde::solve(heat<D>) refuses; a method that is not for the problem; a speed that is not positive and finite, a
/// damping that is negative or not finite, data that are not finite (naming where and when); an absorbing side that is
/// not Neumann; fields on another grid; sides whose kind or Robin coefficient changes with time; not_enough_memory;
/// pde::not_converged. An empty span returns the initial state.
template <std::size_t D>
[[nodiscard]] wave_evolution<D> solve(wave<D> const& problem, evolution_options<D> const& options = {});

}  // namespace poise::pde
