// SPDX-License-Identifier: MIT
#include "profile/registry.hpp"

#include "profile/allocation_counters.hpp"
#include "profile/allocation_sites.hpp"
#include "profile/block_size.hpp"
#include "profile/heap.hpp"
#include "profile/own_cost.hpp"
#include "profile/remembered.hpp"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>

namespace poise::profile::detail {

constinit thread_local thread_state* this_thread = nullptr;
static constinit memory_counters nobody{};  // marks of 0
constinit thread_local memory_counters* this_memory = &nobody;
constinit unsigned char hook_modes = 0;

namespace {

struct memory_base {
    std::uint64_t allocations = 0;
    std::uint64_t allocated_bytes = 0;
};

struct told {
    std::array<char, max_name_bytes> name;
    std::uint8_t size = 0;
    mode how = mode::automatic;

    [[nodiscard]] bool is(std::string_view other) const noexcept {
        return other == std::string_view{name.data(), size};
    }
};

struct shared_state {
    std::mutex control;    // what is on; taken first
    std::mutex attaching;  // the lists of threads; nothing is allocated under it, since the hooks come here
    std::mutex telling;    // the modes of names; taken last
    std::atomic<thread_state*> first{nullptr};
    thread_state* free = nullptr;
    thread_state* free_rows = nullptr;  // with labels
    unsigned n_rows = 0;
    bool prepared = false;
    pthread_key_t at_thread_exit{};
    bool notices_thread_exit = false;
    bool reads_chunks = false;

    anchor origin;
    ticks enabled_at = 0;
    ticks measured = 0;
    ticks disabled_at = 0;
    bool memory_was_on = false;
    mode scopes = mode::timed;
    unsigned memory_users = 0;
    bool memory_asked_for = false;  // by enable()
    std::atomic<ticks> generation_begin{0};
    std::atomic<ticks> review_begin{0};  // as long ago as profiling was on
    std::atomic<std::uint64_t> trace_limit{0};
    std::atomic<ticks> scope_cost{0};
    std::atomic<double> overhead_budget{1.0};

    memory_base before_reset;
    std::array<told, 64> told_modes{};
    std::size_t n_told = 0;
};

constinit shared_state all;

// Other people's fork handlers may allocate and enter scopes between ours, on the thread that holds all locks.
constinit thread_local bool forking = false;
// How often this thread's end was noticed: destructors that run later may record again, but not for ever.
constinit thread_local unsigned ends_noticed = 0;
constexpr unsigned most_ends = 3;  // of the 4 rounds of destructors that POSIX promises

bool is_main_thread() noexcept { return ::syscall(SYS_gettid) == ::getpid(); }

void record_in(thread_state* state) noexcept {
    this_thread = state;
    this_memory = state != nullptr ? &state->memory : &nobody;
}

void release(void* ended) noexcept {
    auto* const state = static_cast<thread_state*>(ended);
    ++ends_noticed;
    state->follow(load_modes());
    state->close_all(now());
    record_in(nullptr);
    std::lock_guard const lock{all.attaching};
    state->next_free = all.free;
    all.free = state;
}

memory_base sum_of_allocations() noexcept {
    memory_base sum;
    for (auto const* t = all.first.load(); t != nullptr; t = t->next_registered) {
        sum.allocations += t->memory.allocations.load();
        sum.allocated_bytes += t->memory.allocated_bytes.load();
    }
    return sum;
}

void before_fork() {
    before_fork_of_remembered();
    all.control.lock();
    all.attaching.lock();
    all.telling.lock();
    heap::before_fork();
    allocation_sites::before_fork();
    forking = true;
}

void after_fork() {
    forking = false;
    allocation_sites::after_fork();
    heap::after_fork();
    all.telling.unlock();
    all.attaching.unlock();
    all.control.unlock();
    after_fork_of_remembered();
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
    all.free_rows = nullptr;
    all.n_rows = 0;
    all.before_reset = sum_of_allocations();  // the child's allocations are counted from here
    after_fork();
}

void prepare() noexcept {
    if (all.prepared) return;
    all.prepared = true;
    choose_clock();
    all.scope_cost.store(measure_scope_cost(mode::timed));
    all.reads_chunks = chunk_sizes_can_be_read();
    all.notices_thread_exit = ::pthread_key_create(&all.at_thread_exit, release) == 0;
    ::pthread_atfork(before_fork, after_fork, after_fork_in_child);
}

void start_counting(anchor const& origin) noexcept {
    all.origin = origin;
    all.enabled_at = origin.at;
    all.measured = 0;
    all.generation_begin.store(origin.at);
    all.review_begin.store(origin.at);
}

std::int64_t heap_live_now() noexcept {
    std::int64_t live = heap::published.live();
    for (auto const* t = all.first.load(); t != nullptr; t = t->next_registered)
        live += t->memory.live() - t->memory.published.load();
    return live;
}

void set_modes(unsigned generation, bool on, bool trace) noexcept {
    bool const memory = (on && all.memory_asked_for) || all.memory_users != 0;
    unsigned const bits = (on ? enabled_bit : 0U) | (memory ? memory_bit : 0U) | (on && trace ? trace_bit : 0U);
    __atomic_store_n(&hook_modes, !memory ? 0U : all.reads_chunks ? counting_chunks : counting_sizes, __ATOMIC_RELAXED);
    __atomic_store_n(&active_modes, generation | bits | static_cast<unsigned>(all.scopes) << mode_shift,
                     __ATOMIC_RELEASE);
}

// What is on stays on; memory follows its users.
void set_modes_again() noexcept {
    unsigned const before = load_modes();
    set_modes(before & ~mode_bits, (before & enabled_bit) != 0, (before & trace_bit) != 0);
}

ticks measured_until(ticks t) noexcept {
    bool const on = (load_modes() & enabled_bit) != 0;
    return all.measured + (on && t > all.enabled_at ? t - all.enabled_at : 0);
}

// With the list of threads locked.
thread_state* make_registered(unsigned row) noexcept {
    thread_state* const state = thread_state::make();
    if (state == nullptr) return nullptr;
    state->begin(load_modes());
    state->row = row;
    state->next_registered = all.first.load();
    all.first.store(state);
    return state;
}

}  // namespace

[[gnu::cold, gnu::noinline]] thread_state* attach() noexcept {
    if (forking || ends_noticed == most_ends) return nullptr;
    thread_state* state = nullptr;
    {
        std::lock_guard const lock{all.attaching};
        // The main thread has a row of its own, so it never takes over a worker's.
        bool const main = is_main_thread();
        if (!main && all.free != nullptr) {
            state = all.free;
            all.free = state->next_free;
        } else {
            state = make_registered(main ? 0 : all.n_rows + 1);
            if (state == nullptr) return nullptr;
            if (!main) ++all.n_rows;
        }
    }
    record_in(state);
    // Runs after the destructors of thread_local objects, which may hold scopes; without a key the record is not
    // reused.
    if (all.notices_thread_exit) ::pthread_setspecific(all.at_thread_exit, state);
    return state;
}

thread_state* attach_row(std::string_view label) noexcept {
    if (forking || label.size() >= sizeof thread_state::label) return nullptr;
    std::lock_guard const lock{all.attaching};
    for (thread_state** link = &all.free_rows; *link != nullptr; link = &(*link)->next_free)
        if (label == (*link)->label) return std::exchange(*link, (*link)->next_free);
    thread_state* const state = make_registered(all.n_rows + 1);
    if (state == nullptr) return nullptr;
    ++all.n_rows;
    std::ranges::copy(label, state->label);
    return state;
}

void detach_row(thread_state* state) noexcept {
    if (state == nullptr) return;
    std::lock_guard const lock{all.attaching};
    state->next_free = all.free_rows;
    all.free_rows = state;
}

namespace registry {

void enable(options const& chosen) noexcept {
    std::lock_guard const lock{all.control};
    prepare();
    unsigned const before = load_modes();
    unsigned const generation = std::max(before & ~mode_bits, one_generation);
    if (all.origin.ns == 0) {
        start_counting(drop_anchor());
        all.before_reset = sum_of_allocations();
        heap::restart(heap_live_now());
    } else if ((before & enabled_bit) == 0) {
        all.enabled_at = now();
        all.review_begin.store(all.enabled_at - all.measured);
    }
    all.trace_limit.store(chosen.trace_events_per_thread);
    all.overhead_budget.store(chosen.overhead_budget);
    all.scopes = chosen.scopes;
    all.memory_asked_for = chosen.memory;
    all.memory_was_on = all.memory_was_on || chosen.memory;
    for (thread_state* t = all.first.load(); t != nullptr; t = t->next_registered)
        t->tree().each([](node& n) { n.undemote(); });  // under the new budget
    set_modes(generation, true, chosen.trace);
}

void disable() noexcept {
    std::lock_guard const lock{all.control};
    ticks const t = now();
    all.measured = measured_until(t);
    if ((load_modes() & enabled_bit) != 0) all.disabled_at = t;
    set_modes(load_modes() & ~mode_bits, false, false);
}

void add_memory_user() noexcept {
    std::lock_guard const lock{all.control};
    prepare();
    if (++all.memory_users == 1) set_modes_again();
}

void remove_memory_user() noexcept {
    std::lock_guard const lock{all.control};
    if (--all.memory_users == 0) set_modes_again();
}

void reset() noexcept {
    std::lock_guard const lock{all.control};
    if (all.origin.ns == 0) return;
    start_counting(drop_anchor());
    all.memory_was_on = (load_modes() & enabled_bit) != 0 && all.memory_asked_for;
    all.before_reset = sum_of_allocations();
    heap::restart(heap_live_now());
    allocation_sites::forget();
    __atomic_store_n(&active_modes, load_modes() + one_generation, __ATOMIC_RELEASE);
    if (this_thread != nullptr) this_thread->follow(load_modes());
}

generation_start current_generation() noexcept {
    unsigned const seen = __atomic_load_n(&active_modes, __ATOMIC_ACQUIRE);
    return {seen & ~mode_bits, all.generation_begin.load()};
}

limits current_limits() noexcept {
    return {all.review_begin.load(std::memory_order_relaxed), all.scope_cost.load(std::memory_order_relaxed),
            all.overhead_budget.load(std::memory_order_relaxed)};
}

bool tell_mode(std::string_view name, mode how) noexcept {
    std::scoped_lock const lock{all.attaching, all.telling};
    auto const end = all.told_modes.begin() + static_cast<std::ptrdiff_t>(all.n_told);
    auto const found = std::find_if(all.told_modes.begin(), end, [&](told const& t) { return t.is(name); });
    if (found == all.told_modes.end()) return false;
    if (found == end) {
        ++all.n_told;
        found->size = static_cast<std::uint8_t>(name.size());
        std::memcpy(found->name.data(), name.data(), name.size());
    }
    found->how = how;
    for (thread_state* t = all.first.load(); t != nullptr; t = t->next_registered)
        t->tree().each([&](node& n) {
            if (std::string_view{n.name, n.name_size} != name) return;
            n.told.store(how);
            n.undemote();
        });
    return true;
}

void tell(node& made) noexcept {
    if (forking) return;
    std::string_view const name{made.name, made.name_size};
    std::lock_guard const lock{all.telling};
    for (std::size_t i = 0; i < all.n_told; ++i)
        if (all.told_modes[i].is(name)) made.told.store(all.told_modes[i].how);
    made.undemote();
}

bool is_forking() noexcept { return forking; }

std::uint64_t trace_limit() noexcept { return all.trace_limit.load(std::memory_order_relaxed); }

reading::reading() : lock_{all.control} {
    bool const on = (load_modes() & enabled_bit) != 0;
    taken_at_ = on || all.disabled_at < all.origin.at ? now() : all.disabled_at;
    origin_ = all.origin;
    measured_ = measured_until(taken_at_);
    memory_was_on_ = all.memory_was_on;
    scopes_ = all.scopes;
    generation_ = load_modes() & ~mode_bits;
    first_ = all.first.load();
}

memory_usage memory_of_all_threads() noexcept {
    std::lock_guard const lock{all.control};
    memory_base const sum = sum_of_allocations();
    std::int64_t const live = heap_live_now();
    heap::published.raise_peak(live);
    memory_usage usage;
    usage.allocations = sum.allocations - all.before_reset.allocations;
    usage.allocated_bytes = sum.allocated_bytes - all.before_reset.allocated_bytes;
    usage.heap_live_bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(live, 0));
    usage.heap_peak_bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(heap::published.peak(), 0));
    return usage;
}

}  // namespace registry
}  // namespace poise::profile::detail
