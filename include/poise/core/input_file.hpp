// SPDX-License-Identifier: MIT
// Files whose size is known before they are read.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace poise {

/// A regular file open for reading. What its content claims can be held against size() before memory is asked for.
/// Errors: file_error with the path and the failed step; a folder, a device or a pipe is refused. Not thread-safe;
/// different files are independent.
class input_file {
public:
    explicit input_file(std::string path);
    ~input_file();
    input_file(input_file const&) = delete;
    input_file& operator=(input_file const&) = delete;

    /// Bytes in the file when it was opened.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Fills all of `bytes` with what comes next; file_error where the file ends before.
    void read(std::span<char> bytes);

    [[nodiscard]] std::string const& path() const noexcept { return path_; }

private:
    std::string path_;
    int descriptor_ = -1;
    std::size_t size_ = 0;
};

/// The whole content. Throws file_error, and not_enough_memory before memory is taken.
[[nodiscard]] std::string read_file(std::string const& path);

}  // namespace poise
