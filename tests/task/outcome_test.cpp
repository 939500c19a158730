// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/profile/memory.hpp>
#include <poise/task/executor.hpp>
#include <poise/task/export.hpp>
#include <poise/task/outcome.hpp>
#include <poise/task/wait.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace task = poise::task;
using namespace std::chrono_literals;
using poise_test::message_of;

namespace {

struct special_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace

TEST(Record, HasItsTimesWhileTheRunGoesOn) {
    task::graph g;
    auto const x = g.add("x", [] { std::this_thread::sleep_for(2ms); });
    auto const told = g.add(
        "told", [](task::outcome<void> const& o) { return o.record().end_s - o.record().start_s; }, task::settled(x));
    EXPECT_GE(task::executor{{.threads = 2}}.run(g)[told].value(), 0.001);
}

TEST(Outcome, RethrowsTheTasksOwnException) {
    task::graph g;
    auto const bad = g.add("bad", []() -> int { throw special_error{"singular"}; });
    auto const below = g.add(
        "below", [](int x) { return x; }, bad);
    auto const run = task::executor{}.run(g);
    EXPECT_FALSE(run);
    EXPECT_FALSE(run[bad]);
    EXPECT_THROW((void)run[bad].value(), special_error);
    EXPECT_EQ(message_of<task::skipped_error>([&] { (void)run[below].value(); }),
              "below was skipped: because bad failed: singular");
    EXPECT_EQ(run[bad].state(), task::state::failed);
    EXPECT_EQ(run[below].state(), task::state::skipped);
}

TEST(State, HasANameForEachValue) {
    EXPECT_STREQ(to_string(task::state::succeeded), "succeeded");
    EXPECT_STREQ(to_string(task::state::failed), "failed");
    EXPECT_STREQ(to_string(task::state::skipped), "skipped");
}

TEST(Record, TellsTheMemoryOfEachTask) {
    constexpr std::size_t size = 1'000'000;
    auto const with = [](task::executor_options options) {
        options.memory = true;
        return options;
    };
    for (auto const& executor : {task::serial(with({})), task::executor{with({.threads = 3})},
                                 task::executor{with({.threads = 2, .timed = false})}, task::processes(2, with({}))}) {
        task::graph g;
        auto const kept = g.map("kept", 4, [](std::size_t i) { return std::vector<char>((i + 1) * size); });
        auto const passing = g.add("passing", [] { return std::vector<char>(size).size(); });
        auto const none = g.add("none", [] { return 1; });
        auto const bad = g.add("bad", [] {
            std::vector<char> const room(size);
            throw std::runtime_error{std::to_string(room.size())};
        });
        auto const waits = g.add("waits", []() -> task::async<std::size_t> {
            std::vector<char> const before(size);
            co_await task::sleep_for(std::chrono::microseconds{100});
            std::vector<char> const after(size);
            co_return before.size() + after.size();
        });
        auto const run = executor.run(g);
        auto const of = [&](auto const& h) { return run[h].record().memory; };
        bool const hooked = poise::profile::hooks_in_effect();
        EXPECT_EQ(of(none).measured, hooked);
        EXPECT_EQ(of(none).allocated_bytes, 0u);
        if (!hooked) continue;  // the sanitizers own the heap
        for (std::size_t i = 0; i < 4; ++i) {
            EXPECT_GE(of(kept[i]).allocated_bytes, (i + 1) * size);
            EXPECT_GE(of(kept[i]).retained_bytes, static_cast<std::int64_t>((i + 1) * size));
        }
        EXPECT_GE(of(passing).peak_bytes, size);
        EXPECT_EQ(of(passing).retained_bytes, 0);
        EXPECT_GE(of(bad).allocated_bytes, size);
        EXPECT_GE(of(waits).allocated_bytes, 2 * size);
        EXPECT_LT(of(waits).retained_bytes, static_cast<std::int64_t>(size)) << "taken on one thread, freed on another";
        EXPECT_NE(task::to_json(run).find("\"peak_bytes\":"), std::string::npos);
    }
    task::graph g;
    auto const x = g.add("x", [] { return std::vector<int>(10); });
    auto const run = task::executor{{.threads = 1}}.run(g);
    EXPECT_FALSE(run[x].record().memory.measured) << "nobody asked";
}
