// SPDX-License-Identifier: MIT
#include "task/run_state.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace poise::task::detail {
namespace {

namespace clock = profile::detail;

// From the first run of the process on, so that the rate is good even where a run takes microseconds.
clock::anchor first_run() noexcept {
    static clock::anchor const at = [] {
        clock::choose_clock();
        return clock::drop_anchor();
    }();
    return at;
}

}  // namespace

run_state::run_state(std::shared_ptr<graph_state const> ran, std::shared_ptr<plan const> how, std::uint64_t of_graph,
                     bool is_timed)
    : graph{std::move(ran)},
      steps{std::move(how)},
      graph_id{of_graph},
      timed{is_timed},
      results{steps->results_size},
      states{steps->n_tasks, state::skipped},
      blame{steps->n_nodes, 0} {
    if (timed) {
        when = block<times>{steps->n_tasks};
        worker = block<std::uint16_t>{steps->n_tasks};
    }
}

run_state::~run_state() {
    for (plan::owned_results const& of : steps->owned)
        for (std::uint32_t i = 0; i < of.n_tasks; ++i)
            if (states[of.first_id + i] == state::succeeded)
                of.kind->destroy(results.data() + of.offset + i * of.kind->size);
}

void run_state::start() noexcept {
    (void)first_run();
    started = clock::now();
}

void run_state::finish() noexcept {
    ended = clock::now();
    seconds_per_tick_ = clock::timescale{first_run()}.seconds(1);
    std::ranges::sort(failures_, {}, &failure::id);
}

clock::ticks run_state::ready_at(graph_state::family const& family) const noexcept {
    auto latest = started;
    for (auto const inputs : family.inputs())
        for (std::uint32_t i = 0; i < inputs.count; ++i) latest = std::max(latest, when[inputs.first + i].end);
    return latest;
}

void run_state::keep(std::uint32_t id, std::exception_ptr thrown) noexcept {
    try {
        std::scoped_lock const lock{failures_mutex_};
        failures_.push_back({id, std::move(thrown)});
    } catch (...) {  // no memory: thrown_by() says so
    }
}

std::exception_ptr run_state::thrown_by(std::uint32_t id) const {
    auto const found = std::ranges::lower_bound(failures_, id, {}, &failure::id);
    return found != failures_.end() && found->id == id ? found->thrown : std::make_exception_ptr(std::bad_alloc{});
}

}  // namespace poise::task::detail
