// SPDX-License-Identifier: MIT
// Kinds of sides for the tests of linear.
#pragma once

#include <poise/grid/boundary.hpp>

#include <cstddef>

namespace poise_test {

template <std::size_t D>
poise::grid::condition_kinds<D> everywhere(poise::grid::condition_kind kind) {
    poise::grid::condition_kinds<D> kinds;
    kinds.fill(kind);
    return kinds;
}

}  // namespace poise_test
