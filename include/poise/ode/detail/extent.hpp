// SPDX-License-Identifier: MIT
// Private to ode: a number of components, which the compiler knows where they are few.
#pragma once

#include <poise/ode/state.hpp>

#include <array>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace poise::ode::detail {

/// N, or where that is 0 what is given.
template <std::size_t N>
class extent {
public:
    constexpr extent(std::size_t) noexcept {}
    constexpr operator std::size_t() const noexcept { return N; }
};
template <>
class extent<0> {
public:
    constexpr extent(std::size_t n) noexcept : n_{n} {}
    constexpr operator std::size_t() const noexcept { return n_; }

private:
    std::size_t n_;
};

/// So many numbers as N, or on the heap.
template <std::size_t N>
using numbers = std::conditional_t<(N > 0), std::array<double, N>, std::vector<double>>;

template <std::size_t N>
[[nodiscard]] numbers<N> make_numbers(std::size_t n) {
    if constexpr (N > 0)
        return numbers<N>{};
    else
        return numbers<N>(n);
}

/// N of states that are small, else 0.
template <class State>
inline constexpr std::size_t small_size = is_small<State> ? n_numbers<State>() : 0;

}  // namespace poise::ode::detail
