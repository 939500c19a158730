// SPDX-License-Identifier: MIT
// Two-point boundary-value problems: time and error. ode_boundary.py runs this one and SciPy's solve_bvp in turn.
//
// Run: bench_peers_ode_boundary [rounds, 50]
// Prints a line for each problem and tolerance: name, tolerance, error, intervals, microseconds.
#include "ode/boundary_problems.hpp"
#include "peers/work_precision.hpp"

#include <poise/ode.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

using namespace poise;
using namespace poise_bench;
using namespace poise_test;

namespace {

template <class Problem, class Guess, class ErrorAt>
void measure_problem(char const* name, Problem const& problem, Guess const& guess, ErrorAt const& error_at,
                     int rounds) {
    for (double const tolerance : {1e-4, 1e-6, 1e-8}) {
        double best = std::numeric_limits<double>::infinity(), error = 0.0;
        std::size_t n_intervals = 0;
        for (int round = 0; round < rounds; ++round) {
            double const begin = thread_cpu_s();
            auto const solution =
                ode::solve(problem, guess, ode::gauss_collocation{}, {.rtol = tolerance, .atol = tolerance});
            best = std::min(best, thread_cpu_s() - begin);
            if (round > 0) continue;
            n_intervals = solution.report.n_intervals;
            double const a = solution.x.front(), b = solution.x.back();
            for (int i = 0; i <= 4000; ++i) {
                double const x = std::min(a + (b - a) * i / 4000.0, b);
                error = std::max(error, error_at(x, solution(x)));
            }
        }
        std::printf("%s %.0e %.2e %zu %.1f\n", name, tolerance, error, n_intervals, 1e6 * best);
    }
}

}  // namespace

int main(int n_arguments, char** arguments) {
    int const rounds = n_arguments > 1 ? std::atoi(arguments[1]) : 50;
    auto const zero = [](double) { return pair{0.0, 0.0}; };
    auto const bump = [](double x) { return pair{16.0 * x * (1.0 - x), 16.0 - 32.0 * x}; };
    auto const line = [](double x) { return pair{x, 1.0}; };
    auto const of = [](auto const& exact) {
        return [exact](double x, pair const& y) { return std::abs(y[0] - exact(x)); };
    };
    measure_problem("bratu_lower", bratu(3.5), zero, of([](double x) { return lower_branch(x)[0]; }), rounds);
    measure_problem("bratu_upper", bratu(3.5), bump, of([](double x) { return upper_branch(x)[0]; }), rounds);
    measure_problem("shock", shock_layer(1e-4), zero, of([](double x) { return shock_layer_solution(1e-4, x); }),
                    rounds);
    // Where it is known: y(0.9), and both slopes relative to the largest.
    auto const of_troesch = [](double x, pair const& y) {
        if (x == 0.0) return std::abs(y[1] - troesch_slope_at_0);
        if (x == 1.0) return std::abs(y[1] - troesch_slope_at_1) / troesch_slope_at_1;
        return std::abs(x - 0.9) < 1e-9 ? std::abs(y[0] - troesch_at_nine_tenths) : 0.0;
    };
    measure_problem("troesch", troesch(10.0), line, of_troesch, rounds);
}
