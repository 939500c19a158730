// SPDX-License-Identifier: MIT
// How a callable with typed inputs becomes a task: the part of graph that depends on the user's types.
#pragma once

#include <poise/task/context.hpp>
#include <poise/task/serialize.hpp>
#include <poise/task/source.hpp>

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
    // Null where it is not serializable.
    void (*write)(byte_writer& out, std::byte const* result) = nullptr;
    void (*read)(byte_reader& in, std::byte* place) = nullptr;
};
template <class T>
constexpr result_kind make_result_kind() noexcept {
    if constexpr (std::is_void_v<T>) {
        return {};
    } else {
        static_assert(alignof(T) <= largest_alignment, "the result of a task may be aligned to 64 bytes at most");
        result_kind made{.size = sizeof(T), .alignment = alignof(T)};
        if constexpr (!std::is_trivially_destructible_v<T>)
            made.destroy = [](std::byte* result) noexcept { std::destroy_at(reinterpret_cast<T*>(result)); };
        if constexpr (serializable<T>) {
            made.write = [](byte_writer& out, std::byte const* result) { task::write(out, *results_at<T>(result, 0)); };
            made.read = [](byte_reader& in, std::byte* place) {
                ::new (static_cast<void*>(place)) T(task::read<T>(in));
            };
        }
        return made;
    }
}
template <class T>
inline constexpr result_kind kind_of = make_result_kind<T>();

struct body_kind {
    task_code call = nullptr;
    void (*destroy)(void* body) noexcept = nullptr;  // null where there is nothing to do
    std::size_t size = 0;
    std::size_t alignment = 1;
    result_kind const* result = nullptr;
    bool suspends = false;  // call() may return suspended
};

template <class... Inputs>
using arguments_of = decltype(std::tuple_cat(
    std::declval<source_of<Inputs> const&>().arguments(std::declval<frame const&>(), std::size_t{})...));

template <class F, class Leading, class Arguments>
struct applicable : std::false_type {};
template <class F, class... Leading, class... Arguments>
struct applicable<F, std::tuple<Leading...>, std::tuple<Arguments...>>
    : std::is_invocable<F const&, Leading..., Arguments...> {};

// What stands before the inputs: the context if the callable wants it, and the index of a task of a map.
using nothing_first = std::tuple<>;
using index_first = std::tuple<std::size_t>;
using context_first = std::tuple<context const&>;
using context_and_index_first = std::tuple<context const&, std::size_t>;

// The context is offered only to what cannot do without it: asking a generic lambda whether it could would be an error.
template <bool Mapped>
using plain_first = std::conditional_t<Mapped, index_first, nothing_first>;
template <class F, bool Mapped, class... Inputs>
inline constexpr bool wants_context = !applicable<F, plain_first<Mapped>, arguments_of<Inputs...>>::value;
template <class F, bool Mapped, class... Inputs>
using leading_of =
    std::conditional_t<wants_context<F, Mapped, Inputs...>,
                       std::conditional_t<Mapped, context_and_index_first, context_first>, plain_first<Mapped>>;

template <class F, class Leading, class Arguments>
using result_of = std::remove_cvref_t<decltype(std::apply(
    std::declval<F const&>(), std::tuple_cat(std::declval<Leading>(), std::declval<Arguments>())))>;

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
    using leading = leading_of<F, Mapped, Inputs...>;

public:
    using result = result_of<F, leading, arguments_of<Inputs...>>;

    template <class Given>
    body_of(Given&& f, std::uint32_t first_id, std::size_t offset,
            Inputs const&... inputs) noexcept(std::is_nothrow_constructible_v<F, Given> &&
                                              (std::is_nothrow_constructible_v<source_of<Inputs>, Inputs const&> &&
                                               ...))
        : f_(std::forward<Given>(f)), own_{offset}, first_id_{first_id}, sources_{source_of<Inputs>{inputs}...} {}

    static constexpr body_kind make_kind() noexcept {
        static_assert(alignof(body_of) <= largest_alignment, "a callable may be aligned to 64 bytes at most");
        body_kind made{&call, nullptr, sizeof(body_of), alignof(body_of), &kind_of<result>};
        if constexpr (!std::is_trivially_destructible_v<body_of>)
            made.destroy = [](void* body) noexcept { std::destroy_at(static_cast<body_of*>(body)); };
        return made;
    }

private:
    static verdict call(void const* body, frame const& in, std::uint32_t id) {
        return static_cast<body_of const*>(body)->run(in, id);
    }

    verdict run(frame const& in, [[maybe_unused]] std::uint32_t id) const {
        std::size_t index = 0;
        if constexpr (Mapped) index = id - first_id_.value;
        bool const wanted =
            std::apply([&](auto const&... sources) { return (sources.holds(in) && ... && true); }, sources_);
        if (!wanted) return verdict::omitted;
        auto const apply = [&]() -> decltype(auto) {
            return std::apply(
                [&](auto const&... sources) -> decltype(auto) {
                    if constexpr (wants_context<F, Mapped, Inputs...>) {
                        context const self{in, id};
                        if constexpr (Mapped)
                            return std::apply(f_, std::tuple_cat(context_and_index_first{self, index},
                                                                 sources.arguments(in, index)...));
                        else
                            return std::apply(f_, std::tuple_cat(context_first{self}, sources.arguments(in, index)...));
                    } else if constexpr (Mapped) {
                        return std::apply(f_, std::tuple_cat(index_first{index}, sources.arguments(in, index)...));
                    } else {
                        return std::apply(f_, std::tuple_cat(sources.arguments(in, index)...));
                    }
                },
                sources_);
        };
        if constexpr (std::is_void_v<result>)
            apply();
        else
            ::new (static_cast<void*>(in.results + own_.value + index * sizeof(result))) result(apply());
        return verdict::done;
    }

    [[no_unique_address]] F f_;
    [[no_unique_address]] optional_member<std::size_t, !std::is_void_v<result>, 0> own_;
    [[no_unique_address]] optional_member<std::uint32_t, Mapped, 1> first_id_;
    [[no_unique_address]] std::tuple<source_of<Inputs>...> sources_;
};

template <class Body>
inline constexpr body_kind kind_of_body = Body::make_kind();

}  // namespace detail

/// What may stand for an argument of a task: a handle, handles, and what task::each(), chunks(), all(), settled() and
/// when() make of them.
template <class T>
concept input = detail::is_input<T>;

/// F can be called with the results of the inputs: `T const&` for a handle<T>, `collection<T>` for handles<T>, nothing
/// for a task without result; a `task::context const&` may come first. The call is made through a const F: a mutable
/// lambda does not qualify.
template <class F, class... Inputs>
concept callable_with = detail::applicable<F, detail::nothing_first, detail::arguments_of<Inputs...>>::value ||
    detail::applicable<F, detail::context_first, detail::arguments_of<Inputs...>>::value;

/// As callable_with, with the task's index (std::size_t) before the inputs.
template <class F, class... Inputs>
concept callable_with_index = detail::applicable<F, detail::index_first, detail::arguments_of<Inputs...>>::value ||
    detail::applicable<F, detail::context_and_index_first, detail::arguments_of<Inputs...>>::value;

}  // namespace poise::task
