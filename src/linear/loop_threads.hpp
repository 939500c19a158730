// SPDX-License-Identifier: MIT
// Private to src/linear: how many threads a loop is worth.
#pragma once

#include <poise/task/parallel_for.hpp>

#include <algorithm>
#include <cstddef>

namespace poise::linear::detail {

/// What max_threads of a method's options comes to: 0 is as many as there are.
[[nodiscard]] inline std::size_t threads_of(std::size_t max_threads) {
    std::size_t const available = task::available_threads();
    return max_threads == 0 ? available : std::min(max_threads, available);
}

/// Parts of a loop over so much work on so many threads: one, where it is less than the least at which a second thread
/// saves more than it costs; else some for each, as they are seldom equally fast.
[[nodiscard]] inline std::size_t parts_of_loop(std::size_t work, std::size_t least, std::size_t n_threads) {
    return n_threads == 1 || work < least ? 1 : 2 * n_threads;
}

}  // namespace poise::linear::detail
