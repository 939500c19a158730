// SPDX-License-Identifier: MIT
// Private to src/: the parts of a reduction, for who computes them on several threads: the bits of dot() and norm2().
#pragma once

#include <cstddef>
#include <span>

namespace poise::detail {

/// Entries of which the sum is one number; the last block may be shorter.
constexpr std::size_t reduction_block = 1024;
[[nodiscard]] constexpr std::size_t n_reduction_blocks(std::size_t n) {
    return (n + reduction_block - 1) / reduction_block;
}

/// Σ x[i] y[i] of the block that begins at first and ends at last.
[[nodiscard]] double dot_of_block(double const* x, double const* y, std::size_t first, std::size_t last);
/// The sum of the blocks', pairwise.
[[nodiscard]] double combine_blocks(std::span<double const> sums) noexcept;
/// ‖x‖₂ by Σ x², or anew where that over- or underflowed.
[[nodiscard]] double norm_by_squares(double squares, std::span<double const> x) noexcept;

}  // namespace poise::detail
