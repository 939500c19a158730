// SPDX-License-Identifier: MIT
#include <poise/profile/timer.hpp>

#include <chrono>

namespace poise::profile::detail {

long long steady_ns() noexcept {
    return std::chrono::nanoseconds{std::chrono::steady_clock::now().time_since_epoch()}.count();
}

}  // namespace poise::profile::detail
