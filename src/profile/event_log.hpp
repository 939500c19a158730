// SPDX-License-Identifier: MIT
// The first calls of a thread, for the timeline.
#pragma once

#include "profile/node.hpp"

#include <cstddef>
#include <cstdint>

namespace poise::profile::detail {

/// An entry: a call; or the number of the task that the next entry is the call of (where is nullptr, stop 0); or the
/// numbers of two tasks, the second after the first (where is nullptr).
struct event {
    node const* where;
    ticks start;
    ticks stop;
};

/// One thread adds, any may read what is there. All zeros is an empty one.
class event_log {
public:
    /// Counted as dropped past `limit` entries, and when the system has no memory.
    void add(event const& happened, std::uint64_t limit) noexcept;
    /// A call of a task: two entries or none.
    void add_task(std::uint64_t task, event const& happened, std::uint64_t limit) noexcept {
        if (n_events_.load() + 1 >= limit) return dropped_.add(1);
        add({nullptr, task, 0}, limit);
        add(happened, limit);
    }
    void clear() noexcept {
        n_events_.store(0);
        dropped_.store(0);
    }
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_.load(); }
    template <class Visit>
    void each(Visit const& visit) const {
        std::uint64_t const n = n_events_.acquire();
        chunk const* c = first_.acquire();
        for (std::uint64_t i = 0; i < n; ++i) {
            if (i != 0 && i % per_chunk == 0) c = c->next.acquire();
            visit(c->events[i % per_chunk]);
        }
    }

private:
    static constexpr std::size_t per_chunk = 4096;
    struct chunk {
        owned<chunk*> next;
        event events[per_chunk];
    };

    owned<chunk*> first_;
    chunk* last_;
    owned<std::uint64_t> n_events_;
    owned<std::uint64_t> dropped_;
};

}  // namespace poise::profile::detail
