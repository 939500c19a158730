// SPDX-License-Identifier: MIT
// Private to src/: the blocks of threads that programs for a GPU are written for, so that a processor can run the same
// text, one thread after the other, and tests do, in both orders.
#pragma once

#include <poise/core/on_gpus_too.hpp>

#include <cstddef>

// Loops over cells are as long as tiles are large; taken apart they would need more registers than there are, and more
// code.
#ifdef __CUDACC__
#define POISE_NO_UNROLL _Pragma("unroll 1")
#else
#define POISE_NO_UNROLL
#endif

namespace poise::cuda::detail {

// A program is an object that is copied to the GPU byte by byte, with the constants
//   n_threads                         of a block
//   n_resident                        blocks that a multiprocessor is to hold at a time
//   name                              for the profiler
// and the functions
//   n_blocks(), shared_bytes()        how many blocks, and what each needs
//   bytes()                           what moves to and from the memory, each number once
//   operator()(block)                 what a block does
// and a block has
//   block.index()                     its number
//   block.shared<T>(n)                n numbers that its threads share, not written; called by all threads alike
//   block.phase(act)                  act(thread) for all threads; none goes on before all are done
// What a thread writes in a phase, others may read in a later one, and none may write or read in the same.

/// Bytes of shared memory that n numbers take.
template <class T>
[[nodiscard]] POISE_ON_GPUS_TOO constexpr std::size_t shared_size(std::size_t n) noexcept {
    constexpr std::size_t alignment = 16;
    return (n * sizeof(T) + alignment - 1) / alignment * alignment;
}

#ifdef __CUDACC__
/// Of a GPU.
class device_block {
public:
    __device__ explicit device_block(unsigned char* shared) : free_{shared} {}

    __device__ int index() const { return static_cast<int>(blockIdx.x); }
    template <class T>
    __device__ T* shared(std::size_t n) {
        auto* const begin = reinterpret_cast<T*>(free_);
        free_ += shared_size<T>(n);
        return begin;
    }
    template <class Act>
    __device__ void phase(Act const& act) {
        act(static_cast<int>(threadIdx.x));
        __syncthreads();
    }

private:
    unsigned char* free_;
};
#endif

}  // namespace poise::cuda::detail
