// SPDX-License-Identifier: MIT
// Lesson 12: how far do more threads take a sweep, and what is in the way?
//
// The same graph, 48 independent solves and a table of them, on 1, 2, 4, ... threads. Amdahl's law: no speed-up beyond
// work / span; and none beyond the number of cores, as long as tasks do not wait.
//
// Run:      12_scaling_over_threads [FOLDER [THREADS [n]]]    FOLDER: out/task; THREADS: twice the cores; n: 96
// Look at:  - efficiency: the part of work / threads that was reached. It falls beyond the number of cores, and before
//             that where solves share what a core does not have for itself: memory bandwidth, caches, the clock rate;
//           - work: it grows with the threads for the same reason, while each solve does the same;
//           - the same sum of the results, to the last bit, in every line;
//           - speed_up.png, over the logarithm of the number of threads.
#include <poise/grid/png.hpp>
#include <poise/pde.hpp>
#include <poise/task.hpp>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

using namespace poise;

namespace {

double largest_value(std::ptrdiff_t n, double shift) {
    linear::operator_cache cache;  // its own: each solve assembles and factorises
    pde::helmholtz<2> const problem{.domain = grid::cartesian<2>{{.cells = {n, n}}}, .shift = shift, .source = 1.0};
    return grid::extrema(pde::solve(problem, {.method = pde::method::direct, .cache = &cache}).u.values()).max;
}

// The quickest of three runs: interruptions make one longer only.
task::run best_of_three(task::executor const& executor, task::graph const& g) {
    auto best = executor.run(g);
    for (int repeat = 1; repeat < 3; ++repeat)
        if (auto run = executor.run(g); run.summary().wall_s < best.summary().wall_s) best = std::move(run);
    return best;
}

}  // namespace

int main(int argc, char** argv) {
    std::filesystem::path const folder = argc > 1 ? argv[1] : "out/task";
    int const most = argc > 2 ? std::atoi(argv[2]) : 2 * static_cast<int>(std::thread::hardware_concurrency());
    std::ptrdiff_t const n = argc > 3 ? std::atol(argv[3]) : 96;
    std::filesystem::create_directories(folder);

    task::graph g;
    auto const solved = g.map("solve", 48, [n](std::size_t i) { return largest_value(n, static_cast<double>(i)); });
    auto const sum = task::reduce(g, "sum", solved, [](double a, double b) { return a + b; });

    std::cout << "threads   wall, ms   work, ms  speed-up  efficiency  sum of the results\n" << std::fixed;
    std::vector<double> speed_ups;
    double first_s = 0.0;
    for (int threads = 1; threads <= std::max(most, 2); threads *= 2) {
        auto const run = best_of_three(task::executor{{.threads = threads}}, g);
        auto const s = run.summary();
        if (threads == 1) first_s = s.wall_s;
        speed_ups.push_back(first_s / s.wall_s);
        std::cout << std::setw(7) << threads << std::setprecision(1) << std::setw(11) << 1e3 * s.wall_s << std::setw(11)
                  << 1e3 * s.work_s << std::setprecision(2) << std::setw(10) << speed_ups.back() << std::setw(12)
                  << speed_ups.back() / threads << "  " << std::setprecision(17) << run[sum].value() << '\n';
    }

    auto const last = std::ssize(speed_ups) - 1;
    grid::cartesian<1> const axis{{.upper = {double(last)}, .cells = {last}, .centering = grid::centering::node}};
    grid::write_png((folder / "speed_up.png").string(), grid::field<1>{axis, speed_ups},
                    {.title = "Speed-up over log2 of the number of threads", .min = 0.0});
    std::cout << "\nWritten: " << (folder / "speed_up.png").string() << '\n';
}

// Possibilities for extensions: solves that share an operator (linear::default_operator_cache()), which are shorter and
// need more bandwidth for each operation; task::processes(n) for each number; profile::enable() and the trace.
