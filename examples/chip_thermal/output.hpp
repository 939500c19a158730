// SPDX-License-Identifier: MIT
// What the files of a job have in common.
#pragma once

#include "chip_thermal/floorplan.hpp"
#include "chip_thermal/options.hpp"

#include <poise/core/atomic_file.hpp>
#include <poise/grid/png.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chip_thermal {

/// A file of that name in chosen.output, which is made if need be; poise::file_error where it cannot be.
[[nodiscard]] std::string output_path(options const& chosen, char const* file);

/// The first line of a table: `first` and the names of all blocks, quoted where they have a comma or a quote (RFC
/// 4180).
void write_names(poise::atomic_file& file, std::string_view first, floorplan const& plan);
/// A line of it: temperatures in kelvin, to six digits after the point.
void write_row(poise::atomic_file& file, std::string_view first, std::span<double const> temperatures);

/// The blocks, moved by (x, y), with their names.
[[nodiscard]] std::vector<poise::grid::outline> outlines_of(floorplan const& plan, double x = 0.0, double y = 0.0);

}  // namespace chip_thermal
