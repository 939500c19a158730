// SPDX-License-Identifier: MIT
// Lesson 10: problems of different kind and dimension in one graph, where one's result is the next one's source.
//
//  - a current through a strip: -Laplace(phi) = 0, 1 V on the left, 0 V on the right, insulated above and below. What
//  it
//    heats, |grad phi|^2 = 1, is the source of -Laplace(T) + 4 T = 1, a strip that is cooled at both ends and over its
//    face; in the middle T = (1 - 1/cosh(1)) / 4.
//  - a simply supported plate under a uniform load: Laplace(Laplace(w)) = 1 as two Poisson problems, -Laplace(m) = 1
//    and -Laplace(w) = m; in the middle w = 0.00406235 (Timoshenko & Woinowsky-Krieger, Theory of Plates, table 8).
//  - a cube with a source of 1 and walls at 0; in the middle u = 0.0562128.
//
// The results are fields of one, two and three dimensions: a handle knows which, and a graph that passes the wrong one
// does not compile.
//
// Run:      10_kinds_of_problems_in_one_graph [n] [graph.dot]
// Look at:  - the numbers against the known ones;
//           - the critical path: the chain that no number of threads shortens.
#include <poise/core/atomic_file.hpp>
#include <poise/grid.hpp>
#include <poise/pde.hpp>
#include <poise/task.hpp>

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <iomanip>
#include <iostream>

using namespace poise;

namespace {

template <std::size_t D>
grid::cartesian<D> nodes(std::ptrdiff_t n) {
    grid::extents<D> cells;
    cells.fill(n);
    return grid::cartesian<D>{{.cells = cells, .centering = grid::centering::node}};
}

template <std::size_t D>
double middle_of(grid::field<D> const& u) {
    return u.values()[u.values().size() / 2];  // of an odd number of points in each direction
}

// |d phi / dx|^2; the current flows along x.
grid::field<2> joule_heat(grid::field<2> const& phi) {
    auto heat = grid::derivative(phi, 0);
    for (double& value : heat.values()) value *= value;
    return heat;
}

void show(char const* what, double got, double known) {
    std::cout << std::left << std::setw(26) << what << std::right << std::fixed << std::setprecision(6) << std::setw(10)
              << got << std::setw(10) << known << '\n';
}

}  // namespace

int main(int argc, char** argv) {
    std::ptrdiff_t const n = argc > 1 ? 2 * (std::atol(argv[1]) / 2) : 256;
    auto const strip = [](double left) {
        return grid::boundary<2>{grid::neumann{0.0}}
            .on(grid::side::x_lower, grid::dirichlet{left})
            .on(grid::side::x_upper, grid::dirichlet{0.0});
    };

    task::graph g;
    auto const potential = g.add(
        "potential", [&] { return pde::solve(pde::poisson<2>{.domain = nodes<2>(n), .boundary = strip(1.0)}).u; });
    auto const heat = g.add("joule heat", joule_heat, potential);
    auto const temperature = g.add(
        "temperature",
        [&](grid::field<2> const& source) {
            return pde::solve(pde::helmholtz<2>{
                                  .domain = source.grid(), .shift = 4.0, .source = source, .boundary = strip(0.0)})
                .u;
        },
        heat);
    auto const moment =
        g.add("moment", [&] { return pde::solve(pde::poisson<2>{.domain = nodes<2>(n), .source = 1.0}).u; });
    auto const deflection = g.add(
        "deflection",
        [](grid::field<2> const& m) { return pde::solve(pde::poisson<2>{.domain = m.grid(), .source = m}).u; }, moment);
    auto const cube =
        g.add("cube", [&] { return pde::solve(pde::poisson<3>{.domain = nodes<3>(n / 16 * 2), .source = 1.0}).u; });
    g.add(
        "table",
        [](grid::field<2> const& t, grid::field<2> const& w, grid::field<3> const& u) {
            std::cout << "in the middle                    got     known\n";
            show("temperature of the strip", middle_of(t), (1.0 - 1.0 / std::cosh(1.0)) / 4.0);
            show("deflection of the plate", middle_of(w), 0.00406235);
            show("potential in the cube", middle_of(u), 0.0562128);
        },
        temperature, deflection, cube);

    auto const run = task::executor{}.run(g);
    std::cout << '\n' << run.failures() << run.summary();
    if (argc > 2) write_file(argv[2], to_dot(run));
}

// Possibilities for extensions:
//  - an insulated strip, shift = 0: which side conditions still have one solution? The message says.
//  - each n as a task::parameter, and the errors over n: the order of the scheme.
