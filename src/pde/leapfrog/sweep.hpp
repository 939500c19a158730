// SPDX-License-Identifier: MIT
// Private to src/pde: many leapfrog steps, several of them in one sweep over memory.
#pragma once

#include "pde/fused_sweep.hpp"
#include "pde/leapfrog/leapfrog.hpp"

#include <cstddef>

namespace poise::pde::detail {

/// Advances the states by so many steps, options.n_fused of them in a sweep; on return u[n_steps % 2] is the older one.
/// The same bits whatever the options are and on any number of threads. Fused steps read and write 24 bytes an unknown.
/// No allocation.
template <std::size_t D>
void advance(leapfrog<D> const& step, leapfrog_states const& states, std::size_t n_steps,
             sweep_options const& options = {});

}  // namespace poise::pde::detail
