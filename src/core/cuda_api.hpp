// SPDX-License-Identifier: MIT
// Private to src/: what the leaf cuda gives to the layers below it. A table of C, so that programs are the same with
// and without the leaf: they find it by a symbol that is not there where they are not linked with poise::cuda.
#pragma once

#include <poise/core/device.hpp>

#include <cstdint>

namespace poise::detail {

/// What the driver says of itself.
struct cuda_overview {
    device_fault fault = device_fault::none;
    int n_gpus = 0;
    int driver_version = 0;   ///< 1000 major + 10 minor; 0: there is no driver
    int runtime_version = 0;  ///< of the CUDA that poise was built with
    char error[160] = "";     ///< what CUDA says, where fault is device_fault::failed
};

/// And of a GPU.
struct cuda_gpu {
    device_fault fault = device_fault::none;
    int compute_capability = 0;  ///< times ten
    int n_multiprocessors = 0;
    std::uint64_t total_bytes = 0, free_bytes = 0;
    char name[256] = "";
    char error[160] = "";
};

/// All functions are thread-safe, and leave no error behind in CUDA.
struct cuda_api {
    cuda_overview (*look)();
    cuda_gpu (*look_at)(int index);
    char const* architectures;  ///< compute capabilities poise has code for: "8.0, 9.0 and later"
};

}  // namespace poise::detail

// Another name where the table becomes another: the leaf and the layers of different versions do not meet.
extern "C" [[gnu::weak, gnu::visibility("default")]] poise::detail::cuda_api const* poise_cuda_api_1();
