// SPDX-License-Identifier: MIT
// Private to src/: a vector that only grows, whose elements stay where they are.
#pragma once

#include "task/block.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

namespace poise::task::detail {

/// Buckets of doubling size, so that an index finds its bucket by its leading bit. What is there may be read while one
/// thread adds more, up to a size that the reader got from that thread.
template <class T>
class stable_vector {
public:
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] T const& operator[](std::size_t i) const noexcept {
        std::size_t const shifted = i + first_size;
        auto const bucket = static_cast<std::size_t>(std::bit_width(shifted)) - first_bits - 1;
        return buckets_[bucket][shifted - (first_size << bucket)];
    }

    /// Room for one more: push_back() needs no memory. Throws std::bad_alloc.
    void reserve_one() {
        if (next_ == bucket_end_) [[unlikely]]
            add_bucket();
    }
    /// The reserved one, to be filled; it belongs to the vector from append() on.
    [[nodiscard]] T& reserved() noexcept { return *next_; }
    void append() noexcept {
        ++next_;
        ++size_;
    }
    /// Into reserved room.
    void push_back(T const& value) noexcept {
        reserved() = value;
        append();
    }
    /// The last one that was pushed, until the next reserve_one().
    void pop_back() noexcept {
        --next_;
        --size_;
    }

    /// visit(i, element) for the first n.
    template <class Visit>
    void for_each(std::size_t n, Visit&& visit) const {
        std::size_t i = 0;
        for (std::size_t b = 0; i < n; ++b)
            for (T const *at = buckets_[b].begin(), *end = at + std::min(n - i, buckets_[b].size()); at != end; ++at)
                visit(i++, *at);
    }
    /// As for_each(), from the last of them to the first.
    template <class Visit>
    void for_each_reversed(std::size_t n, Visit&& visit) const {
        for (std::size_t b = n_buckets_, i = n; b-- > 0;) {
            std::size_t const before = (first_size << b) - first_size;
            if (i <= before) continue;
            for (T const *begin = buckets_[b].begin(), *at = begin + (i - before); at != begin;) visit(--i, *--at);
        }
    }

private:
    static constexpr std::size_t first_bits = 6;
    static constexpr std::size_t first_size = std::size_t{1} << first_bits;

    void add_bucket() {
        block<T> more{first_size << n_buckets_};
        next_ = more.begin();
        bucket_end_ = more.end();
        buckets_[n_buckets_++] = std::move(more);
    }

    std::array<block<T>, 32> buckets_;
    std::size_t n_buckets_ = 0;
    std::size_t size_ = 0;
    T* next_ = nullptr;
    T* bucket_end_ = nullptr;
};

}  // namespace poise::task::detail
