// SPDX-License-Identifier: MIT
// The blocks of a die: read from a .flp file and checked to tile it.
#pragma once

#include "chip_thermal/input_error.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace chip_thermal {

/// A rectangle of the die, in metres from its lower left corner. line: where the file has it.
struct block {
    std::string name;
    double left = 0.0;
    double bottom = 0.0;
    double width = 0.0;
    double height = 0.0;
    std::size_t line = 0;

    [[nodiscard]] double right() const noexcept { return left + width; }
    [[nodiscard]] double top() const noexcept { return bottom + height; }
};

/// The size of the die in metres, where it is known from elsewhere.
struct die_size {
    std::optional<double> width = std::nullopt;
    std::optional<double> height = std::nullopt;
};

/// Blocks with names of their own that tile the die [0, width] x [0, height] without overlap or gap. The die is as
/// large as `given` says, else it reaches to the rightmost and topmost edge of a block.
///
/// Files round: a column of three blocks of 1.033 mm in a 3.1 mm wide unit leaves a gap of a micrometre. So overlaps
/// and gaps thinner than tolerance() are taken for rounding, and a block may reach that far past a given die. Exactly:
/// two blocks overlap when they share a rectangle with both sides above the tolerance (above half of the thinner
/// block, where that is less); there is a gap when an empty square with a side above the tolerance fits into the die.
///
/// Immutable, so thread-safe. Construction costs O(n²) time for n <= most_blocks blocks, well below a second,
/// and O(n) memory.
class floorplan {
public:
    /// tolerance() as a fraction of the longer side of the die; it is never more than a quarter of the shorter side.
    static constexpr double relative_tolerance = 1e-4;
    /// Floorplans have tens to hundreds of blocks.
    static constexpr std::size_t most_blocks = 10'000;
    /// What a side of the die may be, in metres: outside it, the units are wrong.
    static constexpr double shortest_side = 1e-9;
    static constexpr double longest_side = 1e3;

    /// path: for the messages. Throws input_error for no blocks or more than most_blocks, a size that is not positive
    /// and finite, a block outside the die, a die with a side that is not within shortest_side and longest_side, a name
    /// used twice, an overlap (names both blocks and their lines) and a gap (its place and size).
    floorplan(std::string path, std::vector<block> blocks, die_size given = {});

    [[nodiscard]] std::string const& path() const noexcept { return path_; }
    [[nodiscard]] std::vector<block> const& blocks() const noexcept { return blocks_; }
    [[nodiscard]] double width() const noexcept { return width_; }
    [[nodiscard]] double height() const noexcept { return height_; }
    [[nodiscard]] double tolerance() const noexcept;
    /// The place of a block in blocks().
    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;

private:
    void check_number() const;
    void check_block(block const& b) const;
    void check_inside(block const& b, die_size given) const;
    void check_die() const;
    void check_names();
    void check_overlaps() const;
    void check_gaps() const;

    std::string path_;
    std::vector<block> blocks_;
    double width_ = 0.0;
    double height_ = 0.0;
    std::unordered_map<std::string, std::size_t> places_;
};

/// Reads a .flp file: one block a line, "name width height left bottom" in metres, separated by tabs or spaces; one or
/// two more columns (specific heat and resistivity) are ignored. Empty lines and lines that begin with '#' are skipped.
/// Throws input_error for a file that cannot be read, a line with too few or too many columns, what is not a number,
/// and whatever floorplan refuses.
[[nodiscard]] floorplan read_floorplan(std::string const& path, die_size given = {});

}  // namespace chip_thermal
