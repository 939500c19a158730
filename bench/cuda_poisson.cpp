// SPDX-License-Identifier: MIT
// Poisson problems on the processor and on a GPU over sizes: to a tolerance, and by two cycles, an F and a V, whose
// error is below that of the grid where u is 0 on the sides. From and to the processor, and "resident", the cycles
// alone: from a guess, what a solve takes more than one without a cycle, which copies and computes a residual as well.
//
// Run: bench_cuda_poisson [largest power of two in 2D, 13] [in 3D, 9] [rounds, 5]
// Where there is no GPU, the processor's half.
#include "alternate.hpp"

#include <poise/core/device.hpp>
#include <poise/linear/fast_transform.hpp>
#include <poise/linear/laplacian_multigrid.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <vector>

using namespace poise;

namespace {

template <std::size_t D>
struct cube {
    explicit cube(std::ptrdiff_t n) : domain{options(n)} { kinds.fill(grid::condition_kind::dirichlet); }
    static grid::cartesian_options<D> options(std::ptrdiff_t n) {
        grid::cartesian_options<D> made{.centering = grid::centering::cell};
        made.lower.fill(0.0), made.upper.fill(1.0), made.cells.fill(n);
        return made;
    }
    grid::cartesian<D> domain;
    grid::condition_kinds<D> kinds;
};

template <std::size_t D>
class sizes {
public:
    sizes(std::ptrdiff_t n, device const& gpu) : n_{n}, box_{n}, gpu_{gpu} {}

    void measure(std::size_t rounds) {
        linear::fast_transform<D> const transform{box_.domain, box_.kinds};
        std::vector<double> const b(transform.n_unknowns(), 1.0);
        std::vector<double> x(b.size());
        std::vector<std::function<double()>> bodies{
            [&] { return poise_bench::seconds_of([&] { (void)transform.solve(b, x); }); }};
        auto const processor = std::make_shared<linear::laplacian_multigrid<D>>(box_.domain, box_.kinds);
        bodies.push_back([&] { return solve(*processor, b, x, {.rtol = 1e-8}); });
        bodies.push_back([&] { return solve(*processor, b, x, {.rtol = 0.0, .max_cycles = 2}); });
        if (gpu_.is_cuda()) {
            auto const there = std::make_shared<linear::laplacian_multigrid<D>>(
                box_.domain, box_.kinds, 0.0, linear::laplacian_multigrid_options{.device = gpu_});
            for (double const guess : {0.0, 1e-30})
                for (auto const& options : {options_of{.rtol = 1e-8}, options_of{.rtol = 0.0, .max_cycles = 2},
                                            options_of{.rtol = 0.0, .max_cycles = 0}})
                    bodies.push_back([&, there, guess, options] { return solve(*there, b, x, options, guess); });
        }
        auto const seconds = poise_bench::alternate(bodies, rounds);
        auto const dofs = static_cast<double>(b.size());
        auto const print = [&](char const* what, double of) {
            std::printf("  %-44s %10.3f ms  %8.2f GDOF/s\n", what, 1e3 * of, 1e-9 * dofs / of);
        };
        auto const median = [&](std::size_t body) { return poise_bench::median(seconds[body]); };
        std::printf("%zuD, %td^%zu\n", D, n_, D);
        print("processor, fast transform", median(0));
        print("processor, multigrid to 1e-8", median(1));
        print("processor, multigrid, F and V", median(2));
        if (!gpu_.is_cuda()) return;
        print("GPU, multigrid to 1e-8, host to host", median(3));
        print("GPU, multigrid to 1e-8, resident", median(6) - median(8));
        print("GPU, multigrid, F and V, host to host", median(4));
        print("GPU, multigrid, F and V, resident", median(7) - median(8));
    }

private:
    using options_of = linear::laplacian_multigrid_solve_options;

    static double solve(linear::laplacian_multigrid<D> const& levels, std::vector<double> const& b,
                        std::vector<double>& x, options_of const& options, double guess = 0.0) {
        std::fill(x.begin(), x.end(), guess);
        return poise_bench::seconds_of([&] { (void)levels.solve(b, x, options); });
    }

    std::ptrdiff_t n_;
    cube<D> box_;
    device gpu_;
};

}  // namespace

int main(int n_arguments, char** arguments) {
    int const largest_2d = n_arguments > 1 ? std::atoi(arguments[1]) : 13;
    int const largest_3d = n_arguments > 2 ? std::atoi(arguments[2]) : 9;
    auto const rounds = static_cast<std::size_t>(n_arguments > 3 ? std::atoi(arguments[3]) : 5);
    for (auto const& each : device::all()) std::cout << each << '\n';
    device const best = device::best();
    std::cout << "best: " << best << std::endl;
    for (int power = 6; power <= largest_2d; ++power) sizes<2>{std::ptrdiff_t{1} << power, best}.measure(rounds);
    for (int power = 4; power <= largest_3d; ++power) sizes<3>{std::ptrdiff_t{1} << power, best}.measure(rounds);
}
