// SPDX-License-Identifier: MIT
// Many results to one, in an order that does not depend on who was ready first.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/task/graph.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace poise::task {

struct reduce_options {
    std::size_t fan_in = 2;  ///< how many results a task joins; more make fewer and longer tasks
};

namespace detail {
// Before anything is added, so that all of it is or nothing.
inline void require_unused(graph const& g, std::string_view name) {
    POISE_REQUIRE(!g.contains(name), "reduce: there is a task '", name, "' already; names must be unique");
}
}  // namespace detail

/// Adds tasks that join the results of a map by `op`, which takes two T const& and gives a T, to one of type T:
/// ((x0 op x1) op (x2 op x3)) op … for a fan-in of 2. The order is fixed by the indices, so the result has the same
/// bits on any number of threads, and rounding errors grow with the logarithm of the size. The tasks are named
/// "name/1[i]", "name/2[i]", … and the last one "name". Throws std::invalid_argument when there is nothing to join, or
/// fan_in < 2. Cost: size / (fan_in - 1) tasks.
template <class T, class F>
requires std::is_invocable_r_v < T, std::decay_t<F>
const&, T const&,
    T const& > handle<T> reduce(graph& g, std::string_view name, handles<T> const& of, F&& op,
                                reduce_options const& options = {}) {
    POISE_REQUIRE(of.size() > 0, "reduce: '", name, "' has nothing to join");
    POISE_REQUIRE(options.fan_in >= 2, "reduce: fan_in is ", options.fan_in, "; give at least 2");
    std::size_t depth = 0;
    for (std::size_t n = of.size(); n > options.fan_in; n = (n + options.fan_in - 1) / options.fan_in)
        detail::require_unused(g, concat(name, '/', ++depth));
    detail::require_unused(g, name);
    auto const join = [op = std::decay_t<F>(std::forward<F>(op))](collection<T> const& part) {
        T joined = part[0];
        for (std::size_t i = 1; i < part.size(); ++i) joined = std::invoke(op, std::as_const(joined), part[i]);
        return joined;
    };
    auto level = of;
    for (depth = 1; level.size() > options.fan_in; ++depth) {
        auto const pieces = chunks(level, options.fan_in);
        level = g.map(
            concat(name, '/', depth), pieces.count(),
            [join](std::size_t, collection<T> const& part) { return join(part); }, pieces);
    }
    return g.add(name, join, level);
}

}  // namespace poise::task
