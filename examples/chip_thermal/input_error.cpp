// SPDX-License-Identifier: MIT
#include "chip_thermal/input_error.hpp"

#include "chip_thermal/text.hpp"

#include <poise/core/concat.hpp>

namespace chip_thermal {

input_error::input_error(std::string const& file, std::size_t line, std::string const& message)
    : poise::error{on_one_line(line == 0 ? poise::concat(file, ": ", message)
                                         : poise::concat(file, ':', line, ": ", message))} {}

}  // namespace chip_thermal
