// SPDX-License-Identifier: MIT
#include "profile/registry.hpp"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

namespace poise::profile::detail {

constinit thread_local thread_state* this_thread = nullptr;

namespace {

struct memory_base {
    std::uint64_t allocations = 0;
    std::uint64_t allocated_bytes = 0;
};

struct shared_state {
    std::mutex control;    // what is on; taken first
    std::mutex attaching;  // the lists of threads; nothing is allocated under it, since the hooks come here
    std::atomic<thread_state*> first{nullptr};
    thread_state* free = nullptr;
    unsigned n_rows = 0;
    bool prepared = false;
    pthread_key_t at_thread_exit{};
    bool notices_thread_exit = false;

    anchor origin;
    ticks enabled_at = 0;
    ticks measured = 0;
    bool memory_was_on = false;
    std::atomic<ticks> generation_begin{0};
    std::atomic<std::uint64_t> trace_limit{0};

    std::atomic<std::int64_t> heap_live{0};
    std::atomic<std::int64_t> heap_peak{0};
    memory_base before_reset;
};

constinit shared_state all;

void raise(std::atomic<std::int64_t>& peak, std::int64_t candidate) noexcept {
    std::int64_t seen = peak.load(std::memory_order_relaxed);
    while (candidate > seen && !peak.compare_exchange_weak(seen, candidate, std::memory_order_relaxed)) {
    }
}

bool is_main_thread() noexcept { return ::syscall(SYS_gettid) == ::getpid(); }

void release(void* ended) noexcept {
    auto* const state = static_cast<thread_state*>(ended);
    state->close_down_to(0, now());
    state->set_current(state->root());
    this_thread = nullptr;
    std::lock_guard const lock{all.attaching};
    state->next_free = all.free;
    all.free = state;
}

void before_fork() {
    all.control.lock();
    all.attaching.lock();
}

void after_fork() {
    all.attaching.unlock();
    all.control.unlock();
}

// The other threads do not exist here, and one of them may have been in the middle of a change: its record is dropped.
void after_fork_in_child() {
    thread_state* const self = this_thread;
    if (self != nullptr) {
        self->next_registered = nullptr;
        self->row = 0;
    }
    all.first.store(self);
    all.free = nullptr;
    all.n_rows = 0;
    after_fork();
}

void prepare() noexcept {
    if (all.prepared) return;
    all.prepared = true;
    choose_clock();
    all.notices_thread_exit = ::pthread_key_create(&all.at_thread_exit, release) == 0;
    ::pthread_atfork(before_fork, after_fork, after_fork_in_child);
}

void start_counting(anchor const& origin) noexcept {
    all.origin = origin;
    all.enabled_at = origin.at;
    all.measured = 0;
    all.generation_begin.store(origin.at);
}

memory_base sum_of_allocations() noexcept {
    memory_base sum;
    for (auto const* t = all.first.load(); t != nullptr; t = t->next_registered) {
        sum.allocations += t->memory.allocations.load();
        sum.allocated_bytes += t->memory.allocated_bytes.load();
    }
    return sum;
}

std::int64_t heap_live_now() noexcept {
    std::int64_t live = all.heap_live.load();
    for (auto const* t = all.first.load(); t != nullptr; t = t->next_registered)
        live += t->memory.live.load() - t->memory.published.load();
    return live;
}

ticks measured_until(ticks t) noexcept {
    bool const on = (load_modes() & enabled_bit) != 0;
    return all.measured + (on && t > all.enabled_at ? t - all.enabled_at : 0);
}

}  // namespace

[[gnu::cold, gnu::noinline]] thread_state* attach() noexcept {
    thread_state* state = nullptr;
    {
        std::lock_guard const lock{all.attaching};
        // The main thread has a row of its own, so it never takes over a worker's.
        bool const main = is_main_thread();
        if (!main && all.free != nullptr) {
            state = all.free;
            all.free = state->next_free;
        } else {
            state = thread_state::make();
            if (state == nullptr) return nullptr;
            state->row = main ? 0 : ++all.n_rows;
            state->next_registered = all.first.load();
            all.first.store(state);
        }
    }
    this_thread = state;
    // Runs after the destructors of thread_local objects, which may hold scopes; without a key the record is not
    // reused.
    if (all.notices_thread_exit) ::pthread_setspecific(all.at_thread_exit, state);
    return state;
}

namespace registry {

void enable(options const& chosen) noexcept {
    std::lock_guard const lock{all.control};
    prepare();
    unsigned const before = load_modes();
    unsigned const generation = std::max(before & ~mode_bits, one_generation);
    if (all.origin.ns == 0)
        start_counting(drop_anchor());
    else if ((before & enabled_bit) == 0)
        all.enabled_at = now();
    all.trace_limit.store(chosen.trace_events_per_thread);
    all.memory_was_on = all.memory_was_on || chosen.memory;
    unsigned const on = enabled_bit | (chosen.memory ? memory_bit : 0U) | (chosen.trace ? trace_bit : 0U);
    __atomic_store_n(&active_modes, generation | on, __ATOMIC_RELEASE);
}

void disable() noexcept {
    std::lock_guard const lock{all.control};
    all.measured = measured_until(now());
    __atomic_store_n(&active_modes, load_modes() & ~mode_bits, __ATOMIC_RELEASE);
}

void reset() noexcept {
    std::lock_guard const lock{all.control};
    if (all.origin.ns == 0) return;
    start_counting(drop_anchor());
    all.memory_was_on = (load_modes() & memory_bit) != 0;
    all.before_reset = sum_of_allocations();
    all.heap_peak.store(heap_live_now());
    __atomic_store_n(&active_modes, load_modes() + one_generation, __ATOMIC_RELEASE);
    if (this_thread != nullptr) this_thread->follow(load_modes());
}

generation_start current_generation() noexcept {
    unsigned const seen = __atomic_load_n(&active_modes, __ATOMIC_ACQUIRE);
    return {seen & ~mode_bits, all.generation_begin.load()};
}

std::uint64_t trace_limit() noexcept { return all.trace_limit.load(std::memory_order_relaxed); }

reading::reading() : lock_{all.control} {
    taken_at_ = now();
    origin_ = all.origin;
    measured_ = measured_until(taken_at_);
    memory_was_on_ = all.memory_was_on;
    generation_ = load_modes() & ~mode_bits;
    first_ = all.first.load();
}

memory_usage memory_of_all_threads() noexcept {
    std::lock_guard const lock{all.control};
    memory_base const sum = sum_of_allocations();
    std::int64_t const live = heap_live_now();
    raise(all.heap_peak, live);
    memory_usage usage;
    usage.allocations = sum.allocations - all.before_reset.allocations;
    usage.allocated_bytes = sum.allocated_bytes - all.before_reset.allocated_bytes;
    usage.heap_live_bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(live, 0));
    usage.heap_peak_bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(all.heap_peak.load(), 0));
    return usage;
}

void publish_memory(memory_counters& counters) noexcept {
    std::int64_t const live = counters.live.load();
    std::int64_t const change = live - counters.published.load();
    counters.published.store(live);
    raise(all.heap_peak, all.heap_live.fetch_add(change, std::memory_order_relaxed) + change);
}

}  // namespace registry
}  // namespace poise::profile::detail
