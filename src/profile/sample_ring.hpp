// SPDX-License-Identifier: MIT
// Stacks on their way from a signal handler to the thread that counts them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace poise::profile::detail {

inline constexpr std::size_t max_sampled_depth = 128;

/// How far a stack was seen.
enum class stack_end : unsigned char { whole, too_deep, lost };

/// One writer, in a signal handler; one reader. Of fixed size: what finds no room is counted.
class sample_ring {
public:
    sample_ring() : words_{std::make_unique_for_overwrite<std::uintptr_t[]>(n_words)} {}

    /// Room for max_sampled_depth addresses, one at a time by put(); published by finish(). False where there is none.
    bool begin() noexcept {
        std::uint64_t const used = written_.load(std::memory_order_relaxed) - read_.load(std::memory_order_acquire);
        n_ = 0;
        if (used + 1 + max_sampled_depth <= n_words) return true;
        lost_.store(lost_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        return false;
    }
    void put(std::uintptr_t address) noexcept { at(written_.load(std::memory_order_relaxed) + ++n_) = address; }
    [[nodiscard]] std::size_t size() const noexcept { return n_; }
    void finish(stack_end end) noexcept {
        std::uint64_t const first = written_.load(std::memory_order_relaxed);
        at(first) = n_ << 8 | static_cast<std::uintptr_t>(end);
        written_.store(first + 1 + n_, std::memory_order_release);
    }

    /// Hands out what is there: use(addresses, innermost first; how far the stack was seen).
    template <class Use>
    void drain(Use&& use) {
        std::uintptr_t stack[max_sampled_depth];
        std::uint64_t const end = written_.load(std::memory_order_acquire);
        std::uint64_t next = read_.load(std::memory_order_relaxed);
        while (next != end) {
            std::uintptr_t const head = at(next++);
            std::size_t const n = head >> 8;
            for (std::size_t i = 0; i < n; ++i) stack[i] = at(next++);
            use(std::span<std::uintptr_t const>{stack, n}, static_cast<stack_end>(head & 0xFF));
        }
        read_.store(next, std::memory_order_release);
    }
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_.load(std::memory_order_relaxed); }

private:
    static constexpr std::size_t n_words = std::size_t{1} << 15;  // 254 of the deepest stacks: 25 ms at 10 kHz
    std::uintptr_t& at(std::uint64_t word) const noexcept { return words_[word % n_words]; }

    std::unique_ptr<std::uintptr_t[]> words_;
    std::size_t n_ = 0;
    std::atomic<std::uint64_t> written_{0};
    std::atomic<std::uint64_t> read_{0};
    std::atomic<std::uint64_t> lost_{0};
};

}  // namespace poise::profile::detail
