// SPDX-License-Identifier: MIT
// How a callable that ends later becomes a task.
#pragma once

#include <poise/task/body.hpp>
#include <poise/task/completion.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace poise::task {

namespace detail {

template <class T, bool Mapped>
using async_leading = std::conditional_t<Mapped, std::tuple<completion<T>, std::size_t>, std::tuple<completion<T>>>;

template <class T, class F, bool Mapped, class... Inputs>
class async_body_of {
public:
    using result = T;

    template <class Given>
    async_body_of(Given&& f, std::uint32_t first_id, std::size_t offset, Inputs const&... inputs)
        : f_(std::forward<Given>(f)), own_{offset}, first_id_{first_id}, sources_{source_of<Inputs>{inputs}...} {}

    static constexpr body_kind make_kind() noexcept {
        static_assert(alignof(async_body_of) <= largest_alignment, "a callable may be aligned to 64 bytes at most");
        return {&call,
                [](void* body) noexcept { std::destroy_at(static_cast<async_body_of*>(body)); },
                sizeof(async_body_of),
                alignof(async_body_of),
                &kind_of<result>,
                true};
    }

private:
    static verdict call(void const* body, frame const& in, std::uint32_t id) {
        return static_cast<async_body_of const*>(body)->run(in, id);
    }

    verdict run(frame const& in, std::uint32_t id) const {
        bool const wanted =
            std::apply([&](auto const&... sources) { return (sources.holds(in) && ... && true); }, sources_);
        if (!wanted) return verdict::omitted;
        std::size_t const index = id - first_id_;
        auto const task = std::make_shared<pending>(in, id, in.results + own_ + index * result_stride<result>);
        try {
            std::apply(
                [&](auto const&... sources) {
                    if constexpr (Mapped)
                        std::apply(f_, std::tuple_cat(std::tuple{completion<T>{task}, index},
                                                      sources.arguments(in, index)...));
                    else
                        std::apply(f_,
                                   std::tuple_cat(std::tuple{completion<T>{task}}, sources.arguments(in, index)...));
                },
                sources_);
        } catch (...) {
            if (task->claim()) task->fail(std::current_exception());
        }
        return verdict::suspended;
    }

    F f_;
    std::size_t own_;
    std::uint32_t first_id_;
    std::tuple<source_of<Inputs>...> sources_;
};

}  // namespace detail

/// F can be called with a completion<T> and the results of the inputs, as callable_with.
template <class F, class T, class... Inputs>
concept async_callable_with =
    detail::applicable<F, detail::async_leading<T, false>, detail::arguments_of<Inputs...>>::value;

/// The same with the task's index behind the completion.
template <class F, class T, class... Inputs>
concept async_callable_with_index =
    detail::applicable<F, detail::async_leading<T, true>, detail::arguments_of<Inputs...>>::value;

}  // namespace poise::task
