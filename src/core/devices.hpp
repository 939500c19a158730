// SPDX-License-Identifier: MIT
// Private to src/: what device does, of any table and environment.
#pragma once

#include "core/cuda_api.hpp"

#include <poise/core/device.hpp>

#include <vector>

namespace poise::detail {

/// That of this program; nullptr where it is not linked with poise::cuda.
[[nodiscard]] cuda_api const* linked_cuda_api();

/// The same for a GPU that device::cuda() or device::best() gave.
[[nodiscard]] cuda_api const& cuda_api_of(device const& where);

/// api: nullptr where the program is not linked with poise::cuda.
[[nodiscard]] device cuda_device(cuda_api const* api, int index);
/// asked: the value of POISE_DEVICE; nullptr where it is not set.
[[nodiscard]] device best_device(cuda_api const* api, char const* asked);
[[nodiscard]] std::vector<device_state> all_devices(cuda_api const* api);

}  // namespace poise::detail
