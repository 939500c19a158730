// SPDX-License-Identifier: MIT
// Private to src/linear: sums and updates of vectors, on several threads where they are long.
#pragma once

#include "core/block_reductions.hpp"

#include <cstddef>
#include <span>

namespace poise::linear::detail {

/// For vectors of one length. On the threads of the arena that the caller is in, and with the same bits on any number:
/// those of poise::dot and poise::norm2.
class long_vectors {
public:
    /// sums: of n_reduction_blocks(n) numbers.
    long_vectors(std::size_t n, std::span<double> sums) : n_{n}, sums_{sums} {}

    [[nodiscard]] double dot(std::span<double const> x, std::span<double const> y) const;
    [[nodiscard]] double norm2(std::span<double const> x) const;
    /// x += alpha p, r -= alpha q; ‖r‖₂.
    [[nodiscard]] double step_along(double alpha, std::span<double const> p, std::span<double const> q,
                                    std::span<double> x, std::span<double> r) const;
    /// p = z + beta p.
    void turn(double beta, std::span<double const> z, std::span<double> p) const;
    /// r = b - r; ‖r‖₂.
    [[nodiscard]] double subtract_from(std::span<double const> b, std::span<double> r) const;

private:
    template <class Block>
    [[nodiscard]] double sum_of_blocks(Block const& block) const;

    std::size_t n_;
    std::span<double> sums_;
};

}  // namespace poise::linear::detail
