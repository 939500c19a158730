// SPDX-License-Identifier: MIT
// How a callable with typed inputs becomes a task: the part of graph that depends on the user's types.
#pragma once

#include <poise/task/handle.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace poise::task {

/// The results of a collection of tasks, as a dependent of graph::map()'s handles receives them: in index order.
template <class T>
class collection {
public:
    explicit collection(std::vector<T const*> values) : values_{std::move(values)} {}
    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
    [[nodiscard]] T const& operator[](std::size_t i) const noexcept { return *values_[i]; }

private:
    std::vector<T const*> values_;
};

namespace detail {

// What a task left behind. void leaves an empty one.
struct slot {
    virtual ~slot() = default;
};
template <class T>
struct slot_of final : slot {
    explicit slot_of(T given) : value(std::move(given)) {}
    T value;
};

using slots = std::span<std::unique_ptr<slot> const>;

template <class T>
T const& value_in(slots results, std::uint32_t id) {
    return static_cast<slot_of<T> const&>(*results[id]).value;
}

// The code of one task, or of all tasks of a map: `index` tells these apart.
class body {
public:
    virtual ~body() = default;
    virtual std::unique_ptr<slot> run(slots results, std::size_t index) const = 0;
};

// What a callable receives for an input: const T& of a task, a collection of a map, nothing of a task without result.
template <class T>
std::tuple<T const&> argument(handle<T> const& input, slots results) {
    return {value_in<T>(results, input.id())};
}
inline std::tuple<> argument(handle<void> const&, slots) { return {}; }
template <class T>
std::tuple<collection<T>> argument(handles<T> const& inputs, slots results) {
    std::vector<T const*> values(inputs.size());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = &value_in<T>(results, inputs[i].id());
    return {collection<T>{std::move(values)}};
}
inline std::tuple<> argument(handles<void> const&, slots) { return {}; }

template <class... Inputs>
using arguments_of = decltype(std::tuple_cat(argument(std::declval<Inputs const&>(), slots{})...));

template <class Leading, class Arguments>
using with_leading = decltype(std::tuple_cat(std::declval<Leading>(), std::declval<Arguments>()));

template <class F, class Arguments>
struct applicable : std::false_type {};
template <class F, class... Arguments>
struct applicable<F, std::tuple<Arguments...>> : std::is_invocable<F const&, Arguments...> {};

template <class F, class Arguments>
using result_of = std::remove_cvref_t<decltype(std::apply(std::declval<F const&>(), std::declval<Arguments>()))>;

template <class F, class Leading, class... Inputs>
class body_of final : public body {
public:
    using arguments = with_leading<Leading, arguments_of<Inputs...>>;
    using result = result_of<F, arguments>;

    body_of(F f, Inputs const&... inputs) : f_(std::move(f)), inputs_{inputs...} {}

    std::unique_ptr<slot> run(slots results, std::size_t index) const override {
        auto const call = [&] {
            return std::apply(
                [&](auto const&... inputs) -> decltype(auto) {
                    if constexpr (std::tuple_size_v<Leading> == 0)
                        return std::apply(f_, std::tuple_cat(argument(inputs, results)...));
                    else
                        return std::apply(f_, std::tuple_cat(Leading{index}, argument(inputs, results)...));
                },
                inputs_);
        };
        if constexpr (std::is_void_v<result>) {
            call();
            return std::make_unique<slot>();
        } else {
            return std::make_unique<slot_of<result>>(call());
        }
    }

private:
    F f_;
    std::tuple<Inputs...> inputs_;
};

template <class T>
inline constexpr bool is_input = false;
template <class T>
inline constexpr bool is_input<handle<T>> = true;
template <class T>
inline constexpr bool is_input<handles<T>> = true;

}  // namespace detail

/// A handle or handles: what may stand for an argument of a task.
template <class T>
concept input = detail::is_input<T>;

/// F can be called with the results of the inputs: `T const&` for a handle<T>, `collection<T>` for handles<T>, nothing
/// for a task without result. The call is made through a const F: a mutable lambda does not qualify.
template <class F, class... Inputs>
concept callable_with = detail::applicable<F, detail::arguments_of<Inputs...>>::value;

/// As callable_with, with the task's index (std::size_t) first.
template <class F, class... Inputs>
concept callable_with_index =
    detail::applicable<F, detail::with_leading<std::tuple<std::size_t>, detail::arguments_of<Inputs...>>>::value;

}  // namespace poise::task
