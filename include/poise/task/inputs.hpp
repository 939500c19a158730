// SPDX-License-Identifier: MIT
// What may stand for an argument of a task besides a handle: elements of a map, tasks gathered, tasks that may fail,
// conditions.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/task/handle.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace poise::task {

/// Element by element: task i of a map receives the result of task i of `of`.
template <class T>
struct each_of {
    handles<T> of;
};
template <class T>
[[nodiscard]] each_of<T> each(handles<T> const& of) noexcept {
    return {of};
}

/// Piece by piece: task i of a map receives results i·size … (i+1)·size-1 of `of` as a collection; the last piece may
/// be shorter. The map has ceil(of.size() / size) tasks.
template <class T>
struct chunks_of {
    handles<T> of;
    std::size_t size;
    [[nodiscard]] std::size_t count() const noexcept { return of.size() / size + (of.size() % size != 0); }
};
/// Throws std::invalid_argument when size is 0.
template <class T>
[[nodiscard]] chunks_of<T> chunks(handles<T> const& of, std::size_t size) {
    POISE_REQUIRE(size > 0, "chunks: the size is 0; give at least 1");
    return {of, size};
}

/// Many tasks as one argument, a collection in the order given.
template <class T>
struct all_of {
    std::vector<handle<T>> of;
};
template <class T, std::convertible_to<handle<T>>... More>
[[nodiscard]] all_of<T> all(handle<T> const& first, More const&... more) {
    return {{first, more...}};
}
template <class T>
[[nodiscard]] all_of<T> all(std::vector<handle<T>> of) noexcept {
    return {std::move(of)};
}
/// As the handles themselves: for symmetry.
template <class T>
[[nodiscard]] handles<T> all(handles<T> const& of) noexcept {
    return of;
}

/// A task that may have failed: the dependent runs in any case and receives its outcome<T>; for handles<T> it receives
/// outcomes<T>.
template <class Handle>
struct settled_of {
    Handle of;
};
template <class T>
[[nodiscard]] settled_of<handle<T>> settled(handle<T> const& of) noexcept {
    return {of};
}
template <class T>
[[nodiscard]] settled_of<handles<T>> settled(handles<T> const& of) noexcept {
    return {of};
}

/// The same element by element: task i of a map runs whatever came of task i of `of`, and receives its outcome<T>.
template <class T>
struct each_settled_of {
    handles<T> of;
};
template <class T>
[[nodiscard]] each_settled_of<T> each(settled_of<handles<T>> const& of) noexcept {
    return {of.of};
}
template <class T>
[[nodiscard]] each_settled_of<T> settled(each_of<T> const& of) noexcept {
    return {of.of};
}

template <class Predicate, class T>
concept predicate_on = requires(std::decay_t<Predicate> const& p, T const& result) {
    { std::invoke(p, result) } -> std::convertible_to<bool>;
};

/// A condition: the dependent runs only if predicate(result of `of`) is true; with task::each(), task i of a map only
/// if it is true for that of task i. Passes no argument. If it is false the task is omitted, and so is what needs its
/// result; that is no failure. A predicate that throws fails the task.
template <class Of, class Predicate>
struct when_of {
    Of of;
    Predicate predicate;
};
template <class T, predicate_on<T> Predicate>
[[nodiscard]] auto when(handle<T> const& of, Predicate&& predicate) {
    return when_of<handle<T>, std::decay_t<Predicate>>{of, std::forward<Predicate>(predicate)};
}
template <class T, predicate_on<T> Predicate>
[[nodiscard]] auto when(each_of<T> const& of, Predicate&& predicate) {
    return when_of<each_of<T>, std::decay_t<Predicate>>{of, std::forward<Predicate>(predicate)};
}
/// If its result is true.
[[nodiscard]] inline auto when(handle<bool> const& of) { return when_of<handle<bool>, std::identity>{of, {}}; }
[[nodiscard]] inline auto when(each_of<bool> const& of) { return when_of<each_of<bool>, std::identity>{of, {}}; }

}  // namespace poise::task
