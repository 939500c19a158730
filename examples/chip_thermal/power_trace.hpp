// SPDX-License-Identifier: MIT
// The power of every block over time, read from a .ptrace file.
#pragma once

#include "chip_thermal/floorplan.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace chip_thermal {

/// One row of watts per sample, in the order of floorplan::blocks() whatever the order of the file's columns.
/// Immutable, so thread-safe.
class power_trace {
public:
    /// watts: the rows one after the other. Throws std::invalid_argument when their number is not a multiple of
    /// n_blocks.
    power_trace(std::size_t n_blocks, std::vector<double> watts);

    [[nodiscard]] std::size_t n_samples() const noexcept { return watts_.size() / n_blocks_; }
    /// The power of each block, in watts. Throws std::invalid_argument for a sample the trace does not have.
    [[nodiscard]] std::span<double const> watts(std::size_t sample) const;

private:
    std::size_t n_blocks_;
    std::vector<double> watts_;
};

/// The number of samples in a .ptrace file, unchecked: what a graph of tasks has to know before it is built.
/// Throws input_error for a file that cannot be read.
[[nodiscard]] std::size_t count_samples(std::string const& path);

/// Reads a .ptrace file: first the names of the blocks, then one row of watts per sample, separated by tabs or spaces.
/// Empty lines and lines that begin with '#' are skipped.
/// Throws input_error for a file that cannot be read, is empty or has no samples; a name that is not in the floorplan,
/// is there twice or is missing; a row with too few or too many columns; and a power that is not a number, negative or
/// not finite.
[[nodiscard]] power_trace read_power_trace(std::string const& path, floorplan const& plan);
/// The same of a file that was counted before: input_error where it has another number of samples by now.
[[nodiscard]] power_trace read_whole_trace(std::string const& path, floorplan const& plan, std::size_t n_samples);

}  // namespace chip_thermal
