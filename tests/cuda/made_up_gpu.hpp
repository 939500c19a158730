// SPDX-License-Identifier: MIT
// What tests tell the GPU that is a processor.
#pragma once

#include <cstdint>
#include <limits>

namespace poise_test {

enum class thread_order { forward, backward };

struct made_up_gpu {
    thread_order order = thread_order::backward;
    std::uint64_t free_bytes = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t n_bytes_copied = 0;  ///< to it and from it
    double n_bytes_moved = 0.0;        ///< as programs say
};
/// cuda:0 of programs that are linked with made_up_gpu.cpp. Solves on several threads count together.
[[nodiscard]] made_up_gpu& the_gpu();

}  // namespace poise_test
