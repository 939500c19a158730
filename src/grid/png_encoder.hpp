// SPDX-License-Identifier: MIT
// Private to src/: a picture as a PNG file.
#pragma once

#include "grid/canvas.hpp"

#include <string>

namespace poise::grid::detail {

/// The bytes of the PNG file: 8-bit sRGB, no time, nothing that differs from run to run.
/// Throws poise::error with libpng's message when it fails, std::bad_alloc when memory runs out.
[[nodiscard]] std::string encode_png(canvas const& picture);

}  // namespace poise::grid::detail
