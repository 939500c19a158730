// SPDX-License-Identifier: MIT
// Private to src/: L Lᵀ x = b for the ways in which L is stored.
#pragma once

#include <poise/core/index.hpp>

#include <cstddef>
#include <span>
#include <variant>

namespace poise::linear::detail {

/// Columns first_column[s] … first_column[s+1] of L have one pattern: the rows rows[first_row[s] … first_row[s+1]],
/// their own first. They are a dense block, column after column, from values[first_value[s]].
struct supernodal_factor {
    std::span<index_t const> first_column;
    std::span<index_t const> first_row;
    std::span<index_t const> first_value;
    std::span<index_t const> rows;
    double const* values;
};

/// Column j has n_entries[j] entries from first_entry[j], the diagonal's first. Of L D Lᵀ that is D's, and L's is 1.
struct simplicial_factor {
    std::span<index_t const> first_entry;
    std::span<index_t const> n_entries;
    index_t const* rows;
    double const* values;
    bool is_ldl;
};

/// Unknown order[k] is eliminated in step k.
struct triangular_factor {
    std::span<index_t const> order;
    std::variant<supernodal_factor, simplicial_factor> L;
};

/// Whether every pivot is a positive, finite number. O(n).
[[nodiscard]] bool has_positive_pivots(triangular_factor const& factor) noexcept;

/// x = (L Lᵀ)⁻¹ x in place. Reads L twice and calls no BLAS: with one right-hand side a BLAS call per supernode costs
/// more than its arithmetic, and threads that solve at the same time get in each other's way. The same bits always.
/// Source: Davis (2006), Direct Methods for Sparse Linear Systems, §3.1; Ng & Peyton (1993), SIAM J. Sci. Comput. 14.
void solve_in_place(supernodal_factor const& L, std::span<double> x);
void solve_in_place(simplicial_factor const& L, std::span<double> x);

/// Right-hand sides that are solved for at a time: their numbers of one row are one line of the cache.
constexpr std::size_t block_width = 8;
/// The same for block_width right-hand sides, and the same bits: that of column c in row k is x[k * block_width + c].
void solve_block_in_place(supernodal_factor const& L, std::span<double> x);
void solve_block_in_place(simplicial_factor const& L, std::span<double> x);

}  // namespace poise::linear::detail
