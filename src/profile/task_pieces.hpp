// SPDX-License-Identifier: MIT
// Private to src/: where a task begins and ends that waited in between, and so has several events.
#pragma once

namespace poise::profile::detail {

/// The first and the last of the pieces that were added.
template <class Place>
class task_pieces {
public:
    task_pieces(Place const& where, double start_s, double stop_s)
        : first{where}, last{where}, start_s_{start_s}, stop_s_{stop_s} {}
    void add(Place const& where, double start_s, double stop_s) {
        if (start_s < start_s_) first = where, start_s_ = start_s;
        if (stop_s > stop_s_) last = where, stop_s_ = stop_s;
    }

    Place first, last;

private:
    double start_s_, stop_s_;
};

/// To a map of them by the number of the task.
template <class Map, class Event, class Place>
void add_piece(Map& pieces, Event const& e, Place const& where) {
    auto const [at, is_new] = pieces.try_emplace(e.id, where, e.start_s, e.stop_s);
    if (!is_new) at->second.add(where, e.start_s, e.stop_s);
}

}  // namespace poise::profile::detail
