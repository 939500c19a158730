// SPDX-License-Identifier: MIT
// What one thread records: a call tree, the scopes open now, allocations, and the events of the timeline.
//
// One thread writes, any may read. Everything lives in pages taken straight from the system, because operator new may
// be replaced by hooks that report here; pages come zeroed, and all zeros is a valid value of every type below. Nothing
// is ever given back. All of it is bounded.
#pragma once

#include "profile/call_tree.hpp"
#include "profile/event_log.hpp"
#include "profile/memory_counters.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace poise::profile::detail {

inline constexpr unsigned max_depth = 1U << 13;  // scopes nested deeper are not recorded, but counted
inline constexpr unsigned mode_bits = 0xFF;
inline constexpr unsigned mode_shift = 4;  // of the program's mode in `active_modes`

// Of a frame, above the mode bits. Neither exact nor sampled: not timed at all.
inline constexpr unsigned exact_bit = 0x100;
inline constexpr unsigned sampled_bit = 0x200;
inline constexpr unsigned precise_bit = 0x400;
inline constexpr unsigned context_bit = 0x1000;  // no scope, but a place in the tree that was installed
inline constexpr unsigned foreign_bit = 0x2000;  // meanwhile the thread ran what belongs to another scope
inline constexpr unsigned task_bit = 0x4000;     // has a number
inline constexpr unsigned timed_bits = exact_bit | sampled_bit;

/// An open scope. Kept here and not in the scope object, so that a longjmp past scopes leaves nothing dangling.
struct frame {
    owned<ticks> start;     // 0 while the owner writes the rest, 1 where it is not timed
    owned<node*> where;     // the next scope belongs to it
    owned<node*> physical;  // the scope open on this thread: `where`, but for contexts
    owned<std::uint32_t> modes;
    owned<ticks> children;  // spent in scopes that were opened and left on top of this one, as far as they were timed
    owned<ticks> foreign;   // with foreign_bit: of that, in scopes that do not belong to this one
    std::uint64_t task;     // with task_bit
    memory_mark memory;
};

/// What a reader sees of a frame.
struct open_scope {
    node const* where;
    ticks start;
    ticks children;
    ticks foreign;
    unsigned modes;
};

class thread_state {
public:
    /// nullptr when the system has no memory.
    [[nodiscard]] static thread_state* make() noexcept;

    // For the owner.
    /// Nothing was recorded before this moment, so there is nothing to forget.
    void begin(unsigned modes) noexcept { generation_.publish(modes & ~mode_bits); }
    /// Opens a scope on top of the others, at the time `clock()` gives if it is timed. nullptr when it is nested too
    /// deep or off.
    template <class Clock>
    [[nodiscard]] frame* open(naming const& name, unsigned modes, Clock const& clock) noexcept;
    /// The same for a literal that was the last one entered here before; nullptr when more is to be done than to count.
    template <class Clock>
    [[nodiscard]] frame* open_again(std::uint64_t key, unsigned modes, Clock const& clock) noexcept;
    /// What follows stands below the path of `where`, until the frame is closed. nullptr when it is nested too deep.
    [[nodiscard]] frame* open_context(node const* where) noexcept;
    /// Closes the scope, and first those above it that were never closed. A frame that is not open here is ignored.
    void close(frame* opened, ticks stop) noexcept;
    void close_all(ticks stop) noexcept { close(frames_ + 1, stop); }
    /// Closes the scope on top, which is `top` and no context.
    void pop(frame& top, ticks stop) noexcept;
    [[nodiscard]] bool is_on_top(frame const* opened) const noexcept { return top_.load() == opened; }
    /// Whether reset() has been called since this thread last looked, which is what `modes` tells.
    [[nodiscard]] bool is_behind(unsigned modes) const noexcept {
        return ((modes ^ generation_.load()) & ~mode_bits) != 0;
    }
    /// Forgets what was measured before the last reset().
    void follow(unsigned modes) noexcept {
        if (is_behind(modes)) [[unlikely]]
            start_generation();
    }
    /// Says in the timeline that task `to` waited for task `from`.
    void add_edge(std::uint64_t from, std::uint64_t to) noexcept;
    [[nodiscard]] node* current() const noexcept { return top_.load()->where.load(); }
    [[nodiscard]] call_tree& tree() noexcept { return tree_; }

    // For anybody.
    [[nodiscard]] unsigned depth() const noexcept { return static_cast<unsigned>(top_.acquire() - frames_); }
    [[nodiscard]] unsigned generation() const noexcept { return generation_.acquire(); }
    [[nodiscard]] std::uint64_t too_deep() const noexcept { return too_deep_.load(); }
    [[nodiscard]] call_tree const& tree() const noexcept { return tree_; }
    [[nodiscard]] event_log const& events() const noexcept { return events_; }
    /// visit(open_scope), from the outermost inwards.
    template <class Visit>
    void each_open(Visit const& visit) const;

    memory_counters memory;  // first: what the allocation hooks reach
    // The registry's own.
    thread_state* next_registered;
    thread_state* next_free;
    unsigned row;    // in the timeline; 0 is the main thread
    char label[24];  // of a row that is no thread's; else empty

private:
    template <class Clock>
    frame* push(frame& below, node& where, std::uint64_t calls, unsigned modes, mode how, Clock const& clock) noexcept;
    [[nodiscard]] bool is_full(frame const& top) const noexcept { return &top == frames_ + max_depth; }
    unsigned timing_of(node& where, mode how) noexcept;
    unsigned sample(node& where) noexcept;
    void pop_context(frame& top) noexcept;
    void finish_timed(frame const& top, node& where, ticks elapsed) noexcept;
    void finish_rarely(frame const& top, node& where, ticks elapsed, ticks uncounted) noexcept;
    void finish_memory(frame const& top, node& where) noexcept;
    template <class Charge>
    void each_waiting(frame const& context, Charge const& charge) noexcept;
    void charge_foreign(frame const& task, ticks elapsed) noexcept;
    [[gnu::noinline, gnu::cold]] void start_generation() noexcept;

    owned<frame*> top_;
    owned<unsigned> generation_;
    std::uint32_t random_;
    owned<std::uint64_t> too_deep_;
    call_tree tree_;
    event_log events_;
    frame frames_[1 + max_depth];  // the first stands for the thread itself
};
static_assert(std::is_trivial_v<thread_state>, "mapped pages are used as one without a constructor");

/// This thread's state; nullptr until it records something.
extern constinit thread_local thread_state* this_thread __attribute__((tls_model("initial-exec")));
/// Gives this thread a state. nullptr when the system has no memory.
[[nodiscard]] thread_state* attach() noexcept;
[[nodiscard]] inline thread_state* attached() noexcept {
    thread_state* const state = this_thread;
    return state != nullptr ? state : attach();
}

/// A record of what is no thread, which whoever has it writes, and its row of the timeline; one that was detached
/// before by this label goes on. nullptr when the system has no memory, or for a label of more than 23 bytes.
[[nodiscard]] thread_state* attach_row(std::string_view label) noexcept;
void detach_row(thread_state* state) noexcept;

/// Opens a scope at a time of the caller's: for what no thread does, for tests, and for measuring what scopes cost.
[[nodiscard]] frame* open_at(thread_state& state, naming const& name, unsigned modes, ticks start) noexcept;

/// The same now, as a scope that was not entered here before.
[[nodiscard]] frame* open_now(thread_state& state, naming const& name, unsigned modes) noexcept;

template <class Visit>
void thread_state::each_open(Visit const& visit) const {
    frame const* const top = top_.acquire();
    for (frame const* f = frames_ + 1; f <= top; ++f) {
        ticks const start = f->start.acquire();
        open_scope const seen{f->where.acquire(), start, f->children.acquire(), f->foreign.acquire(),
                              f->modes.acquire()};
        // Just being opened, or left and opened again meanwhile: it and what is above it are too young to matter.
        if (start == 0 || f->start.acquire() != start) return;
        if ((seen.modes & context_bit) == 0) visit(seen);
    }
}

}  // namespace poise::profile::detail
