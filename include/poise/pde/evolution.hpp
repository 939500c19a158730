// SPDX-License-Identifier: MIT
// What problems in time have in common: options and results.
#pragma once

#include <poise/grid/field.hpp>
#include <poise/linear/operator_cache.hpp>
#include <poise/pde/evolution_report.hpp>
#include <poise/pde/on_failure.hpp>

#include <cstddef>
#include <functional>
#include <limits>
#include <vector>

namespace poise::pde {

/// How a problem is followed in time. evolution::report says what was chosen, and why.
enum class time_method {
    automatic,             ///< exact where that can be, else what suits the equation
    exact,                 ///< by the eigenfunctions of the grid's operator: no error in time
    implicit_runge_kutta,  ///< an L-stable pair of order 4(3), of the heat equation
    leapfrog,              ///< Störmer and Verlet's, of order 2, of the wave equation
    modified_leapfrog,     ///< of order 4, of the wave equation
    ssp_runge_kutta,       ///< Shu and Osher's, of order 3, of transport
    stabilised_runge_kutta,  ///< Runge–Kutta–Legendre, explicit, of order 2, of diffusion beside reaction or transport
    exponential,             ///< diffusion exactly, a reaction of order 4
};

/// A step is accepted where its estimated error e is ‖e‖ ≤ 1, the root of the mean over unknowns of
/// (eᵢ / (atol + rtol·|u|))², |u| the root of the mean of u² at that time: of fields a place where u is 0 by chance
/// asks for no more than its neighbours. State: what is followed in time, a field or one for each species.
template <std::size_t D, class State = grid::field<D>>
struct evolution_options {
    double rtol = 1e-6;
    double atol = 1e-9;
    /// Where u is kept, in order and within the span; the end is kept always, once.
    std::vector<double> save_at = {};
    /// Called after every accepted step, of an exact method at every saved time, with u on all points; false ends the
    /// solve, with the reason stopped. What it throws leaves the solve.
    std::function<bool(double t, State const& u)> on_step = nullptr;
    std::size_t max_steps = 100'000;  ///< accepted and rejected
    double largest_step = std::numeric_limits<double>::infinity();
    /// Times within the span, in order, at which data jump: a step ends at each, and the next one begins anew. Exact
    /// methods have no need of them; the wave equation, whose steps are of one size, refuses them.
    std::vector<double> discontinuities = {};
    /// Steps of this size, whatever their error is, but for those that end at the end, at a discontinuity or, waves
    /// excepted, at a saved time; 0: as the tolerances say.
    double fixed_step = 0.0;
    time_method method = time_method::automatic;
    linear::operator_cache* cache = nullptr;  ///< nullptr: linear::default_operator_cache()
    pde::on_failure on_failure = pde::on_failure::throw_exception;
};

/// u at the times that were asked for.
template <std::size_t D, class State = grid::field<D>>
struct evolution {
    std::vector<double> t;
    std::vector<State> u;  ///< as many as t; on every point of the domain
    evolution_report report;

    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(report); }
};

}  // namespace poise::pde
