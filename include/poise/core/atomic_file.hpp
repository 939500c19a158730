// SPDX-License-Identifier: MIT
// Files are written whole or not at all.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace poise {

/// Writes a file so that a reader sees the old content or the whole new one, never half of it: the bytes go to a
/// temporary file in the same folder, commit() flushes it to the disk and renames it over the target.
/// Destroyed without commit(), the temporary file is removed and the target is untouched.
/// Only a regular file is ever replaced: a device, a folder or a symbolic link is refused. The new file keeps the
/// permissions of the one it replaces.
/// Errors: file_error with the path and the failed step; after one nothing more can be written. Not thread-safe;
/// different files are independent.
class atomic_file {
public:
    explicit atomic_file(std::string path);
    ~atomic_file();
    atomic_file(atomic_file const&) = delete;
    atomic_file& operator=(atomic_file const&) = delete;

    void write(std::string_view text);
    void write(std::span<std::byte const> bytes) {
        write(std::string_view{reinterpret_cast<char const*>(bytes.data()), bytes.size()});
    }
    /// Flush, fsync, rename, fsync of the folder. Call once, last.
    void commit();

    [[nodiscard]] std::string const& path() const noexcept { return path_; }

private:
    void require_open() const;
    void flush();
    void discard() noexcept;
    [[noreturn]] void fail(char const* step);

    std::string path_;
    std::string temporary_;
    std::string pending_;
    int descriptor_ = -1;
};

/// The usual case: the whole content at hand.
void write_file(std::string const& path, std::string_view content);

}  // namespace poise
