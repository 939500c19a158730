// SPDX-License-Identifier: MIT
// Private to src/linear: whether two vectors share memory.
#pragma once

#include <functional>
#include <span>

namespace poise::linear::detail {

[[nodiscard]] inline bool overlap(std::span<double const> a, std::span<double const> b) {
    std::less<double const*> const before;
    return !a.empty() && !b.empty() && before(a.data(), b.data() + b.size()) && before(b.data(), a.data() + a.size());
}

}  // namespace poise::linear::detail
