// SPDX-License-Identifier: MIT
// Fields as tables.
#pragma once

#include <poise/grid/field.hpp>

#include <string>

namespace poise::grid {

/// Writes one row per point, x fastest, under the header "x,u", "x,y,u" or "x,y,z,u". Numbers are the shortest text
/// that reads back as the same double; what is not finite is nan, inf or -inf.
/// Whole file or nothing. Errors: file_error. For small fields: about 20 bytes a number, coordinates included.
template <std::size_t D>
void write_csv(std::string const& path, field<D> const& u);

}  // namespace poise::grid
