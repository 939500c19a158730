// SPDX-License-Identifier: MIT
#include "pde/error_estimate.hpp"

#include "grid/indices.hpp"
#include "grid/options.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace poise::pde::detail {
namespace {

constexpr std::ptrdiff_t least_cells = 4, n_nodes = 6;

// A polynomial through up to six points around a place: the first of them and what their values count.
struct interpolation {
    std::ptrdiff_t first = 0;
    std::array<double, n_nodes> weights{};
};

// Of every point of `onto` in direction d.
template <std::size_t D>
std::vector<interpolation> interpolations(grid::cartesian<D> const& from, grid::cartesian<D> const& onto,
                                          std::size_t d) {
    std::ptrdiff_t const n = from.points()[d], width = std::min(n, n_nodes);
    std::vector<interpolation> made;
    std::ptrdiff_t below = 0;
    for (std::ptrdiff_t i = 0; i < onto.points()[d]; ++i) {
        double const x = onto.coordinate(d, i);
        while (below + 1 < n && from.coordinate(d, below + 1) <= x) ++below;
        interpolation& at = made.emplace_back();
        at.first = std::clamp<std::ptrdiff_t>(below - 2, 0, n - width);
        for (std::ptrdiff_t j = 0; j < width; ++j) {
            double weight = 1.0;
            double const x_j = from.coordinate(d, at.first + j);
            for (std::ptrdiff_t k = 0; k < width; ++k) {
                if (k == j) continue;
                double const x_k = from.coordinate(d, at.first + k);
                weight *= (x - x_k) / (x_j - x_k);
            }
            at.weights[static_cast<std::size_t>(j)] = weight;
        }
    }
    return made;
}

template <std::size_t D>
double value_at(grid::field<D> const& u, std::array<interpolation const*, D> const& at) {
    grid::extents<D> n;
    for (std::size_t d = 0; d < D; ++d) n[d] = std::min(u.grid().points()[d], n_nodes);
    double sum = 0.0;
    grid::detail::for_each_index(n, [&](grid::extents<D> place) {
        double weight = 1.0;
        for (std::size_t d = 0; d < D; ++d) {
            weight *= at[d]->weights[static_cast<std::size_t>(place[d])];
            place[d] += at[d]->first;
        }
        sum += weight * u.values()[static_cast<std::size_t>(grid::detail::place_of(place, u.grid().points()))];
    });
    return sum;
}

// Of an odd number of cells the narrowest that leaves pairs on both sides stays alone: its error is the least.
std::vector<double> every_second(std::span<double const> faces) {
    std::size_t alone = faces.size();
    auto const width = [&](std::size_t cell) { return faces[cell + 1] - faces[cell]; };
    if (faces.size() % 2 == 0)
        for (std::size_t cell = 0; cell + 1 < faces.size(); cell += 2)
            if (alone == faces.size() || width(cell) < width(alone)) alone = cell;
    std::vector<double> kept;
    for (std::size_t i = 0; i < faces.size(); i += i == alone ? 1 : 2) kept.push_back(faces[i]);
    return kept;
}

}  // namespace

template <std::size_t D>
grid::cartesian<D> coarser_domain(grid::cartesian<D> const& domain) {
    auto options = grid::detail::options_of(domain);
    for (std::size_t d = 0; d < D; ++d) {
        if (domain.cells()[d] < least_cells) continue;
        options.cells[d] = (domain.cells()[d] + 1) / 2;
        options.faces[d] = every_second(domain.faces(d));
    }
    POISE_REQUIRE(options.cells != domain.cells(), "error_estimate is coarser_grid, and no direction has ", least_cells,
                  " cells or more, to be halved; refine the grid");
    return grid::cartesian<D>{options};
}

template <std::size_t D>
grid::field<D> resampled(grid::field<D> const& u, grid::cartesian<D> const& onto) {
    std::array<std::vector<interpolation>, D> along;
    for (std::size_t d = 0; d < D; ++d) along[d] = interpolations(u.grid(), onto, d);
    grid::field<D> made{onto};
    std::size_t i = 0;
    grid::detail::for_each_index(onto.points(), [&](grid::extents<D> const& point) {
        std::array<interpolation const*, D> at;
        for (std::size_t d = 0; d < D; ++d) at[d] = &along[d][static_cast<std::size_t>(point[d])];
        made.values()[i++] = value_at(u, at);
    });
    return made;
}

#define POISE_INSTANTIATE(D)                                               \
    template grid::cartesian<D> coarser_domain(grid::cartesian<D> const&); \
    template grid::field<D> resampled(grid::field<D> const&, grid::cartesian<D> const&);
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::pde::detail
