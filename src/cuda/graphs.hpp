// SPDX-License-Identifier: MIT
// Private to src/: sequences of kernels that a GPU starts as one, without the processor in between.
#pragma once

#include <poise/cuda/detail/device_memory.hpp>

#include <map>

namespace poise::cuda::detail {

/// Of one queue, by number.
class graphs {
public:
    graphs() = default;
    ~graphs();
    graphs(graphs const&) = delete;
    graphs& operator=(graphs const&) = delete;

    [[nodiscard]] bool has(int which) const { return made_.contains(which); }
    /// What the queue is given from here on is recorded, until end(), or give_up(), after which it is forgotten.
    static void begin(queue const& of);
    void end(queue const& of, int which);
    static void give_up(queue const& of) noexcept;
    void launch(queue const& of, int which) const;

private:
    std::map<int, void*> made_;  ///< of cudaGraphExec_t
};

}  // namespace poise::cuda::detail
