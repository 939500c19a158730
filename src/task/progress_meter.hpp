// SPDX-License-Identifier: MIT
// Private to src/: tells the caller how far a run is, now and then, and costs the tasks nothing.
#pragma once

#include <poise/task/executor.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <limits>
#include <mutex>
#include <stop_token>
#include <system_error>
#include <thread>

namespace poise::task::detail {

/// A thread of its own asks how many tasks are done and passes it on, ten times a second. Where there is no callback or
/// no thread can be made, there is none, and the end alone is told.
class progress_meter {
public:
    progress_meter(std::function<void(progress const&)> const& callback, std::size_t n_tasks,
                   std::function<std::size_t()> n_done)
        : callback_{callback}, n_tasks_{n_tasks}, n_done_{std::move(n_done)}, listening_{static_cast<bool>(callback)} {
        if (!listening_) return;
        try {
            teller_ = std::jthread{[this](std::stop_token const& over) { tell_until(over); }};
        } catch (std::system_error const&) {
        }
    }
    /// The run is over. No call is made after this one.
    void finish() {
        if (!listening_) return;
        if (teller_.joinable()) {
            teller_.request_stop();
            teller_.join();
        }
        tell();
    }

private:
    using clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds interval{100};

    void tell_until(std::stop_token const& over) {
        std::mutex mutex;
        std::unique_lock lock{mutex};
        std::condition_variable_any woken;
        while (!woken.wait_for(lock, over, interval, [] { return false; }) && !over.stop_requested()) tell();
    }

    void tell() {
        if (!listening_) return;
        double const elapsed_s = std::chrono::duration<double>(clock::now() - start_).count();
        std::size_t const n_done = n_done_();
        double const rate = elapsed_s > 0.0 ? static_cast<double>(n_done) / elapsed_s : 0.0;
        double const remaining_s = n_done == n_tasks_ ? 0.0
                                   : rate > 0.0       ? static_cast<double>(n_tasks_ - n_done) / rate
                                                      : std::numeric_limits<double>::infinity();
        try {
            callback_({n_done, n_tasks_, elapsed_s, rate, remaining_s});
        } catch (...) {
            listening_ = false;  // as documented: the tasks' results matter more than the display
        }
    }

    std::function<void(progress const&)> const& callback_;
    std::size_t const n_tasks_;
    std::function<std::size_t()> const n_done_;
    bool listening_;
    clock::time_point const start_ = clock::now();
    std::jthread teller_;
};

}  // namespace poise::task::detail
