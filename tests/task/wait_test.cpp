// SPDX-License-Identifier: MIT
#include "executors.hpp"
#include "support/message_of.hpp"

#include <poise/task/wait.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace task = poise::task;
using namespace std::chrono_literals;
using poise_test::executors;
using poise_test::message_of;

namespace {

// Both ends of a connection.
class connection {
public:
    connection() {
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends_.data()) != 0)
            throw std::runtime_error{"no sockets"};
    }
    ~connection() {
        for (int const end : ends_) ::close(end);
    }
    connection(connection const&) = delete;
    connection& operator=(connection const&) = delete;
    [[nodiscard]] int operator[](std::size_t i) const { return ends_[i]; }

private:
    std::array<int, 2> ends_{};
};

task::async<char> receive(int from) {
    co_await task::readable(from);
    char c = 0;
    if (::read(from, &c, 1) != 1) throw std::runtime_error{"nothing there"};
    co_return c;
}

task::async<> send(int to, char c) {
    co_await task::writable(to);
    if (::write(to, &c, 1) != 1) throw std::runtime_error{"no room"};
}

std::vector<task::executor> parallel_executors() {
    return {task::executor{{.threads = 1}}, task::executor{{.threads = 2}}, task::executor{{.threads = 4}}};
}

}  // namespace

TEST(Wait, IsOverWhenItsMomentComes) {
    auto const begin = std::chrono::steady_clock::now();
    auto const sleeper = [](auto moment) -> task::async<> { co_await task::sleep_until(moment); };
    for (auto const& executor : executors()) {
        task::graph g;
        auto const until = std::chrono::steady_clock::now() + 5ms;
        (void)g.map("x", 10, [&](std::size_t) { return sleeper(until); });
        EXPECT_TRUE(executor.run(g));
        EXPECT_GE(std::chrono::steady_clock::now(), until);
    }
    task::sync_wait(sleeper(std::chrono::steady_clock::now() + 2ms));
    task::sync_wait(sleeper(begin));
    EXPECT_GE(std::chrono::steady_clock::now(), begin + 7ms);
}

TEST(Wait, RefusesTimesThatAreNone) {
    auto const sleep = [](auto time) -> task::async<> { co_await task::sleep_for(time); };
    using seconds = std::chrono::duration<double>;
    EXPECT_THROW(task::sync_wait(sleep(seconds{std::numeric_limits<double>::quiet_NaN()})), std::invalid_argument);
    task::sync_wait(sleep(seconds{-std::numeric_limits<double>::infinity()}));
    task::sync_wait(sleep(seconds{1e-4}));
    task::sync_wait(sleep(-3h));
}

TEST(Wait, IsOverWhenADescriptorIsReady) {
    for (auto const& executor : parallel_executors()) {
        connection c;
        task::graph g;
        auto const got = g.add("got", [&] { return receive(c[0]); });
        auto const echoed = g.add("echoed", [&]() -> task::async<char> {
            co_await send(c[1], 'x');
            co_return co_await receive(c[1]);
        });
        (void)g.add(
            "echo", [&](char v) { return send(c[0], static_cast<char>(v + 1)); }, got);
        auto const run = executor.run(g);
        ASSERT_TRUE(run) << run.failures();
        EXPECT_EQ(run[got].value(), 'x');
        EXPECT_EQ(run[echoed].value(), 'y');
    }
}

TEST(Wait, SeveralWaitForOneDescriptor) {
    connection c;
    task::graph g;
    auto const readers = g.map("reader", 3, [&](std::size_t) -> task::async<char> {
        for (;;) {
            co_await task::readable(c[0]);
            char got = 0;
            if (::read(c[0], &got, 1) == 1) co_return got;  // another one may have been faster
        }
    });
    auto const writer = g.map("writer", 3, [&](std::size_t i) { return send(c[0], static_cast<char>('a' + i)); });
    (void)g.add("other", [&]() -> task::async<> {
        for (int i = 0; i < 3; ++i) {
            (void)co_await receive(c[1]);
            co_await send(c[1], static_cast<char>('A' + i));
        }
    });
    auto const run = task::executor{{.threads = 2}}.run(g);
    ASSERT_TRUE(run) << run.failures();
    std::string all;
    for (auto const& o : run[readers]) all += o.value();
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, "ABC");
    EXPECT_EQ(run[writer].n_succeeded(), 3u);
}

TEST(Wait, TellsWhichCameFirst) {
    for (auto const& executor : executors()) {
        connection c;
        task::graph g;
        auto const silent =
            g.add("silent", [&]() -> task::async<bool> { co_return co_await task::readable(c[0], 3ms); });
        auto const ready = g.add("ready", [&]() -> task::async<bool> { co_return co_await task::writable(c[0], 1h); });
        auto const run = executor.run(g);
        EXPECT_FALSE(run[silent].value());
        EXPECT_TRUE(run[ready].value());
    }
    connection c;
    auto const here = [](int fd) -> task::async<bool> { co_return co_await task::readable(fd, 3ms); };
    EXPECT_FALSE(task::sync_wait(here(c[0])));
    task::sync_wait(send(c[1], 'x'));
    EXPECT_TRUE(task::sync_wait(here(c[0])));
}

TEST(Wait, IsOverWhenTheOtherEndIsClosed) {
    for (auto const& executor : executors()) {
        std::array<int, 2> ends{};
        ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        ::close(ends[1]);
        task::graph g;
        auto const n = g.add("n", [&]() -> task::async<long> {
            co_await task::readable(ends[0]);
            char c = 0;
            co_return ::read(ends[0], &c, 1);
        });
        EXPECT_EQ(executor.run(g)[n].value(), 0);
        ::close(ends[0]);
    }
}

TEST(Wait, AFileIsAlwaysReady) {
    for (auto const& executor : executors()) {
        std::FILE* const file = std::tmpfile();
        task::graph g;
        auto const x =
            g.add("x", [&]() -> task::async<bool> { co_return co_await task::readable(::fileno(file), 1h); });
        EXPECT_TRUE(executor.run(g)[x].value());
        std::fclose(file);
    }
}

TEST(Wait, RefusesWhatIsNotOpen) {
    EXPECT_NE(message_of<std::invalid_argument>([] { (void)task::readable(-1); }).find("descriptor -1"),
              std::string::npos);
    auto const wait = [](int fd) -> task::async<> { co_await task::readable(fd); };
    EXPECT_THROW(task::sync_wait(wait(999'999)), std::invalid_argument);
    for (auto const& executor : executors()) {
        task::graph g;
        auto const x = g.add("x", [&] { return wait(999'999); });
        EXPECT_EQ(executor.run(g)[x].record().message, "task: file descriptor 999999 is not open");
    }
}

TEST(Wait, LeavesNothingBehind) {
    connection c;
    for (int repeat = 0; repeat < 20; ++repeat) {
        task::graph g;
        auto const x =
            g.map("x", 8, [&](std::size_t) -> task::async<bool> { co_return co_await task::readable(c[0], 200us); });
        auto const run = task::executor{{.threads = 2}}.run(g);
        ASSERT_EQ(run[x].n_succeeded(), 8u);
    }
}
