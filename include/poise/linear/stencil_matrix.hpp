// SPDX-License-Identifier: MIT
// Symmetric matrices that couple each point of a box to its neighbours along the axes, and to nothing else.
#pragma once

#include <poise/grid/cartesian.hpp>
#include <poise/linear/csr.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace poise::linear {

/// A symmetric (2D+1)-point matrix on a box of n[0] × … unknowns, x fastest, by its diagonal and one coupling for each
/// direction: A(i, i) = diagonal()[i], and A(i, j) = A(j, i) = -coupling(d)[i] for the next unknown j in direction d.
/// At the last unknown of a direction, j is the first one where the direction is periodic, and the coupling must be 0
/// where it is not. 8 (D + 1) bytes an unknown, against 12 (2D + 1) of compressed rows. A value: copying copies the
/// numbers.
template <std::size_t D>
class stencil_matrix {
public:
    /// All entries 0. Throws std::invalid_argument for a negative extent or more unknowns than memory can number.
    explicit stencil_matrix(grid::extents<D> const& n, std::array<bool, D> const& periodic = {});
    stencil_matrix(stencil_matrix const&) = default;
    /// One that was moved from has no unknowns.
    stencil_matrix(stencil_matrix&& other) noexcept
        : n_{std::exchange(other.n_, {})},
          periodic_{other.periodic_},
          diagonal_{std::move(other.diagonal_)},
          couplings_{std::move(other.couplings_)} {}
    /// All of the other matrix, or nothing where there is no memory for it.
    stencil_matrix& operator=(stencil_matrix const& other) { return *this = stencil_matrix{other}; }
    stencil_matrix& operator=(stencil_matrix&& other) noexcept {
        if (this == &other) return *this;
        n_ = std::exchange(other.n_, {});
        periodic_ = other.periodic_;
        diagonal_ = std::exchange(other.diagonal_, {});
        couplings_ = std::exchange(other.couplings_, {});
        return *this;
    }

    [[nodiscard]] grid::extents<D> const& n() const noexcept { return n_; }
    [[nodiscard]] bool periodic(std::size_t d) const noexcept { return periodic_[d]; }
    [[nodiscard]] std::size_t n_unknowns() const noexcept { return diagonal_.size(); }
    [[nodiscard]] std::size_t bytes() const noexcept { return (D + 1) * diagonal_.size() * sizeof(double); }

    [[nodiscard]] std::span<double> diagonal() noexcept { return diagonal_; }
    [[nodiscard]] std::span<double const> diagonal() const noexcept { return diagonal_; }
    [[nodiscard]] std::span<double> coupling(std::size_t d) noexcept { return couplings_[d]; }
    [[nodiscard]] std::span<double const> coupling(std::size_t d) const noexcept { return couplings_[d]; }

    /// y = A x. Sizes n_unknowns(), not overlapping (throws std::invalid_argument for sizes that differ). The same bits
    /// always, on any number of threads: those of the arena that the caller is in, where the box is large enough to
    /// gain. Moves 8 (D + 3) bytes an unknown. Thread-safe.
    void operator()(std::span<double const> x, std::span<double> y) const;

private:
    grid::extents<D> n_;
    std::array<bool, D> periodic_;
    std::vector<double> diagonal_;
    std::array<std::vector<double>, D> couplings_;
};

/// The same matrix in compressed rows; entries that are 0 are stored too, those that do not exist are not. Where two
/// unknowns are neighbours on both sides (a periodic direction of two), their couplings are added.
/// Throws std::invalid_argument for more entries than index_t counts.
template <std::size_t D>
[[nodiscard]] csr_matrix to_csr(stencil_matrix<D> const& A);

/// ‖A‖_∞ = max over rows of Σ|a|.
template <std::size_t D>
[[nodiscard]] double norm_infinity(stencil_matrix<D> const& A) noexcept;

}  // namespace poise::linear
