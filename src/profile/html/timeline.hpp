// SPDX-License-Identifier: MIT
// A timeline small enough for a page: where there are too many events, short ones are joined with their neighbours.
#pragma once

#include <poise/profile/snapshot.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace poise::profile::detail {

/// The longest chain of tasks by the time they took.
struct critical_chain {
    std::vector<std::uint64_t> tasks;  ///< timeline_event::id, first to last
    double length_s = 0.0;
};
[[nodiscard]] critical_chain critical_chain_of(timeline const& events);

/// One rectangle: an event, or several short ones beside each other below the same rectangle.
struct drawn_event {
    static constexpr std::uint32_t several = ~std::uint32_t{0};
    std::uint32_t name = 0;  ///< index into timeline::names; `several` where the joined ones have different names
    category kind = category::phase;
    std::size_t depth = 0;
    double start_s = 0.0;
    double stop_s = 0.0;
    double busy_s = 0.0;  ///< sum of the events' durations
    std::uint64_t events = 1;
    std::uint64_t id = 0;  ///< of a task that stands alone
};
struct drawn_row {
    timeline_row const* row = nullptr;
    std::vector<drawn_event> events;
};
struct drawn_timeline {
    std::vector<drawn_row> rows;
    double span_s = 0.0;
    double shortest_s = 0.0;     ///< events shorter than this may be joined
    std::uint64_t events = 0;    ///< of the timeline
    std::uint64_t joined = 0;    ///< of them in rectangles of several
    std::uint64_t left_out = 0;  ///< of them not drawn at all, the deepest
};

/// At most `most` rectangles: neighbours shorter than a time, together no longer than it, are joined. The time is found
/// by trying, from 0 up; when it is the whole, the deepest events are left out. Tasks of the critical chain stay alone
/// while there is room.
[[nodiscard]] drawn_timeline drawn(timeline const& events, std::size_t most, critical_chain const& critical);

/// At most about `most` of the points: of each stretch the first, the lowest, the highest and the last.
[[nodiscard]] std::vector<memory_point> thinned(std::vector<memory_point> const& points, std::size_t most);

}  // namespace poise::profile::detail
