// SPDX-License-Identifier: MIT
// Private to src/linear: the kernels of each processor this library was built for.
#pragma once

#include "linear/transform/plan.hpp"

#include <span>

namespace poise::linear::detail {

/// Those that this processor can run, the best first. All give the same bits.
[[nodiscard]] std::span<transform_kernels const* const> usable_kernels() noexcept;

}  // namespace poise::linear::detail
