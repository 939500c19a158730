// SPDX-License-Identifier: MIT
// Lesson 13: fifty programs are waited for at the same time, on two threads.
//
// A task that only waits, for another program, a network, a queue of a cluster, should not cost a thread meanwhile. One
// whose callable is a coroutine gives its thread back whenever it waits, and goes on when there is something to read.
// Each command stands for an external solver that takes 0.2 s; one is not found, and one is too slow.
//
// Run:      13_waiting_without_a_thread
// Look at:  - work, what the commands took together, against wall: ten at a time, as there are ten licences, and an
//             efficiency above one, as waiting needs no thread;
//           - the timeout that wakes a coroutine where it waits, and cleans up after it.
#include <poise/task.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>

using namespace poise;
using namespace std::chrono_literals;

namespace {

// A shell command that runs beside this program; killed where nobody waits for its end.
class command {
public:
    explicit command(std::string const& text) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error{"no pipe"};
        output_ = ends[0];
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        std::array<char const*, 4> const words{"sh", "-c", text.c_str(), nullptr};
        int const failed =
            ::posix_spawn(&process_, "/bin/sh", &actions, nullptr, const_cast<char* const*>(words.data()), environ);
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(ends[1]);
        if (failed != 0) throw std::runtime_error{"no process"};
    }
    ~command() {
        ::close(output_);
        if (process_ < 0) return;
        ::kill(process_, SIGKILL);
        (void)wait();
    }
    command(command const&) = delete;
    command& operator=(command const&) = delete;

    [[nodiscard]] int output() const { return output_; }
    [[nodiscard]] int wait() {
        int status = 0;
        ::waitpid(std::exchange(process_, -1), &status, 0);
        return status;
    }

private:
    int output_ = -1;
    pid_t process_ = -1;
};

// What it prints.
task::async<std::string> output_of(std::string text) {
    command running{text};
    std::string all;
    for (std::array<char, 256> part{};;) {
        co_await task::readable(running.output());
        auto const n = ::read(running.output(), part.data(), part.size());
        if (n <= 0) break;
        all.append(part.data(), static_cast<std::size_t>(n));
    }
    if (running.wait() != 0) throw std::runtime_error{"no success with: " + text};
    co_return all;
}

}  // namespace

int main() {
    task::resource const licence{"licence", 10};
    task::graph g;
    auto const solved = g.map("solve", 50, [](std::size_t i) {
        return output_of(i == 7    ? "not-a-solver 2>/dev/null"
                         : i == 31 ? "exec sleep 3600"
                                   : "sleep 0.2; echo " + std::to_string(i * i));
    });
    g.configure(solved, {.timeout = 2s, .uses = {{licence}}});
    auto const sum = g.add(
        "sum",
        [](task::outcomes<std::string> const& all) {
            long s = 0;
            for (auto const& one : all) s += one ? std::stol(one.value()) : 0;
            return s;
        },
        task::settled(solved));

    auto const run = task::executor{{.threads = 2}}.run(g);
    std::cout << "sum of those that came through: " << run[sum].value() << "\n\n"
              << run.failures() << '\n'
              << run.summary();
}

// Possibilities for extensions: co_await task::sleep_for() between two looks at the queue of a cluster; a service that
// calls back instead, with graph::add_async(); the same graph in task::processes(2), where two wait at a time.
