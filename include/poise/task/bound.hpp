// SPDX-License-Identifier: MIT
// A callable and its typed inputs, as a task keeps them.
#pragma once

#include <poise/task/context.hpp>
#include <poise/task/source.hpp>

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

namespace poise::task::detail {

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
// What it returns.
template <class F, bool Mapped, class... Inputs>
using returned_by = result_of<F, leading_of<F, Mapped, Inputs...>, arguments_of<Inputs...>>;

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

// Result: of the task, which is not what the callable returns where the task ends later.
template <class F, class Result, bool Mapped, class... Inputs>
class bound {
public:
    template <class Given>
    bound(Given&& f, std::uint32_t first_id, std::size_t offset,
          Inputs const&... inputs) noexcept(std::is_nothrow_constructible_v<F, Given> &&
                                            (std::is_nothrow_constructible_v<source_of<Inputs>, Inputs const&> && ...))
        : f_(std::forward<Given>(f)), own_{offset}, first_id_{first_id}, sources_{source_of<Inputs>{inputs}...} {}

protected:
    [[nodiscard]] std::size_t index_of([[maybe_unused]] std::uint32_t id) const noexcept {
        if constexpr (Mapped)
            return id - first_id_.value;
        else
            return 0;
    }
    /// Whether its conditions are met.
    [[nodiscard]] bool holds(frame const& in, std::size_t index) const {
        return std::apply([&](auto const&... sources) { return (sources.holds(in, index) && ... && true); }, sources_);
    }
    /// A tuple; `first` is the context, or whatever else stands before the index.
    template <class... First>
    [[nodiscard]] auto arguments(frame const& in, std::size_t index, First&&... first) const {
        return std::apply(
            [&](auto const&... sources) {
                if constexpr (Mapped)
                    return std::tuple_cat(std::tuple<First...>{std::forward<First>(first)...}, index_first{index},
                                          sources.arguments(in, index)...);
                else
                    return std::tuple_cat(std::tuple<First...>{std::forward<First>(first)...},
                                          sources.arguments(in, index)...);
            },
            sources_);
    }
    [[nodiscard]] auto arguments_with(frame const& in, std::size_t index, [[maybe_unused]] context const& self) const {
        if constexpr (wants_context<F, Mapped, Inputs...>)
            return arguments<context const&>(in, index, self);
        else
            return arguments(in, index);
    }
    [[nodiscard]] F const& callable() const noexcept { return f_; }
    /// Where the result goes.
    [[nodiscard]] std::byte* place(frame const& in, std::size_t index) const noexcept {
        if constexpr (std::is_void_v<Result>)
            return in.results;
        else
            return in.results + own_.value + index * sizeof(Result);
    }

private:
    [[no_unique_address]] F f_;
    [[no_unique_address]] optional_member<std::size_t, !std::is_void_v<Result>, 0> own_;
    [[no_unique_address]] optional_member<std::uint32_t, Mapped, 1> first_id_;
    [[no_unique_address]] std::tuple<source_of<Inputs>...> sources_;
};

}  // namespace poise::task::detail
