// SPDX-License-Identifier: MIT
// Private to src/: what an error of CUDA means for a device.
#pragma once

#include <poise/core/device.hpp>

namespace poise::cuda::detail {

/// error: a cudaError_t; driver_version: 0 where there is no driver.
[[nodiscard]] device_fault fault_of(int error, int driver_version) noexcept;

}  // namespace poise::cuda::detail
