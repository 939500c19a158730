// SPDX-License-Identifier: MIT
// Fields for ParaView, VisIt and everything else that reads VTK.
#pragma once

#include <poise/grid/field.hpp>

#include <string>

namespace poise::grid {

struct vti_options {
    std::string name = "u";  ///< what the viewer calls the field; any text in UTF-8 without control characters
};

/// Writes a VTK ImageData file (.vti): Float64, appended raw, little endian, 64-bit sizes. Cell-centred fields are
/// CellData, node-centred fields PointData; origin and spacing are the grid's. One and two dimensions lie in space at
/// z = 0 (and y = 0), one point thick.
/// Whole file or nothing. Errors: file_error; std::invalid_argument for an empty name, one with control characters, or
/// a grid that is not uniform.
/// Cost: one pass, about 1 MiB of memory beside the field. Source: VTK File Formats, §"ImageData", §"Appended data".
template <std::size_t D>
void write_vti(std::string const& path, field<D> const& u, vti_options const& options = {});

/// The same as a VTK RectilinearGrid file (.vtr), which holds where the cells meet: for any grid.
/// Source: VTK File Formats, §"RectilinearGrid".
template <std::size_t D>
void write_vtr(std::string const& path, field<D> const& u, vti_options const& options = {});

}  // namespace poise::grid
