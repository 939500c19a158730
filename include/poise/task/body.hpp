// SPDX-License-Identifier: MIT
// How a callable with typed inputs becomes a task: the part of graph that depends on the user's types.
#pragma once

#include <poise/task/collection.hpp>
#include <poise/task/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <tuple>
#include <type_traits>
#include <utility>

namespace poise::task {

namespace detail {

// All results of a run lie in one block of memory, each at a place that is known when its task is added. So a task
// finds its inputs and leaves its result without asking anybody.
inline constexpr std::size_t largest_alignment = 64;

struct result_kind {
    std::size_t size = 0;
    std::size_t alignment = 1;
    void (*destroy)(std::byte* result) noexcept = nullptr;  // null where there is nothing to do
};
template <class T>
constexpr result_kind make_result_kind() noexcept {
    if constexpr (std::is_void_v<T>) {
        return {};
    } else {
        static_assert(alignof(T) <= largest_alignment, "the result of a task may be aligned to 64 bytes at most");
        result_kind made{sizeof(T), alignof(T), nullptr};
        if constexpr (!std::is_trivially_destructible_v<T>)
            made.destroy = [](std::byte* result) noexcept { std::destroy_at(reinterpret_cast<T*>(result)); };
        return made;
    }
}
template <class T>
inline constexpr result_kind kind_of = make_result_kind<T>();

// The code of one task, or of all tasks of a map, without its type.
struct body_kind {
    void (*call)(void const* body, std::byte* results, std::uint32_t id) = nullptr;
    void (*destroy)(void* body) noexcept = nullptr;  // null where there is nothing to do
    std::size_t size = 0;
    std::size_t alignment = 1;
    result_kind const* result = nullptr;
};

template <class T>
T const* results_at(std::byte const* results, std::size_t offset) noexcept {
    return std::launder(reinterpret_cast<T const*>(results + offset));
}

// Where a callable finds an input, and what it receives: const T& of a task, a collection of a map, nothing of a task
// without result.
template <class T>
class source {
public:
    explicit source(handle<T> const& input) noexcept : offset_{input.offset()} {}
    [[nodiscard]] std::tuple<T const&> arguments(std::byte const* results) const noexcept {
        return {*results_at<T>(results, offset_)};
    }

private:
    std::size_t offset_;
};
template <class T>
class sources {
public:
    explicit sources(handles<T> const& inputs) noexcept : offset_{inputs.offset()}, size_{inputs.size()} {}
    [[nodiscard]] std::tuple<collection<T>> arguments(std::byte const* results) const noexcept {
        return {collection<T>{results_at<T>(results, offset_), size_}};
    }

private:
    std::size_t offset_;
    std::size_t size_;
};
struct no_source {
    explicit no_source(handle<void> const&) noexcept {}
    explicit no_source(handles<void> const&) noexcept {}
    [[nodiscard]] static std::tuple<> arguments(std::byte const*) noexcept { return {}; }
};

template <class Input>
struct source_for;
template <class T>
struct source_for<handle<T>> : std::type_identity<source<T>> {};
template <class T>
struct source_for<handles<T>> : std::type_identity<sources<T>> {};
template <>
struct source_for<handle<void>> : std::type_identity<no_source> {};
template <>
struct source_for<handles<void>> : std::type_identity<no_source> {};
template <class Input>
using source_of = typename source_for<Input>::type;

template <class... Inputs>
using arguments_of =
    decltype(std::tuple_cat(std::declval<source_of<Inputs> const&>().arguments(static_cast<std::byte*>(nullptr))...));

// What stands before the inputs: the index of a task of a map.
using index_alone = std::tuple<std::size_t>;
template <bool Mapped>
using leading = std::conditional_t<Mapped, index_alone, std::tuple<>>;

template <class Leading, class Arguments>
using with_leading = decltype(std::tuple_cat(std::declval<Leading>(), std::declval<Arguments>()));

template <class F, class Arguments>
struct applicable : std::false_type {};
template <class F, class... Arguments>
struct applicable<F, std::tuple<Arguments...>> : std::is_invocable<F const&, Arguments...> {};

template <class F, class Arguments>
using result_of = std::remove_cvref_t<decltype(std::apply(std::declval<F const&>(), std::declval<Arguments>()))>;

// Takes no room where there is nothing to keep. The tag makes two of them two types, else they could not both be empty.
template <class T, bool Kept, int Tag>
struct optional_member {
    explicit optional_member(T) noexcept {}
};
template <class T, int Tag>
struct optional_member<T, true, Tag> {
    explicit optional_member(T given) noexcept : value{given} {}
    T value;
};

template <class F, bool Mapped, class... Inputs>
class body_of {
public:
    using result = result_of<F, with_leading<leading<Mapped>, arguments_of<Inputs...>>>;

    template <class Given>
    body_of(Given&& f, std::uint32_t first_id, std::size_t offset,
            Inputs const&... inputs) noexcept(std::is_nothrow_constructible_v<F, Given>)
        : f_(std::forward<Given>(f)), own_{offset}, first_id_{first_id}, sources_{source_of<Inputs>{inputs}...} {}

    static constexpr body_kind make_kind() noexcept {
        static_assert(alignof(body_of) <= largest_alignment, "a callable may be aligned to 64 bytes at most");
        body_kind made{&call, nullptr, sizeof(body_of), alignof(body_of), &kind_of<result>};
        if constexpr (!std::is_trivially_destructible_v<body_of>)
            made.destroy = [](void* body) noexcept { std::destroy_at(static_cast<body_of*>(body)); };
        return made;
    }

private:
    static void call(void const* body, std::byte* results, std::uint32_t id) {
        static_cast<body_of const*>(body)->run(results, id);
    }

    void run(std::byte* results, [[maybe_unused]] std::uint32_t id) const {
        auto const apply = [&]() -> decltype(auto) {
            return std::apply(
                [&](auto const&... sources) -> decltype(auto) {
                    if constexpr (Mapped)
                        return std::apply(
                            f_, std::tuple_cat(index_alone{id - first_id_.value}, sources.arguments(results)...));
                    else
                        return std::apply(f_, std::tuple_cat(sources.arguments(results)...));
                },
                sources_);
        };
        if constexpr (std::is_void_v<result>) {
            apply();
        } else {
            std::size_t offset = own_.value;
            if constexpr (Mapped) offset += (id - first_id_.value) * sizeof(result);
            ::new (static_cast<void*>(results + offset)) result(apply());
        }
    }

    [[no_unique_address]] F f_;
    [[no_unique_address]] optional_member<std::size_t, !std::is_void_v<result>, 0> own_;
    [[no_unique_address]] optional_member<std::uint32_t, Mapped, 1> first_id_;
    [[no_unique_address]] std::tuple<source_of<Inputs>...> sources_;
};

template <class Body>
inline constexpr body_kind kind_of_body = Body::make_kind();

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
    detail::applicable<F, detail::with_leading<detail::index_alone, detail::arguments_of<Inputs...>>>::value;

}  // namespace poise::task
