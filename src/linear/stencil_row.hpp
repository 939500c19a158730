// SPDX-License-Identifier: MIT
// Private to src/linear: one row of the matrix of a stencil, while it is put together.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace poise::linear::detail {

/// At most seven entries, ascending in column. Column is a number of an unknown, or of one relative to the row.
template <class Column>
struct stencil_row {
    struct entry {
        Column column;
        double value;
    };
    std::array<entry, 7> entries;
    std::size_t n = 0;

    /// Behind all others.
    void append(Column column, double value) { entries[n++] = {column, value}; }
    /// In its place, or to the entry that is there.
    void insert(Column column, double value) {
        auto const end = entries.begin() + static_cast<std::ptrdiff_t>(n);
        auto const at = std::find_if(entries.begin(), end, [&](entry const& e) { return e.column >= column; });
        if (at != end && at->column == column) {
            at->value += value;
            return;
        }
        std::copy_backward(at, end, end + 1);
        *at = {column, value};
        ++n;
    }
    [[nodiscard]] std::span<entry const> view() const { return std::span{entries}.first(n); }
};

}  // namespace poise::linear::detail
