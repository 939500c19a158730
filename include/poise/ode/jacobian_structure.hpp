// SPDX-License-Identifier: MIT
// Which entries of a Jacobian may differ from 0.
#pragma once

#include <poise/core/index.hpp>
#include <poise/linear/csr.hpp>

#include <cstddef>
#include <utility>
#include <variant>
#include <vector>

namespace poise::ode {

/// All of them: n² numbers, n³/3 operations a factorisation.
struct dense {};

/// Entries (i, j) with j − upper ≤ i ≤ j + lower: (lower + upper + 1) n numbers, about 2 n lower (lower + upper)
/// operations a factorisation. Derivatives take lower + upper + 1 columns at a time, whatever n is.
struct banded {
    std::size_t lower = 1, upper = 1;
};

/// Those that are named; entries of the diagonal are added. Factored by linear::lu, one order for all steps.
/// Derivatives are taken of as many columns at a time as share no row.
class sparse {
public:
    /// Pairs of row and column, in any order, more than once as it comes.
    explicit sparse(std::vector<std::pair<std::size_t, std::size_t>> entries) : entries_{std::move(entries)} {}
    /// The entries of a matrix, whatever their values. Throws std::invalid_argument for a view that is not valid.
    explicit sparse(linear::csr_view pattern);

    [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> const& entries() const noexcept { return entries_; }

private:
    std::vector<std::pair<std::size_t, std::size_t>> entries_;
};

/// Found out before the first step, by which components of f change where one of y does: n + 1 calls at each of two
/// places near y0. An entry that is 0 around both is missed: as of an f that has branches.
struct detected {};

/// Of states of more than 16 numbers, or whose number is not part of their type; those of others are dense.
using jacobian_structure = std::variant<dense, banded, sparse, detected>;

}  // namespace poise::ode
