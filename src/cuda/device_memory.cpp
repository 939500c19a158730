// SPDX-License-Identifier: MIT
#include "cuda/fault.hpp"
#include "cuda/lost_devices.hpp"
#include "cuda/stream.hpp"

#include <poise/core/concat.hpp>
#include <poise/cuda/detail/device_memory.hpp>

namespace poise::cuda::detail {
namespace {

void require_on(device const& where, int error, char const* what) {
    if (error == cudaSuccess) return;
    forget(static_cast<cudaError_t>(error));
    auto const fault = fault_of(error, 1);
    auto message = concat(where.name(), ", ", what, ": ", cudaGetErrorString(static_cast<cudaError_t>(error)),
                          " (CUDA error ", error, ")");
    if (fault == device_fault::no_code) message += "; set CMAKE_CUDA_ARCHITECTURES of this program to that of the GPU";
    if (fault != device_fault::lost) throw device_unavailable{fault, message};
    mark_lost(where.index());
    throw device_lost{message + "; the GPU cannot be used by this process any more"};
}

}  // namespace

current_gpu::current_gpu(device const& which) : index_{which.index()} {
    require_on(which, cudaGetDevice(&before_), "looking for the current GPU");
    if (before_ != index_) require_on(which, cudaSetDevice(index_), "choosing the GPU");
}
current_gpu::~current_gpu() {
    if (before_ != index_) forget(cudaSetDevice(before_));
}

queue::queue(device const& which) : where_{which} {
    current_gpu const here{which};
    cudaStream_t stream = nullptr;
    require(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "making a stream");
    stream_ = stream;
}
// Where the GPU was lost this fails, and nothing is left to be done.
queue::~queue() { forget(cudaStreamDestroy(stream_of(*this))); }

void queue::require(int error, char const* what) const { require_on(where_, error, what); }

std::uint64_t queue::free_bytes() const {
    current_gpu const here{where_};
    std::size_t free = 0, total = 0;
    require(cudaMemGetInfo(&free, &total), "asking for its memory");
    return free;
}

void queue::require_room(double n_bytes, char const* what) const {
    std::uint64_t const free = free_bytes();
    if (n_bytes > static_cast<double>(free))
        throw not_enough_device_memory{where_.name(), what, static_cast<std::uint64_t>(n_bytes), free};
}

void queue::upload(void* to, void const* from, std::size_t n_bytes) const {
    if (n_bytes == 0) return;
    require(cudaMemcpyAsync(to, from, n_bytes, cudaMemcpyHostToDevice, stream_of(*this)), "copying to it");
}
void queue::download(void* to, void const* from, std::size_t n_bytes) const {
    if (n_bytes > 0)
        require(cudaMemcpyAsync(to, from, n_bytes, cudaMemcpyDeviceToHost, stream_of(*this)), "copying from it");
    finish();
}
void queue::finish() const { require(cudaStreamSynchronize(stream_of(*this)), "waiting for it"); }

void* queue::allocate(std::size_t n_bytes, char const* what) const {
    current_gpu const here{where_};
    void* memory = nullptr;
    cudaError_t const error = cudaMalloc(&memory, n_bytes);
    if (error == cudaErrorMemoryAllocation) {
        forget(error);
        throw not_enough_device_memory{where_.name(), what, n_bytes, free_bytes()};
    }
    require(error, what);
    return memory;
}
void queue::release(void* memory) noexcept { forget(cudaFree(memory)); }

}  // namespace poise::cuda::detail
