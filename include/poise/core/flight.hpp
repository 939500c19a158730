// SPDX-License-Identifier: MIT
// Who builds and who waits, over all caches: what finds out that a wait would never end.
#pragma once

#include <atomic>
#include <thread>

namespace poise::detail {

/// A build that others may wait for.
struct flight {
    std::thread::id const builder = std::this_thread::get_id();
    std::atomic<bool> landed{false};
};

/// Stands while this thread waits for a flight. Throws std::invalid_argument where its builder is this thread, or waits
/// for this thread, directly or over others. Cost: a lock that all waits share, and a walk along those who wait.
class flight_wait {
public:
    explicit flight_wait(flight const& awaited);
    ~flight_wait();
    flight_wait(flight_wait const&) = delete;
    flight_wait& operator=(flight_wait const&) = delete;

private:
    static flight_wait const* of(std::thread::id thread) noexcept;

    flight const& awaited_;
    std::thread::id const thread_ = std::this_thread::get_id();
    flight_wait* next_ = nullptr;
    flight_wait** link_ = nullptr;  // what points here
};

}  // namespace poise::detail
