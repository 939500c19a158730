// SPDX-License-Identifier: MIT
#include "profile/recorder.hpp"

#include "profile/registry.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

namespace poise::profile::detail {
namespace {

constexpr std::size_t arena_bytes = std::size_t{1} << 16;
constexpr std::size_t first_table_size = 256;

std::uint32_t copied_size(label name) noexcept {
    return static_cast<std::uint32_t>(std::min<std::size_t>(name.size, max_name_bytes));
}

bool is(node const& candidate, label name, std::uint64_t key) noexcept {
    if (candidate.key != key) return false;
    return (key & copied_bit) == 0 || (candidate.name_size == copied_size(name) &&
                                       std::memcmp(candidate.name, name.text, candidate.name_size) == 0);
}

std::size_t slot_of(node const* parent, std::uint64_t key, std::size_t table_size) noexcept {
    auto const mixed = (reinterpret_cast<std::uintptr_t>(parent) ^ key) * 0x9E3779B97F4A7C15ULL;
    return static_cast<std::size_t>(mixed >> 32) & (table_size - 1);
}

}  // namespace

void* map_pages(std::size_t bytes) noexcept {
    void* const pages =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return pages == MAP_FAILED ? nullptr : pages;
}

std::uint64_t literal_key(label name, category kind) noexcept {
    // Equal literals of two places share their address where the linker merges them; the line tells them apart, so
    // that only a scope inside itself counts as recursion.
    auto const place = (name.line << 4 | static_cast<unsigned>(kind)) & 0xFFFFU;
    return (reinterpret_cast<std::uintptr_t>(name.text) << 16 | place) & ~copied_bit;
}

std::uint64_t copied_key(label name, category kind) noexcept {
    std::uint64_t hash = 0xCBF29CE484222325ULL + static_cast<std::uint64_t>(kind);  // FNV-1a
    for (unsigned i = 0; i < name.size; ++i)
        hash = (hash ^ static_cast<unsigned char>(name.text[i])) * 0x100000001B3ULL;
    return hash | copied_bit;
}

void node::clear() noexcept {
    calls.store(0);
    inclusive.store(0);
    exclusive.store(0);
    shortest.store(~ticks{0});
    longest.store(0);
    allocations.store(0);
    allocated_bytes.store(0);
    peak_bytes.store(0);
}

thread_state* thread_state::make() noexcept {
    auto* const state = static_cast<thread_state*>(map_pages(sizeof(thread_state)));
    if (state == nullptr) return nullptr;
    state->root_.name = "";
    state->root_.clear();
    state->other_.name = "(other)";
    state->other_.name_size = 7;
    state->other_.parent = &state->root_;
    state->other_.level = max_level;  // so that what is entered in it is part of it
    state->other_.clear();
    state->root_.next.store(&state->other_);
    state->newest_ = &state->other_;
    state->current_ = &state->root_;
    return state;
}

inline node* thread_state::child_of(node* parent, label name, std::uint64_t key, category kind) noexcept {
    node* const recent = parent->recent;
    if (recent != nullptr && is(*recent, name, key)) [[likely]]
        return recent;
    return find_or_make_child(parent, name, key, kind);
}

frame* thread_state::open(label name, std::uint64_t key, category kind, unsigned modes) noexcept {
    follow(modes);
    unsigned const depth = depth_.load();
    if (depth == max_depth) [[unlikely]] {
        too_deep_.add(1);
        return nullptr;
    }
    node* const where = child_of(current_, name, key, kind);
    frame& top = frames_[depth];
    top.serial.store(top.serial.load() | 1U);
    top.where.publish(where);
    top.children.publish(0);
    top.enclosing = current_;
    top.modes.publish(modes);
    if ((modes & memory_bit) != 0) open_memory(top);
    where->calls.add(1);
    ++where->open;
    current_ = where;
    depth_.publish(depth + 1);
    return &top;
}

void thread_state::close(frame* opened, ticks stop) noexcept {
    if (opened < frames_ || opened >= frames_ + depth_.load()) return;
    close_down_to(static_cast<unsigned>(opened - frames_), stop);
}

void thread_state::close_top(ticks stop) noexcept {
    unsigned const depth = depth_.load() - 1;
    frame const& top = frames_[depth];
    node& where = *top.where.load();
    ticks const start = top.start.load();
    ticks const elapsed = stop > start ? stop - start : 0;
    ticks const children = top.children.load();
    depth_.publish(depth);
    where.exclusive.add(elapsed > children ? elapsed - children : 0);
    where.shortest.lower(elapsed);
    where.longest.raise(elapsed);
    if (--where.open == 0) where.inclusive.add(elapsed);
    if (depth > 0) frames_[depth - 1].children.add(elapsed);
    current_ = top.enclosing;
    unsigned const on = top.modes.load();
    if ((on & memory_bit) != 0) close_memory(top, where);
    if ((on & trace_bit) != 0) record({&where, start, start + elapsed});
}

void thread_state::open_memory(frame& top) noexcept {
    top.allocations = memory.allocations.load();
    top.allocated_bytes = memory.allocated_bytes.load();
    top.live = memory.live.load();
    top.peak = memory.peak.load();
    memory.peak.store(top.live);
}

// The peak of each scope without any work per allocation: inside, memory.peak is the scope's own.
void thread_state::close_memory(frame const& top, node& where) noexcept {
    where.peak_bytes.raise(memory.peak.load() - top.live);
    memory.peak.raise(top.peak);
    if (where.open != 0) return;
    where.allocations.add(memory.allocations.load() - top.allocations);
    where.allocated_bytes.add(memory.allocated_bytes.load() - top.allocated_bytes);
}

node* thread_state::find_or_make_child(node* parent, label name, std::uint64_t key, category kind) noexcept {
    if (table_size_ != 0) {
        for (std::size_t slot = slot_of(parent, key, table_size_); table_[slot].child != nullptr;
             slot = (slot + 1) & (table_size_ - 1)) {
            entry const& e = table_[slot];
            if (e.parent == parent && is(*e.child, name, key)) return parent->recent = e.child;
        }
    }
    if (2 * table_used_ >= table_size_ && !grow_table()) return &other_;
    node* child = nullptr;
    for (node* up = parent; up != nullptr && child == nullptr; up = up->parent)
        if (is(*up, name, key)) child = up;  // a scope inside itself
    if (child == nullptr) child = make_child(parent, name, key, kind);
    if (child == nullptr) return &other_;
    insert({parent, key, child});
    return parent->recent = child;
}

node* thread_state::make_child(node* parent, label name, std::uint64_t key, category kind) noexcept {
    if (n_nodes_ == max_nodes || parent->level == max_level) return nullptr;
    std::uint32_t const size = copied_size(name);
    auto* const made = static_cast<node*>(allocate(sizeof(node)));
    auto* const text = static_cast<char*>(allocate(size));
    if (made == nullptr || text == nullptr) return nullptr;
    std::memcpy(text, name.text, size);
    made->parent = parent;
    made->key = key;
    made->name = text;
    made->name_size = size;
    made->kind = kind;
    made->level = static_cast<std::uint16_t>(parent->level + 1);
    made->clear();
    newest_->next.publish(made);
    newest_ = made;
    ++n_nodes_;
    return made;
}

void* thread_state::allocate(std::size_t bytes) noexcept {
    std::size_t const rounded = (bytes + alignof(node) - 1) / alignof(node) * alignof(node);
    if (rounded > arena_left_) {
        auto* const pages = static_cast<char*>(map_pages(arena_bytes));
        if (pages == nullptr) return nullptr;
        arena_ = pages;
        arena_left_ = arena_bytes;
    }
    void* const taken = arena_;
    arena_ += rounded;
    arena_left_ -= rounded;
    return taken;
}

bool thread_state::grow_table() noexcept {
    std::size_t const old_size = table_size_;
    std::size_t const size = old_size == 0 ? first_table_size : 2 * old_size;
    if (size > 8 * max_nodes) return false;
    auto* const pages = static_cast<entry*>(map_pages(size * sizeof(entry)));
    if (pages == nullptr) return false;
    entry* const old = table_;
    table_ = pages;
    table_size_ = size;
    table_used_ = 0;
    for (std::size_t i = 0; i < old_size; ++i)
        if (old[i].child != nullptr) insert(old[i]);
    if (old != nullptr) ::munmap(old, old_size * sizeof(entry));
    return true;
}

void thread_state::insert(entry const& added) noexcept {
    std::size_t slot = slot_of(added.parent, added.key, table_size_);
    while (table_[slot].child != nullptr) slot = (slot + 1) & (table_size_ - 1);
    table_[slot] = added;
    ++table_used_;
}

node* thread_state::adopt(node const* foreign) noexcept {
    if (foreign->parent == nullptr) return &root_;
    if (foreign == adopted_from_) return adopted_;
    node* const parent = adopt(foreign->parent);
    label const name{foreign->name, foreign->name_size, 0};
    node* const here = foreign->key == 0 ? &other_ : child_of(parent, name, foreign->key, foreign->kind);
    adopted_from_ = foreign;
    return adopted_ = here;
}

void thread_state::record(event happened) noexcept {
    std::uint64_t const n = n_events_.load();
    if (n >= registry::trace_limit()) {
        dropped_events_.add(1);
        return;
    }
    if (n % events_per_chunk == 0) {
        owned<chunk*>& link = n == 0 ? first_chunk_ : last_chunk_->next;
        if (link.load() == nullptr) link.publish(static_cast<chunk*>(map_pages(sizeof(chunk))));
        if (link.load() == nullptr) {
            dropped_events_.add(1);
            return;
        }
        last_chunk_ = link.load();
    }
    last_chunk_->events[n % events_per_chunk] = happened;
    n_events_.publish(n + 1);
}

void thread_state::start_generation() noexcept {
    auto const [generation, begin] = registry::current_generation();
    for (node* n = &root_; n != nullptr; n = n->next.load()) n->clear();
    n_events_.store(0);
    dropped_events_.store(0);
    too_deep_.store(0);
    memory.peak.store(memory.live.load());
    for (unsigned i = 0; i < depth_.load(); ++i) {
        frame& f = frames_[i];
        f.start.store(std::max(f.start.load(), begin));
        f.children.store(0);
        f.where.load()->calls.add(1);
        open_memory(f);
    }
    generation_.publish(generation);
}

// Flattened, as leave() is: calls would be a third of what a scope costs beside its two clock readings.
[[gnu::flatten]] frame* enter(unsigned modes, label name, category kind) noexcept {
    thread_state* const self = attached();
    if (self == nullptr) return nullptr;
    frame* const opened = self->open(name, literal_key(name, kind), kind, modes);
    if (opened != nullptr) self->begin(opened, now());
    return opened;
}

frame* enter_copying(unsigned modes, char const* text, std::size_t size, category kind) noexcept {
    thread_state* const self = attached();
    if (self == nullptr) return nullptr;
    label const name{text, static_cast<unsigned>(std::min<std::size_t>(size, UINT32_MAX)), 0};
    frame* const opened = self->open(name, copied_key(name, kind), kind, modes);
    if (opened != nullptr) self->begin(opened, now());
    return opened;
}

[[gnu::flatten]] void leave(frame* entered) noexcept {
    ticks const stop = now();
    thread_state* const self = this_thread;
    if (self == nullptr) return;
    self->follow(load_modes());
    self->close(entered, stop);
}

}  // namespace poise::profile::detail
