// SPDX-License-Identifier: MIT
// Every mix of kinds of sides, by number: a mix has a digit for each direction.
#pragma once

#include <poise/grid/boundary.hpp>

#include <array>
#include <cstddef>

namespace poise_test {

inline constexpr auto wall = poise::grid::condition_kind::dirichlet, flux = poise::grid::condition_kind::neumann,
                      around = poise::grid::condition_kind::periodic, film = poise::grid::condition_kind::robin;

using ends_of_direction = std::array<poise::grid::condition_kind, 2>;

/// Every way for a direction to end, without a Robin side.
inline constexpr std::array<ends_of_direction, 5> all_ends{
    {{wall, wall}, {flux, wall}, {wall, flux}, {flux, flux}, {around, around}}};

template <std::size_t N = all_ends.size()>
constexpr unsigned n_mixes(std::size_t dimension, std::array<ends_of_direction, N> const& ends = all_ends) {
    return dimension == 0 ? 1 : static_cast<unsigned>(N) * n_mixes(dimension - 1, ends);
}

template <std::size_t D, std::size_t N = all_ends.size()>
poise::grid::condition_kinds<D> mix_of(unsigned mix, std::array<ends_of_direction, N> const& ends = all_ends) {
    poise::grid::condition_kinds<D> kinds;
    for (std::size_t d = 0; d < D; ++d, mix /= static_cast<unsigned>(N))
        for (std::size_t end = 0; end < 2; ++end) kinds[2 * d + end] = ends[mix % N][end];
    return kinds;
}

}  // namespace poise_test
