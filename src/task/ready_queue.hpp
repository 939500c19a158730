// SPDX-License-Identifier: MIT
// Private to src/: the nodes that are ready and that nobody has begun.
#pragma once

#include "task/block.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace poise::task::detail {

inline constexpr std::uint32_t no_node = UINT32_MAX;

/// Of one thread: newest first. No more nodes than it has room for.
class ready_stack {
public:
    void make_room(std::size_t n) { nodes_ = block<std::uint32_t>{n}; }
    void push(std::uint32_t node) noexcept { nodes_[size_++] = node; }
    void publish() noexcept {}
    [[nodiscard]] std::uint32_t pop() noexcept { return size_ > 0 ? nodes_[--size_] : no_node; }

private:
    block<std::uint32_t> nodes_;
    std::size_t size_ = 0;
};

/// Of one thread that pushes and pops, newest first, and of any number that steal, oldest first.
/// Source: Chase & Lev (2005), Dynamic circular work-stealing deque; the orderings of Lê et al. (2013), with
/// sequentially consistent accesses for their fences, which the thread sanitizer does not know. A node enters a run
/// once, so an array with room for all of them is never full and needs no circle; memory that is not reached is not
/// touched.
class ready_deque {
public:
    /// Throws std::bad_alloc. By the owner, before the first push.
    void make_room(std::size_t n) {
        if (nodes_) return;
        nodes_ = block<std::uint32_t>{n};
    }

    // By the owner. What was pushed is seen by others after publish().
    void push(std::uint32_t node) noexcept { at(end_++).store(node, std::memory_order_relaxed); }
    void publish() noexcept { bottom_.store(end_, std::memory_order_seq_cst); }
    [[nodiscard]] std::uint32_t pop() noexcept {
        if (end_ == top_.load(std::memory_order_relaxed)) return no_node;
        std::int64_t const last = --end_;
        bottom_.store(last, std::memory_order_seq_cst);
        std::int64_t top = top_.load(std::memory_order_seq_cst);
        if (top < last) return at(last).load(std::memory_order_relaxed);
        std::uint32_t const node = top == last && top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst)
                                       ? at(last).load(std::memory_order_relaxed)
                                       : no_node;
        bottom_.store(++end_, std::memory_order_seq_cst);
        return node;
    }

    // By anybody.
    [[nodiscard]] bool empty() const noexcept {
        return bottom_.load(std::memory_order_seq_cst) <= top_.load(std::memory_order_seq_cst);
    }
    [[nodiscard]] std::uint32_t steal() noexcept {
        std::int64_t top = top_.load(std::memory_order_seq_cst);
        if (top >= bottom_.load(std::memory_order_seq_cst)) return no_node;
        std::uint32_t const node = at(top).load(std::memory_order_relaxed);
        return top_.compare_exchange_strong(top, top + 1, std::memory_order_seq_cst) ? node : no_node;
    }

private:
    [[nodiscard]] std::atomic_ref<std::uint32_t> at(std::int64_t i) const noexcept {
        return std::atomic_ref{nodes_[static_cast<std::size_t>(i)]};
    }

    block<std::uint32_t> nodes_;
    std::int64_t end_ = 0;  // the owner's bottom
    alignas(64) std::atomic<std::int64_t> top_{0};
    alignas(64) std::atomic<std::int64_t> bottom_{0};
};

}  // namespace poise::task::detail
