// SPDX-License-Identifier: MIT
// Private to src/pde: the ways in which the heat equation is followed in time.
#pragma once

#include <poise/grid/boundary.hpp>
#include <poise/pde/heat.hpp>

#include <array>
#include <optional>
#include <string>

namespace poise::pde::detail {

/// κ of each direction, capacity and σ, where they are numbers.
template <std::size_t D>
struct heat_constants {
    grid::point<D> kappa;
    double capacity;
    double sigma;
};

/// A problem whose numbers and options were looked at, with its conditions at the beginning.
template <std::size_t D>
struct heat_to_solve {
    heat<D> const& problem;
    evolution_options<D> const& options;
    grid::boundary<D> const& boundary;
    std::optional<heat_constants<D>> constants;

    [[nodiscard]] bool has_constant_data() const noexcept {
        return problem.source.is_constant() && problem.boundary.is_constant();
    }
};

/// Throws std::invalid_argument where a field of the problem lives on another grid than its domain.
template <std::size_t D>
void require_heat_fields(heat<D> const& problem);

/// By the eigenfunctions of the operator: constants, constant data, a uniform grid, no Robin side.
template <std::size_t D>
[[nodiscard]] evolution<D> solve_heat_exactly(heat_to_solve<D> const& given);

/// By diagonally implicit Runge-Kutta steps, whatever the coefficients and the data are; σ ≥ 0.
template <std::size_t D>
[[nodiscard]] evolution<D> solve_heat_by_steps(heat_to_solve<D> const& given);

}  // namespace poise::pde::detail
