// SPDX-License-Identifier: MIT
// Private to src/: oneTBB arenas kept for the next run; making one takes half a millisecond.
#pragma once

#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/task_arena.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace poise::task::detail {

/// Of all executors of one number of threads. A run has an arena for itself, so that its caller always finds a place in
/// it.
class arena_pool {
public:
    explicit arena_pool(int threads) noexcept : threads_{threads} {}

    class lease {
    public:
        explicit lease(arena_pool& pool) : pool_{pool}, arena_{pool.take()} {
            // More threads than cores have to be allowed; oneTBB takes the smallest of all such limits.
            if (pool.threads_ > tbb::info::default_concurrency())
                more_threads_.emplace(tbb::global_control::max_allowed_parallelism,
                                      static_cast<std::size_t>(pool.threads_));
        }
        ~lease() { pool_.give_back(std::move(arena_)); }
        lease(lease const&) = delete;
        lease& operator=(lease const&) = delete;

        [[nodiscard]] tbb::task_arena& arena() noexcept { return *arena_; }

    private:
        arena_pool& pool_;
        std::unique_ptr<tbb::task_arena> arena_;
        std::optional<tbb::global_control> more_threads_;
    };

private:
    std::unique_ptr<tbb::task_arena> take() {
        {
            std::scoped_lock const lock{mutex_};
            if (!idle_.empty()) {
                auto arena = std::move(idle_.back());
                idle_.pop_back();
                return arena;
            }
        }
        return std::make_unique<tbb::task_arena>(threads_);
    }
    void give_back(std::unique_ptr<tbb::task_arena> arena) noexcept {
        try {
            std::scoped_lock const lock{mutex_};
            idle_.push_back(std::move(arena));
        } catch (...) {  // no memory to keep it
        }
    }

    int const threads_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<tbb::task_arena>> idle_;
};

}  // namespace poise::task::detail
