// SPDX-License-Identifier: MIT
// Private to ode: what a boundary-value problem refuses.
#pragma once

#include <poise/ode/boundary_options.hpp>
#include <poise/ode/problem.hpp>

#include <cstddef>
#include <span>

namespace poise::ode::detail {

/// Throws std::invalid_argument with the number that is wrong. guess: the state at the beginning.
void require_boundary_input(time_span const& x, std::span<double const> guess, boundary_options const& options);

}  // namespace poise::ode::detail
