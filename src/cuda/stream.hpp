// SPDX-License-Identifier: MIT
// Private to src/: a queue's stream, for files that include CUDA.
#pragma once

#include <poise/cuda/detail/device_memory.hpp>

#include <cuda_runtime_api.h>

namespace poise::cuda::detail {

[[nodiscard]] inline cudaStream_t stream_of(queue const& of) { return static_cast<cudaStream_t>(of.stream()); }

/// CUDA keeps an error until it is asked for it; one that is dealt with here is no one else's. Where a GPU was lost,
/// what gives back fails, and nothing is left to be done.
inline void forget(cudaError_t error) noexcept {
    if (error != cudaSuccess) (void)cudaGetLastError();
}

}  // namespace poise::cuda::detail
