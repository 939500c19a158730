// SPDX-License-Identifier: MIT
// How a callable with typed inputs becomes a task: the part of graph that depends on the user's types.
#pragma once

#include <poise/task/bound.hpp>
#include <poise/task/serialize.hpp>

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

// When a task is done: when its callable has returned, when its coroutine has, or when that is told.
enum class ending : unsigned char { returned, coroutine, told };

struct body_kind {
    task_code call = nullptr;
    void (*destroy)(void* body) noexcept = nullptr;  // null where there is nothing to do
    std::size_t size = 0;
    std::size_t alignment = 1;
    result_kind const* result = nullptr;
    ending how = ending::returned;
};

template <class Body>
constexpr body_kind make_body_kind(ending how) noexcept {
    static_assert(alignof(Body) <= largest_alignment, "a callable may be aligned to 64 bytes at most");
    body_kind made{
        [](void const* body, frame const& in, std::uint32_t id) { return static_cast<Body const*>(body)->run(in, id); },
        nullptr,
        sizeof(Body),
        alignof(Body),
        &kind_of<typename Body::result>,
        how};
    if constexpr (!std::is_trivially_destructible_v<Body>)
        made.destroy = [](void* body) noexcept { std::destroy_at(static_cast<Body*>(body)); };
    return made;
}
template <class Body>
inline constexpr body_kind kind_of_body = make_body_kind<Body>(Body::ends);

// A callable that is done when it returns.
template <class F, bool Mapped, class... Inputs>
class body_of : public bound<F, returned_by<F, Mapped, Inputs...>, Mapped, Inputs...> {
public:
    using result = returned_by<F, Mapped, Inputs...>;
    static constexpr ending ends = ending::returned;

    using body_of::bound::bound;

    verdict run(frame const& in, std::uint32_t id) const {
        std::size_t const index = this->index_of(id);
        if (!this->holds(in, index)) return verdict::omitted;
        context const self{in, id};
        auto const call = [&]() -> decltype(auto) {
            return std::apply(this->callable(), this->arguments_with(in, index, self));
        };
        if constexpr (std::is_void_v<result>)
            call();
        else
            ::new (static_cast<void*>(this->place(in, index))) result(call());
        return verdict::done;
    }
};

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
