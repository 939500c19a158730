// SPDX-License-Identifier: MIT
// Lesson 9: tasks that crash, hang or give up, and a run that goes on; then the same run continued, from what was kept.
//
// Six members of an ensemble, each run in a process of its own, as a library that may crash would be. One aborts, one
// hangs and is killed by its timeout, one fails twice and then succeeds. The mean is of those that came through.
//
// Run:      09_when_a_task_crashes [folder for results]
// Look at:  - who failed, and how: a signal, a timeout;
//           - the attempts of member[3];
//           - the second run: the four results that were kept are read, the others are tried again.
#include <poise/task.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>

using namespace poise;
using namespace std::chrono_literals;

namespace {

// What an ensemble member might be like.
double member(task::context const& self, std::size_t i) {
    if (i == 1) std::abort();
    if (i == 2) std::this_thread::sleep_for(1h);
    if (i == 3 && self.attempt() < 3) throw std::runtime_error{"no licence"};
    return 1.0 / static_cast<double>(i + 1);
}

void tell(task::run const& run, task::handles<double> const& members, task::handle<double> const& mean) {
    std::cout << run.failures();
    std::cout << "member[3] took " << run[members[3]].record().attempts << " attempts; mean of "
              << run[members].n_succeeded() << ": " << run[mean].value()
              << "; kept from before: " << run.summary().n_kept << "\n\n";
}

}  // namespace

int main(int argc, char** argv) {
    bool const given = argc > 1;
    auto const folder =
        given ? std::filesystem::path{argv[1]}
              : std::filesystem::temp_directory_path() / ("poise_lesson_9_" + std::to_string(std::rand()));

    task::graph g;
    auto const members = g.map("member", 6, member);
    g.configure(members, {.retries = 2, .backoff = 1ms, .timeout = 200ms});
    g.configure(members[1], {});                  // a crash is not tried again
    g.configure(members[2], {.timeout = 200ms});  // nor is one that hangs
    auto const mean = g.add(
        "mean",
        [](task::outcomes<double> const& all) {
            double sum = 0.0;
            for (auto const& one : all) sum += one ? one.value() : 0.0;
            return sum / static_cast<double>(all.n_succeeded());
        },
        task::settled(members));
    g.configure(mean, {.keep = false});  // quicker to compute than to read

    auto const executor = task::processes(2);
    tell(executor.run(g, {.results = folder.string()}), members, mean);
    tell(executor.run(g, {.results = folder.string()}), members, mean);
    if (!given) std::filesystem::remove_all(folder);
}

// Possibilities for extensions:
//  - kill the program in the middle of the first run, and start it again with the same folder.
//  - task::serial() instead of processes, in a debugger: the abort stops at its line.
//  - on_progress of the executor, with to_text() of what it is given, for a bar on the terminal.
