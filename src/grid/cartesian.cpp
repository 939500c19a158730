// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/index.hpp>
#include <poise/grid/cartesian.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace poise::grid {
namespace {

// Points within cells of a few units in the last place of their coordinates would coincide.
void require_width(double width, double coordinate, char axis) {
    POISE_REQUIRE(width >= 8.0 * std::numeric_limits<double>::epsilon() * coordinate, "grid: a cell in ", axis, " is ",
                  width, " wide at ", coordinate, "; rounding leaves too little of it: begin nearer to 0");
}

void require_increasing(std::vector<double> const& faces, char axis) {
    POISE_REQUIRE(faces.size() >= 2, "grid: faces in ", axis, " has ", faces.size(), " place; a cell lies between two");
    for (std::size_t i = 0; i < faces.size(); ++i) {
        POISE_REQUIRE(std::isfinite(faces[i]), "grid: face ", i, " in ", axis, " is ", faces[i],
                      "; faces must be finite");
        double const before = i > 0 ? faces[i - 1] : -std::numeric_limits<double>::infinity();
        bool const is_above = faces[i] > before;
        POISE_REQUIRE(is_above, "grid: face ", i, " in ", axis, " is ", faces[i], ", not above the one before, ",
                      before, "; faces must increase");
        if (i > 0) require_width(faces[i] - before, std::max(std::abs(before), std::abs(faces[i])), axis);
    }
}

// What was left alone has the value of the options' defaults.
void require_agreement(double given, double otherwise, double of_faces, char const* name, char axis) {
    POISE_REQUIRE(given == otherwise || given == of_faces, "grid: ", name, " is ", given, " in ", axis,
                  " and the faces say ", of_faces, "; leave it out where there are faces");
}

// Of n equal cells, whose faces lower + i·h would be rounded as these may be.
bool are_equidistant(std::vector<double> const& faces) {
    double const lower = faces.front(), upper = faces.back();
    double const h = (upper - lower) / static_cast<double>(faces.size() - 1);
    double const rounding = 4.0 * std::numeric_limits<double>::epsilon() * std::max(std::abs(lower), std::abs(upper));
    for (std::size_t i = 0; i < faces.size(); ++i)
        if (!(std::abs(faces[i] - (lower + static_cast<double>(i) * h)) <= rounding)) return false;
    return true;
}

}  // namespace

template <std::size_t D>
requires(D >= 1 && D <= 3) cartesian<D>::cartesian(cartesian_options<D> const& options)
    : lower_{options.lower}, upper_{options.upper}, cells_{options.cells}, centering_{options.centering} {
    cartesian_options<D> const defaults;
    for (std::size_t d = 0; d < D; ++d) {
        char const axis = "xyz"[d];
        if (auto const& faces = options.faces[d]; !faces.empty()) {
            require_increasing(faces, axis);
            require_agreement(lower_[d], defaults.lower[d], faces.front(), "lower", axis);
            require_agreement(upper_[d], defaults.upper[d], faces.back(), "upper", axis);
            auto const n = static_cast<std::ptrdiff_t>(faces.size()) - 1;
            require_agreement(static_cast<double>(cells_[d]), 0.0, static_cast<double>(n), "cells", axis);
            lower_[d] = faces.front(), upper_[d] = faces.back(), cells_[d] = n;
            if (!are_equidistant(faces)) faces_[d] = std::make_shared<std::vector<double> const>(faces);
        }
        POISE_REQUIRE(cells_[d] >= 1, "grid: ", cells_[d], " cells in ", axis, "; at least 1 is needed");
        POISE_REQUIRE(cells_[d] < std::numeric_limits<std::ptrdiff_t>::max(), "grid: too many cells in ", axis);
        POISE_REQUIRE(std::isfinite(lower_[d]) && std::isfinite(upper_[d]), "grid: the bounds in ", axis, " are ",
                      lower_[d], " and ", upper_[d], "; both must be finite");
        POISE_REQUIRE(lower_[d] < upper_[d], "grid: lower ", lower_[d], " is not below upper ", upper_[d], " in ",
                      axis);
        spacing_[d] = (upper_[d] - lower_[d]) / static_cast<double>(cells_[d]);
        POISE_REQUIRE(spacing_[d] > 0.0 && std::isfinite(spacing_[d]), "grid: the spacing in ", axis, " is ",
                      spacing_[d]);
        require_width(spacing_[d], std::max(std::abs(lower_[d]), std::abs(upper_[d])), axis);
        points_[d] = cells_[d] + (centering_ == grid::centering::node ? 1 : 0);
    }
    size_ = checked_product(points_, static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()),
                            "grid: number of points");
}

template <std::size_t D>
requires(D >= 1 && D <= 3) bool cartesian<D>::is_uniform() const noexcept {
    return std::ranges::all_of(faces_, [](auto const& faces) { return faces == nullptr; });
}

template <std::size_t D>
requires(D >= 1 && D <= 3) std::span<double const> cartesian<D>::faces(std::size_t d)
const noexcept { return faces_[d] == nullptr ? std::span<double const>{} : std::span<double const>{*faces_[d]}; }

template <std::size_t D>
requires(D >= 1 && D <= 3) double cartesian<D>::cell_measure() const noexcept {
    double product = 1.0;
    for (double const h : spacing_) product *= h;
    return product;
}

template <std::size_t D>
requires(D >= 1 && D <= 3) double cartesian<D>::width(std::size_t d, std::ptrdiff_t i) const noexcept {
    if (is_uniform(d)) return spacing_[d];
    auto const cell = static_cast<std::size_t>(i);
    return (*faces_[d])[cell + 1] - (*faces_[d])[cell];
}

template <std::size_t D>
requires(D >= 1 && D <= 3) double cartesian<D>::length_of_point(std::size_t d, std::ptrdiff_t i) const noexcept {
    if (centering_ == grid::centering::cell) return width(d, i);
    double const before = i > 0 ? width(d, i - 1) : 0.0, after = i < cells_[d] ? width(d, i) : 0.0;
    return 0.5 * before + 0.5 * after;
}

template <std::size_t D>
requires(D >= 1 && D <= 3) double cartesian<D>::coordinate(std::size_t d, std::ptrdiff_t i) const noexcept {
    bool const nodes = centering_ == grid::centering::node;
    if (!is_uniform(d)) {
        auto const& faces = *faces_[d];
        auto const at = static_cast<std::size_t>(i);
        return nodes ? faces[at] : std::midpoint(faces[at], faces[at + 1]);
    }
    if (nodes && i == cells_[d]) return upper_[d];
    double const cells_from_lower = static_cast<double>(i) + (nodes ? 0.0 : 0.5);
    return lower_[d] + cells_from_lower * spacing_[d];
}

template <std::size_t E>
bool operator==(cartesian<E> const& a, cartesian<E> const& b) noexcept {
    if (a.lower_ != b.lower_ || a.upper_ != b.upper_ || a.cells_ != b.cells_ || a.centering_ != b.centering_)
        return false;
    for (std::size_t d = 0; d < E; ++d)
        if (a.faces_[d] != b.faces_[d] && !std::ranges::equal(a.faces(d), b.faces(d))) return false;
    return true;
}

#define POISE_INSTANTIATE(D)     \
    template class cartesian<D>; \
    template bool operator==(cartesian<D> const&, cartesian<D> const&) noexcept;
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::grid
