// SPDX-License-Identifier: MIT
// Private to src/grid: that a field has its values still.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/grid/field.hpp>

#include <cstddef>

namespace poise::grid::detail {

/// Throws std::invalid_argument for a field that was moved from.
template <std::size_t D>
void require_whole(field<D> const& u) {
    POISE_REQUIRE(u.values().size() == u.grid().size(), "the field has no values: it was moved from");
}

}  // namespace poise::grid::detail
