// SPDX-License-Identifier: MIT
// Fields to and from NumPy.
#pragma once

#include <poise/grid/field.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace poise::grid {

/// Writes the values as a .npy file, format 1.0, '<f8', C order. x is fastest, so numpy.load gives an array of shape
/// (nz, ny, nx), (ny, nx) or (nx,). The grid is not in the file.
/// Whole file or nothing. Errors: file_error. Cost: one pass, about 1 MiB of memory beside the field.
template <std::size_t D>
void write_npy(std::string const& path, field<D> const& u);

/// Numbers of an array of any rank, the last index fastest, as NumPy's C order.
struct npy_array {
    std::vector<std::size_t> shape;  ///< empty for a single number
    std::vector<double> values;      ///< as many as the product of the shape
};

/// The array of a .npy file, formats 1.0 to 3.0, C or Fortran order, little- or big-endian: floats of 4 and 8 bytes,
/// integers of 1 to 8 bytes. NaN and infinities stay what they are.
/// Throws input_error with the file, what it holds and what to do for any other type, an integer that no double equals,
/// a header that is damaged, and numbers that are fewer or more than the shape says, which is found out before memory
/// is asked for. file_error when it cannot be read, not_enough_memory.
/// Cost: one pass, 128 KiB of memory beside the array. Thread-safe. Source: NumPy, numpy.lib.format.
[[nodiscard]] npy_array read_npy(std::string const& path);
/// The same of the bytes of such a file; errors name it "the bytes".
[[nodiscard]] npy_array from_npy(std::string_view bytes);

/// The array as values on a grid. Its shape must be the grid's points in NumPy's order, (nz, ny, nx), (ny, nx) or
/// (nx,), as write_npy() has it; else throws input_error with both shapes.
template <std::size_t D>
[[nodiscard]] field<D> read_npy(std::string const& path, cartesian<D> const& grid);

}  // namespace poise::grid
