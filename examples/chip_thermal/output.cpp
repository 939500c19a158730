// SPDX-License-Identifier: MIT
#include "chip_thermal/output.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <filesystem>
#include <system_error>

namespace chip_thermal {
namespace {

using poise::concat;

std::string csv_cell(std::string const& text) {
    if (text.find_first_of(",\"") == std::string::npos) return text;
    std::string quoted = "\"";
    for (char const c : text) quoted += c == '"' ? std::string{"\"\""} : std::string(1, c);
    return quoted + '"';
}

}  // namespace

std::string output_path(options const& chosen, char const* file) {
    std::error_code failure;
    std::filesystem::create_directories(chosen.output, failure);
    if (failure)
        throw poise::file_error{chosen.output, "cannot be made; give another folder with --output", failure.value()};
    return (std::filesystem::path{chosen.output} / file).string();
}

void write_names(poise::atomic_file& file, std::string_view first, floorplan const& plan) {
    file.write(first);
    for (auto const& block : plan.blocks()) file.write(concat(',', csv_cell(block.name)));
    file.write("\n");
}

void write_row(poise::atomic_file& file, std::string_view first, std::span<double const> temperatures) {
    file.write(first);
    for (double const each : temperatures) file.write(concat(',', poise::to_text_fixed(each, 6)));
    file.write("\n");
}

std::vector<poise::grid::outline> outlines_of(floorplan const& plan, double x, double y) {
    std::vector<poise::grid::outline> outlines;
    for (auto const& block : plan.blocks())
        outlines.push_back({{x + block.left, y + block.bottom}, {x + block.right(), y + block.top()}, block.name});
    return outlines;
}

}  // namespace chip_thermal
