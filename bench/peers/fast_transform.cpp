// SPDX-License-Identifier: MIT
// fast_transform beside FFTW and hypre: −Δu = f on n^D interior nodes of a unit box.
// Arguments: dimension, n, rounds (11).
#include "alternate.hpp"
#include "peers/poisson.hpp"

#include <poise/core/reductions.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/fast_transform.hpp>

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
    linear::fast_transform<D> const plan{box, {}};
    std::size_t const size = plan.n_unknowns();
    std::mt19937 random{1};
    std::uniform_real_distribution<double> values{-1.0, 1.0};
    std::vector<double> b(size), x(size), y(size);
    for (double& v : b) v = values(random);
    auto const fftw = fftw_poisson(dimension, n);
    auto const pfmg = pfmg_poisson(dimension, n);

    linear::solve_report report;
    auto const warm = [&](std::size_t n_threads) {
        return [&, n_threads] { return seconds_of([&] { report = plan.solve(b, x, {.max_threads = n_threads}); }); };
    };
    auto const cold = [&] {
        return seconds_of([&] {
            std::vector<double> fresh(size);
            linear::fast_transform<D> const made{box, {}};
            report = made.solve(b, fresh, {.max_threads = 1});
        });
    };
    // Apart from the rivals, which let the second thread fall asleep.
    auto const threads = alternate({warm(1), warm(2)}, 3 * n_rounds);
    auto const seconds = alternate({warm(1), cold, [&] { return seconds_of([&] { fftw->solve(b, y); }); },
                                    [&] { return seconds_of([&] { pfmg->solve(b, y); }); },
                                    [&] { return seconds_of([&] { (void)pfmg_poisson(dimension, n); }); }},
                                   n_rounds);
    if (!report) std::exit(1);
    fftw->solve(b, y);
    for (std::size_t i = 0; i < size; ++i) y[i] -= x[i];
    std::printf("fast transform and FFTW differ by %.1e of the solution\n", norm2(y) / norm2(x));
    char const* const names[] = {"fast transform, warm", "  cold", "FFTW, measured plan, warm", "hypre PFMG-CG, solve",
                                 "  set-up"};
    for (std::size_t i = 0; i < seconds.size(); ++i)
        std::printf("%-28s %10.3f ms  MAD %4.1f %%  %8.1f million unknowns/s\n", names[i], 1e3 * median(seconds[i]),
                    100.0 * mad(seconds[i]) / median(seconds[i]),
                    1e-6 * static_cast<double>(size) / median(seconds[i]));
    double const ours = median(seconds[0]), pfmg_cold = median(seconds[3]) + median(seconds[4]);
    std::printf(
        "%zuD %td: FFTW / ours %.1f, PFMG-CG cold / cold %.1f, 1 thread / 2 threads %.2f, %.1f GB/s of the 48 bytes "
        "an unknown\n",
        D, n, median(seconds[2]) / ours, pfmg_cold / median(seconds[1]), median(threads[0]) / median(threads[1]),
        48e-9 * static_cast<double>(size) / ours);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: %s DIMENSION N [ROUNDS]\n", argv[0]);
        return 2;
    }
    auto const n_rounds = static_cast<std::size_t>(argc > 3 ? std::atol(argv[3]) : 11);
    std::atoi(argv[1]) == 2 ? compare<2>(std::atol(argv[2]), n_rounds) : compare<3>(std::atol(argv[2]), n_rounds);
}
