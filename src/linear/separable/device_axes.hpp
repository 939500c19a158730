// SPDX-License-Identifier: MIT
// Private to src/linear: directions of a box as a GPU has them.
#pragma once

#include "core/device_multigrid.hpp"
#include "linear/separable/axis_operator.hpp"

#include <Eigen/Core>

#include <array>
#include <cstddef>
#include <vector>

namespace poise::linear::detail {

/// A GPU's boxes have rows, planes and a third direction: one that is flat has one row in each plane.
template <std::size_t D>
inline constexpr std::array<std::size_t, D> place_on_device = {};
template <>
inline constexpr std::array<std::size_t, 2> place_on_device<2> = {0, 2};
template <>
inline constexpr std::array<std::size_t, 3> place_on_device<3> = {0, 1, 2};

[[nodiscard]] poise::detail::device_axis to_device_axis(axis_operator const& axis);
void put_transfer(axis_transfer const& transfer, poise::detail::device_axis& to);

[[nodiscard]] std::vector<double> by_rows(Eigen::MatrixXd const& matrix);

template <std::size_t D>
[[nodiscard]] poise::detail::device_grid to_device_grid(std::array<axis_operator, D> const& axes, double shift) {
    poise::detail::device_grid made;
    made.shift = shift;
    for (auto& axis : made.axes) axis = {.below = {0.0}, .above = {0.0}, .excess = {0.0}, .share = {1.0}};
    for (std::size_t d = 0; d < D; ++d) made.axes[place_on_device<D>[d]] = to_device_axis(axes[d]);
    return made;
}

}  // namespace poise::linear::detail
