// SPDX-License-Identifier: MIT
#include "chip_thermal/options.hpp"

#include "chip_thermal/text.hpp"

#include <poise/core/concat.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <thread>
#include <type_traits>

namespace chip_thermal {
namespace {

using poise::concat;

constexpr std::int64_t most_cells = 1'000'000;
constexpr std::int64_t most_threads = 1024;
constexpr std::int64_t most_frames = 1000;

struct option {
    std::string_view name;
    std::string_view value;  ///< what the value is called in the help; empty for a switch
    std::string_view help;
    void (*set)(options&, option const&, std::string_view);
};

[[noreturn]] void refuse(option const& o, std::string_view text, std::string_view remedy) {
    throw usage_error{concat(o.name, " is ", in_quotes(text), "; give ", remedy)};
}

template <std::string options::*Member>
void set_path(options& result, option const& o, std::string_view text) {
    if (text.empty()) refuse(o, text, "a path");
    result.*Member = text;
}

template <auto Member, std::int64_t Most>
void set_count(options& result, option const& o, std::string_view text) {
    auto const value = parse_integer(text);
    if (!value || *value < 1 || *value > Most) refuse(o, text, concat("a whole number from 1 to ", Most));
    result.*Member = static_cast<std::remove_reference_t<decltype(result.*Member)>>(*value);
}

double positive(option const& o, std::string_view text) {
    auto const value = parse_number(text);
    if (!value || !(*value > 0.0) || !std::isfinite(*value)) refuse(o, text, concat("a positive number of ", o.value));
    return *value;
}

template <double options::*Member>
void set_positive(options& result, option const& o, std::string_view text) {
    result.*Member = positive(o, text);
}

template <std::optional<double> die_size::*Member>
void set_die(options& result, option const& o, std::string_view text) {
    result.die.*Member = positive(o, text);
}

constexpr std::array all_options{
    option{"--floorplan", "FILE", "blocks of the die (.flp); default: the example's four-core die",
           set_path<&options::floorplan>},
    option{"--power", "FILE", "watts per block and sample (.ptrace); default: that die's trace",
           set_path<&options::power>},
    option{"--output", "FOLDER", "where the results go; default: out/chip_thermal", set_path<&options::output>},
    option{"--cells", "N", "cells along the longer side of the die; default: 256",
           set_count<&options::cells, most_cells>},
    option{"--threads", "N", "threads that solve; default: all the machine has",
           set_count<&options::threads, most_threads>},
    option{"--conductivity", "W/(m K)", "of the die; default: 130, silicon", set_positive<&options::conductivity>},
    option{"--thickness", "m", "of the die; default: 0.15e-3", set_positive<&options::thickness>},
    option{"--resistance", "K/W", "of the package, from the whole die to ambient; default: 0.1",
           set_positive<&options::resistance>},
    option{"--ambient", "K", "temperature around the package; default: 318.15", set_positive<&options::ambient>},
    option{"--die-width", "m", "default: as far as the blocks reach", set_die<&die_size::width>},
    option{"--die-height", "m", "default: as far as the blocks reach", set_die<&die_size::height>},
    option{"--transient", "", "follow the samples in time, from ambient, with the heat the die holds",
           [](options& result, option const&, std::string_view) { result.transient = true; }},
    option{"--interval", "s", "of a sample, for --transient; default: 10e-3", set_positive<&options::interval>},
    option{"--heat-capacity", "J/(m^3 K)", "of the die, for --transient; default: 1.63e6, silicon",
           set_positive<&options::heat_capacity>},
    option{"--frames", "N", "fields that --transient writes, at most; default: 12",
           set_count<&options::frames, most_frames>},
    option{"--no-profile", "", "do not measure where time and memory go",
           [](options& result, option const&, std::string_view) { result.profile = false; }},
    option{"--help", "", "print this and stop",
           [](options& result, option const&, std::string_view) { result.help = true; }},
};

option const& option_named(std::string_view name) {
    auto const found = std::ranges::find(all_options, name, &option::name);
    if (found == all_options.end())
        throw usage_error{concat("unknown option ", in_quotes(name), "; --help lists them all")};
    return *found;
}

}  // namespace

std::string example_data(std::string_view file) { return concat(CHIP_THERMAL_DATA_DIR, '/', file); }
std::size_t hardware_threads() noexcept { return std::max(1U, std::thread::hardware_concurrency()); }

options parse_options(std::span<char const* const> arguments) {
    options result;
    std::string_view of_transient;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string_view const argument = arguments[i];
        auto const equals = argument.find('=');
        option const& o = option_named(argument.substr(0, equals));
        if (o.help.find("--transient") != std::string_view::npos) of_transient = o.name;
        bool const has_value = equals != std::string_view::npos;
        if (o.value.empty() && has_value) throw usage_error{concat(o.name, " takes no value; write it alone")};
        if (o.value.empty() || has_value) {
            o.set(result, o, has_value ? argument.substr(equals + 1) : "");
            continue;
        }
        bool const follows = i + 1 < arguments.size() && !std::string_view{arguments[i + 1]}.starts_with("--");
        if (!follows) throw usage_error{concat(o.name, " needs a value; write ", o.name, ' ', o.value)};
        o.set(result, o, arguments[++i]);
    }
    if (!of_transient.empty() && !result.transient && !result.help)
        throw usage_error{concat(of_transient, " is of --transient; add that, or leave it out")};
    return result;
}

std::string help_text() {
    std::string text =
        "Usage: chip_thermal [options]\n"
        "Temperatures of a die from its floorplan and a power trace.\n\n";
    for (auto const& o : all_options) {
        auto const left = concat("  ", o.name, o.value.empty() ? "" : " ", o.value);
        text += concat(left, std::string(std::max<std::size_t>(28, left.size() + 1) - left.size(), ' '), o.help, '\n');
    }
    return text +
           "\nA wrong command line or input file ends the program with exit code 2 and one line that says why.\n";
}

}  // namespace chip_thermal
