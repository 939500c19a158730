// SPDX-License-Identifier: MIT
// problem × options → solution.
#pragma once

#include <poise/core/device.hpp>
#include <poise/grid/field.hpp>
#include <poise/linear/operator_cache.hpp>
#include <poise/linear/report.hpp>
#include <poise/pde/diffusion.hpp>
#include <poise/pde/helmholtz.hpp>
#include <poise/pde/on_failure.hpp>
#include <poise/pde/poisson.hpp>

#include <functional>

namespace poise::pde {

/// How the discrete system is solved. solution.report says what was chosen, and why.
enum class method {
    automatic,       ///< constant coefficients: fast_transform; others: multigrid, or what can be done instead;
                     ///< σ < 0 somewhere: direct
    fast_transform,  ///< linear::fast_transform, for constant coefficients on a uniform grid, no Robin side: a few ns
                     ///< an unknown, in 1D 30 to 50
    direct,          ///< sparse Cholesky factorisation of the assembled matrix; LU where σ < 0 somewhere
    multigrid,       ///< linear::laplacian_multigrid for constant coefficients without a Robin side, unless cells are
                     ///< more than 3 times as wide as others, linear::cg with a linear::multigrid preconditioner for
                     ///< others; no periodic direction, but on a GPU
    conjugate_gradients,  ///< linear::cg with a Jacobi preconditioner: little memory, many iterations
};

/// Whether the error of the grid is estimated, report.error_estimate.
enum class error_estimate {
    none,
    /// By a solve on half as many cells in each direction of 4 or more, compared at its points: about max |u − exact|
    /// where both grids resolve the solution, and of no use where they do not; of a κ that jumps, or by the
    /// fourth-order scheme on a coarse grid, a rough number. The error of directions of fewer cells is not seen, nor
    /// what a loose rtol leaves. Takes another solve, cold, on a half, a quarter or an eighth of the cells, and some
    /// 100 ns a cell in 3D; in no phase of the report. Fields of the problem are interpolated. NaN where the coarser
    /// problem cannot be stated or solved; what its functions throw leaves the solve. Throws std::invalid_argument
    /// where no direction has 4 cells. Source: Roache (1998), Verification and Validation in Computational Science and
    /// Engineering, §5.
    coarser_grid,
};

/// How −Δ is discretised. compact_fourth_order: the error of a far finer grid in 1.2 (2D) to 2 (3D) times the time; for
/// constant coefficients, σ ≥ 0, on a uniform grid without a Robin side, by fast_transform.
using linear::scheme;

struct solve_options {
    /// ‖b − A u‖₂ ≤ max(rtol·‖b‖₂, atol), for the discrete system. Dirichlet data is in b over the width of the
    /// outermost cell: beside cells that are thin it is most of ‖b‖, and asks for a smaller rtol or method::direct.
    double rtol = 1e-8;
    double atol = 0.0;
    pde::on_failure on_failure = pde::on_failure::throw_exception;
    pde::method method = pde::method::automatic;
    pde::scheme scheme = pde::scheme::second_order;
    /// Of method::direct, which automatic takes when one is named; no other method goes with one. LU: automatic is
    /// UMFPACK where poise has it, and CHOLMOD is refused.
    linear::cholesky_backend backend = linear::cholesky_backend::automatic;
    linear::operator_cache* cache = nullptr;  ///< nullptr: linear::default_operator_cache()
    /// Where it is solved. A GPU solves by method::multigrid, which automatic is there, whatever the sides and with
    /// coefficients that vary, for a σ ≥ 0: by linear::laplacian_multigrid where these are constant, no side is Robin
    /// and no cell more than 3 times as wide as others, else by conjugate gradients and a multigrid cycle. Throws
    /// std::invalid_argument for another method, scheme or σ, device_lost, device_unavailable where CUDA fails, and
    /// not_enough_device_memory where it has no room even without what the cache keeps there.
    poise::device device = {};
    pde::error_estimate error_estimate = pde::error_estimate::none;
    /// Called by an iterative method after each iteration, by laplacian_multigrid after every one or two, with its
    /// number and the norm of the residual as the method knows it; false ends the solve, with the reason
    /// max_iterations. What it throws leaves the solve.
    std::function<bool(int iteration, double residual_norm)> on_iteration = {};
};

template <std::size_t D>
struct solution {
    grid::field<D> u;  ///< on every point of the domain; on Dirichlet nodes, the data
    linear::solve_report report;
};

/// Second-order finite volumes, (2D+1)-point, solved through the operator cache: the first solve on a grid plans
/// transforms or assembles and factors, later ones with the same shape, shift and kinds of side do not.
/// scheme::compact_fourth_order: errors of O(h⁴) for every mix of sides, where u, source and data are smooth; the
/// source is taken on Dirichlet sides of nodes too, where a field needs the source's values and not those of u. Throws
/// std::invalid_argument for what it is not for: coefficients that vary, σ or a shift < 0, cells that differ in width,
/// a Robin side, another method than automatic and fast_transform, and on nodes a single cell between a Dirichlet and a
/// Neumann side.
/// Cost of a fast transform: O(n log n) operations and a few bytes an unknown beside u and the right-hand side; of a
/// factorisation in 2D: O(n^{3/2}) operations cold, O(n log n) memory, O(n log n) operations warm.
/// With a Robin side or a shift < 0 as the diffusion problem below. No Dirichlet side, no shift and no Robin
/// coefficient: u is known up to a constant, and the one of mean zero is returned; the mean that the data give and no
/// solution has is taken out of the source and told in report.removed_mean. Not by method::direct. Thread-safe. The
/// same problem gives the same bits, whichever thread solves it and whatever else runs. Throws std::invalid_argument
/// for a problem that is singular to method::direct (no Dirichlet side, and no shift or one below about 10³ ε Σ 2/h²,
/// which rounding would lose), for a backend beside a method that does not factor, a shift that is not finite, a
/// negative or non-finite tolerance, data that is not finite (naming where) or a field on another grid;
/// not_enough_memory; linear::not_converged.
template <std::size_t D>
[[nodiscard]] solution<D> solve(helmholtz<D> const& problem, solve_options const& options = {});
template <std::size_t D>
[[nodiscard]] solution<D> solve(poisson<D> const& problem, solve_options const& options = {});

/// The same for coefficients that vary. With numbers for κ and σ, the methods but conjugate_gradients
/// solve the helmholtz problem of κu and σ/κ, unless that is no normal number, a side is Robin or cells are too
/// unequal; of an orthotropic κ on a box that is as long in each direction as makes it isotropic. Otherwise the
/// operator is cached by the values of the coefficients on all points, and method::automatic takes multigrid; on a line
/// a factorisation; and where a direction is periodic or stretched more than 3 times, a factorisation if the factor is
/// small (in 2D up to 10⁶ unknowns, in 3D up to 8000), else conjugate gradients where it is periodic.
/// With σ < 0 anywhere the matrix may be indefinite: automatic and direct factor it by linear::lu, and no mean is
/// removed. Below rcond = ε the report says breakdown: to rounding 0 is an eigenvalue, and any multiple of its
/// eigenvector might be added to u. report.remedy names the eigenvalue where κ, of all directions one, and σ are
/// numbers, the grid is uniform and no side is Robin, from rcond = 1e-8 on, though the residual converged. 1000²
/// unknowns take 1.5 GiB at the peak, 60³ take 5 GiB; what memory does not hold is refused with not_enough_memory.
/// In addition throws std::invalid_argument for a κ that is not positive and finite, a σ that is not finite or, by
/// another method than automatic and direct, negative (naming where), fast_transform for coefficients that vary or a
/// Robin side, a Robin coefficient that is negative or not finite, multigrid for a periodic direction, and a κ whose
/// κ/h² leaves the range of double.
template <std::size_t D>
[[nodiscard]] solution<D> solve(diffusion<D> const& problem, solve_options const& options = {});

}  // namespace poise::pde
