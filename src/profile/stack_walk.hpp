// SPDX-License-Identifier: MIT
// The callers of a function.
#pragma once

#include <cstddef>
#include <cstdint>

namespace poise::profile::detail {

/// Return addresses of the calling thread, the innermost, that of walk_stack() itself, first; at most `max`. How many
/// were written. Frame pointers are not needed. Allocates nothing, takes no lock. Cost: some 20 ns per frame seen
/// before, 300 ns otherwise.
std::size_t walk_stack(std::uintptr_t* into, std::size_t max) noexcept;

}  // namespace poise::profile::detail
