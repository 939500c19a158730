// SPDX-License-Identifier: MIT
// Private to src/: one thread that waits for moments and file descriptors, for whoever waits on no thread.
#pragma once

#include <poise/task/await_chain.hpp>

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

namespace poise::task::detail {

/// Thread-safe.
class event_loop {
public:
    using clock = std::chrono::steady_clock;
    enum class why : std::uint8_t { ready, moment, stopped };

    /// Somebody who waits for what is requested. It must not move from add() until it is over or cancel() has returned.
    class wait : public wait_request {
    public:
        wait() = default;
        wait(wait const&) = delete;
        wait& operator=(wait const&) = delete;

        void const* owner = nullptr;                    // for whom stop() ends it
        std::atomic<bool> const* is_stopped = nullptr;  // whether that was done before it began

        /// Once, by the thread of the loop, of stop() or of add(). The object may be gone before it returns. Must not
        /// call the loop.
        virtual void over(why because) noexcept = 0;

    protected:
        ~wait() = default;

    private:
        friend class event_loop;
        event_loop* loop_ = nullptr;  // that it was added to
        std::multimap<clock::time_point, wait*>::iterator timer_;
        bool timed_ = false;
    };

    /// Of this process: a copy of it gets one of its own. Never destroyed.
    [[nodiscard]] static event_loop& instance();

    /// Throws std::invalid_argument for a descriptor that is not open, poise::error and std::bad_alloc when there is no
    /// room to wait; then it does not.
    void add(wait& w);
    /// From then on it is not over any more, unless it was before. Nothing where it was not added, or in a copy of the
    /// process that added it.
    static void cancel(wait& w) noexcept;
    /// All that it owns are over.
    static void stop(void const* owner) noexcept;

private:
    event_loop();
    ~event_loop();

    struct watched {
        std::uint32_t number;  // so that nothing is told of a descriptor that had the same number before
        std::vector<wait*> waits;
    };
    using descriptors = std::map<int, watched>;

    void start();
    void serve() noexcept;
    [[nodiscard]] bool watch(wait& w);
    [[nodiscard]] int ask(descriptors::iterator at) noexcept;
    void forget(wait& w) noexcept;
    void end(wait& w, why because) noexcept;
    void end_ready(int descriptor, std::uint32_t number, std::uint32_t events) noexcept;
    void end_due() noexcept;
    void set_timer() noexcept;

    pid_t const process_;
    int const queue_;
    int const timer_;
    std::mutex mutex_;
    bool running_ = false;
    std::multimap<clock::time_point, wait*> moments_;
    clock::time_point set_to_ = clock::time_point::max();
    descriptors descriptors_;
    std::uint32_t n_watched_ = 0;
};

}  // namespace poise::task::detail
