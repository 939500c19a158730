// SPDX-License-Identifier: MIT
// A direct solver for -Δ + shift on a box, by fast transforms.
#pragma once

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/report.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace poise::linear {

/// How −Δ is discretised.
enum class scheme {
    second_order,          ///< (2D+1)-point: neg_laplacian()
    compact_fourth_order,  ///< 3^D-point (Mehrstellen)
};

struct fast_transform_setup {
    linear::scheme scheme = linear::scheme::second_order;
};

/// Stops when ‖b − A x‖₂ ≤ max(rtol·‖b‖₂, atol).
struct fast_transform_options {
    double rtol = 1e-8;
    double atol = 0.0;
    int max_refinements = 3;
    /// At most task::available_threads(), and one where the box is too small to gain. 0: no limit but these.
    std::size_t max_threads = 0;
};

/// Solves A x = b for the matrix of neg_laplacian(grid, kinds, shift), which is never assembled: sine and cosine
/// transforms along every direction but the last, tridiagonal systems along that one. Any number of cells per
/// direction; those without a prime factor above 13 are fastest.
///   linear::fast_transform<2> const plan{square, kinds};
///   auto const report = plan.solve(b, x);
/// scheme::compact_fourth_order, in 1.2 to 1.6 times the time: A = Σ_d K_d ⊗ (B of the other directions) + shift·(B of
/// all), symmetric, definite where it is with second order, where K_d and M_d are those of grid::axis_stencil and B_d =
/// M_d - h_d²/12 K_d: away from the sides K_d = -δ²/h_d², B_d = 1 + δ²/12 with the second difference δ². A right-hand
/// side b of fourth order is ⊗(1 + δ²/12) f with f on and beyond the sides too, less what A takes from u there;
/// pde::solve makes it. Source: Collatz (1960), The Numerical Treatment of Differential Equations, §V.2.6.
/// Construction: O(Σ cells + modes) operations, a few bytes for each unknown of a plane of the box.
/// Throws what neg_laplacian() throws, std::invalid_argument for a shift < 0, and for spacings of which one over the
/// other leaves the range of double, std::bad_alloc. Immutable; const member functions are thread-safe. One that was
/// moved from has no unknowns. Source: Hockney (1965), J. ACM 12, 95 (transform and tridiagonal systems); Strang
/// (1999), SIAM Review 41, 135.
template <std::size_t D>
class fast_transform {
public:
    fast_transform(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds, double shift = 0.0,
                   fast_transform_setup const& setup = {});
    ~fast_transform();
    fast_transform(fast_transform&&) noexcept;
    fast_transform& operator=(fast_transform&&) noexcept;

    /// b, x: n_unknowns() each, x fastest, not overlapping; x is out alone. The residual is computed, and where it is
    /// above the tolerance and falls by it, x is improved by iterative refinement.
    /// With no Dirichlet side and no shift, A is singular: the mean of the source that no solution has is taken out
    /// of b and told in report.removed_mean, the residual is that of the rest, and x has mean zero. Reports converged,
    /// stagnated, max_iterations or not_finite; never throws for these. The same bits on any number of threads and by
    /// whichever vector instructions, with one C library, whose sines are in the tables. After the first solves, as
    /// many as run at a time, nothing is allocated but n numbers where the residual misses the tolerance or squares
    /// over- or underflow, and 2n more for a refinement. Moves 48 bytes of memory an unknown, and does about 5 log₂ n
    /// operations each in D - 1 directions, twice; in one dimension there is no transform but one long system, at 30 to
    /// 50 ns an unknown. Throws std::invalid_argument for sizes that differ, overlapping spans, a b that is not finite
    /// (x is unspecified then), a negative tolerance or a plan that was moved from.
    solve_report solve(std::span<double const> b, std::span<double> x,
                       fast_transform_options const& options = {}) const;

    /// The same for n_rhs right-hand sides that follow one another in b, and their solutions in x: as many at a time as
    /// there are threads, each on one, so that small boxes gain from threads as large ones do. The same bits and
    /// reports as one by one. A right-hand side that is not finite throws std::invalid_argument with its number; what
    /// the other solutions are is unspecified then.
    [[nodiscard]] std::vector<solve_report> solve_many(std::span<double const> b, std::span<double> x,
                                                       std::size_t n_rhs,
                                                       fast_transform_options const& options = {}) const;

    [[nodiscard]] std::size_t n_unknowns() const noexcept;
    /// Of the plan, and of the workspaces that solves leave for the next ones, of one solve at least.
    [[nodiscard]] std::size_t bytes() const;

private:
    class implementation;
    std::unique_ptr<implementation> implementation_;
};

}  // namespace poise::linear
