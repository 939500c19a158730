// SPDX-License-Identifier: MIT
// Fields for NumPy.
#pragma once

#include <poise/grid/field.hpp>

#include <string>

namespace poise::grid {

/// Writes the values as a .npy file, format 1.0, '<f8', C order. x is fastest, so numpy.load gives an array of shape
/// (nz, ny, nx), (ny, nx) or (nx,). The grid is not in the file.
/// Whole file or nothing. Errors: file_error. Cost: one pass, about 1 MiB of memory beside the field.
template <std::size_t D>
void write_npy(std::string const& path, field<D> const& u);

}  // namespace poise::grid
