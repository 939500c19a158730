// SPDX-License-Identifier: MIT
#include "grid/in_box.hpp"
#include "grid/options.hpp"
#include "grid/whole.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/grid/interpolate.hpp>
#include <poise/grid/slice.hpp>

#include <utility>

namespace poise::grid {

template <std::size_t D>
requires(D >= 2) field<D - 1> slice(field<D> const& u, std::size_t d, double coordinate) {
    detail::require_whole(u);
    POISE_REQUIRE(d < D, "slice: direction ", d, " of ", D, "; directions are counted from 0");
    auto const& grid = u.grid();
    detail::require_in_box("slice", grid, d, coordinate);
    auto box = detail::options_of(grid);
    cartesian_options<D - 1> options{.centering = box.centering};
    for (std::size_t k = 0; k + 1 < D; ++k) {
        std::size_t const of_box = k < d ? k : k + 1;
        options.lower[k] = box.lower[of_box];
        options.upper[k] = box.upper[of_box];
        options.cells[k] = box.cells[of_box];
        options.faces[k] = std::move(box.faces[of_box]);
    }
    field<D - 1> made{cartesian<D - 1>{options}};
    for_each_point(made.grid(), [&](std::size_t i, point<D - 1> const& x) {
        point<D> in_box;
        for (std::size_t k = 0; k < D; ++k) in_box[k] = k == d ? coordinate : x[k < d ? k : k - 1];
        made.values()[i] = interpolate(u, in_box);
    });
    return made;
}

template field<1> slice(field<2> const&, std::size_t, double);
template field<2> slice(field<3> const&, std::size_t, double);

}  // namespace poise::grid
