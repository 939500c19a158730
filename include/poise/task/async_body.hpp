// SPDX-License-Identifier: MIT
// How a callable whose task is done when that is told becomes one.
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

// A task that is done when its completion is told.
template <class T, class F, bool Mapped, class... Inputs>
class async_body_of : public bound<F, T, Mapped, Inputs...> {
public:
    using result = T;
    static constexpr ending ends = ending::told;

    using async_body_of::bound::bound;

    verdict run(frame const& in, std::uint32_t id) const {
        std::size_t const index = this->index_of(id);
        if (!this->holds(in, index)) return verdict::omitted;
        auto const task = std::make_shared<pending>(in, id, this->place(in, index));
        try {
            std::apply(this->callable(), this->arguments(in, index, completion<T>{task}));
        } catch (...) {
            if (task->claim()) task->fail(std::current_exception());
        }
        task->wait();
        return verdict::suspended;
    }
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
