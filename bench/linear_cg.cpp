// SPDX-License-Identifier: MIT
// Conjugate gradients with a Jacobi preconditioner beside Eigen's, on the Laplacian of a square, to one tolerance.
// Arguments: cells along a side (512), rounds (11).
#include "alternate.hpp"

#include <poise/grid/cartesian.hpp>
#include <poise/linear/cg.hpp>
#include <poise/linear/eigen.hpp>
#include <poise/linear/neg_laplacian.hpp>

#include <Eigen/IterativeLinearSolvers>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <vector>

using namespace poise;
using namespace poise_bench;

int main(int argc, char** argv) {
    std::ptrdiff_t const n = argc > 1 ? std::atol(argv[1]) : 512;
    auto const n_rounds = static_cast<std::size_t>(argc > 2 ? std::atol(argv[2]) : 11);
    auto const A = linear::neg_laplacian(grid::cartesian<2>{{.cells = {n, n}}}, {});
    auto const size = static_cast<std::size_t>(n * n);
    Eigen::SparseMatrix<double, Eigen::RowMajor> const theirs = linear::as_eigen(A);
    Eigen::VectorXd const b = Eigen::VectorXd::Random(static_cast<Eigen::Index>(size));
    std::span<double const> const right{b.data(), size};

    Eigen::ConjugateGradient<Eigen::SparseMatrix<double, Eigen::RowMajor>, Eigen::Lower | Eigen::Upper> rival;
    rival.setTolerance(1e-8);
    rival.setMaxIterations(100'000);
    rival.compute(theirs);
    linear::jacobi const M{A};
    linear::krylov_workspace workspace;
    std::vector<double> x(size);
    Eigen::VectorXd y;
    linear::solve_report report;
    auto const seconds =
        alternate({[&] { return seconds_of([&] { y = rival.solve(b); }); },
                   [&] {
                       std::fill(x.begin(), x.end(), 0.0);
                       return seconds_of([&] {
                           report = linear::cg(A, right, x, {.max_iterations = 100'000, .workspace = &workspace}, M);
                       });
                   }},
                  n_rounds);
    if (!report) return 1;
    double const ours_s = median(seconds[1]), theirs_s = median(seconds[0]);
    // 14 vectors of the method, the matrix (12 bytes an entry, 20 a row) and 3 vectors of the preconditioner.
    double const bytes = 8.0 * 17 * static_cast<double>(size) + static_cast<double>(A.n_entries()) * 12.0 +
                         20.0 * static_cast<double>(size);
    std::printf(
        "%td x %td: Eigen %d iterations, %.1f ms, %.1f us each; poise %d, %.1f ms, %.1f us each, %.1f GB/s; %.2f "
        "times\n",
        n, n, static_cast<int>(rival.iterations()), 1e3 * theirs_s,
        1e6 * theirs_s / static_cast<double>(rival.iterations()), report.iterations, 1e3 * ours_s,
        1e6 * ours_s / report.iterations, 1e-9 * bytes * report.iterations / ours_s, theirs_s / ours_s);
}
