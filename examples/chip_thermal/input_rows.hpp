// SPDX-License-Identifier: MIT
// Rows of words from a text file: what .flp and .ptrace files have in common.
#pragma once

#include "chip_thermal/input_error.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chip_thermal {

/// Reads a file whole, then gives its rows one by one. Words are separated by tabs and spaces; lines end with LF or
/// CR LF; empty lines and lines that begin with '#' are skipped but counted.
class input_rows {
public:
    /// Throws input_error, ending in `remedy`, when the file cannot be read or exceeds 256 MiB, which no honest
    /// floorplan or trace does and an endless device would.
    input_rows(std::string path, std::string_view remedy);
    // The words are views of the text held here.
    input_rows(input_rows const&) = delete;
    input_rows& operator=(input_rows const&) = delete;

    /// Goes to the next row; false when there is none.
    [[nodiscard]] bool next();
    /// Where the current row is in the file, counted from 1; its words are valid until the next call of next().
    [[nodiscard]] std::size_t line() const noexcept { return line_; }
    [[nodiscard]] std::span<std::string_view const> words() const noexcept { return words_; }
    [[nodiscard]] std::string const& path() const noexcept { return path_; }

private:
    std::string path_;
    std::string text_;
    std::string_view rest_;
    std::size_t line_ = 0;
    std::vector<std::string_view> words_;
};

}  // namespace chip_thermal
