// SPDX-License-Identifier: MIT
// Private to src/: L Lᵀ x = b for the two ways in which CHOLMOD stores L.
#pragma once

#include <poise/core/index.hpp>

#include <span>

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

/// Column j has n_entries[j] entries from first_entry[j], the diagonal's first.
struct simplicial_factor {
    std::span<index_t const> first_entry;
    std::span<index_t const> n_entries;
    index_t const* rows;
    double const* values;
};

/// x = (L Lᵀ)⁻¹ x in place. Reads L twice and calls no BLAS: with one right-hand side a BLAS call per supernode costs
/// more than its arithmetic, and threads that solve at the same time get in each other's way. The same bits always.
/// Source: Davis (2006), Direct Methods for Sparse Linear Systems, §3.1; Ng & Peyton (1993), SIAM J. Sci. Comput. 14.
void solve_in_place(supernodal_factor const& L, std::span<double> x);
void solve_in_place(simplicial_factor const& L, std::span<double> x);

}  // namespace poise::linear::detail
