// SPDX-License-Identifier: MIT
// Stiff initial-value problems: the time to reach an error at the end, beside CVODE.
//
// Run: bench_peers_ode_stiff [rounds, 20] [file of curves]
#include "ode/stiff_problems.hpp"
#include "peers/cvode.hpp"
#include "peers/ring_modulator.hpp"
#include "peers/work_precision.hpp"

#include <poise/ode.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

using namespace poise_bench;
using namespace poise;

namespace {

template <class Problem>
void jacobian_of(double t, double const* y, double* J) {
    constexpr std::size_t n = Problem::y0.size();
    std::array<ode::dual<n>, n> at, slope;
    for (std::size_t i = 0; i < n; ++i) at[i] = {y[i], i};
    Problem{}(t, at, slope);
    for (std::size_t j = 0; j < n; ++j)
        for (std::size_t i = 0; i < n; ++i) J[i + n * j] = slope[i].derivative[j];
}

using run = std::function<double(double)>;

template <class Problem, class F, class Method>
run ours(F const& f, Method const& method) {
    return [f, method](double rtol) {
        return poise_test::error_of<Problem>(
            ode::solve(ode::problem{f, Problem::y0, Problem::t}, method,
                       {.rtol = rtol, .atol = poise_test::atol_of<Problem>(rtol), .keep = ode::keep::ends})
                .y.back());
    };
}
template <class Problem>
run theirs(bool with_jacobian) {
    return [with_jacobian](double rtol) {
        auto const atol = poise_test::atol_of<Problem>(rtol);
        std::array<double, Problem::y0.size()> y;
        cvode_problem const problem{[](double t, double const* state, double* dydt) { Problem{}(t, state, dydt); },
                                    with_jacobian ? jacobian_of<Problem> : nullptr, Problem::y0, Problem::t.begin,
                                    Problem::t.end};
        bool const is_there = cvode(problem, cvode_method::bdf, rtol, atol.of_each(), y);
        return is_there ? poise_test::error_of<Problem>(y) : std::nan("");
    };
}

// The logarithms of the ratios at 1e-4, 1e-6 and 1e-8, summed over the problems.
std::array<double, 3> logs{};
int n_problems = 0;

template <class Problem>
void compare(int rounds, curve_file& file) {
    std::vector<double> tolerances;
    for (double rtol = 1e-2; rtol > 1e-12; rtol *= 0.31622776601683794) tolerances.push_back(rtol);
    ode::differentiable const by_duals{Problem{}};
    auto const curves =
        measure<run>({theirs<Problem>(true), theirs<Problem>(false), ours<Problem>(by_duals, ode::rodas5p{}),
                      ours<Problem>(Problem{}, ode::rodas5p{}), ours<Problem>(by_duals, ode::radau{}),
                      ours<Problem>(by_duals, ode::bdf{}), ours<Problem>(by_duals, ode::esdirk4{}),
                      ours<Problem>(by_duals, ode::automatic{})},
                     tolerances, rounds);
    char const* const names[] = {"CVODE BDF, Jacobian", "CVODE BDF",  "Rodas5P, duals",  "Rodas5P, differences",
                                 "Radau, duals",        "BDF, duals", "ESDIRK 4, duals", "automatic, duals"};
    std::printf("%s, %zu components: ms for an error of 1e-4, 1e-6, 1e-8\n", Problem::name, Problem::y0.size());
    for (std::size_t i = 0; i < curves.size(); ++i) file.add(Problem::name, names[i], curves[i]);
    for (std::size_t i = 0; i < curves.size(); ++i)
        std::printf("  %-22s %9.4f %9.4f %9.4f\n", names[i], 1e3 * seconds_for(curves[i], 1e-4),
                    1e3 * seconds_for(curves[i], 1e-6), 1e3 * seconds_for(curves[i], 1e-8));
    std::printf("  CVODE's better / ours's");
    for (std::size_t k = 0; k < 3; ++k) {
        double const error = std::pow(10.0, -4.0 - 2.0 * static_cast<double>(k));
        double const rival = std::fmin(seconds_for(curves[0], error), seconds_for(curves[1], error));
        double best = seconds_for(curves[2], error);
        for (std::size_t i = 3; i < 7; ++i) best = std::fmin(best, seconds_for(curves[i], error));
        double const ratio = rival / best;
        logs[k] += std::log(ratio);
        std::printf(" %9.2f", ratio);
    }
    std::printf("\n");
    ++n_problems;
}

// Which CVODE does not solve to 1e-6: ours at that error beside CVODE's time for 1e-4.
void compare_ring_modulator() {
    ode::differentiable const by_duals{ring_modulator{}};
    auto const curves = measure<run>({theirs<ring_modulator>(true), ours<ring_modulator>(by_duals, ode::radau{})},
                                     {1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11}, 2);
    double const rival = seconds_for(curves[0], 1e-4), own = seconds_for(curves[1], 1e-6);
    std::printf("%s: CVODE BDF to 1e-4 %.1f ms, Radau to 1e-6 %.1f ms, %.2f\n", ring_modulator::name, 1e3 * rival,
                1e3 * own, rival / own);
}

}  // namespace

int main(int n_arguments, char** arguments) {
    int const rounds = n_arguments > 1 ? std::atoi(arguments[1]) : 20;
    curve_file file{n_arguments > 2 ? arguments[2] : nullptr};
    compare<poise_test::robertson>(rounds, file);
    compare<poise_test::van_der_pol>(rounds, file);
    compare<poise_test::hires>(rounds, file);
    compare<poise_test::oregonator>(rounds, file);
    compare<poise_test::pollution>(rounds, file);
    std::printf("geometric mean          ");
    for (double const log : logs) std::printf(" %9.2f", std::exp(log / n_problems));
    std::printf("\n");
    compare_ring_modulator();
}
