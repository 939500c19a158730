// SPDX-License-Identifier: MIT
// Private to src/: oneTBB arenas kept for the next run; making one takes half a millisecond.
#pragma once

#include "core/lending_pool.hpp"

#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/task_arena.h>

#include <cstddef>
#include <memory>
#include <optional>

namespace poise::task::detail {

/// Of all executors of one number of threads. A run has an arena for itself, so that its caller always finds a place in
/// it.
class arena_pool {
public:
    explicit arena_pool(int threads) noexcept : threads_{threads} {}

    class lease {
    public:
        explicit lease(arena_pool& pool)
            : arena_{pool.arenas_.take([&pool] { return std::make_unique<tbb::task_arena>(pool.threads_); })} {
            // More threads than cores have to be allowed; oneTBB takes the smallest of all such limits.
            if (pool.threads_ > tbb::info::default_concurrency())
                more_threads_.emplace(tbb::global_control::max_allowed_parallelism,
                                      static_cast<std::size_t>(pool.threads_));
        }

        [[nodiscard]] tbb::task_arena& arena() noexcept { return *arena_; }

    private:
        poise::detail::lending_pool<tbb::task_arena>::lease arena_;
        std::optional<tbb::global_control> more_threads_;
    };

private:
    int const threads_;
    poise::detail::lending_pool<tbb::task_arena> arenas_;
};

}  // namespace poise::task::detail
