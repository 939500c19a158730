// SPDX-License-Identifier: MIT
// Private to src/: what the leaf cuda gives to the layers below it. A table of functions, so that programs are the
// same with and without the leaf: they find it by a symbol that is not there where they are not linked with
// poise::cuda.
#pragma once

#include "core/device_diffusion.hpp"
#include "core/device_multigrid.hpp"

#include <poise/core/device.hpp>

#include <cstdint>
#include <memory>

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

    /// On a GPU that look_at() finds no fault with. Throws not_enough_device_memory, device_unavailable, device_lost.
    std::unique_ptr<device_multigrid> (*make_multigrid)(device const& where,
                                                        device_multigrid_setup const& setup) = nullptr;
    std::unique_ptr<device_diffusion> (*make_diffusion)(device const& where,
                                                        device_diffusion_setup const& setup) = nullptr;
};

}  // namespace poise::detail

// Another name where the table becomes another: the leaf and the layers of different versions do not meet.
extern "C" [[gnu::weak, gnu::visibility("default")]] poise::detail::cuda_api const* poise_cuda_api_2();
