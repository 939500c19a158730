// SPDX-License-Identifier: MIT
// Private to src/linear: what a solve on a GPU copies there and back, in scopes of the profiler.
#pragma once

#include <poise/profile/scope.hpp>

#include <algorithm>
#include <span>

namespace poise::linear::detail {

/// begin(x or nothing, where it is 0): makes a solve, with copies of b and x.
template <class Begin>
[[nodiscard]] auto begun_on_device(std::span<double const> b, std::span<double const> x, Begin const& begin) {
    profile::scope copying{"to the GPU"};
    bool const is_zero = std::ranges::all_of(x, [](double value) { return value == 0.0; });
    copying.bytes(static_cast<double>(is_zero ? b.size_bytes() : 2 * b.size_bytes()));
    return begin(is_zero ? std::span<double const>{} : x);
}

template <class Solve>
void get_from_device(Solve& running, std::span<double> x) {
    profile::scope copying{"from the GPU"};
    copying.bytes(static_cast<double>(x.size_bytes()));
    running.get(x);
}

}  // namespace poise::linear::detail
