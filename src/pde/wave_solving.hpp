// SPDX-License-Identifier: MIT
// Private to src/pde: the ways in which the wave equation is followed in time.
#pragma once

#include "core/large_vector.hpp"
#include "pde/leapfrog/medium.hpp"

#include <poise/grid/boundary.hpp>
#include <poise/pde/wave.hpp>

#include <vector>

namespace poise::pde::detail {

using wave_values = poise::detail::large_vector<double>;

/// A problem whose numbers and options were looked at, with its conditions at the beginning.
template <std::size_t D>
struct wave_to_solve {
    wave<D> const& problem;
    evolution_options<D> const& options;
    grid::boundary<D> const& boundary;
    side_flags<D> absorbing;
    std::vector<double> speed;              ///< a number, or on all points
    std::vector<double> damping;            ///< none, or on all points
    wave_values initial, initial_velocity;  ///< on all points

    [[nodiscard]] bool has_constant_data() const noexcept {
        return problem.source.is_constant() && problem.boundary.is_constant();
    }
    /// values /= speed²
    void over_speed2(std::vector<double>& values) const {
        for (std::size_t i = 0; i < values.size(); ++i) {
            double const c = speed[speed.size() == 1 ? 0 : i];
            values[i] /= c * c;
        }
    }
};

/// By the eigenfunctions of the operator: a number for the speed, no losses, constant data, a uniform grid, no Robin
/// side.
template <std::size_t D>
[[nodiscard]] wave_evolution<D> solve_wave_exactly(wave_to_solve<D> const& given);

/// By leapfrog steps.
template <std::size_t D>
[[nodiscard]] wave_evolution<D> solve_wave_by_steps(wave_to_solve<D> const& given);

}  // namespace poise::pde::detail
