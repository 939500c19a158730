// SPDX-License-Identifier: MIT
#include "cuda/first_kernel.hpp"

namespace poise::cuda::detail {
namespace {

__global__ void do_nothing() {}

}  // namespace

cudaError_t find_code() noexcept {
    cudaFuncAttributes attributes;
    return cudaFuncGetAttributes(&attributes, do_nothing);
}

}  // namespace poise::cuda::detail
