// SPDX-License-Identifier: MIT
// What one thread records: a call tree, the scopes open now, allocations, and the events of the trace.
//
// One thread writes, any may read. Everything lives in pages taken straight from the system, because operator new may
// be replaced by hooks that report here; pages come zeroed, and all zeros is a valid value of every type below. Nothing
// is ever given back: contexts and events point into the tree. All of it is bounded.
#pragma once

#include "profile/clock.hpp"

#include <poise/profile/scope.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace poise::profile::detail {

inline constexpr std::size_t max_nodes = std::size_t{1} << 16;  // per thread; calls past it go to one node "(other)"
inline constexpr std::uint16_t max_level = 128;  // deeper calls go there too: trees are walked by recursion
inline constexpr unsigned max_depth = 1U << 13;  // scopes nested deeper are not recorded, but counted
inline constexpr std::size_t max_name_bytes = 255;
inline constexpr unsigned mode_bits = 0xFF;

/// Zeroed pages, never given back; nullptr when the system has none.
[[nodiscard]] void* map_pages(std::size_t bytes) noexcept;

/// Written by one thread, read by any: plain loads and stores to the machine, and no data race. Trivial on purpose.
template <class T>
struct owned {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;

    [[nodiscard]] T load() const noexcept { return __atomic_load_n(&value, __ATOMIC_RELAXED); }
    void store(T next) noexcept { __atomic_store_n(&value, next, __ATOMIC_RELAXED); }
    /// What the writer wrote before publish() is seen by who reads the value with acquire().
    [[nodiscard]] T acquire() const noexcept { return __atomic_load_n(&value, __ATOMIC_ACQUIRE); }
    void publish(T next) noexcept { __atomic_store_n(&value, next, __ATOMIC_RELEASE); }
    void add(T amount) noexcept { store(static_cast<T>(load() + amount)); }
    void raise(T candidate) noexcept {
        if (candidate > load()) store(candidate);
    }
    void lower(T candidate) noexcept {
        if (candidate < load()) store(candidate);
    }
};

/// A scope under a path of scopes.
struct node {
    // What it is; constant once it can be found.
    node* parent;
    std::uint64_t key;
    char const* name;
    std::uint32_t name_size;
    category kind;
    std::uint16_t level;  // the root has 0
    owned<node*> next;    // in order of making: parents stand before their children
    // The owner's own.
    node* recent;  // the child entered last
    std::uint32_t open;
    // What happened in it.
    owned<std::uint64_t> calls;
    owned<ticks> inclusive;
    owned<ticks> exclusive;
    owned<ticks> shortest;
    owned<ticks> longest;
    owned<std::uint64_t> allocations;
    owned<std::uint64_t> allocated_bytes;
    owned<std::int64_t> peak_bytes;

    void clear() noexcept;
};

struct memory_counters {
    owned<std::uint64_t> allocations;
    owned<std::uint64_t> allocated_bytes;
    owned<std::int64_t> live;
    owned<std::int64_t> peak;
    owned<std::int64_t> published;  // the part of live that the process's total knows
};

/// An open scope. Kept here and not in the scope object, so that a longjmp past scopes leaves nothing dangling.
struct frame {
    owned<std::uint32_t> serial;  // odd while the owner writes the rest
    owned<std::uint32_t> modes;
    owned<node*> where;
    owned<ticks> start;
    owned<ticks> children;  // spent in scopes that were opened and left on top of this one
    node* enclosing;
    std::uint64_t allocations;
    std::uint64_t allocated_bytes;
    std::int64_t live;
    std::int64_t peak;
};

struct event {
    node const* where;
    ticks start;
    ticks stop;
};

/// What a reader sees of a frame.
struct open_scope {
    node const* where;
    ticks start;
    ticks children;
    unsigned modes;
};

class thread_state {
public:
    /// nullptr when the system has no memory.
    [[nodiscard]] static thread_state* make() noexcept;

    // For the owner.
    /// Opens the scope `name` under the current node; begin() follows. nullptr when nested too deep.
    [[nodiscard]] frame* open(label name, std::uint64_t key, category kind, unsigned modes) noexcept;
    void begin(frame* opened, ticks start) noexcept {
        opened->start.publish(start);
        opened->serial.publish(opened->serial.load() + 1);
    }
    /// Closes the scope, and first those above it that were never closed. A frame that is not open here is ignored.
    void close(frame* opened, ticks stop) noexcept;
    /// Closes all but the lowest `depth` scopes.
    void close_down_to(unsigned depth, ticks stop) noexcept {
        while (depth_.load() > depth) close_top(stop);
    }
    /// The node of the same path in this tree, made when it is new.
    [[nodiscard]] node* adopt(node const* foreign) noexcept;
    /// Forgets what was measured when reset() has been called since, which is what `modes` tells.
    void follow(unsigned modes) noexcept {
        if (((modes ^ generation_.load()) & ~mode_bits) != 0) [[unlikely]]
            start_generation();
    }
    [[nodiscard]] node* current() const noexcept { return current_; }
    void set_current(node* where) noexcept { current_ = where; }
    [[nodiscard]] node* root() noexcept { return &root_; }

    // For anybody.
    [[nodiscard]] unsigned depth() const noexcept { return depth_.acquire(); }
    [[nodiscard]] unsigned generation() const noexcept { return generation_.acquire(); }
    [[nodiscard]] std::uint64_t too_deep() const noexcept { return too_deep_.load(); }
    [[nodiscard]] std::uint64_t dropped_events() const noexcept { return dropped_events_.load(); }
    template <class Visit>
    void each_node(Visit const& visit) const;
    /// visit(open_scope), from the outermost inwards.
    template <class Visit>
    void each_open(Visit const& visit) const;
    template <class Visit>
    void each_event(Visit const& visit) const;

    memory_counters memory;
    // The registry's own.
    thread_state* next_registered;
    thread_state* next_free;
    unsigned row;  // in the trace; 0 is the main thread

private:
    struct entry {
        node const* parent;
        std::uint64_t key;
        node* child;
    };
    static constexpr std::size_t events_per_chunk = 4096;
    struct chunk {
        owned<chunk*> next;
        event events[events_per_chunk];
    };

    node* child_of(node* parent, label name, std::uint64_t key, category kind) noexcept;
    [[gnu::noinline]] node* find_or_make_child(node* parent, label name, std::uint64_t key, category kind) noexcept;
    node* make_child(node* parent, label name, std::uint64_t key, category kind) noexcept;
    void* allocate(std::size_t bytes) noexcept;
    bool grow_table() noexcept;
    void insert(entry const& added) noexcept;
    void close_top(ticks stop) noexcept;
    void close_memory(frame const& top, node& where) noexcept;
    void open_memory(frame& top) noexcept;
    [[gnu::noinline]] void record(event happened) noexcept;
    [[gnu::noinline, gnu::cold]] void start_generation() noexcept;

    node* current_;
    owned<unsigned> depth_;
    owned<unsigned> generation_;
    owned<std::uint64_t> too_deep_;
    node root_;
    node other_;
    node* newest_;
    std::size_t n_nodes_;
    char* arena_;
    std::size_t arena_left_;
    entry* table_;
    std::size_t table_size_;
    std::size_t table_used_;
    node const* adopted_from_;
    node* adopted_;
    owned<chunk*> first_chunk_;
    chunk* last_chunk_;
    owned<std::uint64_t> n_events_;
    owned<std::uint64_t> dropped_events_;
    frame frames_[max_depth];
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

/// Names that are copied are told from literals by the top bit, which no address of a literal reaches.
inline constexpr std::uint64_t copied_bit = std::uint64_t{1} << 63;
[[nodiscard]] std::uint64_t literal_key(label name, category kind) noexcept;
[[nodiscard]] std::uint64_t copied_key(label name, category kind) noexcept;

template <class Visit>
void thread_state::each_node(Visit const& visit) const {
    for (node const* n = &root_; n != nullptr; n = n->next.acquire()) visit(*n);
}

template <class Visit>
void thread_state::each_open(Visit const& visit) const {
    unsigned const depth = depth_.acquire();
    for (unsigned i = 0; i < depth; ++i) {
        frame const& f = frames_[i];
        auto const serial = f.serial.acquire();
        open_scope const seen{f.where.acquire(), f.start.acquire(), f.children.acquire(), f.modes.acquire()};
        // Just being opened, or left and opened again meanwhile: it and what is above it are too young to matter.
        if (serial % 2 != 0 || f.serial.acquire() != serial) return;
        visit(seen);
    }
}

template <class Visit>
void thread_state::each_event(Visit const& visit) const {
    std::uint64_t const n = n_events_.acquire();
    chunk const* c = first_chunk_.acquire();
    for (std::uint64_t i = 0; i < n; ++i) {
        if (i != 0 && i % events_per_chunk == 0) c = c->next.acquire();
        visit(c->events[i % events_per_chunk]);
    }
}

}  // namespace poise::profile::detail
