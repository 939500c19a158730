// SPDX-License-Identifier: MIT
// Geometric multigrid for matrices on boxes whose coefficients vary and jump.
#pragma once

#include <poise/linear/stencil_matrix.hpp>

#include <cstddef>
#include <memory>
#include <span>

namespace poise::linear {

enum class multigrid_precision {
    automatic,  ///< single, unless the couplings differ by too much
    single_precision,
    double_precision,
};

/// What A makes nothing of.
enum class multigrid_nullspace {
    automatic,  ///< the constants, where no sum of a row of A is more than 16 ε of its diagonal
    nothing,    ///< A is positive definite, however little
    constants,  ///< row sums are taken as 0
};

struct multigrid_options {
    int smoothing_sweeps = 1;  ///< before the coarse grid, and after it in the opposite order; at least 1
    multigrid_precision precision = multigrid_precision::automatic;  ///< of a cycle; r and z are double
    multigrid_nullspace nullspace = multigrid_nullspace::automatic;
    std::size_t max_threads = 0;  ///< 0: as many as task::available_threads(), where the grids are large enough to gain
};

/// z = M r, one symmetric cycle for A z = r from z = 0: a preconditioner for cg(), positive definite with A.
///   linear::cg(A, b, x, {}, linear::multigrid{A});
/// Every second point of a direction is a point of the coarser grid; any extents. Prolongation follows from the matrix,
/// so that A times what it interpolates is small at the points in between, however κ jumps there; restriction is its
/// transpose and the coarser matrix their product with A (box multigrid). Directions whose couplings are weak beside
/// the strongest are coarsened later; where κ jumps by 10⁴ and more in cells that are flat besides, iterations are two
/// to six times as many. Gauss-Seidel in 2^D colours; groups of strongly coupled points that no coarse point can move
/// as one are moved so beside it. Visits the small grids twice. A: symmetric positive definite, its couplings not
/// negative; or singular with the constants in its nullspace, for right-hand sides that have a solution: what no z
/// leads to is left out of r, and z has mean zero. All points are to be coupled, directly or through others, or the
/// parts each positive definite: with more than the constants in its nullspace a matrix is refused, or cg() does not
/// converge. Not periodic (throws std::invalid_argument). Throws poise::error for a matrix that turns out not to
/// be positive definite, or whose numbers single precision cannot hold when that is asked for; std::bad_alloc. A cycle
/// computes in single precision, in which it moves half of the bytes, where the couplings of a direction differ by less
/// than 10¹¹ / (points of the longest direction)² and the sums of the rows by less than 10¹⁰ from the diagonal.
/// Construction: some hundred operations an unknown, in double precision, on the calling thread. A cycle moves about
/// 120 bytes an unknown in 2D, 170 in 3D, more in double precision; memory: 6 to 9 doubles an unknown, 11 to 17 in
/// double precision, more where directions are coarsened one by one. Immutable but for memory that it lends to calls;
/// thread-safe. The same bits always, on any number of threads. No allocation after the first calls, as many as run at
/// a time. Source: Dendy (1982), J. Comput. Phys. 48, 366; Trottenberg, Oosterlee & Schüller (2001), Multigrid, §7.7.
template <std::size_t D>
class multigrid {
public:
    explicit multigrid(stencil_matrix<D> const& A, multigrid_options const& options = {});
    ~multigrid();
    multigrid(multigrid&&) noexcept;
    multigrid& operator=(multigrid&&) noexcept;

    /// Sizes n_unknowns() (throws std::invalid_argument); not overlapping.
    void operator()(std::span<double const> r, std::span<double> z) const;

    [[nodiscard]] std::size_t n_unknowns() const noexcept;
    [[nodiscard]] std::size_t n_levels() const noexcept;
    /// Of all it holds, with the memory of one cycle, or of all that have been run at a time.
    [[nodiscard]] std::size_t bytes() const noexcept;

private:
    class implementation;
    std::unique_ptr<implementation> implementation_;
};

}  // namespace poise::linear
