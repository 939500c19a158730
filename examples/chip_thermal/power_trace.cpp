// SPDX-License-Identifier: MIT
#include "chip_thermal/power_trace.hpp"

#include "chip_thermal/input_rows.hpp"
#include "chip_thermal/text.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <cmath>
#include <utility>

namespace chip_thermal {
namespace {

constexpr std::string_view trace_remedy = "give an existing power trace with --power";

using poise::concat;

template <class... Parts>
[[noreturn]] void fail(input_rows const& row, Parts const&... parts) {
    throw input_error{row.path(), row.line(), concat(parts...)};
}

// The place in the floorplan of each column.
std::vector<std::size_t> columns_of(input_rows const& header, floorplan const& plan) {
    std::vector<std::size_t> columns;
    std::vector<bool> is_named(plan.blocks().size());
    for (auto const name : header.words()) {
        auto const place = plan.find(name);
        if (!place)
            fail(header, "block ", in_quotes(name), " is not in the floorplan ", plan.path(),
                 "; rename or remove the column, or give the floorplan that belongs to this trace");
        if (is_named[*place]) fail(header, "block ", name, " has two columns; give every block one");
        is_named[*place] = true;
        columns.push_back(*place);
    }
    for (std::size_t i = 0; i < is_named.size(); ++i)
        if (!is_named[i])
            fail(header, "block ", plan.blocks()[i].name, " of the floorplan ", plan.path(),
                 " has no column; add one, with 0 W if it is idle");
    return columns;
}

double watts_of(input_rows const& row, std::size_t column, std::string const& block_name) {
    auto const word = row.words()[column];
    auto const watts = parse_number(word);
    if (!watts)
        fail(row, "power of block ", block_name, " is ", in_quotes(word),
             ", which is not a number; write watts, such as 1.44");
    if (!(*watts >= 0.0 && std::isfinite(*watts)))
        fail(row, "power of block ", block_name, " is ", *watts, " W; a power must be finite and not negative");
    return *watts;
}

}  // namespace

power_trace::power_trace(std::size_t n_blocks, std::vector<double> watts)
    : n_blocks_{n_blocks}, watts_{std::move(watts)} {
    POISE_REQUIRE(n_blocks_ > 0 && watts_.size() % n_blocks_ == 0, "power trace: ", watts_.size(),
                  " powers are not whole rows of ", n_blocks_, " blocks");
}

std::span<double const> power_trace::watts(std::size_t sample) const {
    POISE_REQUIRE(sample < n_samples(), "power trace: sample ", sample, " of ", n_samples());
    return std::span{watts_}.subspan(sample * n_blocks_, n_blocks_);
}

std::size_t count_samples(std::string const& path) {
    input_rows row{path, trace_remedy};
    std::size_t n_rows = 0;
    while (row.next()) ++n_rows;
    return n_rows == 0 ? 0 : n_rows - 1;
}

power_trace read_power_trace(std::string const& path, floorplan const& plan) {
    input_rows row{path, trace_remedy};
    if (!row.next())
        throw input_error{path, 0, "is empty; write a line of block names, then a row of watts per sample"};
    auto const columns = columns_of(row, plan);
    std::vector<double> watts;
    while (row.next()) {
        if (row.words().size() != columns.size())
            fail(row, row.words().size(), " of ", columns.size(),
                 " columns; write one power in watts for each block named in the first line");
        auto const start = watts.size();
        watts.resize(start + columns.size());
        for (std::size_t c = 0; c < columns.size(); ++c)
            watts[start + columns[c]] = watts_of(row, c, plan.blocks()[columns[c]].name);
    }
    if (watts.empty()) throw input_error{path, 0, "has block names but no samples; add a row of watts per sample"};
    return {columns.size(), std::move(watts)};
}

power_trace read_whole_trace(std::string const& path, floorplan const& plan, std::size_t n_samples) {
    auto read = read_power_trace(path, plan);
    if (read.n_samples() != n_samples) throw input_error{path, 0, "changed while it was read; run again"};
    return read;
}

}  // namespace chip_thermal
