// SPDX-License-Identifier: MIT
// Private to src/pde: the velocities that a scheme needs.
#pragma once

#include "pde/transport/transport_problem.hpp"

#include <poise/grid/boundary.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

namespace poise::pde::detail {

/// Of each direction a number; or values on its faces, one more than cells; or, for weno5, values in its cells and in
/// three more beyond each side, so that nothing is asked for outside the box: by polynomials of degree 4 through the
/// value on the side and four cells, and where these are rough as what is mirrored at that value. Around a periodic
/// direction those of the lower side are on both.
template <std::size_t D>
class velocities {
public:
    velocities(transport_problem<D> const& problem, grid::condition_kinds<D> const& kinds);

    [[nodiscard]] bool changes() const noexcept { return changes_; }
    /// Throws std::invalid_argument where they are not finite, naming where and when.
    void evaluate(double t);

    [[nodiscard]] double number(std::size_t d) const noexcept { return numbers_[d].value_or(0.0); }
    /// Beginning with those of the first point along the direction; nullptr: a number.
    [[nodiscard]] double const* on_faces(std::size_t d) const noexcept { return of(d, !is_in_cells_); }
    [[nodiscard]] double const* in_cells(std::size_t d) const noexcept { return of(d, is_in_cells_); }
    /// Points of direction d in a line of these: cells and 1, or cells and 6.
    [[nodiscard]] std::ptrdiff_t length(std::size_t d) const noexcept {
        return problem_.domain.cells()[d] + (is_in_cells_ ? 6 : 1);
    }
    /// Through face number `face` of a side, as it was asked for there.
    [[nodiscard]] double through_side(std::size_t d, std::size_t end, std::size_t face) const {
        auto const& values = through_[2 * d + end];
        return values.empty() ? number(d) : values[face];
    }
    /// Σ largest |velocity| / width of a cell.
    [[nodiscard]] double rate() const noexcept { return rate_; }

private:
    [[nodiscard]] double const* of(std::size_t d, bool has_values) const noexcept {
        return has_values && !numbers_[d] && problem_.velocity ? values_[d].data() : nullptr;
    }
    [[nodiscard]] std::size_t place(std::size_t d, grid::extents<D> index) const;
    [[nodiscard]] bool goes_around(std::size_t d) const { return kinds_[2 * d] == grid::condition_kind::periodic; }
    template <class Function>
    void evaluate(std::size_t d, double t, Function const& along);
    void continue_around(std::size_t d);
    void continue_beyond(std::size_t d, std::size_t end);

    transport_problem<D> const& problem_;
    grid::condition_kinds<D> kinds_;
    bool is_in_cells_, changes_ = false;
    std::array<std::optional<double>, D> numbers_;
    std::array<std::vector<double>, D> values_;
    std::array<std::vector<double>, 2 * D> through_;  ///< each side's faces; empty: a number, or periodic
    std::array<double, D> largest_{};                 ///< |value| inside and on the sides
    double rate_ = 0.0;
};

}  // namespace poise::pde::detail
