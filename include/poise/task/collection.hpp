// SPDX-License-Identifier: MIT
// The results of many tasks as one argument of another.
#pragma once

#include <compare>
#include <cstddef>
#include <iterator>
#include <new>

namespace poise::task {

/// The results of all tasks of a map in the order of their index, or of tasks that were gathered by task::all() in the
/// order given. A view: copy it freely, use it while the callable that received it runs.
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
        reference operator*() const noexcept { return (*of_)[static_cast<std::size_t>(i_)]; }
        pointer operator->() const noexcept { return &**this; }
        reference operator[](difference_type n) const noexcept { return *(*this + n); }
        iterator& operator++() noexcept { return ++i_, *this; }
        iterator operator++(int) noexcept { return iterator{*of_, i_++}; }
        iterator& operator--() noexcept { return --i_, *this; }
        iterator operator--(int) noexcept { return iterator{*of_, i_--}; }
        iterator& operator+=(difference_type n) noexcept { return i_ += n, *this; }
        iterator& operator-=(difference_type n) noexcept { return i_ -= n, *this; }
        friend iterator operator+(iterator at, difference_type n) noexcept { return at += n; }
        friend iterator operator+(difference_type n, iterator at) noexcept { return at += n; }
        friend iterator operator-(iterator at, difference_type n) noexcept { return at -= n; }
        friend difference_type operator-(iterator a, iterator b) noexcept { return a.i_ - b.i_; }
        friend bool operator==(iterator a, iterator b) noexcept { return a.i_ == b.i_; }
        friend auto operator<=>(iterator a, iterator b) noexcept { return a.i_ <=> b.i_; }

    private:
        friend class collection;
        iterator(collection const& of, difference_type i) noexcept : of_{&of}, i_{i} {}
        collection const* of_ = nullptr;
        difference_type i_ = 0;
    };

    collection(T const* first, std::size_t size) noexcept : first_{first}, size_{size} {}
    /// Result i lies offsets[i] bytes behind results.
    collection(std::byte const* results, std::size_t const* offsets, std::size_t size) noexcept
        : results_{results}, offsets_{offsets}, size_{size} {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] T const& operator[](std::size_t i) const noexcept {
        return offsets_ == nullptr ? first_[i] : *std::launder(reinterpret_cast<T const*>(results_ + offsets_[i]));
    }
    /// Iterators are valid as long as the collection they are of.
    [[nodiscard]] iterator begin() const noexcept { return iterator{*this, 0}; }
    [[nodiscard]] iterator end() const noexcept { return iterator{*this, static_cast<std::ptrdiff_t>(size_)}; }

private:
    T const* first_ = nullptr;
    std::byte const* results_ = nullptr;
    std::size_t const* offsets_ = nullptr;
    std::size_t size_;
};

}  // namespace poise::task
