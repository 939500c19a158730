// SPDX-License-Identifier: MIT
// Lesson 8: the same 64 solves one after the other and on all cores, with the same bits.
//
// -Laplace(u) + shift u = f on the unit square, f a Gaussian charge of width sigma, on n x n cells: a sweep over shift
// and sigma, a solve for each of the 64 combinations. One shift is a mistake (infinite: that of a time step of 0): its
// solves fail, the row that needs them is skipped and says why, and everything else goes on.
//
// Run:      08_sweep_in_parallel [n] [graph.dot] [trace.json]
// Look at:  - the same bits: every number of the serial run, compared as bits;
//           - work and span in the summary: no number of threads makes it faster than the span, and the efficiency says
//             how much of work / threads was reached;
//           - who failed and why, and who was skipped because of it;
//           - graph.dot, with `dot -Tsvg`: the families of tasks, coloured by what came of them; trace.json, at
//             ui.perfetto.dev: each task where it ran, and arrows along the edges.
#include <poise/core/atomic_file.hpp>
#include <poise/pde.hpp>
#include <poise/profile.hpp>
#include <poise/task.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

using namespace poise;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double largest_value(std::ptrdiff_t n, double shift, double sigma) {
    auto const charge = [sigma](double x, double y) {
        double const r2 = (x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5);
        return std::exp(-r2 / (2.0 * sigma * sigma));
    };
    grid::cartesian<2> const square{{.cells = {n, n}}};
    linear::operator_cache cache;  // its own: each solve assembles and factorises, as a sweep over shifts does
    auto const solution = pde::solve(pde::helmholtz<2>{.domain = square, .shift = shift, .source = charge},
                                     {.method = pde::method::direct, .cache = &cache});
    return grid::extrema(solution.u.values()).max;
}

std::size_t count_alike(task::run const& a, task::run const& b, task::handles<double> const& tasks) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < tasks.size(); ++i)
        n += a[tasks[i]] && b[tasks[i]] && std::memcmp(&a[tasks[i]].value(), &b[tasks[i]].value(), sizeof(double)) == 0;
    return n;
}

}  // namespace

int main(int argc, char** argv) {
    std::ptrdiff_t const n = argc > 1 ? std::atoi(argv[1]) : 96;
    profile::enable();

    // Step 1: the cases, and a task for each.
    task::parameter_grid const cases{task::axis{"shift", {infinity, 0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0}},
                                     task::axis{"sigma", {0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4}}};
    task::graph g;
    auto const solved =
        task::sweep(g, "solve", cases, [n](double shift, double sigma) { return largest_value(n, shift, sigma); });

    // Step 2: what is made of them. A row of eight needs them all; who can do with fewer says settled().
    auto const rows = g.map(
        "row", 8,
        [](std::size_t, task::collection<double> const& row) { return *std::max_element(row.begin(), row.end()); },
        task::chunks(solved.tasks, 8));
    auto const found = g.add(
        "largest",
        [](task::outcomes<double> const& all) {
            double most = 0.0;
            for (auto const& one : all) most = one ? std::max(most, one.value()) : most;
            return most;
        },
        task::settled(solved.tasks));

    // Step 3: run it twice. The graph is only read.
    auto const serial = task::serial().run(g);
    auto const run = task::executor{}.run(g);
    std::cout << "largest value " << run[found].value() << "\n"
              << count_alike(serial, run, solved.tasks) << " of " << run[solved.tasks].n_succeeded()
              << " results have the same bits as in the serial run\n"
              << run[rows].n_succeeded() << " rows are complete\n\n"
              << run.failures() << '\n'
              << run.summary() << "  against the serial run: " << serial.summary().wall_s / run.summary().wall_s
              << " x\n";

    if (argc > 2) write_file(argv[2], to_dot(run));
    if (argc > 3) profile::write_trace(argv[3]);
}

// Possibilities for extensions:
//  - task::processes() instead of task::executor{}: a solve that crashes ends itself and not the sweep.
//  - run(g, {.results = "folder"}): kill the program, start it again, and it goes on where it was.
//  - let all solves share linear::default_operator_cache(): each shift is factorised once.
