// SPDX-License-Identifier: MIT
// How small a task may be: graphs of busy tasks on several threads, beside oneTBB's flow graph and the ideal, which is
// the time of a plain loop over the same bodies divided by the threads. And what a million tasks weigh.
// Arguments: threads (2), rounds (31).
#include "alternate.hpp"
#include "task_dags.hpp"

#include <poise/task/executor.hpp>

#include <tbb/flow_graph.h>
#include <tbb/task_arena.h>

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace poise_bench;
namespace task = poise::task;
namespace flow = tbb::flow;

// Work that cannot be shortened: a chain of multiplications.
void busy(std::uint64_t n_steps) {
    std::uint64_t x = n_steps | 1U;
    for (std::uint64_t i = 0; i < n_steps; ++i) {
        x = x * 6364136223846793005U + 1442695040888963407U;
        __asm__ volatile("" : "+r"(x));
    }
}

std::uint64_t steps_for(double seconds) {
    double fastest = 1e9;
    for (int repeat = 0; repeat < 50; ++repeat) fastest = std::min(fastest, seconds_of([] { busy(100'000); }));
    return static_cast<std::uint64_t>(seconds / fastest * 1e5);
}

void build(flow::graph& g, std::deque<flow::continue_node<flow::continue_msg>>& nodes, dag const& d,
           std::uint64_t n_steps) {
    for (std::size_t i = 0; i < d.size(); ++i) {
        nodes.emplace_back(g, [n_steps](flow::continue_msg const&) { busy(n_steps); });
        for (std::uint32_t const input : d.inputs[i]) flow::make_edge(nodes[input], nodes[i]);
    }
}

void build(task::graph& g, dag const& d, std::uint64_t n_steps) {
    auto const names = names_of(d);
    auto const f = [n_steps] { busy(n_steps); };
    std::vector<task::handle<void>> h;
    for (std::size_t i = 0; i < d.size(); ++i) {
        auto const& in = d.inputs[i];
        h.push_back(in.empty()       ? g.add(names[i], f)
                    : in.size() == 1 ? g.add(names[i], f, h[in[0]])
                    : in.size() == 2 ? g.add(names[i], f, h[in[0]], h[in[1]])
                                     : g.add(names[i], f, h[in[0]], h[in[1]], h[in[2]]));
    }
}

void compare(dag const& d, double task_s, int threads, std::size_t n_rounds) {
    std::uint64_t const n_steps = steps_for(task_s);
    tbb::task_arena arena{threads};
    std::optional<flow::graph> rival;
    std::deque<flow::continue_node<flow::continue_msg>> nodes;
    arena.execute([&] { build(rival.emplace(), nodes, d, n_steps); });
    task::graph g;
    build(g, d, n_steps);
    task::executor const executor{{.threads = threads}};
    auto const seconds = alternate({[&] {
                                        return seconds_of([&] {
                                            for (std::size_t i = 0; i < d.size(); ++i) busy(n_steps);
                                        });
                                    },
                                    [&] {
                                        return seconds_of([&] {
                                            arena.execute([&] {
                                                nodes.front().try_put({});
                                                rival->wait_for_all();
                                            });
                                        });
                                    },
                                    [&] {
                                        return seconds_of([&] {
                                            if (auto const run = executor.run(g); !run) std::abort();
                                        });
                                    }},
                                   n_rounds);
    // The ratio within a round, so that what slows all three cancels.
    auto const above_ideal = [&](std::size_t who) {
        std::vector<double> ratios;
        for (std::size_t r = 0; r < n_rounds; ++r) ratios.push_back(seconds[who][r] * threads / seconds[0][r]);
        return 100.0 * (median(ratios) - 1.0);
    };
    std::printf("%-18s %4.0f us  %8.0f ns  %+8.1f %%  %+8.1f %%\n", d.name.c_str(), 1e6 * task_s,
                1e9 * median(seconds[0]) / static_cast<double>(d.size()), above_ideal(1), above_ideal(2));
}

double resident_mb() {
    std::ifstream statm{"/proc/self/statm"};
    long total = 0, resident = 0;
    statm >> total >> resident;
    return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

void weigh(dag const& d) {
    double const before = resident_mb();
    task::graph g;
    build(g, d, 0);
    double const built = resident_mb();
    auto const run = task::executor{{.threads = 1}}.run(g);
    rusage peak{};
    ::getrusage(RUSAGE_SELF, &peak);
    std::printf("%s, %zu tasks with names: %.0f MB built, %.0f MB with a run and its records, %.0f MB at most\n",
                d.name.c_str(), d.size(), built - before, resident_mb() - before,
                static_cast<double>(peak.ru_maxrss) * 1024.0 / 1e6 - before);
}

}  // namespace

int main(int argc, char** argv) {
    int const threads = argc > 1 ? std::atoi(argv[1]) : 2;
    auto const n_rounds = static_cast<std::size_t>(argc > 2 ? std::atoi(argv[2]) : 31);
    weigh(fan_out(1'000'000));
    std::printf("above the ideal, median of %zu rounds; threads: %d\n%-18s %7s  %11s  %10s  %10s\n", n_rounds, threads,
                "", "task", "in a loop", "flow graph", "poise");
    for (double const task_s : {5e-6, 1e-6})
        for (dag const& d : {fan_out(10'000), wavefront(100), binary_tree((1U << 13U) - 1), random_of_degree_3(10'000)})
            compare(d, task_s, threads, n_rounds);
}
