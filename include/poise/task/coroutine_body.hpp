// SPDX-License-Identifier: MIT
// How a callable that returns a coroutine becomes a task.
#pragma once

#include <poise/task/async.hpp>
#include <poise/task/body.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <tuple>
#include <type_traits>
#include <utility>

namespace poise::task::detail {

template <class F, bool Mapped, class... Inputs>
class coroutine_body_of : public bound<F, typename returned_by<F, Mapped, Inputs...>::result_type, Mapped, Inputs...> {
    using coroutine = returned_by<F, Mapped, Inputs...>;

public:
    using result = typename coroutine::result_type;
    static constexpr ending ends = ending::coroutine;

    using coroutine_body_of::bound::bound;

    verdict run(frame const& in, std::uint32_t id) const {
        await_chain* chain = chain_of(in, id);
        std::unique_ptr<await_chain> made;
        if (chain == nullptr) {
            std::size_t const index = this->index_of(id);
            if (!this->holds(in, index)) return verdict::omitted;
            made = std::make_unique<call>(*this, in, id, index);
            chain = made.get();
            keep_chain(in, id, made);
        }
        if (!chain->drive()) return verdict::suspended;  // another thread may be here
        auto const ended = made ? std::move(made) : take_chain(in, id);
        ended->finish();
        return verdict::done;
    }

private:
    // The context and the arguments that are no references live as long as the coroutine, which may refer to them.
    class call final : public await_chain {
    public:
        call(coroutine_body_of const& body, frame const& in, std::uint32_t id, std::size_t index)
            : await_chain{in, id},
              place_{body.place(in, index)},
              self_{own_frame(), id},
              arguments_{body.arguments_with(own_frame(), index, self_)},
              coroutine_{std::apply(body.callable(), std::move(arguments_))} {
            go_on_with(coroutine_.begin_in(*this));
        }
        void finish() override {
            if constexpr (std::is_void_v<result>)
                coroutine_.take();
            else
                ::new (static_cast<void*>(place_)) result(coroutine_.take());
        }

    private:
        std::byte* place_;
        context self_;
        decltype(std::declval<coroutine_body_of const&>().arguments_with(std::declval<frame const&>(), std::size_t{},
                                                                         std::declval<context const&>())) arguments_;
        coroutine coroutine_;
    };
};

template <class F, bool Mapped, class... Inputs>
struct body_for_callable : std::type_identity<body_of<F, Mapped, Inputs...>> {};
template <class F, bool Mapped, class... Inputs>
requires is_async<returned_by<F, Mapped, Inputs...>>
struct body_for_callable<F, Mapped, Inputs...> : std::type_identity<coroutine_body_of<F, Mapped, Inputs...>> {
};
// By what it returns.
template <class F, bool Mapped, class... Inputs>
using body_for = typename body_for_callable<F, Mapped, Inputs...>::type;

}  // namespace poise::task::detail
