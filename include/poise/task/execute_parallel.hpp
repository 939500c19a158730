// SPDX-License-Identifier: MIT
// The simplest use of the executors: calls that have nothing to do with each other.
#pragma once

#include <poise/core/error.hpp>
#include <poise/task/executor.hpp>

#include <cstddef>
#include <functional>
#include <iterator>
#include <ranges>
#include <string_view>
#include <type_traits>
#include <utility>

namespace poise::task {

/// What came of the calls, in their order. True when all succeeded. Movable.
template <class T>
class executed {
public:
    executed(task::run run, handles<T> tasks) noexcept : run_{std::move(run)}, tasks_{tasks} {}

    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(run_); }
    [[nodiscard]] std::size_t size() const noexcept { return tasks_.size(); }
    /// The outcome of call i: its result, or its exception. Throws std::invalid_argument unless i < size().
    [[nodiscard]] outcome<T> operator[](std::size_t i) const { return run_[tasks_[i]]; }
    [[nodiscard]] task::outcomes<T> outcomes() const { return run_[tasks_]; }
    [[nodiscard]] failure_list failures() const { return run_.failures(); }
    [[nodiscard]] task::summary summary() const { return run_.summary(); }

private:
    task::run run_;
    handles<T> tasks_;
};

namespace detail {

// Calls f(i) for i < n. The graph may go: the run keeps its tasks.
template <class F>
auto execute(std::size_t n, F&& f, executor const& by, run_options const& options) {
    graph g;
    auto const calls = g.map("call", n, std::forward<F>(f));
    using result = typename std::remove_cvref_t<decltype(calls)>::value_type;
    return executed<result>{by.run(g, options), calls};
}

template <class R>
concept arguments_range = std::ranges::random_access_range<R> && std::ranges::sized_range<R>;
template <class R>
using element_of = std::ranges::range_reference_t<std::remove_reference_t<R>&>;
template <class R>
decltype(auto) element(R& range, std::size_t i) {
    return std::ranges::begin(range)[static_cast<std::ranges::range_difference_t<R>>(i)];
}

}  // namespace detail

/// f(argument) for each argument, in threads, or as `by` says: task::serial(), task::processes(4).
///   auto const areas = task::execute_parallel(area_of, meshes);
///   if (areas[3]) use(areas[3].value());
/// Arguments are not copied; they must live until the call returns. Throws as executor::run().
template <class F, detail::arguments_range Arguments>
requires std::is_invocable_v<F const&, detail::element_of<Arguments>>
[[nodiscard]] auto execute_parallel(F const& f, Arguments&& arguments, executor const& by = executor{},
                                    run_options const& options = {}) {
    return detail::execute(
        std::ranges::size(arguments),
        [&f, &arguments](std::size_t i) { return std::invoke(f, detail::element(arguments, i)); }, by, options);
}

/// functions[i]() for each function.
template <detail::arguments_range Functions>
requires std::is_invocable_v<detail::element_of<Functions>>
[[nodiscard]] auto execute_parallel(Functions&& functions, executor const& by = executor{},
                                    run_options const& options = {}) {
    return detail::execute(
        std::ranges::size(functions),
        [&functions](std::size_t i) { return std::invoke(detail::element(functions, i)); }, by, options);
}

/// functions[i](arguments[i]) for each pair. Throws std::invalid_argument when there are not as many of both.
template <detail::arguments_range Functions, detail::arguments_range Arguments>
requires std::is_invocable_v<detail::element_of<Functions>, detail::element_of<Arguments>>
[[nodiscard]] auto execute_parallel(Functions&& functions, Arguments&& arguments, executor const& by = executor{},
                                    run_options const& options = {}) {
    POISE_REQUIRE(std::ranges::size(functions) == std::ranges::size(arguments), "execute_parallel: there are ",
                  std::ranges::size(functions), " functions and ", std::ranges::size(arguments), " arguments");
    return detail::execute(
        std::ranges::size(functions),
        [&functions, &arguments](std::size_t i) {
            return std::invoke(detail::element(functions, i), detail::element(arguments, i));
        },
        by, options);
}

}  // namespace poise::task
