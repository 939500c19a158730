// SPDX-License-Identifier: MIT
// Counts stacks, by address while they come in, by function afterwards.
#pragma once

#include "profile/sample_ring.hpp"

#include <poise/profile/sample.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace poise::profile::detail {

/// Of bounded size: a stack that would need more than 10⁶ places is counted as lost.
class stack_tree {
public:
    /// addresses: innermost first, not empty.
    void add(std::span<std::uintptr_t const> addresses, stack_end end);
    [[nodiscard]] std::uint64_t samples() const noexcept { return samples_; }
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

    /// With names, files and lines, inlined functions as functions of their own. The line of a function is the one
    /// with the most samples. What only starts threads, and what calls the sampled callable, is left out.
    [[nodiscard]] function_statistics functions() const;

private:
    struct place {
        std::uintptr_t address = 0;
        std::uint64_t self = 0, total = 0;
        std::vector<std::uint32_t> children;
    };
    struct edge {
        std::uint32_t parent;
        std::uintptr_t address;
        friend bool operator==(edge const&, edge const&) = default;
    };
    struct edge_hash {
        std::size_t operator()(edge const& e) const noexcept {
            return (e.address ^ std::uintptr_t{e.parent} << 40) * 0x9E3779B97F4A7C15ULL >> 7;
        }
    };
    struct draft;

    std::uint32_t child(std::uint32_t parent, std::uintptr_t address);
    void place_under(draft& parent, std::uint32_t index) const;

    std::vector<place> places_ = std::vector<place>(1);
    std::unordered_map<edge, std::uint32_t, edge_hash> found_;
    std::uint64_t samples_ = 0;
    std::uint64_t lost_ = 0;
};

}  // namespace poise::profile::detail
