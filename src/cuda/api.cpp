// SPDX-License-Identifier: MIT
// The table by which the layers below find this leaf.
#include "core/cuda_api.hpp"
#include "cuda/fault.hpp"
#include "cuda/first_kernel.hpp"
#include "cuda/lost_devices.hpp"
#include "cuda/multigrid/multigrid.hpp"

#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstring>
#include <system_error>
#include <thread>

namespace poise::cuda::detail {
namespace {

template <std::size_t N>
void copy_text(char const* text, char (&to)[N]) {
    std::size_t const n = std::min(std::strlen(text), N - 1);
    std::copy_n(text, n, to);
    to[n] = '\0';
}

int version_by(cudaError_t (*ask)(int*)) {
    int version = 0;
    return ask(&version) == cudaSuccess ? version : 0;
}

// Which GPU is a thread's, and its last error, are its own: questions are asked on a thread that ends with them.
template <class Answer, class Ask>
Answer on_its_own_thread(Ask const& ask) {
    Answer answer;
    try {
        std::thread{[&] { answer = ask(); }}.join();
    } catch (std::system_error const& thrown) {
        answer.fault = device_fault::failed;
        copy_text(thrown.what(), answer.error);
    }
    return answer;
}

poise::detail::cuda_overview look() {
    return on_its_own_thread<poise::detail::cuda_overview>([] {
        poise::detail::cuda_overview seen;
        seen.driver_version = version_by(cudaDriverGetVersion);
        seen.runtime_version = version_by(cudaRuntimeGetVersion);
        cudaError_t const error = cudaGetDeviceCount(&seen.n_gpus);
        seen.fault = fault_of(error, seen.driver_version);
        copy_text(cudaGetErrorString(error), seen.error);
        return seen;
    });
}

poise::detail::cuda_gpu look_at(int index) {
    return on_its_own_thread<poise::detail::cuda_gpu>([index] {
        poise::detail::cuda_gpu seen;
        if (is_lost(index)) {
            seen.fault = device_fault::lost;
            copy_text("it failed in this process before", seen.error);
            return seen;
        }
        cudaDeviceProp facts{};
        cudaError_t error = cudaGetDeviceProperties(&facts, index);
        if (error == cudaSuccess) {
            copy_text(facts.name, seen.name);
            seen.compute_capability = 10 * facts.major + facts.minor;
            seen.n_multiprocessors = facts.multiProcessorCount;
            seen.total_bytes = facts.totalGlobalMem;
            error = cudaSetDevice(index);
        }
        if (error == cudaSuccess) error = find_code();
        std::size_t free = 0, total = 0;
        if (cudaMemGetInfo(&free, &total) == cudaSuccess) seen.free_bytes = free;
        seen.fault = fault_of(error, version_by(cudaDriverGetVersion));
        // Of a kernel that this library holds: it was compiled for other GPUs.
        if (error == cudaErrorInvalidDeviceFunction) seen.fault = device_fault::no_code;
        copy_text(cudaGetErrorString(error), seen.error);
        return seen;
    });
}

}  // namespace
}  // namespace poise::cuda::detail

extern "C" poise::detail::cuda_api const* poise_cuda_api_2() {
    static constexpr poise::detail::cuda_api api{poise::cuda::detail::look, poise::cuda::detail::look_at,
                                                 POISE_CUDA_ARCHITECTURES, poise::cuda::detail::make_multigrid_on_gpu,
                                                 poise::cuda::detail::make_diffusion_on_gpu};
    return &api;
}
