// SPDX-License-Identifier: MIT
// What came of all tasks of a map.
#pragma once

#include <poise/task/outcome.hpp>

#include <cstddef>
#include <iterator>

namespace poise::task {

/// A view on the outcomes of a map's tasks, in the order of their index; valid as long as its run.
template <class T>
class outcomes {
public:
    class iterator {
    public:
        using value_type = outcome<T>;
        using difference_type = std::ptrdiff_t;
        using reference = outcome<T>;
        using pointer = void;
        using iterator_category = std::input_iterator_tag;

        iterator() = default;
        iterator(outcomes const& of, std::size_t i) noexcept : of_{&of}, i_{i} {}
        outcome<T> operator*() const { return (*of_)[i_]; }
        iterator& operator++() noexcept { return ++i_, *this; }
        iterator operator++(int) noexcept { return {*of_, i_++}; }
        friend bool operator==(iterator a, iterator b) noexcept { return a.i_ == b.i_; }

    private:
        outcomes const* of_ = nullptr;
        std::size_t i_ = 0;
    };

    outcomes(detail::run_state const& of, handles<T> const& tasks) noexcept : run_{&of}, tasks_{tasks} {}
    [[nodiscard]] std::size_t size() const noexcept { return tasks_.size(); }
    /// Throws std::invalid_argument unless i < size().
    [[nodiscard]] outcome<T> operator[](std::size_t i) const { return {*run_, tasks_[i]}; }
    [[nodiscard]] iterator begin() const noexcept { return {*this, 0}; }
    [[nodiscard]] iterator end() const noexcept { return {*this, size()}; }
    /// How many succeeded.
    [[nodiscard]] std::size_t n_succeeded() const {
        std::size_t n = 0;
        for (outcome<T> const& o : *this) n += static_cast<bool>(o);
        return n;
    }

private:
    detail::run_state const* run_;
    handles<T> tasks_;
};

}  // namespace poise::task
