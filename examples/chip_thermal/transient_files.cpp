// SPDX-License-Identifier: MIT
#include "chip_thermal/output.hpp"
#include "chip_thermal/transient.hpp"

#include <poise/core/atomic_file.hpp>
#include <poise/core/concat.hpp>
#include <poise/grid/png.hpp>
#include <poise/grid/vti_series.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace chip_thermal {
namespace {

using namespace poise;

// Fields of one grid in rows, the first at the top left, with cells of no value between them.
class tiling {
public:
    tiling(grid::cartesian<2> const& tile, std::size_t n)
        : tile_{tile},
          across_{static_cast<std::ptrdiff_t>(std::ceil(std::sqrt(static_cast<double>(n))))},
          down_{(static_cast<std::ptrdiff_t>(n) + across_ - 1) / across_},
          gap_{std::max<std::ptrdiff_t>(1, tile.cells()[0] / 20)} {}

    [[nodiscard]] grid::cartesian<2> whole() const {
        std::ptrdiff_t const n_x = across_ * step(0) - gap_, n_y = down_ * step(1) - gap_;
        grid::point<2> const upper{static_cast<double>(n_x) * tile_.spacing(0),
                                   static_cast<double>(n_y) * tile_.spacing(1)};
        return grid::cartesian<2>{{.lower = {0.0, 0.0}, .upper = upper, .cells = {n_x, n_y}}};
    }
    // The cell in the lower left of a tile.
    [[nodiscard]] grid::extents<2> first_cell(std::size_t tile) const {
        auto const place = static_cast<std::ptrdiff_t>(tile);
        return {(place % across_) * step(0), (down_ - 1 - place / across_) * step(1)};
    }
    void put(grid::field<2> const& from, std::size_t tile, grid::field<2>& whole) const {
        auto const [x, y] = first_cell(tile);
        for (std::ptrdiff_t j = 0; j < tile_.cells()[1]; ++j)
            for (std::ptrdiff_t i = 0; i < tile_.cells()[0]; ++i) whole(x + i, y + j) = from(i, j);
    }

private:
    [[nodiscard]] std::ptrdiff_t step(std::size_t d) const { return tile_.cells()[d] + gap_; }

    grid::cartesian<2> tile_;
    std::ptrdiff_t across_, down_, gap_;
};

std::string in_milliseconds(double t) { return concat(to_text(1e3 * t, 6), " ms"); }

}  // namespace

std::string write_series(options const& chosen, std::vector<frame> const& frames) {
    auto const path = output_path(chosen, "transient.pvd");
    grid::vti_series series{path, {.name = "temperature"}};
    for (auto const& each : frames) series.add(each.t, each.temperature);
    return path;
}

std::string write_tiles(options const& chosen, floorplan const& plan, std::vector<frame> const& frames) {
    auto const& die = frames.front().temperature.grid();
    tiling const tiles{die, frames.size()};
    auto const whole = tiles.whole();
    grid::field<2> picture{whole, std::numeric_limits<double>::quiet_NaN()};
    grid::png_options look{.title = concat(frames.size(), " moments from ", in_milliseconds(frames.front().t), " to ",
                                           in_milliseconds(frames.back().t)),
                           .unit = "K",
                           .width_pixels = 1500,
                           .length_unit = "mm",
                           .length_scale = 1e3};
    for (std::size_t i = 0; i < frames.size(); ++i) {
        tiles.put(frames[i].temperature, i, picture);
        auto const [x, y] = tiles.first_cell(i);
        double const left = static_cast<double>(x) * die.spacing(0), bottom = static_cast<double>(y) * die.spacing(1);
        for (auto& each : outlines_of(plan, left, bottom)) look.outlines.push_back({each.lower, each.upper});
        look.outlines.push_back(
            {{left, bottom}, {left + die.upper()[0], bottom + die.upper()[1]}, in_milliseconds(frames[i].t)});
    }
    auto const path = output_path(chosen, "transient.png");
    grid::write_png(path, picture, look);
    return path;
}

std::string write_history(options const& chosen, floorplan const& plan, std::vector<sample_temperatures> const& rows) {
    auto const path = output_path(chosen, "transient.csv");
    atomic_file file{path};
    write_names(file, "time_s", plan);
    write_row(file, "0", std::vector<double>(plan.blocks().size(), chosen.ambient));
    for (std::size_t s = 0; s < rows.size(); ++s) write_row(file, to_text(end_of(s, chosen), 12), rows[s].mean);
    file.commit();
    return path;
}

}  // namespace chip_thermal
