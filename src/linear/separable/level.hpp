// SPDX-License-Identifier: MIT
// Private to src/linear: one grid of a multigrid hierarchy for an operator that is a sum over directions.
#pragma once

#include "linear/multigrid/level.hpp"
#include "linear/separable/axis_operator.hpp"

#include <array>
#include <optional>
#include <vector>

namespace poise::linear::detail {

/// Of the widest vectors in single precision: loads that cross a cache line would cost twice.
constexpr std::ptrdiff_t vector_lanes = 16;

/// What a row, a plane or a half row has in common, of M⁻¹ K along one direction. By point; along x even points first,
/// then odd ones, each rounded up to whole vectors in which the diagonal is 1 and all else 0.
template <class T>
struct axis_rows {
    large_vector<T> below, above, diagonal;
};

/// The weights of axis_transfer, as T. Along x from_… have one number for each point between coarse ones.
template <class T>
struct axis_weights {
    std::ptrdiff_t first = 0;
    large_vector<T> from_below, from_above, of_below, of_middle, of_above;
};

/// Σ over d of M_d⁻¹ K_d + shift, by rows. In single or double precision.
template <std::size_t D, class T>
struct separable_level : level_geometry<D, vector_lanes> {
    separable_level(std::array<axis_operator, D> const& axes, double shift);

    [[nodiscard]] std::size_t bytes() const;
    /// Both halves of a row, as along x.
    [[nodiscard]] T const* inverse_diagonal(std::ptrdiff_t slab, std::ptrdiff_t row) const {
        return inverse_.data() + inverse_start_[static_cast<std::size_t>(slab * this->n_rows + row)];
    }

    /// Of the directions across rows; none where there is no such direction.
    [[nodiscard]] std::optional<axis_weights<T>> const& slab_weights() const {
        return D > 1 ? weights[D - 1] : no_weights_;
    }
    [[nodiscard]] std::optional<axis_weights<T>> const& row_weights() const { return D > 2 ? weights[1] : no_weights_; }

    std::array<axis_rows<T>, D> axes;                       ///< the shift is in the diagonal along x
    std::array<std::optional<axis_weights<T>>, D> weights;  ///< of the directions that the coarser grid halves

private:
    void set_along_x(axis_operator const& axis, double shift);
    void set_inverse();

    std::optional<axis_weights<T>> no_weights_;

    // Rows in the interior of a box have one, which divisions in every sweep would be dearer than.
    large_vector<T> inverse_;
    std::vector<std::size_t> inverse_start_;  ///< by row
};

/// Halves the directions whose couplings are not weak beside the strongest ones, and tells the level the weights; false
/// where there is none to halve.
template <std::size_t D, class T>
[[nodiscard]] bool coarsen(std::array<axis_operator, D>& axes, separable_level<D, T>& level);

}  // namespace poise::linear::detail
