// SPDX-License-Identifier: MIT
// The command line.
#pragma once

#include "chip_thermal/floorplan.hpp"

#include <poise/core/error.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace chip_thermal {

/// A command line that cannot be obeyed. what() is one line that says what to write instead.
class usage_error : public poise::error {
public:
    using poise::error::error;
};

/// The path of a file that comes with the example.
[[nodiscard]] std::string example_data(std::string_view file);
/// As many as the machine has, at least 1.
[[nodiscard]] std::size_t hardware_threads() noexcept;

/// What the user asked for; the defaults are what an empty command line asks for.
struct options {
    std::string floorplan = example_data("quad_core.flp");
    std::string power = example_data("quad_core.ptrace");
    std::string output = "out/chip_thermal";
    std::ptrdiff_t cells = 256;  ///< along the longer side of the die
    std::size_t threads = hardware_threads();
    double conductivity = 130.0;  ///< W/(m K)
    double thickness = 0.15e-3;   ///< m
    double resistance = 0.1;      ///< from the whole die to ambient, K/W
    double ambient = 318.15;      ///< K
    die_size die = {};            ///< by default as large as its blocks
    bool transient = false;       ///< samples one after the other in time, with the die's heat capacity
    double interval = 10e-3;      ///< of a sample, s
    /// J/(m³ K); silicon as HotSpot's examples have it, 1.6303e6 (Huang et al. (2006), IEEE Trans. VLSI Syst. 14, 501);
    /// its density and specific heat at 300 K, 2329 kg/m³ · 712 J/(kg K), make 1.66e6.
    double heat_capacity = 1.63e6;
    std::size_t frames = 12;  ///< how many fields of a transient are kept as files, most
    bool profile = true;
    bool help = false;
};

/// Reads "--name value" and "--name=value", the last one counts. Numbers are read in full and in no locale.
/// arguments: without the program's name. Throws usage_error for an unknown option, a missing or unwanted value, what
/// is not a number and a number out of range.
[[nodiscard]] options parse_options(std::span<char const* const> arguments);

/// All options with their units and defaults.
[[nodiscard]] std::string help_text();

}  // namespace chip_thermal
