// SPDX-License-Identifier: MIT
#include "task/run_state.hpp"

#include <algorithm>
#include <new>
#include <ranges>
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
                     bool is_timed, std::stop_token token)
    : graph{std::move(ran)},
      steps{std::move(how)},
      graph_id{of_graph},
      timed{is_timed},
      stop{std::move(token)},
      results{steps->results_size},
      states{steps->n_tasks, state::skipped},
      blame{steps->n_nodes, 0} {
    if (timed) {
        when = block<times>{steps->n_tasks};
        worker = block<std::uint16_t>{steps->n_tasks};
    }
}

run_state::~run_state() {
    // The last first, as what was made later may refer to what was made before.
    for (plan::owned_results const& of : steps->owned | std::views::reverse)
        for (std::uint32_t i = of.n_tasks; i-- > 0;)
            if (states[of.first_id + i] == state::succeeded)
                of.kind->destroy(results.data() + of.offset + i * of.kind->size);
}

void run_state::forget_failures() noexcept {
    again = true;
    std::ranges::fill(blame, 0U);
    for (state& s : states)
        if (s != state::succeeded) s = state::cancelled;
    failures_.clear();
    std::erase_if(attempts_, [&](auto const& of) { return states[of.first] != state::succeeded; });
    if (memory)
        for (std::size_t id = 0; id < states.size(); ++id)
            if (states[id] != state::succeeded) memory[id] = {};
    n_failed = n_skipped = n_omitted = 0;
    n_cancelled = static_cast<std::size_t>(std::ranges::count(states, state::cancelled));
    stop = {};
    stopped = false;
    stop_at_failure = false;
}

void run_state::add_memory(std::uint32_t id, profile::memory_block const& taken) noexcept {
    auto& sum = memory[id];
    constexpr auto any_order = std::memory_order_relaxed;
    std::atomic_ref{sum.measured}.store(taken.measured, any_order);
    std::atomic_ref{sum.allocations}.fetch_add(taken.allocations, any_order);
    std::atomic_ref{sum.allocated_bytes}.fetch_add(taken.allocated_bytes, any_order);
    std::atomic_ref{sum.retained_bytes}.fetch_add(taken.retained_bytes, any_order);
    std::atomic_ref const peak{sum.peak_bytes};
    for (auto known = peak.load(any_order); known < taken.peak_bytes;)
        if (peak.compare_exchange_weak(known, taken.peak_bytes, any_order)) break;
}

void run_state::start() noexcept {
    (void)first_run();
    started = clock::now();
}

void run_state::finish() noexcept { ended = clock::now(); }

clock::ticks run_state::latest_end(std::uint32_t first, std::uint32_t count) const noexcept {
    auto latest = started;
    for (std::uint32_t i = 0; i < count; ++i) latest = std::max(latest, when[first + i].end);
    return latest;
}

clock::ticks run_state::ready_at(graph_state::family const& family) const noexcept {
    auto latest = started;
    family.for_each_range([&](graph_state::range const& r) {
        if (r.per_task == 0) latest = std::max(latest, latest_end(r.first, r.count));
    });
    return latest;
}

clock::ticks run_state::ready_at(std::uint32_t id, graph_state::family const& family,
                                 clock::ticks all_of_family) const noexcept {
    auto latest = all_of_family;
    family.for_each_range([&](graph_state::range const& r) {
        auto const own = r.of_task(id - family.first_id);
        if (r.per_task != 0) latest = std::max(latest, latest_end(own.first, own.count));
    });
    steps->orders.for_each(id,
                           [&](order_edge const& e) { latest = std::max(latest, latest_end(e.earlier, e.n_earlier)); });
    return latest;
}

double run_state::seconds_per_tick() const noexcept {
    double known = seconds_per_tick_.load(std::memory_order_relaxed);
    if (known == 0.0) {
        known = clock::timescale{first_run()}.seconds(1);
        seconds_per_tick_.store(known, std::memory_order_relaxed);
    }
    return known;
}

void run_state::keep(std::uint32_t id, std::exception_ptr thrown) noexcept {
    try {
        std::scoped_lock const lock{rare_mutex_};
        failures_.emplace(id, std::move(thrown));
    } catch (...) {  // no memory: thrown_by() says so
    }
}

std::exception_ptr run_state::thrown_by(std::uint32_t id) const {
    std::scoped_lock const lock{rare_mutex_};
    auto const found = failures_.find(id);
    return found != failures_.end() ? found->second : std::make_exception_ptr(std::bad_alloc{});
}

std::exception_ptr run_state::take_thrown(std::uint32_t id) {
    auto thrown = thrown_by(id);
    std::scoped_lock const lock{rare_mutex_};
    failures_.erase(id);
    return thrown;
}

bool run_state::was_woken(std::uint32_t id) const {
    std::scoped_lock const lock{rare_mutex_};
    return failures_.contains(id);
}

int run_state::attempts(std::uint32_t id) const {
    bool const called = states[id] == state::succeeded || states[id] == state::failed ||
                        (states[id] == state::cancelled && was_woken(id));
    if (!called) return 0;
    if (store && store->was_loaded(id)) return 0;
    std::scoped_lock const lock{rare_mutex_};
    auto const found = attempts_.find(id);
    return found != attempts_.end() ? found->second : 1;
}

void run_state::count_attempts(std::uint32_t id, int n) const noexcept {
    if (n == 1) return;  // as of every task
    try {
        std::scoped_lock const lock{rare_mutex_};
        attempts_[id] = n;
    } catch (std::bad_alloc const&) {  // a number less
    }
}

bool stop_requested(run_state const& of) noexcept {
    return of.stop.stop_requested() || of.stopped.load(std::memory_order_relaxed) ||
           (of.stop_elsewhere != nullptr && of.stop_elsewhere->load(std::memory_order_relaxed));
}

std::stop_token stop_token_of(run_state const& of) noexcept { return of.stop; }

std::string name_in(run_state const& of, std::uint32_t id) { return of.name_of(id); }

std::uint64_t seed_in(run_state const& of, std::uint32_t id) {
    // FNV-1a (Fowler, Noll & Vo), which is the same on every machine, and one step of splitmix64 (Steele et al. 2014).
    std::uint64_t h = 0xCBF2'9CE4'8422'2325U;
    for (char const c : of.name_of(id)) h = (h ^ static_cast<unsigned char>(c)) * 0x100'0000'01B3U;
    h = (h ^ h >> 30U) * 0xBF58'476D'1CE4'E5B9U;
    h = (h ^ h >> 27U) * 0x94D0'49BB'1331'11EBU;
    return h ^ h >> 31U;
}

}  // namespace poise::task::detail
