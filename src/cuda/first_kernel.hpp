// SPDX-License-Identifier: MIT
// Private to src/: whether poise has code for a GPU.
#pragma once

#include <cuda_runtime_api.h>

namespace poise::cuda::detail {

/// Of a kernel that does nothing, on the thread's GPU, whose context this begins: cudaSuccess, or why none can run.
[[nodiscard]] cudaError_t find_code() noexcept;

}  // namespace poise::cuda::detail
