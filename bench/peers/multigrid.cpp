// SPDX-License-Identifier: MIT
// multigrid, as the preconditioner of cg, beside hypre's BoomerAMG: −∇·(κ∇u) = f on n^D cells of a unit box, Dirichlet,
// κ 1 and 10⁴. Arguments: dimension, n, constant | chequers | inclusions, rounds (5).
#include "alternate.hpp"
#include "peers/boomeramg.hpp"

#include <poise/core/reductions.hpp>
#include <poise/linear/cg.hpp>
#include <poise/linear/multigrid.hpp>
#include <poise/linear/neg_diffusion.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

using namespace poise;
using namespace poise_bench;

namespace {

// Eight chequers a side; ten discs or balls a side, gaps of a third of a period between them.
template <std::size_t D>
double kappa_at(std::string const& kind, grid::point<D> const& x) {
    int chequer = 0;
    double square = 0.0;
    for (double const t : x) {
        chequer += static_cast<int>(8.0 * t);
        square += std::pow(std::fmod(t, 0.1) - 0.05, 2);
    }
    if (kind == "chequers") return chequer % 2 != 0 ? 1e4 : 1.0;
    if (kind == "inclusions") return square < 0.035 * 0.035 ? 1e4 : 1.0;
    return 1.0;
}

template <std::size_t D>
void compare(std::ptrdiff_t n, std::string const& kind, std::size_t n_rounds) {
    grid::extents<D> cells;
    cells.fill(n);
    grid::cartesian<D> const box{{.cells = cells}};
    std::vector<double> kappa(box.size());
    std::vector<double> const sigma(box.size(), 0.0);
    grid::for_each_point(box, [&](std::size_t i, grid::point<D> const& x) { kappa[i] = kappa_at<D>(kind, x); });
    auto const A = linear::neg_diffusion(box, grid::condition_kinds<D>{}, std::span<double const>{kappa},
                                         std::span<double const>{sigma});
    auto const csr = linear::to_csr(A);
    std::vector<double> b(box.size()), x(box.size()), y(box.size());
    std::mt19937 random{1};
    std::uniform_real_distribution<double> values{-1.0, 1.0};
    for (double& v : b) v = values(random);

    linear::multigrid<D> const M{A};
    linear::krylov_workspace workspace;
    linear::solve_report report;
    auto const ours_setup = [&] { return seconds_of([&] { (void)linear::multigrid<D>{A}; }); };
    auto const ours = [&] {
        std::fill(x.begin(), x.end(), 0.0);
        return seconds_of([&] { report = linear::cg(A, b, x, {.rtol = 1e-8, .workspace = &workspace}, M); });
    };
    std::vector<std::function<double()>> bodies{ours_setup, ours};
    std::vector<boomeramg> rivals;
    std::vector<int> iterations(2);
    auto const dimension = static_cast<int>(D);
    for (auto const settings : {boomeramg_settings::classical, boomeramg_settings::aggressive})
        rivals.emplace_back(csr, dimension, settings);
    for (std::size_t i = 0; i < 2; ++i) {
        auto const settings = i == 0 ? boomeramg_settings::classical : boomeramg_settings::aggressive;
        bodies.push_back([&, settings] { return seconds_of([&] { boomeramg{csr, dimension, settings}; }); });
        bodies.push_back([&, i] { return seconds_of([&] { iterations[i] = rivals[i].solve(b, y); }); });
    }
    auto const seconds = alternate(bodies, n_rounds);
    if (!report) std::exit(1);
    double difference = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) difference = std::max(difference, std::abs(x[i] - y[i]));
    std::printf("%zuD %td, %s: multigrid set-up %.1f ms, solve %.1f ms, %d iterations, %.1f doubles an unknown\n", D, n,
                kind.c_str(), 1e3 * median(seconds[0]), 1e3 * median(seconds[1]), report.iterations,
                static_cast<double>(M.bytes()) / 8.0 / static_cast<double>(x.size()));
    double both = 1e300, solve = 1e300;
    for (std::size_t i = 0; i < 2; ++i) {
        double const setup_s = median(seconds[2 + 2 * i]), solve_s = median(seconds[3 + 2 * i]);
        std::printf("  BoomerAMG %s: set-up %.1f ms, solve %.1f ms, %d iterations\n",
                    i == 0 ? "classical" : "aggressive", 1e3 * setup_s, 1e3 * solve_s, iterations[i]);
        both = std::min(both, setup_s + solve_s);
        solve = std::min(solve, solve_s);
    }
    std::printf("  set-up + solve %.1f times, solve %.1f times; the answers differ by %.1e of the largest value\n",
                both / (median(seconds[0]) + median(seconds[1])), solve / median(seconds[1]), difference / norm_max(x));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fprintf(stderr, "usage: %s DIMENSION N constant|chequers|inclusions [ROUNDS]\n", argv[0]);
        return 2;
    }
    auto const n_rounds = static_cast<std::size_t>(argc > 4 ? std::atol(argv[4]) : 5);
    std::atoi(argv[1]) == 2 ? compare<2>(std::atol(argv[2]), argv[3], n_rounds)
                            : compare<3>(std::atol(argv[2]), argv[3], n_rounds);
}
