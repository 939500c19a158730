// SPDX-License-Identifier: MIT
// What a callable receives for each kind of input, and which tasks the input makes it wait for.
#pragma once

#include <poise/task/collection.hpp>
#include <poise/task/context.hpp>
#include <poise/task/handle.hpp>
#include <poise/task/inputs.hpp>
#include <poise/task/outcome.hpp>
#include <poise/task/outcomes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace poise::task::detail {

// Consecutive tasks that a task waits for.
struct input_range {
    std::uint64_t graph_id;
    std::uint32_t first;
    std::size_t count;
    std::size_t per_task = 0;  // 0: all of them by each task of a map; k: k of them by task 0, the next k by task 1, …
    bool tolerant = false;     // their failure is not the task's
};

// A source is made of an input and kept by the task. Of task `index` of a map, holds(): whether a condition is met;
// arguments(): a tuple of what the callable receives.
struct unconditional {
    [[nodiscard]] static bool holds(frame const&, std::size_t) noexcept { return true; }
};

struct no_source : unconditional {
    template <class Input>
    explicit no_source(Input const&) noexcept {}
    [[nodiscard]] static std::tuple<> arguments(frame const&, std::size_t) noexcept { return {}; }
};

template <class Input>
struct source_for;
template <class Input>
using source_of = typename source_for<Input>::type;

// A handle: const T& of its result.
template <class T>
struct source_for<handle<T>> {
    class type : public unconditional {
    public:
        explicit type(handle<T> const& input) noexcept : offset_{input.offset()} {}
        [[nodiscard]] std::tuple<T const&> arguments(frame const& in, std::size_t) const noexcept {
            return {*results_at<T>(in.results, offset_)};
        }

    private:
        std::size_t offset_;
    };
};
template <>
struct source_for<handle<void>> : std::type_identity<no_source> {};

// All tasks of a map: a collection.
template <class T>
struct source_for<handles<T>> {
    class type : public unconditional {
    public:
        explicit type(handles<T> const& inputs) noexcept : offset_{inputs.offset()}, size_{inputs.size()} {}
        [[nodiscard]] std::tuple<collection<T>> arguments(frame const& in, std::size_t) const noexcept {
            return {collection<T>{results_at<T>(in.results, offset_), size_}};
        }

    private:
        std::size_t offset_;
        std::size_t size_;
    };
};
template <>
struct source_for<handles<void>> : std::type_identity<no_source> {};

template <class T>
struct source_for<each_of<T>> {
    class type : public unconditional {
    public:
        explicit type(each_of<T> const& inputs) noexcept : offset_{inputs.of.offset()} {}
        [[nodiscard]] std::tuple<T const&> arguments(frame const& in, std::size_t index) const noexcept {
            return {results_at<T>(in.results, offset_)[index]};
        }

    private:
        std::size_t offset_;
    };
};
template <>
struct source_for<each_of<void>> : std::type_identity<no_source> {};

template <class T>
struct source_for<chunks_of<T>> {
    class type : public unconditional {
    public:
        explicit type(chunks_of<T> const& inputs) noexcept
            : offset_{inputs.of.offset()}, size_{inputs.of.size()}, per_chunk_{inputs.size} {}
        [[nodiscard]] std::tuple<collection<T>> arguments(frame const& in, std::size_t index) const noexcept {
            std::size_t const first = index * per_chunk_;
            return {collection<T>{results_at<T>(in.results, offset_) + first, std::min(per_chunk_, size_ - first)}};
        }

    private:
        std::size_t offset_;
        std::size_t size_;
        std::size_t per_chunk_;
    };
};
template <>
struct source_for<chunks_of<void>> : std::type_identity<no_source> {};

template <class T>
struct source_for<all_of<T>> {
    class type : public unconditional {
    public:
        explicit type(all_of<T> const& inputs) {
            offsets_.reserve(inputs.of.size());
            for (auto const& input : inputs.of) offsets_.push_back(input.offset());
        }
        [[nodiscard]] std::tuple<collection<T>> arguments(frame const& in, std::size_t) const noexcept {
            return {collection<T>{in.results, offsets_.data(), offsets_.size()}};
        }

    private:
        std::vector<std::size_t> offsets_;
    };
};
template <>
struct source_for<all_of<void>> : std::type_identity<no_source> {};

template <class T>
struct source_for<settled_of<handle<T>>> {
    class type : public unconditional {
    public:
        explicit type(settled_of<handle<T>> const& input) noexcept : of_{input.of} {}
        [[nodiscard]] std::tuple<outcome<T>> arguments(frame const& in, std::size_t) const noexcept {
            return {outcome<T>{*in.run, of_}};
        }

    private:
        handle<T> of_;
    };
};
template <class T>
struct source_for<settled_of<handles<T>>> {
    class type : public unconditional {
    public:
        explicit type(settled_of<handles<T>> const& inputs) noexcept : of_{inputs.of} {}
        [[nodiscard]] std::tuple<outcomes<T>> arguments(frame const& in, std::size_t) const noexcept {
            return {outcomes<T>{*in.run, of_}};
        }

    private:
        handles<T> of_;
    };
};

template <class T>
struct source_for<each_settled_of<T>> {
    class type : public unconditional {
    public:
        explicit type(each_settled_of<T> const& inputs) noexcept : of_{inputs.of} {}
        [[nodiscard]] std::tuple<outcome<T>> arguments(frame const& in, std::size_t index) const {
            return {outcome<T>{*in.run, of_[index]}};
        }

    private:
        handles<T> of_;
    };
};

// Of a task, or element by element of a map.
template <class Of, class Predicate>
struct source_for<when_of<Of, Predicate>> {
    class type {
    public:
        explicit type(when_of<Of, Predicate> const& input) noexcept(std::is_nothrow_copy_constructible_v<Predicate>)
            : of_{input.of}, predicate_(input.predicate) {}
        [[nodiscard]] bool holds(frame const& in, std::size_t index) const {
            return std::invoke(predicate_, std::get<0>(of_.arguments(in, index)));
        }
        [[nodiscard]] static std::tuple<> arguments(frame const&, std::size_t) noexcept { return {}; }

    private:
        source_of<Of> of_;
        [[no_unique_address]] Predicate predicate_;
    };
};

template <class T>
inline constexpr bool is_input = false;
template <class T>
inline constexpr bool is_input<handle<T>> = true;
template <class T>
inline constexpr bool is_input<handles<T>> = true;
template <class T>
inline constexpr bool is_input<all_of<T>> = true;
template <class T>
inline constexpr bool is_input<settled_of<T>> = true;
template <class T, class Predicate>
inline constexpr bool is_input<when_of<handle<T>, Predicate>> = true;
// Of a map only.
template <class T>
inline constexpr bool is_elementwise = false;
template <class T>
inline constexpr bool is_elementwise<each_of<T>> = true;
template <class T>
inline constexpr bool is_elementwise<each_settled_of<T>> = true;
template <class T, class Predicate>
inline constexpr bool is_elementwise<when_of<each_of<T>, Predicate>> = true;
template <class T>
inline constexpr bool is_elementwise<chunks_of<T>> = true;

// The tasks behind an input, each range handed to `add`.
template <class T>
input_range range_of(handle<T> const& input) noexcept {
    return {input.graph_id(), input.id(), 1};
}
template <class T>
input_range range_of(handles<T> const& inputs) noexcept {
    return {inputs.graph_id(), inputs.first_id(), inputs.size()};
}
template <class T>
input_range range_of(each_of<T> const& inputs) noexcept {
    auto range = range_of(inputs.of);
    range.per_task = 1;
    return range;
}
template <class T>
input_range range_of(chunks_of<T> const& inputs) noexcept {
    auto range = range_of(inputs.of);
    range.per_task = inputs.size;
    return range;
}
template <class Handle>
input_range range_of(settled_of<Handle> const& input) noexcept {
    auto range = range_of(input.of);
    range.tolerant = true;
    return range;
}
template <class T>
input_range range_of(each_settled_of<T> const& inputs) noexcept {
    auto range = range_of(inputs.of);
    range.per_task = 1;
    range.tolerant = true;
    return range;
}
template <class Of, class Predicate>
input_range range_of(when_of<Of, Predicate> const& input) noexcept {
    return range_of(input.of);
}

template <class T>
inline constexpr bool is_plain_handle = false;
template <class T>
inline constexpr bool is_plain_handle<handle<T>> = true;
template <class T>
inline constexpr bool is_plain_handle<handles<T>> = true;

// What graph::after() may name as earlier.
template <class T>
inline constexpr bool is_orderable = is_plain_handle<T>;
template <class T>
inline constexpr bool is_orderable<settled_of<T>> = true;

template <class T>
inline constexpr bool is_gathered = false;
template <class T>
inline constexpr bool is_gathered<all_of<T>> = true;

}  // namespace poise::task::detail
