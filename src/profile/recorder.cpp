// SPDX-License-Identifier: MIT
#include "profile/recorder.hpp"

#include "profile/registry.hpp"

#include <algorithm>

namespace poise::profile::detail {
namespace {

constexpr std::uint64_t calls_between_reviews = 1024;           // a power of two
constexpr std::uint64_t calls_before_a_review_counts = 65'536;  // a millisecond or two of scopes
constexpr ticks no_duration = ~ticks{0};

struct clock_of_scopes {
    ticks operator()() const noexcept { return now(); }
};

mode mode_of(node const& where, unsigned modes) noexcept {
    mode const how = where.how.load();
    return how != mode::automatic ? how : static_cast<mode>(modes >> mode_shift & 7U);
}

// What a scope has cost so far against how long the program has been measured.
[[gnu::noinline, gnu::cold]] void review(node& where) noexcept {
    std::uint64_t const timed = where.exact.calls.load();
    if (where.how.load() != mode::automatic || timed < calls_before_a_review_counts) return;
    auto const limits = registry::current_limits();
    ticks const t = now();
    double const measured = t > limits.begin ? static_cast<double>(t - limits.begin) : 0.0;
    if (static_cast<double>(timed * limits.scope_cost) <= limits.overhead_budget * measured) return;
    where.calls_to_timed = 1;
    where.place_in_block = sampling_block;
    // Not over a mode that set_mode() tells at this moment.
    mode expected = mode::automatic, sampled = mode::sampled;
    if (__atomic_compare_exchange(&where.how.value, &expected, &sampled, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        where.demoted.store(true);
}

}  // namespace

thread_state* thread_state::make() noexcept {
    auto* const state = static_cast<thread_state*>(map_pages(sizeof(thread_state)));
    if (state == nullptr) return nullptr;
    state->tree_.start();
    frame& thread = state->frames_[0];
    thread.where.store(state->tree_.root());
    thread.physical.store(state->tree_.root());
    state->top_.store(&thread);
    state->random_ = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(state) >> 12) | 1U;
    return state;
}

template <class Clock>
inline frame* thread_state::open_again(std::uint64_t key, unsigned modes, Clock const& clock) noexcept {
    frame& below = *top_.load();
    node* const where = call_tree::last_child(*below.where.load(), below.physical.load(), key);
    if (where == nullptr || is_behind(modes) || is_full(below)) [[unlikely]]
        return nullptr;
    mode const how = mode_of(*where, modes);
    std::uint64_t const calls = where->calls.load() + 1;
    if (how == mode::off || calls % calls_between_reviews == 0) [[unlikely]]
        return nullptr;
    return push(below, *where, calls, modes, how, clock);
}

template <class Clock>
inline frame* thread_state::open(naming const& name, unsigned modes, Clock const& clock) noexcept {
    follow(modes);
    frame& below = *top_.load();
    if (is_full(below)) [[unlikely]] {
        too_deep_.add(1);
        return nullptr;
    }
    node& where = *tree_.child(*below.where.load(), below.physical.load(), name);
    std::uint64_t const calls = where.calls.load() + 1;
    if (calls % calls_between_reviews == 0) review(where);
    mode const how = mode_of(where, modes);
    if (how == mode::off) return nullptr;
    return push(below, where, calls, modes, how, clock);
}

template <class Clock>
[[gnu::always_inline]] inline frame* thread_state::push(frame& below, node& where, std::uint64_t calls, unsigned modes,
                                                        mode how, Clock const& clock) noexcept {
    frame& pushed = *(&below + 1);
    pushed.start.store(0);
    pushed.where.publish(&where);
    pushed.physical.store(&where);
    pushed.children.store(0);
    where.calls.store(calls);
    ++where.open;
    unsigned const timing = timing_of(where, how);
    pushed.modes.publish((modes & mode_bits) | timing);
    if ((modes & memory_bit) != 0) pushed.memory = memory.open();
    pushed.start.publish((timing & timed_bits) != 0 ? clock() : 1);
    top_.publish(&pushed);
    return &pushed;
}

inline unsigned thread_state::timing_of(node& where, mode how) noexcept {
    if (how == mode::timed) [[likely]]
        return exact_bit;
    if (how == mode::sampled) return --where.calls_to_timed != 0 ? 0U : sample(where);
    return how == mode::precise ? exact_bit | precise_bit : 0U;
}

// The first calls are timed each, and are no part of the estimate: they may be unlike all later ones. Then one call of
// each block, at a random place in it, so that no rhythm of the program is mistaken for its whole.
inline unsigned thread_state::sample(node& where) noexcept {
    std::uint64_t const calls = where.calls.load();
    where.calls_to_timed = 1;
    if (calls < sampling_block) return exact_bit;
    if (calls == sampling_block) where.place_in_block = sampling_block;
    random_ ^= random_ << 13;  // Marsaglia (2003), Xorshift RNGs
    random_ ^= random_ >> 17;
    random_ ^= random_ << 5;
    std::uint32_t const next = 1 + (random_ >> 16) % sampling_block;
    where.calls_to_timed = sampling_block - where.place_in_block + next;
    where.place_in_block = next;
    return calls == sampling_block ? exact_bit : sampled_bit;
}

frame* thread_state::open_context(node const* where) noexcept {
    frame& below = *top_.load();
    if (is_full(below)) return nullptr;
    frame& pushed = *(&below + 1);
    pushed.start.store(0);
    pushed.where.publish(tree_.adopt(where));
    pushed.physical.store(below.physical.load());
    pushed.children.store(0);
    unsigned const counted = load_modes() & memory_bit;
    if (counted != 0) pushed.memory = memory.open();
    pushed.modes.publish(context_bit | counted);
    pushed.start.publish(1);
    top_.publish(&pushed);
    return &pushed;
}

void thread_state::close(frame* opened, ticks stop) noexcept {
    if (opened <= frames_ || opened > top_.load()) return;
    if (stop == 0) stop = now();  // those above may be timed where this one is not
    while (top_.load() >= opened) {
        frame& top = *top_.load();
        if ((top.modes.load() & context_bit) != 0)
            pop_context(top);
        else
            pop(top, stop);
    }
}

// What tasks allocated below the context is not what the scopes did that waited: their marks are moved by it.
void thread_state::pop_context(frame& top) noexcept {
    frame& below = *(&top - 1);
    top_.publish(&below);
    below.children.add(top.children.load());
    if ((top.modes.load() & memory_bit) == 0) return;
    std::uint64_t const allocations = memory.allocations.load() - top.memory.allocations;
    std::uint64_t const bytes = memory.allocated_bytes.load() - top.memory.allocated_bytes;
    std::int64_t const retained = memory.live() - top.memory.live;
    bool foreign = false;
    each_waiting(top, [&](frame& waiting) {
        foreign = true;
        waiting.memory.allocations += allocations;
        waiting.memory.allocated_bytes += bytes;
        waiting.memory.live += retained;
        waiting.memory.peak = std::max(waiting.memory.peak, memory.peak.load());
    });
    if (foreign)
        memory.peak.store(std::max(top.memory.peak + retained, memory.live()));
    else
        memory.close(top.memory);
}

// The frame of `top` stays as it is until the next scope is opened.
[[gnu::always_inline]] inline void thread_state::pop(frame& top, ticks stop) noexcept {
    frame& below = *(&top - 1);
    unsigned const modes = top.modes.load();
    node& where = *top.where.load();
    top_.publish(&below);
    --where.open;
    if ((modes & memory_bit) != 0) finish_memory(top, where);
    if ((modes & timed_bits) == 0) {
        below.children.add(top.children.load());
        return;
    }
    ticks const start = top.start.load();
    ticks const elapsed = stop > start ? stop - start : 0;
    below.children.add(elapsed);
    finish_timed(top, where, elapsed);
    ticks const before = where.lasting.latest.load() - 1;
    bool const counted = where.lasting.add(elapsed, tree_.pool());
    unsigned const rare = (modes & (trace_bit | foreign_bit)) | (below.modes.load() & context_bit);
    if (rare != 0 || !counted) [[unlikely]]
        finish_rarely(top, where, elapsed, counted ? no_duration : before);
}

[[gnu::always_inline]] inline void thread_state::finish_timed(frame const& top, node& where, ticks elapsed) noexcept {
    unsigned const modes = top.modes.load();
    ticks const children = top.children.load();
    timed_calls& into = (modes & exact_bit) != 0 ? where.exact : where.sampled;
    into.calls.add(1);
    into.exclusive.add(elapsed > children ? elapsed - children : 0);
    if (where.open == 0) into.inclusive.add(elapsed);
    where.shortest.lower(elapsed);
    where.longest.raise(elapsed);
}

[[gnu::noinline]] void thread_state::finish_rarely(frame const& top, node& where, ticks elapsed,
                                                   ticks uncounted) noexcept {
    unsigned const modes = top.modes.load();
    if (uncounted != no_duration) where.lasting.make_room(uncounted, tree_.pool());
    if ((modes & foreign_bit) != 0 && where.open == 0) where.foreign.add(top.foreign.load());
    if (((&top - 1)->modes.load() & context_bit) != 0) charge_foreign(top, elapsed);
    if ((modes & trace_bit) == 0) return;
    std::uint64_t const limit = registry::trace_limit();
    event const call{&where, top.start.load(), top.start.load() + elapsed};
    if ((modes & task_bit) != 0)
        events_.add_task(top.task, call, limit);
    else
        events_.add(call, limit);
}

// Scopes below the context, down to the one that the task belongs to, did not do what the task did. Below another
// context, that context's task is charged with all of its own.
template <class Charge>
inline void thread_state::each_waiting(frame const& context, Charge const& charge) noexcept {
    node const* const owner = context.where.load();
    for (frame* f = frames_ + (&context - frames_) - 1; f > frames_ && (f->modes.load() & context_bit) == 0; --f) {
        node const* const waiting = f->where.load();
        for (node const* n = owner; n != nullptr; n = n->parent)
            if (n->level == waiting->level && is_same_path(n, waiting)) return;
        charge(*f);
    }
}

void thread_state::charge_foreign(frame const& task, ticks elapsed) noexcept {
    each_waiting(*(&task - 1), [elapsed](frame& waiting) {
        unsigned const modes = waiting.modes.load();
        waiting.foreign.store(elapsed + ((modes & foreign_bit) == 0 ? 0 : waiting.foreign.load()));
        waiting.modes.store(modes | foreign_bit);
    });
}

inline void thread_state::finish_memory(frame const& top, node& where) noexcept {
    where.peak_bytes.raise(memory.close(top.memory));
    if (where.open != 0) return;
    where.allocations.add(memory.allocations.load() - top.memory.allocations);
    where.allocated_bytes.add(memory.allocated_bytes.load() - top.memory.allocated_bytes);
}

void thread_state::add_edge(std::uint64_t from, std::uint64_t to) noexcept {
    events_.add({nullptr, from, to}, registry::trace_limit());
}

void thread_state::start_generation() noexcept {
    auto const [generation, begin] = registry::current_generation();
    tree_.each([&](node& n) { n.clear(tree_.pool()); });
    events_.clear();
    too_deep_.store(0);
    memory.peak.store(memory.live());
    for (frame* f = frames_ + 1; f <= top_.load(); ++f) {
        unsigned const modes = f->modes.load();
        f->children.store(0);
        f->modes.store(modes & ~foreign_bit);
        if ((modes & timed_bits) != 0) f->start.store(std::max(f->start.load(), begin));
        if ((modes & context_bit) != 0) continue;
        f->where.load()->calls.add(1);
        f->memory = memory.open();
    }
    generation_.publish(generation);
}

frame* open_at(thread_state& state, naming const& name, unsigned modes, ticks start) noexcept {
    return state.open(name, modes, [start] { return start; });
}

frame* open_now(thread_state& state, naming const& name, unsigned modes) noexcept {
    return state.open(name, modes, clock_of_scopes{});
}

namespace {

// What is rare is done out of line, and called last, so that what is usual saves no registers.
[[gnu::noinline]] frame* enter_slowly(unsigned modes, naming const& name) noexcept {
    thread_state* const self = attached();
    return self == nullptr ? nullptr : self->open(name, modes, clock_of_scopes{});
}

[[gnu::noinline]] void leave_slowly(frame* entered, ticks stop) noexcept {
    thread_state* const self = this_thread;
    if (self == nullptr) return;
    self->follow(load_modes());
    self->close(entered, stop);
}

}  // namespace

frame* enter(unsigned modes, char const* text, unsigned size, char const* file, traits how) noexcept {
    std::uint64_t const key = literal_key(text, how);
    if (thread_state* const self = this_thread; self != nullptr) [[likely]]
        if (frame* const entered = self->open_again(key, modes, clock_of_scopes{}); entered != nullptr) [[likely]]
            return entered;
    return enter_slowly(modes, {text, size, file, how, key});
}

frame* enter_copying(unsigned modes, char const* text, std::size_t size, char const* file, traits how) noexcept {
    auto const shown = static_cast<unsigned>(std::min(size, max_name_bytes));
    naming name{text, shown, file, how, 0};
    name.key = copied_key(text, size, name.kind());
    return enter_slowly(modes, name);
}

void leave(frame* entered) noexcept {
    unsigned const modes = entered->modes.load();
    ticks stop = 0;
    if ((modes & timed_bits) != 0) stop = (modes & precise_bit) != 0 ? now_after_all() : now();
    thread_state* const self = this_thread;
    bool const usual = self != nullptr && self->is_on_top(entered) && !self->is_behind(load_modes());
    if (!usual) [[unlikely]]
        return leave_slowly(entered, stop);
    self->pop(*entered, stop);
}

void leave_context(frame* entered) noexcept { leave_slowly(entered, 0); }

void add_bytes(frame* entered, double bytes) noexcept {
    if (bytes > 0.0) entered->where.load()->moved_bytes.add(bytes);
}
void add_flops(frame* entered, double flops) noexcept {
    if (flops > 0.0) entered->where.load()->flops.add(flops);
}

void set_task(frame* entered, std::uint64_t id) noexcept {
    entered->task = id;
    entered->modes.store(entered->modes.load() | task_bit);
}

void add_edge(frame* entered, std::uint64_t from) noexcept {
    unsigned const needed = trace_bit | task_bit;
    thread_state* const self = this_thread;
    if (self != nullptr && (entered->modes.load() & needed) == needed) self->add_edge(from, entered->task);
}

}  // namespace poise::profile::detail
