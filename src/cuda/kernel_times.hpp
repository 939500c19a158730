// SPDX-License-Identifier: MIT
// Private to src/: when what a queue of a GPU was given began and ended there, for the profiler.
#pragma once

#include "profile/outer_row.hpp"

#include <poise/cuda/detail/device_memory.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace poise::cuda::detail {

/// Of one queue. While profiling is on, work between begin() and end() is measured by events of CUDA, a few
/// microseconds each, and shown by collect() in a row of the timeline and a scope of the GPU's name: "cuda:0". Also a
/// range of NVTX, which NVIDIA's tools show, always: some nanoseconds where none of them listens.
class kernel_times {
public:
    explicit kernel_times(queue const& of);
    ~kernel_times();
    kernel_times(kernel_times const&) = delete;
    kernel_times& operator=(kernel_times const&) = delete;

    [[nodiscard]] static bool is_on() noexcept { return profile::detail::outer_row::is_on(); }
    /// name: a literal. bytes: moved to and from the GPU's memory, or between the processor and it.
    void begin(char const* name, double bytes);
    void end();
    /// Waits for what was measured, if anything was.
    void collect();

private:
    struct piece {
        char const* name;
        double bytes;
        std::size_t first_event;
    };

    [[nodiscard]] std::size_t mark();

    queue const& queue_;
    std::unique_ptr<profile::detail::outer_row> row_;  ///< made when it is first needed
    std::vector<void*> events_;                        ///< of cudaEvent_t; the first n_marks_ are in use
    std::size_t n_marks_ = 0;
    std::vector<piece> pieces_;
    bool is_measuring_ = false;
};

}  // namespace poise::cuda::detail
