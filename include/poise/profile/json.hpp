// SPDX-License-Identifier: MIT
// A snapshot as a file that programs read: docs/profile-schema.md describes every field.
#pragma once

#include <poise/core/error.hpp>
#include <poise/profile/snapshot.hpp>

#include <string>
#include <string_view>

namespace poise::profile {

/// Version of the files written here, and the only one that is read. Fields may be added within a version: unknown ones
/// are ignored. A field that changes its meaning, its unit or goes away makes a new version.
inline constexpr unsigned profile_schema_version = 1;

/// A text that is no profile of this version. The message names the file, what was found, what was expected and what to
/// do; where() is the place as a JSON pointer, "/root/children/3/calls", empty where there is none.
class format_error : public error {
public:
    format_error(std::string source, std::string where, std::string const& found);

    [[nodiscard]] std::string const& source() const noexcept { return source_; }
    [[nodiscard]] std::string const& where() const noexcept { return where_; }

private:
    std::string source_;
    std::string where_;
};

/// The snapshot as JSON. Numbers are the shortest that read back as the same double, counts have all their digits; what
/// is not finite becomes "NaN", "Infinity" or "-Infinity". Names may hold any bytes: those that are no UTF-8 become
/// U+FFFD. '<' is escaped, so that the text can stand inside a script of an HTML page.
/// Throws std::invalid_argument for trees deeper than 1000 levels, which would not be read back.
/// Cost: some 2 µs and 400 bytes per scope.
[[nodiscard]] std::string to_json(snapshot const& s);
/// The same as a file, whole or not at all: throws file_error when it cannot be written.
void write_json(std::string const& path, snapshot const& s);

/// The snapshot that to_json() made this text of; equal to it where its names were UTF-8 and its numbers finite.
/// Throws format_error for what is not JSON or cut short, another schema or version, a missing field, one given twice
/// or of the wrong type, and for more than 2100 brackets within each other. Cost: some 8 µs per scope; memory: the
/// result.
[[nodiscard]] snapshot from_json(std::string_view text);
/// The same from a file; throws file_error when it cannot be read.
[[nodiscard]] snapshot read_json(std::string const& path);

}  // namespace poise::profile
