// SPDX-License-Identifier: MIT
// Multigrid for -Δ + shift on a box, without a matrix.
#pragma once

#include <poise/core/device.hpp>
#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/multigrid.hpp>
#include <poise/linear/report.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

namespace poise::linear {

/// How often a grid visits the next coarser one.
enum class multigrid_cycle {
    v,  ///< once; the first cycle of a solve is an F-cycle
    w,  ///< twice
    f,  ///< by an F-cycle and then by a V-cycle
};

struct laplacian_multigrid_options {
    multigrid_cycle cycle = multigrid_cycle::v;
    int smoothing_sweeps = 0;  ///< before the coarse grid and again after it; 0: 2, and 1 on a GPU, which does no other
    multigrid_precision precision = multigrid_precision::automatic;  ///< of a cycle; residuals and x are double
    poise::device device = {};                                       ///< where it solves; a GPU does V-cycles
};

/// Stops when ‖b − A x‖₂ ≤ max(rtol·‖b‖₂, atol).
struct laplacian_multigrid_solve_options {
    double rtol = 1e-8;
    double atol = 0.0;
    int max_cycles = 100;
    std::size_t max_threads = 0;  ///< 0: as many as task::available_threads(), where the grids are large enough to gain
    /// Called where a residual is known after a cycle or two, with the number of cycles; false ends the solve, with the
    /// reason max_iterations. What it throws leaves the solve.
    std::function<bool(int cycles, double residual_norm)> on_iteration = {};
};

/// Solves A x = b for the matrix of neg_laplacian(grid, kinds, shift), which is never assembled, by cycles of geometric
/// multigrid: red-black over-relaxed Gauss–Seidel sweeps, full weighting, linear interpolation. On each grid it takes
/// every second point of the directions whose couplings are not weak beside the strongest ones, so that cells may be
/// flat. A V-cycle leaves a thirtieth of the error on uniform grids of any size in 2D, a twentieth in 3D, a fifth of
/// it where few long cells meet many short ones; the first cycle, an F-cycle (full multigrid), gains what two do. Where
/// cells differ in width it slows down: a tenth at widths that differ twice, and beyond 3 times it may not converge.
/// fast_transform solves the same problems on uniform grids several times faster; this profits from an initial guess
/// and from a loose tolerance.
/// On a GPU, one sweep before each coarser grid and one after it leave a fifteenth of the error in 2D, an eighth in 3D;
/// directions may be periodic there, best of an even number of points.
///   linear::laplacian_multigrid<2> const levels{square, kinds};
///   auto const report = levels.solve(b, x);
/// Construction: O(rows) operations. Memory: 1.4 to 2 doubles an unknown of a box with rows of some hundred points
/// for each solve at a time, up to 3.3 where directions are coarsened one by one, more for short rows, which are filled
/// up to whole vectors; twice that in double precision. Where the condition number of A is
/// below 2·10⁷, up to about 7000 points of a square's side, cycles compute in single precision; residuals and x are
/// double always, and below 2·10⁶ two cycles go by one residual. Single precision that is asked for beyond 10⁷ may
/// stagnate. Throws what neg_laplacian() throws, std::invalid_argument for a shift < 0, a periodic direction
/// on a processor (fast_transform has these), smoothing_sweeps < 0, or what a GPU does not do;
/// not_enough_device_memory, device_lost, device_unavailable where CUDA fails. Immutable but for memory that it lends
/// to solves; const member functions are thread-safe. One that was moved from has no unknowns. Source: Trottenberg,
/// Oosterlee & Schüller (2001), Multigrid, §2.4–2.6, §5.1 (semicoarsening); Yavneh (1996), SIAM J. Sci. Comput. 17, 180
/// (over-relaxation).
template <std::size_t D>
class laplacian_multigrid {
public:
    laplacian_multigrid(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds, double shift = 0.0,
                        laplacian_multigrid_options const& options = {});
    ~laplacian_multigrid();
    laplacian_multigrid(laplacian_multigrid&&) noexcept;
    laplacian_multigrid& operator=(laplacian_multigrid&&) noexcept;

    /// b, x: n_unknowns() each, x fastest, not overlapping; x: in, the initial guess, out, the last iterate. The
    /// residual is computed before every cycle or two and after the last one. With no Dirichlet side and no shift, A is
    /// singular: the mean of the source that no solution has is taken out of b and told in report.removed_mean, and x
    /// has mean zero. Reports converged, max_iterations, stagnated or not_finite; never throws for these. The same bits
    /// on any number of threads. A cycle does 60 operations an unknown in 2D, 90 in 3D, and moves about 60 bytes. After
    /// the first solves, as many as run at a time and on as many threads, nothing is allocated. Throws
    /// std::invalid_argument for sizes that differ, overlapping spans, numbers that are not finite, a negative
    /// tolerance or one that was moved from.
    solve_report solve(std::span<double const> b, std::span<double> x,
                       laplacian_multigrid_solve_options const& options = {}) const;

    [[nodiscard]] std::size_t n_unknowns() const noexcept;
    [[nodiscard]] std::size_t n_levels() const noexcept;
    /// With the memory of one solve, or of all that have been run at a time.
    [[nodiscard]] std::size_t bytes() const;

private:
    class implementation;
    std::unique_ptr<implementation> implementation_;
};

}  // namespace poise::linear
