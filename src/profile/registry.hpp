// SPDX-License-Identifier: MIT
// All threads' records, and what is switched on.
#pragma once

#include "profile/recorder.hpp"

#include <poise/profile/control.hpp>
#include <poise/profile/memory.hpp>

#include <cstdint>
#include <mutex>
#include <string_view>

namespace poise::profile::detail {

/// The bits of `active_modes` that count calls of reset().
inline constexpr unsigned one_generation = mode_bits + 1;

// Never destroyed: threads and static objects may still leave scopes while the program ends.
namespace registry {

void enable(options const& chosen) noexcept;
void disable() noexcept;
void reset() noexcept;

/// Counts memory while there is at least one user, whether profiling is on or not.
void add_memory_user() noexcept;
void remove_memory_user() noexcept;

/// What a thread needs to follow a reset(): the new generation and when it began.
struct generation_start {
    unsigned generation;
    ticks begin;
};
[[nodiscard]] generation_start current_generation() noexcept;
[[nodiscard]] std::uint64_t trace_limit() noexcept;

/// What decides whether a scope costs too much.
struct limits {
    ticks begin;       // of the measuring
    ticks scope_cost;  // of one that is timed
    double overhead_budget;
};
[[nodiscard]] limits current_limits() noexcept;

/// False when there is no room for another name.
[[nodiscard]] bool tell_mode(std::string_view name, mode how) noexcept;
/// Lets a new node, which can be found already, know what set_mode() said of scopes of its name.
void tell(node& made) noexcept;

/// Whether this thread is within fork(), where the locks are held: what would take one is left undone.
[[nodiscard]] bool is_forking() noexcept;

/// Keeps enable(), disable() and reset() away while the records are read. Threads go on recording.
class reading {
public:
    reading();

    [[nodiscard]] bool ever_enabled() const noexcept { return origin_.ns != 0; }
    [[nodiscard]] bool memory_was_on() const noexcept { return memory_was_on_; }
    [[nodiscard]] mode scopes() const noexcept { return scopes_; }
    /// When the first enable() or the last reset() was.
    [[nodiscard]] anchor origin() const noexcept { return origin_; }
    /// How long profiling was on since.
    [[nodiscard]] ticks measured() const noexcept { return measured_; }
    /// Now, or when profiling was switched off.
    [[nodiscard]] ticks taken_at() const noexcept { return taken_at_; }
    /// visit(thread_state const&, bool follows). A thread that does not follow has entered and left nothing since the
    /// last reset(): the scopes open on it count from origin() on, and nothing else it recorded does.
    template <class Visit>
    void each_thread(Visit const& visit) const {
        for (thread_state const* t = first_; t != nullptr; t = t->next_registered)
            visit(*t, t->generation() == generation_);
    }

private:
    std::unique_lock<std::mutex> lock_;
    anchor origin_;
    ticks measured_ = 0;
    ticks taken_at_ = 0;
    bool memory_was_on_ = false;
    mode scopes_ = mode::timed;
    unsigned generation_ = 0;
    thread_state const* first_ = nullptr;
};

[[nodiscard]] memory_usage memory_of_all_threads() noexcept;

}  // namespace registry
}  // namespace poise::profile::detail
