// SPDX-License-Identifier: MIT
#include "cuda/lost_devices.hpp"

#include <array>
#include <atomic>
#include <cstddef>

namespace poise::cuda::detail {
namespace {

constexpr std::size_t most_gpus = 256;  // of one machine, with room
std::array<std::atomic<bool>, most_gpus> lost{};

}  // namespace

void mark_lost(int index) noexcept {
    if (index >= 0 && static_cast<std::size_t>(index) < most_gpus) lost[static_cast<std::size_t>(index)] = true;
}
bool is_lost(int index) noexcept {
    return index >= 0 && static_cast<std::size_t>(index) < most_gpus && lost[static_cast<std::size_t>(index)];
}

}  // namespace poise::cuda::detail
