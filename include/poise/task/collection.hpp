// SPDX-License-Identifier: MIT
// The results of many tasks as one argument of another.
#pragma once

#include <compare>
#include <cstddef>
#include <iterator>

namespace poise::task {

/// The results of all tasks of a map, in the order of their index, as a dependent of its handles receives them.
/// A view: copy it freely, use it while the callable that received it runs.
template <class T>
class collection {
public:
    class iterator {
    public:
        using value_type = T;
        using difference_type = std::ptrdiff_t;
        using reference = T const&;
        using pointer = T const*;
        using iterator_category = std::random_access_iterator_tag;

        iterator() = default;
        explicit iterator(T const* at) noexcept : at_{at} {}
        reference operator*() const noexcept { return *at_; }
        pointer operator->() const noexcept { return at_; }
        reference operator[](difference_type n) const noexcept { return at_[n]; }
        iterator& operator++() noexcept { return ++at_, *this; }
        iterator operator++(int) noexcept { return iterator{at_++}; }
        iterator& operator--() noexcept { return --at_, *this; }
        iterator operator--(int) noexcept { return iterator{at_--}; }
        iterator& operator+=(difference_type n) noexcept { return at_ += n, *this; }
        iterator& operator-=(difference_type n) noexcept { return at_ -= n, *this; }
        friend iterator operator+(iterator i, difference_type n) noexcept { return i += n; }
        friend iterator operator+(difference_type n, iterator i) noexcept { return i += n; }
        friend iterator operator-(iterator i, difference_type n) noexcept { return i -= n; }
        friend difference_type operator-(iterator a, iterator b) noexcept { return a.at_ - b.at_; }
        friend auto operator<=>(iterator, iterator) = default;

    private:
        T const* at_ = nullptr;
    };

    collection(T const* first, std::size_t size) noexcept : first_{first}, size_{size} {}
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] T const& operator[](std::size_t i) const noexcept { return first_[i]; }
    [[nodiscard]] iterator begin() const noexcept { return iterator{first_}; }
    [[nodiscard]] iterator end() const noexcept { return iterator{first_ + size_}; }

private:
    T const* first_;
    std::size_t size_;
};

}  // namespace poise::task
