// SPDX-License-Identifier: MIT
// The trees that threads recorded, joined by name into one.
#pragma once

#include "profile/clock.hpp"
#include "profile/recorder.hpp"

#include <poise/profile/snapshot.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace poise::profile::detail {

class merged_tree {
public:
    /// `up` is what a scope stands below: &node::parent for the logical tree, &node::beneath for the physical one.
    /// Of what is open, the time between `since` and `until` counts. `of_program` is the mode of scopes that state
    /// none.
    merged_tree(node* node::*up, ticks since, ticks until, mode of_program)
        : nodes_(1), up_{up}, since_{since}, until_{until}, of_program_{of_program} {}

    /// Adds what a thread recorded; only its open scopes if it does not follow the last reset(). Returns whether it
    /// entered a scope.
    bool add(thread_state const& thread, bool follows);

    [[nodiscard]] std::uint64_t calls() const noexcept { return calls_; }
    [[nodiscard]] scope_statistics statistics(timescale const& scale) const;

private:
    struct merged_node {
        std::string_view name;  // in some thread's tree, which stays
        char const* file = "";
        unsigned line = 0;
        category kind = category::phase;
        mode recorded = mode::timed;
        bool demoted = false;
        std::vector<std::size_t> children;
        std::uint64_t calls = 0;
        std::uint64_t timed = 0;
        double inclusive = 0.0;  // ticks, as are the next
        double exclusive = 0.0;
        ticks shortest = ~ticks{0};
        ticks longest = 0;
        std::uint64_t allocations = 0;
        std::uint64_t allocated_bytes = 0;
        std::int64_t peak_bytes = 0;
        double moved_bytes = 0.0;
        double flops = 0.0;
        std::vector<std::pair<std::size_t, std::uint64_t>> lasting;  // buckets of durations and counts, in no order
    };
    struct child_name {
        std::size_t parent;
        std::string_view name;
        bool operator==(child_name const&) const = default;
    };
    struct hash_of_child {
        std::size_t operator()(child_name const& c) const noexcept {
            return std::hash<std::string_view>{}(c.name) ^ c.parent * 0x9E3779B97F4A7C15ULL;
        }
    };
    using places = std::vector<std::size_t>;  // by node::number

    std::size_t child(std::size_t parent, node const& n);
    void describe(merged_node& into, node const& n) const noexcept;
    void add_node(std::size_t place, std::size_t around, node const& n, duration_pool const& pool);
    void add_open(thread_state const& thread, bool follows, places const& known);
    void fill(scope_statistics& into, timescale const& scale, std::size_t place) const;
    static void fill_own(scope_statistics& into, timescale const& scale, merged_node const& n);

    std::vector<merged_node> nodes_;  // the root first
    std::unordered_map<child_name, std::size_t, hash_of_child> known_;
    node* node::*up_;
    ticks since_;
    ticks until_;
    mode of_program_;
    std::uint64_t calls_ = 0;
};

}  // namespace poise::profile::detail
