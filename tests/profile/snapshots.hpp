// SPDX-License-Identifier: MIT
// Snapshots made by hand.
#pragma once

#include "profile/snapshot_fields.hpp"

#include <poise/profile/snapshot.hpp>

#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace poise::profile {

/// Gives every field of every value a number of its own: what is forgotten on the way differs afterwards.
class distinct {
public:
    template <class T>
    void operator()(char const*, T& value) {
        set(value);
    }
    template <class T>
    void optional(char const*, T& value) {
        set(value);
    }
    template <detail::has_fields T>
    void set(T& value) {
        ++depth_;
        detail::fields_of<T>::visit(*this, value);
        --depth_;
        if constexpr (std::same_as<T, histogram_statistics>) {  // not of any value
            value.buckets = {{0.5 * static_cast<double>(n_), 3}, {static_cast<double>(n_), 3 + n_}};
            value.count = value.buckets.back().cumulative_count;
        }
    }

private:
    void set(bool& value) { value = ++n_ % 2 == 0; }
    void set(std::string& value) { value = "text \"" + std::to_string(++n_) + "\" </script> \\ é𝄞\n"; }
    void set(double& value) {
        ++n_;
        value = (n_ % 2 == 0 ? 1e-9 : -1.0) / static_cast<double>(3 * n_);
    }
    template <std::unsigned_integral T>
    void set(T& value) {
        value = static_cast<T>(static_cast<T>(-1) - ++n_);
    }
    template <class E>
    requires std::is_enum_v<E>
    void set(E& value) { value = static_cast<E>(++n_ % detail::names_of<E>.size()); }
    template <class T>
    void set(std::vector<T>& values) {
        if (depth_ > 4) return;  // trees end somewhere
        values.resize(2);
        for (T& value : values) set(value);
    }

    std::uint64_t n_ = 0;
    int depth_ = 0;
};

inline snapshot full_snapshot() {
    snapshot s;
    distinct{}.set(s);
    return s;
}

/// A scope that was timed throughout, with equally long calls.
inline scope_statistics scope_of(std::string name, std::uint64_t calls, double inclusive_s,
                                 std::vector<scope_statistics> children = {}) {
    scope_statistics s;
    s.name = std::move(name);
    s.calls = s.timed_calls = calls;
    s.inclusive_s = s.exclusive_s = inclusive_s;
    for (auto const& child : children) s.exclusive_s -= child.inclusive_s;
    s.min_s = s.max_s = s.p50_s = s.p90_s = s.p99_s = s.mean_s();
    s.children = std::move(children);
    return s;
}

/// One thread, "main", that ran these scopes in wall_s seconds.
inline snapshot snapshot_of(double wall_s, std::vector<scope_statistics> scopes) {
    snapshot s;
    s.wall_s = wall_s;
    s.scope_cost_s = 25e-9;
    s.root = scope_of("", 0, wall_s, std::move(scopes));
    s.threads = {{0, "main", s.root}};
    return s;
}

}  // namespace poise::profile
