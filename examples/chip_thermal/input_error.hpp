// SPDX-License-Identifier: MIT
// What is wrong with an input file, in one line that says where and what to do.
#pragma once

#include <poise/core/error.hpp>

#include <cstddef>
#include <string>

namespace chip_thermal {

/// A floorplan or power trace that cannot be used. what() is one line, "file:line: what is wrong; what to do", or
/// "file: ..." where the fault is in no single line. Control characters of the input are shown as '?'.
class input_error : public poise::error {
public:
    /// line: counted from 1; 0 when no single line is at fault.
    input_error(std::string const& file, std::size_t line, std::string const& message);
};

}  // namespace chip_thermal
