// SPDX-License-Identifier: MIT
// Stages of transport, in cells a second, of each scheme in one, two and three dimensions, on one thread unless told.
// Arguments: steps (20), threads (1).
#include "alternate.hpp"

#include <poise/pde/advection_diffusion.hpp>
#include <poise/pde/burgers.hpp>
#include <poise/task/executor.hpp>
#include <poise/task/graph.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <vector>

using namespace poise;
using namespace poise_bench;
using pde::advection_scheme;

namespace {

constexpr std::size_t n_rounds = 7;

// The median of 10⁶ cells and stages a second, of steps alone: what the set-up takes is left out.
template <std::size_t D, class Problem>
void measure(char const* what, Problem problem, double step, int n_steps) {
    auto const seconds_of_steps = [&](int n) {
        problem.t = {0.0, step * n};
        return seconds_of([&] { (void)pde::solve(problem, pde::evolution_options<D>{.fixed_step = step}); });
    };
    std::vector<double> rates;
    (void)seconds_of_steps(n_steps);
    for (std::size_t round = 0; round < n_rounds; ++round) {
        double const few = seconds_of_steps(1), many = seconds_of_steps(n_steps + 1);
        rates.push_back(3e-6 * n_steps * static_cast<double>(problem.domain.size()) / (many - few));
    }
    std::printf("%-28s %zuD %9zu cells: %7.1f +- %.1f Mcells stages/s\n", what, D, problem.domain.size(), median(rates),
                mad(rates));
}

template <std::size_t D>
void measure_all(grid::extents<D> const& cells, pde::velocity<D> const& numbers, pde::velocity<D> const& functions,
                 int n_steps) {
    grid::cartesian<D> const domain{{.cells = cells}};
    double const step = 0.05 / static_cast<double>(cells[0]);
    auto const initial = [](auto... x) { return 1.0 + 0.5 * std::sin(6.0 * (x + ...)); };
    struct named {
        advection_scheme scheme;
        char const *moved, *turned, *burgers;
    };
    for (auto const& [scheme, moved, turned, burgers] :
         {named{advection_scheme::upwind, "upwind", "upwind, functions", "Burgers, upwind"},
          named{advection_scheme::central, "central", "central, functions", "Burgers, central"},
          named{advection_scheme::limited, "van Leer", "van Leer, functions", "Burgers, van Leer"},
          named{advection_scheme::weno5, "WENO5", "WENO5, functions", "Burgers, WENO5"}}) {
        pde::advection_diffusion<D> problem{
            .domain = domain, .velocity = numbers, .scheme = scheme, .boundary = grid::periodic{}, .initial = initial};
        measure<D>(moved, problem, step, n_steps);
        problem.velocity = functions;
        measure<D>(turned, problem, step, n_steps);
        measure<D>(
            burgers,
            pde::burgers<D>{.domain = domain, .scheme = scheme, .boundary = grid::periodic{}, .initial = initial}, step,
            n_steps);
    }
}

}  // namespace

int main(int argc, char** argv) {
    int const n_steps = argc > 1 ? std::atoi(argv[1]) : 20, n_threads = argc > 2 ? std::atoi(argv[2]) : 1;
    task::graph graph;
    (void)graph.add("measure", [&] {
        measure_all<1>({1'000'000}, {1.0}, {[](double x) { return 1.0 + 0.1 * x; }}, n_steps);
        measure_all<2>({1000, 1000}, {1.0, 0.5},
                       {[](double, double y) { return 0.5 - y; }, [](double x, double) { return x - 0.5; }}, n_steps);
        measure_all<3>({100, 100, 100}, {1.0, 0.5, 0.25},
                       {[](double, double y, double) { return 0.5 - y; },
                        [](double x, double, double) { return x - 0.5; }, [](double, double, double) { return 0.1; }},
                       n_steps);
    });
    return task::executor{{.threads = n_threads}}.run(graph) ? 0 : 1;
}
