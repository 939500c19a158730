// SPDX-License-Identifier: MIT
// What a coroutine costs as a task: one that never waits, each wait, and many that wait for the same moment.
// Arguments: threads (2), rounds (11).
#include "seconds_of_run.hpp"

#include <poise/task/executor.hpp>
#include <poise/task/wait.hpp>

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace task = poise::task;
using namespace poise_bench;

int main(int argc, char** argv) {
    int const n_threads = argc > 1 ? std::atoi(argv[1]) : 2;
    auto const n_rounds = static_cast<std::size_t>(argc > 2 ? std::atoi(argv[2]) : 11);
    task::executor const executor{{.threads = n_threads}};
    int const ready = ::eventfd(1, EFD_CLOEXEC);  // always readable
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return 1;

    constexpr std::size_t n = 20'000, n_waiting = 100'000;
    task::graph plain, never, is_ready, ping_pong, same_moment;
    (void)plain.map("plain", n, [](std::size_t i) { return i; });
    (void)never.map("never", n, [](std::size_t i) -> task::async<std::size_t> { co_return i; });
    (void)is_ready.add("waits", [ready]() -> task::async<> {
        for (std::size_t i = 0; i < n; ++i) co_await task::readable(ready);
    });
    (void)ping_pong.map("player", 2, [&](std::size_t player) -> task::async<> {
        char ball = 0;
        for (std::size_t i = 0; i < n / 2; ++i) {
            if (player == 0) (void)!::write(ends[0], &ball, 1);
            co_await task::readable(ends[player]);
            (void)!::read(ends[player], &ball, 1);
            if (player == 1) (void)!::write(ends[1], &ball, 1);
        }
    });
    std::chrono::steady_clock::time_point moment;
    (void)same_moment.map("waits", n_waiting,
                          [&](std::size_t) -> task::async<> { co_await task::sleep_until(moment); });
    auto const wait_together = [&] {
        moment = std::chrono::steady_clock::now() + std::chrono::seconds{1};  // all wait by then
        return seconds_of_run(executor, same_moment) - 1.0;
    };

    auto const seconds =
        alternate({[&] { return seconds_of_run(executor, plain); }, [&] { return seconds_of_run(executor, never); },
                   [&] { return seconds_of_run(executor, is_ready); },
                   [&] { return seconds_of_run(executor, ping_pong); }, wait_together},
                  n_rounds);
    auto const us = [&](std::size_t b, std::size_t count) {
        return 1e6 * median(seconds[b]) / static_cast<double>(count);
    };
    std::printf(
        "%d threads: a plain task %.3f us, a coroutine that never waits %.2f us; a wait for what is ready %.2f us, for "
        "another\n"
        "coroutine, through a socket, %.2f us; %zu that wait for one moment are done %.2f us each after it\n",
        n_threads, us(0, n), us(1, n), us(2, n), us(3, n), n_waiting, us(4, n_waiting));
    for (int const end : ends) ::close(end);
    ::close(ready);
}
