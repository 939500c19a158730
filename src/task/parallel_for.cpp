// SPDX-License-Identifier: MIT
#include <poise/task/parallel_for.hpp>

#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>
#include <tbb/task_arena.h>

#include <algorithm>

namespace poise::task {

std::size_t available_threads() noexcept {
    return static_cast<std::size_t>(std::max(1, tbb::this_task_arena::max_concurrency()));
}

// Isolated: a thread that waits for the last chunk would otherwise take any task of the arena, one that blocks too.
void detail::run_chunks(std::size_t n_chunks, chunk_body body) {
    tbb::this_task_arena::isolate([&] {
        tbb::parallel_for(
            std::size_t{0}, n_chunks, [&](std::size_t chunk) { body.call(body.object, chunk); },
            tbb::simple_partitioner{});
    });
}

}  // namespace poise::task
