// SPDX-License-Identifier: MIT
// What a task costs that runs in another process: empty ones, and such with large results.
// Arguments: processes (2), rounds (15).
#include "seconds_of_run.hpp"

#include <poise/task/executor.hpp>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace task = poise::task;
using namespace poise_bench;

int main(int argc, char** argv) {
    int const n_processes = argc > 1 ? std::atoi(argv[1]) : 2;
    auto const n_rounds = static_cast<std::size_t>(argc > 2 ? std::atoi(argv[2]) : 15);
    auto const executor = task::processes(n_processes);

    task::graph none, small, chain, large;
    (void)none.map("none", static_cast<std::size_t>(n_processes), [](std::size_t i) { return i; });
    constexpr std::size_t n_small = 20'000;
    (void)small.map("small", n_small, [](std::size_t i) { return i; });
    auto last = chain.add("0", [] { return std::size_t{0}; });
    for (std::size_t i = 1; i < n_small; ++i)
        last = chain.add(
            std::to_string(i), [](std::size_t v) { return v + 1; }, last);
    constexpr std::size_t n_large = 16, n_doubles = 4'000'000;
    (void)large.map("large", n_large,
                    [](std::size_t i) { return std::vector<double>(n_doubles, static_cast<double>(i)); });

    auto const seconds =
        alternate({[&] { return seconds_of_run(executor, none); }, [&] { return seconds_of_run(executor, small); },
                   [&] { return seconds_of_run(executor, chain); }, [&] { return seconds_of_run(executor, large); },
                   // What filling the vectors takes on one thread, here.
                   [&] { return seconds_of_run(task::serial(), large); }},
                  n_rounds);
    double const start_s = median(seconds[0]);
    auto const per_task = [&](std::size_t b) { return 1e6 * (median(seconds[b]) - start_s) / n_small; };
    double const bytes = 8.0 * n_large * n_doubles;
    std::printf(
        "%d processes: start and end %.2f ms; independent tasks %.1f us each, a chain %.1f us a task;\n"
        "results of 32 MB at %.2f GB/s, filling them included, which alone on one thread goes at %.2f GB/s\n",
        n_processes, 1e3 * start_s, per_task(1), per_task(2), 1e-9 * bytes / (median(seconds[3]) - start_s),
        1e-9 * bytes / median(seconds[4]));
}
