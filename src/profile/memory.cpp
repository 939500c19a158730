// SPDX-License-Identifier: MIT
#include "profile/allocation_counters.hpp"
#include "profile/allocation_sites.hpp"
#include "profile/block_size.hpp"
#include "profile/heap.hpp"
#include "profile/registry.hpp"

#include <poise/core/concat.hpp>
#include <poise/profile/memory.hpp>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <ostream>

namespace poise::profile {
namespace {

constinit thread_local bool hook_was_called = false;

// Through a pointer the compiler cannot see through: it may leave out a pair of new and delete.
bool allocating_reaches_the_hook() {
    void* (*const volatile allocate)(std::size_t) = ::operator new;
    void (*const volatile release)(void*) = ::operator delete;
    detail::registry::reading const nobody_else_changes_modes;
    hook_was_called = false;
    __atomic_fetch_or(&detail::hook_modes, detail::probing, __ATOMIC_RELAXED);
    release(allocate(1));
    __atomic_fetch_xor(&detail::hook_modes, detail::probing, __ATOMIC_RELAXED);
    return hook_was_called;
}

std::uint64_t not_negative(std::int64_t bytes) noexcept {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0));
}

}  // namespace

void detail::answer_probe() noexcept { hook_was_called = true; }

// The marks: no sum can reach the step before it has grown by what the other way of growing would still need.
void detail::count_and_look_at_allocation(thread_state& self, std::size_t bytes) noexcept {
    memory_counters& m = self.memory;
    m.allocate(bytes);
    if (m.live() - m.published.load() >= heap::publish_step_bytes) heap::publish(m);
    allocation_sites::look(self, bytes);
    std::int64_t const room = heap::publish_step_bytes - (m.live() - m.published.load());
    std::uint64_t const next = m.allocated_bytes.load() + static_cast<std::uint64_t>(std::max<std::int64_t>(room, 1));
    m.allocated_mark = std::min(next, m.sample_mark);
}

void detail::count_and_look_at_release(thread_state& self, std::size_t bytes) noexcept {
    memory_counters& m = self.memory;
    m.released_bytes.add(bytes);
    if (m.live() - m.published.load() <= -heap::publish_step_bytes) heap::publish(m);
    std::int64_t const room = heap::publish_step_bytes + (m.live() - m.published.load());
    m.released_mark = m.released_bytes.load() + static_cast<std::uint64_t>(std::max<std::int64_t>(room, 1));
}

bool hooks_in_effect() noexcept {
    static bool const found = allocating_reaches_the_hook();
    return found;
}

void account_memory(std::ptrdiff_t bytes) noexcept {
    detail::heap::libraries.add(bytes);
    if ((detail::load_modes() & detail::memory_bit) == 0) return;
    if (auto* const self = detail::attached(); self != nullptr) self->memory.account(bytes);
}

memory_usage process_memory_usage() noexcept {
    memory_usage usage = detail::registry::memory_of_all_threads();
    usage.library_live_bytes = not_negative(detail::heap::libraries.live());
    usage.library_peak_bytes = not_negative(detail::heap::libraries.peak());
    return usage;
}

std::ostream& operator<<(std::ostream& out, memory_block const& shown) {
    if (!shown.measured) return out << "allocations not measured: link poise::allocation_hooks";
    auto const size = static_cast<std::uint64_t>(std::abs(shown.retained_bytes));
    return out << shown.allocations << (shown.allocations == 1 ? " allocation, " : " allocations, ")
               << bytes_to_text(shown.allocated_bytes) << ", peak " << bytes_to_text(shown.peak_bytes)
               << (shown.retained_bytes < 0 ? ", released " : ", retained ") << bytes_to_text(size);
}

memory::memory() noexcept : hooked_{hooks_in_effect()} {
    detail::registry::add_memory_user();
    detail::thread_state* const self = detail::attached();
    if (self == nullptr) return;
    self->follow(detail::load_modes());
    on_ = self;
    generation_ = self->generation();
    auto const mark = self->memory.open();
    allocations_ = mark.allocations;
    allocated_bytes_ = mark.allocated_bytes;
    live_ = mark.live;
    peak_ = mark.peak;
}

memory::~memory() {
    // After a reset() the mark is one of times that are forgotten.
    if (on_ != nullptr && on_ == detail::this_thread && generation_ == detail::this_thread->generation())
        detail::this_thread->memory.close({allocations_, allocated_bytes_, live_, peak_});
    detail::registry::remove_memory_user();
}

memory_block memory::so_far() const noexcept {
    memory_block block;
    if (on_ == nullptr || on_ != detail::this_thread) return block;
    auto const& now = detail::this_thread->memory;
    block.measured = hooked_;
    block.allocations = now.allocations.load() - allocations_;
    block.allocated_bytes = now.allocated_bytes.load() - allocated_bytes_;
    block.retained_bytes = now.live() - live_;
    block.peak_bytes = not_negative(now.peak.load() - live_);
    return block;
}

}  // namespace poise::profile
