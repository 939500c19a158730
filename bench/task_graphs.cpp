// SPDX-License-Identifier: MIT
// What a task costs, beside oneTBB's flow graph: the same five graphs of empty tasks, built, run, run again and
// destroyed in turn. Arguments: threads (1), rounds (15).
#include "alternate.hpp"
#include "task_dags.hpp"

#include <poise/task/executor.hpp>

#include <tbb/flow_graph.h>
#include <tbb/task_arena.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace poise_bench;
namespace task = poise::task;
namespace flow = tbb::flow;

class flow_rival {
public:
    explicit flow_rival(dag const& d) : dag_{d} {}

    void build() {
        graph_.emplace();
        for (std::size_t i = 0; i < dag_.size(); ++i) {
            nodes_.emplace_back(*graph_, [](flow::continue_msg const&) {});
            for (std::uint32_t const input : dag_.inputs[i]) flow::make_edge(nodes_[input], nodes_[i]);
        }
    }
    void run() {
        nodes_.front().try_put({});
        graph_->wait_for_all();
    }
    void destroy() {
        nodes_.clear();
        graph_.reset();
    }

private:
    using node = flow::continue_node<flow::continue_msg>;
    dag const& dag_;
    std::optional<flow::graph> graph_;
    std::deque<node> nodes_;
};

// With results, every task gives the sum of its inputs and 1.
template <class Result>
class poise_graph {
public:
    poise_graph(dag const& d, std::vector<std::string> const& names, int threads, bool timed)
        : dag_{d}, names_{names}, executor_{{.threads = threads, .timed = timed}} {}

    void build() {
        graph_.emplace();
        handles_.reserve(dag_.size());
        for (std::size_t i = 0; i < dag_.size(); ++i) handles_.push_back(add(names_[i], dag_.inputs[i]));
    }
    void run() {
        if (auto const run = executor_.run(*graph_); !run) std::abort();
    }
    void destroy() {
        graph_.reset();
        handles_.clear();
    }

private:
    static Result body(auto... inputs) {
        if constexpr (!std::is_void_v<Result>) return (Result{1} + ... + inputs);
    }
    task::handle<Result> add(std::string const& name, std::vector<std::uint32_t> const& in) {
        auto const f = [](auto const&... inputs) { return body(inputs...); };
        switch (in.size()) {
            case 0:
                return graph_->add(name, f);
            case 1:
                return graph_->add(name, f, handles_[in[0]]);
            case 2:
                return graph_->add(name, f, handles_[in[0]], handles_[in[1]]);
            default:
                return graph_->add(name, f, handles_[in[0]], handles_[in[1]], handles_[in[2]]);
        }
    }

    dag const& dag_;
    std::vector<std::string> const& names_;
    task::executor executor_;
    std::optional<task::graph> graph_;
    std::vector<task::handle<Result>> handles_;
};

struct costs {
    double build_s, first_run_s, run_s, destroy_s;
};

// Built, run twice and destroyed, and the parts are timed; all that three times in a row, and of each part the best
// time counts: the flow graph's first, in a heap that is in order still, or a later one, when the memory has been
// touched.
template <class Rival>
costs costs_of(Rival rival) {
    costs best{1e9, 1e9, 1e9, 1e9};
    auto const time = [](double& least, auto const& part) { least = std::min(least, seconds_of(part)); };
    for (int repeat = 0; repeat < 3; ++repeat) {
        time(best.build_s, [&] { rival.build(); });
        time(best.first_run_s, [&] { rival.run(); });
        time(best.run_s, [&] { rival.run(); });
        time(best.destroy_s, [&] { rival.destroy(); });
    }
    return best;
}

// In a process of its own: the flow graph is several times slower in a heap that graphs before it have left in
// disorder.
costs in_own_process(std::function<costs()> const& body) {
    int ends[2];
    if (::pipe(ends) != 0) std::abort();
    pid_t const child = ::fork();
    if (child == 0) {
        costs const c = body();
        ::_exit(::write(ends[1], &c, sizeof c) == sizeof c ? 0 : 1);
    }
    costs c{};
    int status = -1;
    bool const read = ::read(ends[0], &c, sizeof c) == sizeof c;
    if (child < 0 || ::waitpid(child, &status, 0) != child || status != 0 || !read) std::abort();
    ::close(ends[0]);
    ::close(ends[1]);
    return c;
}

double median_of(std::vector<costs> const& all, double costs::*which) {
    std::vector<double> values;
    for (costs const& c : all) values.push_back(c.*which);
    return median(values);
}

void print(char const* name, std::vector<costs> const& all, std::vector<costs> const& rival, std::size_t n_tasks) {
    double const ns = 1e9 / static_cast<double>(n_tasks);
    std::printf("  %-34s", name);
    for (auto const which : {&costs::build_s, &costs::first_run_s, &costs::run_s, &costs::destroy_s}) {
        double const value = median_of(all, which);
        std::printf("  %7.2f (%.2f)", ns * value, value / median_of(rival, which));
    }
    std::printf("\n");
}

void compare(dag const& d, int threads, std::size_t n_rounds) {
    auto const names = names_of(d);
    std::vector<std::function<costs()>> const bodies{
        // The flow graph runs in the arena in which it is built; poise brings its own.
        [&] { return tbb::task_arena{threads}.execute([&] { return costs_of(flow_rival{d}); }); },
        [&] {
            return costs_of(poise_graph<void>{d, names, threads, false});
        },
        [&] {
            return costs_of(poise_graph<void>{d, names, threads, true});
        },
        [&] {
            return costs_of(poise_graph<int>{d, names, threads, true});
        }};
    std::vector<std::vector<costs>> measured(bodies.size());
    for (std::size_t r = 0; r < n_rounds; ++r)
        for (std::size_t k = 0; k < bodies.size(); ++k) {
            std::size_t const b = r % 2 == 0 ? k : bodies.size() - 1 - k;
            measured[b].push_back(in_own_process(bodies[b]));
        }

    std::size_t n_edges = 0;
    for (auto const& inputs : d.inputs) n_edges += inputs.size();
    std::printf("%s: %zu tasks, %zu edges\n", d.name.c_str(), d.size(), n_edges);
    char const* const titles[] = {"oneTBB flow graph", "poise, not timed", "poise, timed",
                                  "poise, timed, with results"};
    for (std::size_t c = 0; c < measured.size(); ++c) print(titles[c], measured[c], measured[0], d.size());
}

}  // namespace

int main(int argc, char** argv) {
    int const threads = argc > 1 ? std::atoi(argv[1]) : 1;
    auto const n_rounds = static_cast<std::size_t>(argc > 2 ? std::atoi(argv[2]) : 15);
    std::printf(
        "ns a task, median of %zu rounds (ratio to the flow graph); threads: %d\n  %-34s  %-14s  %-14s  %-14s  %s\n",
        n_rounds, threads, "", "build", "first run", "run again", "destroy");
    for (dag const& d :
         {chain(100'000), fan_out(100'000), wavefront(300), binary_tree((1U << 17U) - 1), random_of_degree_3(100'000)})
        compare(d, threads, n_rounds);
}
