// SPDX-License-Identifier: MIT
// A stopwatch. Light to include: the clock is read out of line.
#pragma once

namespace poise::profile {

namespace detail {
/// Nanoseconds of std::chrono::steady_clock.
[[nodiscard]] long long steady_ns() noexcept;
}  // namespace detail

/// Runs from its construction: profile::timer t; work(); double const s = t.seconds();
/// What ran while it was paused does not count. Nothing is recorded; for that there is profile::scope.
/// Cost: each call reads std::chrono::steady_clock once, some 23 ns. Not to be shared by threads without a lock.
class timer {
public:
    /// The time it has run since the construction or the last restart().
    [[nodiscard]] double seconds() const noexcept { return 1e-9 * static_cast<double>(elapsed_ns()); }

    /// The time it has run since the last lap(), or since the start for the first.
    double lap() noexcept {
        long long const now = elapsed_ns();
        long long const since = now - lap_ns_;
        lap_ns_ = now;
        return 1e-9 * static_cast<double>(since);
    }

    /// Runs from 0, and gives what it had run.
    double restart() noexcept {
        double const before = seconds();
        *this = timer{};
        return before;
    }

    /// A timer that is paused already stays paused; one that runs is not changed by resume().
    void pause() noexcept {
        if (!running_) return;
        elapsed_ns_ = elapsed_ns();
        running_ = false;
    }
    void resume() noexcept {
        if (running_) return;
        start_ns_ = detail::steady_ns();
        running_ = true;
    }
    [[nodiscard]] bool running() const noexcept { return running_; }

private:
    [[nodiscard]] long long elapsed_ns() const noexcept {
        return running_ ? elapsed_ns_ + (detail::steady_ns() - start_ns_) : elapsed_ns_;
    }

    long long start_ns_ = detail::steady_ns();
    long long elapsed_ns_ = 0;  // up to the last pause
    long long lap_ns_ = 0;
    bool running_ = true;
};

}  // namespace poise::profile
