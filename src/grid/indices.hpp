// SPDX-License-Identifier: MIT
// Private to src/: multi-indices of boxes, the first direction fastest.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/grid/cartesian.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace poise::grid::detail {

/// Calls visit(i) for every multi-index 0 <= i < n.
template <std::size_t D, class Visitor>
void for_each_index(extents<D> const& n, Visitor&& visit) {
    for (auto const extent : n)
        if (extent <= 0) return;
    extents<D> i{};
    for (std::size_t d = 0; d < D;) {
        visit(std::as_const(i));
        for (d = 0; d < D && ++i[d] == n[d]; ++d) i[d] = 0;
    }
}

/// The first index of every line along x.
template <std::size_t D, class Visitor>
void for_each_line(extents<D> n, Visitor&& visit) {
    if (n[0] > 1) n[0] = 1;
    for_each_index(n, visit);
}

/// The number of an index in that order.
template <std::size_t D>
[[nodiscard]] std::ptrdiff_t place_of(extents<D> const& i, extents<D> const& n) {
    std::ptrdiff_t at = 0;
    for (std::size_t d = D; d-- > 0;) at = at * n[d] + i[d];
    return at;
}

/// "(0.625, 0.375)", for messages.
template <std::size_t D>
[[nodiscard]] std::string position_text(point<D> const& x) {
    std::string text = "(";
    for (std::size_t d = 0; d < D; ++d) text += concat(d == 0 ? "" : ", ", to_text(x[d], 6));
    return text + ")";
}

}  // namespace poise::grid::detail
