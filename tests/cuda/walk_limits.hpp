// SPDX-License-Identifier: MIT
// What the threads of an ensemble are told of a solve.
#pragma once

#include <poise/ode/detail/lane_walk.hpp>
#include <poise/ode/ensemble.hpp>
#include <poise/ode/ensemble_options.hpp>

#include <cstddef>

namespace poise_test {

/// As ode::detail::ensemble_run has it, of one atol for all components.
template <std::size_t N>
poise::ode::detail::walk_limits<N> limits_of(poise::ode::time_span t, poise::ode::ensemble_options<N> const& options,
                                             double atol) {
    poise::ode::detail::walk_limits<N> limits{.begin = t.begin,
                                              .end = t.end,
                                              .direction = t.end < t.begin ? -1.0 : 1.0,
                                              .rtol = options.rtol,
                                              .atol = {},
                                              .first_step = options.first_step,
                                              .largest_step = options.largest_step,
                                              .fixed_step = options.fixed_step,
                                              .max_steps = static_cast<double>(options.max_steps)};
    limits.atol.fill(atol);
    return limits;
}

}  // namespace poise_test
