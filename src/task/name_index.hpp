// SPDX-License-Identifier: MIT
// Private to src/: finds what has a name, where the names themselves lie elsewhere.
#pragma once

#include "task/block.hpp"
#include "task/multiply_fold.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace poise::task::detail {

/// A hash of all bytes, good enough for a table; some 2 ns for a short name.
/// Source: the step of wyhash, over words that may overlap.
[[nodiscard]] inline std::uint32_t hash_of(std::string_view name) noexcept {
    auto const word = [](char const* at, std::size_t size) {
        std::uint64_t w = 0;
        std::memcpy(&w, at, size);
        return w;
    };
    char const* const p = name.data();
    std::size_t const n = name.size();
    std::uint64_t h = n * golden_ratio;
    if (n >= 8) {
        for (std::size_t i = 0; i + 8 < n; i += 8) h = multiply_fold(h ^ word(p + i, 8), golden_ratio);
        h ^= word(p + n - 8, 8);
    } else if (n >= 4) {
        h ^= word(p, 4) | word(p + n - 4, 4) << 32U;
    } else if (n > 0) {
        h ^= word(p, 1) | word(p + n / 2, 1) << 8U | word(p + n - 1, 1) << 16U;
    }
    h = multiply_fold(h, golden_ratio);
    return static_cast<std::uint32_t>(h ^ h >> 32U);
}

/// A hash table of numbers. For each place it keeps one byte of the hash, and looks at eight of them at once: mostly
/// none is like the one sought and one is empty, so that a new name costs one read, and a branch that is as expected.
/// The hash lies beside the number: growing is a walk through both tables and asks nobody. 14 to 29 bytes a name.
/// Source: the groups of Abseil's Swiss tables (Kulukundis, CppCon 2017), in plain 64-bit words.
class name_index {
public:
    // Where a name is, or where it would go.
    struct place {
        std::size_t at;
        bool taken;
    };

    /// find() soon.
    void prefetch(std::uint32_t hash) const noexcept { __builtin_prefetch(&groups_[hash & last_group_], 1); }
    /// is_name(number) tells whether that number has the name. There must be room for one more.
    template <class IsName>
    [[nodiscard]] place find(std::uint32_t hash, IsName&& is_name) const {
        for (std::size_t g = hash & last_group_;; g = (g + 1) & last_group_) {
            std::uint64_t const group = groups_[g];
            for (std::uint64_t like = bytes_like(group, tag_of(hash)); like != 0; like &= like - 1) {
                entry const& e = entries_[8 * g + first_byte(like)];
                if (e.hash == hash && is_name(e.number)) return {8 * g + first_byte(like), true};
            }
            if (std::uint64_t const empty = group & high_bits; empty != 0) return {8 * g + first_byte(empty), false};
        }
    }
    [[nodiscard]] std::uint32_t number(place p) const noexcept { return entries_[p.at].number; }

    /// Room for one more. Throws std::bad_alloc.
    void reserve_one() {
        if (size_ < 5 * groups_.size()) [[likely]]
            return;
        name_index larger{std::max<std::size_t>(8, groups_.size() * (groups_.size() < large ? 4 : 2))};
        for (std::size_t g = 0; g < groups_.size(); ++g)
            for (std::uint64_t taken = ~groups_[g] & high_bits; taken != 0; taken &= taken - 1) {
                entry const& e = entries_[8 * g + first_byte(taken)];
                larger.insert(larger.empty_place(e.hash), e.hash, e.number);
            }
        *this = std::move(larger);
    }
    /// At a place that was found not to be taken.
    void insert(place p, std::uint32_t hash, std::uint32_t number) noexcept {
        set_byte(p, tag_of(hash));
        entries_[p.at] = {hash, number};
        ++size_;
    }
    /// Takes back the last insert().
    void erase_last(place p) noexcept {
        set_byte(p, empty_byte);
        --size_;
    }

    name_index() = default;

private:
    struct entry {
        std::uint32_t hash;
        std::uint32_t number;
    };
    static constexpr std::uint64_t low_bits = 0x0101'0101'0101'0101U;
    static constexpr std::uint64_t high_bits = low_bits << 7U;
    static constexpr std::uint64_t empty_byte = 0x80;
    // Up to here the table grows by four, which moves each name half as often; from here on it grows by two.
    static constexpr std::size_t large = std::size_t{1} << 17U;

    explicit name_index(std::size_t n_groups)
        : groups_{n_groups, high_bits}, entries_{8 * n_groups}, last_group_{n_groups - 1} {}

    [[nodiscard]] static std::uint64_t tag_of(std::uint32_t hash) noexcept { return hash >> 25U; }
    // The high bit of each byte that is the tag; now and then of another one, which the hash then tells.
    [[nodiscard]] static std::uint64_t bytes_like(std::uint64_t group, std::uint64_t tag) noexcept {
        std::uint64_t const difference = group ^ (tag * low_bits);
        return (difference - low_bits) & ~difference & high_bits;
    }
    [[nodiscard]] static std::size_t first_byte(std::uint64_t marks) noexcept {
        return static_cast<std::size_t>(std::countr_zero(marks)) / 8;
    }
    [[nodiscard]] place empty_place(std::uint32_t hash) const noexcept {
        std::size_t g = hash & last_group_;
        while ((groups_[g] & high_bits) == 0) g = (g + 1) & last_group_;
        return {8 * g + first_byte(groups_[g] & high_bits), false};
    }
    void set_byte(place p, std::uint64_t byte) noexcept {
        auto const shift = 8 * (p.at % 8);
        std::uint64_t& group = groups_[p.at / 8];
        group = (group & ~(std::uint64_t{0xFF} << shift)) | byte << shift;
    }

    block<std::uint64_t> groups_;  // a power of two of them
    block<entry> entries_;
    std::size_t last_group_ = 0;
    std::size_t size_ = 0;
};

}  // namespace poise::task::detail
