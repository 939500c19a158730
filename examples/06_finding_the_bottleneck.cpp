// SPDX-License-Identifier: MIT
// Lesson 6: which functions take the time, what does the profiler advise, and what does following it bring?
//
// u_t = Laplace(u) on the unit square, u = 0 on its boundary, by backward Euler with steps that change:
//     (-Laplace + 1/dt) u_new = u / dt,      one Helmholtz problem with shift 1/dt a step.
// The mode sin(pi x) sin(pi y) shrinks by 1 / (1 + dt mu) in each, mu = 8 n^2 sin^2(pi / (2 n)): an answer to check.
// Solved by factorisation, as it would be with coefficients that vary. Four step sizes take turns, so four operators
// are needed; the cache of the first run has room for one or two.
//
// Run:      06_finding_the_bottleneck [FOLDER]     FOLDER: out/profiling
// Look at:  - the report: which phase takes the time, and how often it ran;
//           - the functions: their share has an interval; where it holds the 5 %, how many samples more would tell;
//           - the advice, and whether the second run agrees with it;
//           - report.html in a browser. Functions named [libgomp...] are threads of CHOLMOD that wait for work.
#include <poise/poise.hpp>

#include <cmath>
#include <filesystem>
#include <iostream>
#include <numbers>

using namespace poise;

namespace {

constexpr std::ptrdiff_t n = 96;
constexpr double step_sizes[] = {1e-4, 2e-4, 4e-4, 8e-4};
constexpr int n_steps = 16;
grid::cartesian<2> const square{{.lower = {0, 0}, .upper = {1, 1}, .cells = {n, n}}};

grid::field<2> run(linear::operator_cache& cache) {
    profile::scope const timing{"run"};
    auto u = grid::sample<2>(
        square, [](double x, double y) { return std::sin(std::numbers::pi * x) * std::sin(std::numbers::pi * y); });
    for (int i = 0; i < n_steps; ++i) {
        profile::scope const timing_step{"step"};
        double const shift = 1.0 / step_sizes[i % 4];
        for (double& value : u.values()) value *= shift;
        u = pde::solve(pde::helmholtz<2>{.domain = square, .shift = shift, .source = u},
                       {.method = pde::method::direct, .cache = &cache})
                .u;
    }
    return u;
}

double expected() {
    double const sine = std::sin(std::numbers::pi / (2.0 * n)), start = std::sin(std::numbers::pi * (0.5 - 0.5 / n));
    double most = start * start;  // the middle of the box is a corner of four cells
    for (int i = 0; i < n_steps; ++i) most /= 1.0 + step_sizes[i % 4] * 8.0 * n * n * sine * sine;
    return most;
}

}  // namespace

int main(int argc, char** argv) {
    std::filesystem::path const folder = argc > 1 ? argv[1] : "out/profiling";
    std::filesystem::create_directories(folder);
    auto const file = [&](char const* name) { return (folder / name).string(); };

    profile::enable({.memory = true});
    linear::operator_cache small{{.max_bytes = 12u << 20}}, large;
    auto const u = run(small);
    std::cout << "largest value " << grid::extrema(u.values()).max << ", expected " << expected() << "\n\n";

    profile::disable();  // what follows is not to be in the report
    profile::snapshot shown = profile::report().data();
    profile::timeline const events = profile::take_timeline();
    std::cout << profile::report{shown} << '\n';  // ends with the advice

    auto const sampled = profile::sample([&] { run(small); }, {.min_duration_s = 1.0, .name = "run, small cache"});
    std::cout << "functions that take 5 %, or may do:\n";
    for (auto const& hot : sampled.bottlenecks(0.05)) std::cout << hot << '\n';

    auto const verdict =
        profile::compare({{"small cache", [&] { return run(small); }}, {"large cache", [&] { return run(large); }}},
                         {.name = "following the advice", .max_time_s = 2.0});
    std::cout << '\n' << verdict << "large cache is " << verdict.contenders[1].outcome << "\n\n";

    shown.samples = {sampled};
    shown.comparisons = {verdict};
    profile::write_html(file("report.html"), shown, events, {.title = "Backward Euler with a small cache"});
    profile::write_trace(file("trace.json"), events);
    profile::write_json(file("profile.json"), shown);
    profile::write_collapsed(file("scopes.folded"), shown);
    profile::write_collapsed(file("functions.folded"), sampled);
    grid::write_png(file("u.png"), u, {.title = "u after 16 steps"});
    std::cout << "Written to " << folder.string() << ": report.html trace.json profile.json scopes.folded "
              << "functions.folded u.png\n";
}

// Possibilities for extensions: a task::graph of several runs on two threads, whose edges the timeline then shows;
// read_json() of this run and of one with the large cache, and changes(before, after) between them.
