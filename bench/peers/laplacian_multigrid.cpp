// SPDX-License-Identifier: MIT
// laplacian_multigrid beside hypre's and PETSc's multigrid: −Δu = f on n^D interior nodes of a unit box, a random f, to
// a relative residual of 1e-8. Arguments: dimension, n (2^k - 1), rounds (5).
#include "alternate.hpp"
#include "peers/poisson.hpp"

#include <poise/core/reductions.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/laplacian_multigrid.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

using namespace poise;
using namespace poise_bench;

namespace {

template <std::size_t D>
void compare(std::ptrdiff_t n, std::size_t n_rounds) {
    grid::extents<D> cells;
    cells.fill(n + 1);
    grid::cartesian<D> const box{{.cells = cells, .centering = grid::centering::node}};
    auto const dimension = static_cast<int>(D);
    linear::laplacian_multigrid<D> const levels{box, {}};
    std::size_t const size = levels.n_unknowns();
    std::mt19937 random{1};
    std::uniform_real_distribution<double> values{-1.0, 1.0};
    std::vector<double> b(size), x(size), y(size);
    for (double& v : b) v = values(random);
    auto const pfmg = pfmg_poisson(dimension, n);
    auto const petsc = petsc_poisson(dimension, n);

    linear::solve_report report;
    auto const warm = [&](std::size_t n_threads) {
        return [&, n_threads] {
            std::ranges::fill(x, 0.0);
            return seconds_of([&] { report = levels.solve(b, x, {.max_threads = n_threads}); });
        };
    };
    // Apart from the rivals, which let the second thread fall asleep.
    auto const threads = alternate({warm(1), warm(2)}, 3 * n_rounds);
    auto const seconds =
        alternate({warm(1), [&] { return seconds_of([&] {
                                      (void)linear::laplacian_multigrid<D>{box, {}};
                                  }); },
                   [&] { return seconds_of([&] { pfmg->solve(b, y); }); },
                   [&] { return seconds_of([&] { petsc->solve(b, y); }); }},
                  n_rounds);
    if (!report) std::exit(1);
    for (std::size_t i = 0; i < size; ++i) y[i] -= x[i];
    std::printf("multigrid and PETSc differ by %.1e of the solution\n", norm2(y) / norm2(x));
    char const* const names[] = {"laplacian_multigrid, solve", "  set-up", "hypre PFMG-CG, solve",
                                 "PETSc multigrid-CG, solve"};
    for (std::size_t i = 0; i < seconds.size(); ++i)
        std::printf("%-28s %10.3f ms  MAD %4.1f %%  %8.1f million unknowns/s\n", names[i], 1e3 * median(seconds[i]),
                    100.0 * mad(seconds[i]) / median(seconds[i]),
                    1e-6 * static_cast<double>(size) / median(seconds[i]));
    double const ours = median(seconds[0]);
    std::printf(
        "%zuD %td: %d cycles, the better rival / ours %.1f, 1 thread / 2 threads %.2f, %.1f doubles an unknown\n", D, n,
        report.iterations, std::min(median(seconds[2]), median(seconds[3])) / ours,
        median(threads[0]) / median(threads[1]), static_cast<double>(levels.bytes()) / 8.0 / static_cast<double>(size));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: %s DIMENSION N [ROUNDS]\n", argv[0]);
        return 2;
    }
    auto const n_rounds = static_cast<std::size_t>(argc > 3 ? std::atol(argv[3]) : 5);
    std::atoi(argv[1]) == 2 ? compare<2>(std::atol(argv[2]), n_rounds) : compare<3>(std::atol(argv[2]), n_rounds);
}
