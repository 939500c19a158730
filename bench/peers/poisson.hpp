// SPDX-License-Identifier: MIT
// −Δu = f on a unit box of n^D interior nodes, Dirichlet, second order: the rivals' ways to solve it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace poise_bench {

/// One rival's solver, set up for one grid. b and x: n^D numbers, x fastest; solves -Δ x = b.
class poisson_peer {
public:
    virtual ~poisson_peer() = default;
    virtual void solve(std::span<double const> b, std::span<double> x) = 0;
};

/// FFTW's DST-I in every direction, a division by the eigenvalues, and DST-I again; measured plans, one thread, in
/// place.
[[nodiscard]] std::unique_ptr<poisson_peer> fftw_poisson(int dimension, std::ptrdiff_t n);

/// hypre's structured conjugate gradients preconditioned by PFMG (red-black Gauss–Seidel, rediscretised coarse grids),
/// to a relative residual of 1e-8.
[[nodiscard]] std::unique_ptr<poisson_peer> pfmg_poisson(int dimension, std::ptrdiff_t n);

/// PETSc's conjugate gradients preconditioned by multigrid on a DMDA (one sweep of symmetric SOR, rediscretised coarse
/// grids), to a relative residual of 1e-8. n: 2^k - 1, for its coarse grids.
[[nodiscard]] std::unique_ptr<poisson_peer> petsc_poisson(int dimension, std::ptrdiff_t n);

}  // namespace poise_bench
