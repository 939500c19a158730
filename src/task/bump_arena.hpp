// SPDX-License-Identifier: MIT
// Private to src/: memory for small things that all die together.
#pragma once

#include "task/block.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace poise::task::detail {

/// Hands out memory piece by piece and gives it back as a whole; what lies in it does not move.
class bump_arena {
public:
    /// `size` bytes, aligned as asked for, at most to largest_alignment; the next call gives the same ones unless
    /// take() came between. Throws std::bad_alloc.
    [[nodiscard]] std::byte* offer(std::size_t size, std::size_t alignment) {
        std::size_t const gap = -reinterpret_cast<std::uintptr_t>(next_) & (alignment - 1);
        if (size + gap > static_cast<std::size_t>(end_ - next_)) [[unlikely]]
            return grow(size), next_;
        return next_ + gap;
    }
    /// Keeps what was offered up to `end`.
    void take(std::byte* end) noexcept { next_ = end; }
    /// Gives back all from `begin` on, which was the last offered.
    void give_back(std::byte* begin) noexcept { next_ = begin; }

private:
    // Blocks begin at multiples of 64 bytes, which is as much as anybody asks for.
    void grow(std::size_t least) {
        std::size_t const size = std::size_t{4096} << std::min<std::size_t>(blocks_.size(), 8);
        blocks_.emplace_back();
        blocks_.back() = block<std::byte>{std::max(least, size)};
        next_ = blocks_.back().begin();
        end_ = blocks_.back().end();
    }

    std::vector<block<std::byte>> blocks_;
    std::byte* next_ = nullptr;
    std::byte* end_ = nullptr;
};

}  // namespace poise::task::detail
