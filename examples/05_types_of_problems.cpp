// SPDX-License-Identifier: MIT
// Lesson 5: what does the type of a problem cost a factorisation, at the same number of unknowns?
//
// -Laplace(u) + shift u = 1 with 4096 unknowns: 4096 cells of an interval, 64 x 64 of a square, 16 x 16 x 16 of a cube.
// A factor of N unknowns has O(N) entries in 1D, O(N log N) in 2D, O(N^(4/3)) in 3D: the dimension makes it dear, not
// the equation. A shift changes the diagonal alone, insulated sides the weights of a row; both have the same pattern.
//
// Run:      05_types_of_problems
// Look at:  - factorise and peak from 1D to 3D, and that they hardly differ among the problems in 2D;
//           - warm against factorise: with the operator from the cache, right-hand side, triangular solves and the
//           check of
//             the residual are left;
//           - the largest value of u against its known value where there is one.
#include <poise/pde.hpp>
#include <poise/profile.hpp>

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <string>

using namespace poise;

namespace {

template <std::size_t D>
grid::cartesian<D> box(std::ptrdiff_t n, grid::centering where = grid::centering::cell) {
    grid::extents<D> cells;
    cells.fill(n);
    return grid::cartesian<D>{{.cells = cells, .centering = where}};
}

// The least of three solves with a fresh operator, and of ten with a kept one: interruptions make one longer only.
void show(std::string const& name, auto const& problem) {
    double assembly_s = 1e9, factorisation_s = 1e9, warm_s = 1e9, largest = 0.0;
    std::size_t unknowns = 0;
    profile::memory_block memory;
    linear::operator_cache cache;
    for (int run = 0; run < 13; ++run) {
        if (run < 3) cache.clear();
        profile::memory const used;
        auto const [u, report] = pde::solve(problem, {.method = pde::method::direct, .cache = &cache});
        if (report.operator_reused) {
            warm_s = std::min(warm_s, report.solve_s);
        } else {
            assembly_s = std::min(assembly_s, report.assembly_s);
            factorisation_s = std::min(factorisation_s, report.factorisation_s);
            memory = used.so_far();
        }
        unknowns = report.n_unknowns, largest = grid::extrema(u.values()).max;
    }
    std::cout << std::left << std::setw(28) << name << std::right << std::setw(8) << unknowns << std::fixed
              << std::setprecision(2) << std::setw(10) << 1e3 * assembly_s << std::setw(10) << 1e3 * factorisation_s
              << std::setw(10) << 1e3 * warm_s << std::setw(8);
    if (memory.measured)
        std::cout << static_cast<double>(memory.peak_bytes) / (1 << 20);
    else
        std::cout << '-';
    std::cout << std::setprecision(4) << std::setw(9) << largest << '\n';
}

}  // namespace

int main() {
    std::cout << "problem                     unknowns  assemble factorise      warm    peak  largest\n"
                 "                                            ms        ms        ms     MiB    value\n";
    show("Poisson 1D", pde::poisson<1>{.domain = box<1>(4096), .source = 1.0});
    show("Poisson 2D", pde::poisson<2>{.domain = box<2>(64), .source = 1.0});
    show("Poisson 3D", pde::poisson<3>{.domain = box<3>(16), .source = 1.0});

    auto const channel = grid::boundary<2>{grid::dirichlet{0.0}}
                             .on(grid::side::y_lower, grid::neumann{0.0})
                             .on(grid::side::y_upper, grid::neumann{0.0});
    show("Poisson 2D, channel", pde::poisson<2>{.domain = box<2>(64), .source = 1.0, .boundary = channel});
    show("Poisson 2D, nodes", pde::poisson<2>{.domain = box<2>(65, grid::centering::node), .source = 1.0});
    show("Helmholtz 2D, shift 100", pde::helmholtz<2>{.domain = box<2>(64), .shift = 100.0, .source = 1.0});
    show("Helmholtz 2D, insulated",
         pde::helmholtz<2>{.domain = box<2>(64), .shift = 100.0, .source = 1.0, .boundary = grid::neumann{0.0}});
    std::cout << "known: 1D and channel 1/8 = 0.1250, 2D 0.0737, 3D 0.0562, insulated 1/shift = 0.0100\n";
}

// Possibilities for extensions: 262144 = 64^3 = 512^2 unknowns, where 3D takes minutes of its own; the backends CHOLMOD
// and Eigen side by side (solve_options::backend); a source that varies, which the warm solve has to evaluate.
