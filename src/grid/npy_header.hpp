// SPDX-License-Identifier: MIT
// Private to src/: the Python dictionary at the head of a .npy file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace poise::grid::detail {

struct npy_header {
    std::string descr;  ///< of the numbers: "<f8"
    bool fortran_order = false;
    std::vector<std::size_t> shape;
};

/// Reads a dictionary with the keys descr, fortran_order and shape, each once, in any order, and nothing else: what
/// NumPy writes, of which any other text is refused, a list as descr included.
/// Throws input_error naming `source`, the place in the text and what was expected there. Never recurses.
[[nodiscard]] npy_header parse_npy_header(std::string const& source, std::string_view text);

/// (4, 3) as Python writes it.
[[nodiscard]] std::string shape_to_text(std::vector<std::size_t> const& shape);

}  // namespace poise::grid::detail
