// SPDX-License-Identifier: MIT
// Private to src/pde: many leapfrog steps, several of them in one sweep over memory.
#pragma once

#include "pde/leapfrog/leapfrog.hpp"

#include <cstddef>

namespace poise::pde::detail {

struct sweep_options {
    std::size_t max_threads = 0;  ///< 0: as many as there are
    std::ptrdiff_t n_fused = 0;   ///< steps of one sweep; 0: as many as help
};

/// Advances the states by so many steps; on return u[n_steps % 2] is the older one. The same bits
/// whatever the options are and on any number of threads. No allocation.
/// A sweep goes up the last direction with one stage behind the other, a line (a plane in 3D) apart: what it needs of
/// memory is read and written once for all its stages, 24 bytes an unknown. Planes too large for caches are cut in
/// strips that slant back a line a stage. Threads take slabs that shrink by a line a stage, and then what is left
/// between them. Source: Wonnacott (2002), Int. J. Parallel Program. 30, 181 (time skewing); Bandishti, Pananilath &
/// Bondhugula (2012), SC12, 40 (what shrinks and what grows between).
template <std::size_t D>
void advance(leapfrog<D> const& step, leapfrog_states const& states, std::size_t n_steps,
             sweep_options const& options = {});

}  // namespace poise::pde::detail
