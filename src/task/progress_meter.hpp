// SPDX-License-Identifier: MIT
// Private to src/: tells the caller how far a run is, now and then, and nothing when nobody asks.
#pragma once

#include <poise/task/executor.hpp>

#include <atomic>
#include <chrono>
#include <mutex>

namespace poise::task::detail {

class progress_meter {
public:
    progress_meter(std::function<void(progress const&)> const& callback, std::size_t n_tasks)
        : callback_{callback}, n_tasks_{n_tasks}, listening_{static_cast<bool>(callback)} {}

    /// One more task is done. Costs a predictable branch where there is no callback.
    void advance() {
        if (!listening_.load(std::memory_order_relaxed)) return;
        n_done_.fetch_add(1, std::memory_order_relaxed);
        std::unique_lock const lock{mutex_, std::try_to_lock};
        if (lock.owns_lock() && clock::now() - last_ >= interval) tell();
    }
    /// The run is over.
    void finish() {
        std::scoped_lock const lock{mutex_};
        if (listening_) tell();
    }

private:
    using clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds interval{100};

    void tell() {
        last_ = clock::now();
        try {
            callback_({n_done_.load(std::memory_order_relaxed), n_tasks_,
                       std::chrono::duration<double>(last_ - start_).count()});
        } catch (...) {
            listening_ = false;  // as documented: the tasks' results matter more than the display
        }
    }

    std::function<void(progress const&)> const& callback_;
    std::size_t const n_tasks_;
    std::atomic<bool> listening_;
    std::atomic<std::size_t> n_done_{0};
    std::mutex mutex_;
    clock::time_point const start_ = clock::now();
    clock::time_point last_ = start_;
};

}  // namespace poise::task::detail
