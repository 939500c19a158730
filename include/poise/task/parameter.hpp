// SPDX-License-Identifier: MIT
// A value that a graph starts from and that is changed between runs.
#pragma once

#include <poise/task/source.hpp>

#include <memory>
#include <utility>

namespace poise::task {

/// Made by graph::parameter(). Stands for an argument of a task as a handle<T> does, and set() changes what the next
/// run starts from. Copies refer to the same value.
template <class T>
class parameter : public handle<T> {
public:
    parameter(handle<T> const& task, std::shared_ptr<T> value) noexcept : handle<T>{task}, value_{std::move(value)} {}
    /// Not while a run of the graph is under way: each run copies the value when it begins with it.
    void set(T value) const { *value_ = std::move(value); }
    [[nodiscard]] T const& get() const noexcept { return *value_; }

private:
    std::shared_ptr<T> value_;
};

namespace detail {

template <class T>
struct source_for<parameter<T>> : source_for<handle<T>> {};
template <class T>
inline constexpr bool is_input<parameter<T>> = true;
template <class T>
inline constexpr bool is_plain_handle<parameter<T>> = true;
template <class T>
inline constexpr bool is_orderable<parameter<T>> = true;

}  // namespace detail

}  // namespace poise::task
