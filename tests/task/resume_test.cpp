// SPDX-License-Identifier: MIT
// Results kept in a folder: run_options::results.
#include "support/temporary_folder.hpp"

#include <poise/core/error.hpp>
#include <poise/task/executor.hpp>

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace task = poise::task;
using namespace std::chrono_literals;

namespace {

std::size_t count_files(std::string const& folder) {
    std::size_t n = 0;
    for (auto const& entry : std::filesystem::directory_iterator{folder}) n += entry.path().extension() == ".result";
    return n;
}

// A chain and a map that count how often they are called.
struct study {
    explicit study(double start = 1.0, std::string version = {}) {
        begin = std::make_unique<task::parameter<double>>(g.parameter("begin", start));
        auto const first = g.add(
            "first",
            [this](double x) {
                return ++n_calls, std::vector<double>{x, 2 * x};
            },
            *begin);
        auto const parts = g.map(
            "parts", 5,
            [this](std::size_t i, std::vector<double> const& v) {
                ++n_calls;
                return v[1] * static_cast<double>(i);
            },
            first);
        sum = std::make_unique<task::handle<double>>(g.add(
            "sum",
            [this](task::collection<double> const& all) {
                ++n_calls;
                double s = 0;
                for (double const v : all) s += v;
                return s;
            },
            parts));
        g.configure(parts[2], {.version = std::move(version)});
    }
    task::graph g;
    std::atomic<int> n_calls{0};
    std::unique_ptr<task::parameter<double>> begin;
    std::unique_ptr<task::handle<double>> sum;
};

}  // namespace

TEST(Resume, TakesWhatWasFinishedBefore) {
    poise_test::temporary_folder const folder;
    for (auto const& executor : {task::executor{{.threads = 2}}, task::serial()}) {
        std::filesystem::remove_all(folder.path());
        study s;
        auto const first = executor.run(s.g, {.results = folder.path()});
        ASSERT_TRUE(first) << first.failures();
        EXPECT_EQ(s.n_calls.load(), 7);
        EXPECT_EQ(count_files(folder.path()), 7u);
        auto const again = executor.run(s.g, {.results = folder.path()});
        EXPECT_EQ(s.n_calls.load(), 7);
        EXPECT_EQ(again[*s.sum].value(), 20.0);
        EXPECT_EQ(again[*s.sum].record().attempts, 0);
        EXPECT_EQ(again.summary().n_kept, 7u);
        EXPECT_EQ(again.summary().store_problem, "");
        study other_process;
        EXPECT_EQ(executor.run(other_process.g, {.results = folder.path()})[*other_process.sum].value(), 20.0);
        EXPECT_EQ(other_process.n_calls.load(), 0);
    }
}

TEST(Resume, LooksAtInputsAndVersions) {
    poise_test::temporary_folder const folder;
    task::executor const executor{{.threads = 2}};
    study s;
    (void)executor.run(s.g, {.results = folder.path()});
    s.begin->set(2.0);
    auto const changed = executor.run(s.g, {.results = folder.path()});
    EXPECT_EQ(s.n_calls.load(), 14) << "another input, another result";
    EXPECT_EQ(changed[*s.sum].value(), 40.0);
    s.begin->set(1.0);
    EXPECT_EQ(executor.run(s.g, {.results = folder.path()})[*s.sum].value(), 20.0);
    EXPECT_EQ(s.n_calls.load(), 14) << "both are kept";
    study newer{1.0, "2"};
    (void)executor.run(newer.g, {.results = folder.path()});
    EXPECT_EQ(newer.n_calls.load(), 1) << "parts[2] is new and gives the same, so what needs it is as before";
}

TEST(Resume, DoesNotTrustAFileThatWasTornOrAltered) {
    poise_test::temporary_folder const folder;
    study s;
    (void)task::serial().run(s.g, {.results = folder.path()});
    std::vector<std::filesystem::path> files;
    for (auto const& entry : std::filesystem::directory_iterator{folder.path()}) files.push_back(entry.path());
    std::mt19937 random{1};
    for (auto const& file : files)
        for (int how = 0; how < 6; ++how) {
            std::ostringstream whole;
            whole << std::ifstream{file, std::ios::binary}.rdbuf();
            std::string bytes = whole.str();
            if (how == 0) bytes.clear();
            if (how == 1) bytes.resize(random() % bytes.size());
            if (how == 2) bytes += 'x';
            if (how > 2) bytes[random() % bytes.size()] ^= static_cast<char>(1U << random() % 8);
            std::ofstream{file, std::ios::binary} << bytes;
            s.n_calls = 0;
            auto const run = task::serial().run(s.g, {.results = folder.path()});
            ASSERT_EQ(run[*s.sum].value(), 20.0);
            ASSERT_EQ(s.n_calls.load(), 1) << "only what was altered is computed anew: " << file;
            ASSERT_EQ(run.summary().store_problem, "");
        }
}

TEST(Resume, KeepsNoFailures) {
    poise_test::temporary_folder const folder;
    bool fails = true;
    task::graph g;
    auto const x = g.map("x", 4, [&](std::size_t i) {
        if (fails && i == 2) throw std::runtime_error{"licence"};
        return i;
    });
    EXPECT_FALSE(task::serial().run(g, {.results = folder.path()}));
    fails = false;
    auto const run = task::serial().run(g, {.results = folder.path()});
    EXPECT_TRUE(run[x[2]]);
    EXPECT_EQ(run.summary().n_kept, 3u);
}

TEST(Resume, ComputesAnewWhatCannotBeKept) {
    poise_test::temporary_folder const folder;
    std::atomic<int> n_shared{0}, n_below{0}, n_free{0}, n_not_kept{0};
    task::graph g;
    auto const shared = g.add("shared", [&] { return ++n_shared, std::make_shared<int>(1); });
    (void)g.add(
        "below", [&](std::shared_ptr<int> const& p) { return ++n_below, *p; }, shared);
    (void)g.add("free", [&] { return ++n_free, 1; });
    auto const not_kept = g.add("not kept", [&] { return ++n_not_kept, 1; });
    g.configure(not_kept, {.keep = false});
    for (int repeat = 0; repeat < 2; ++repeat) EXPECT_TRUE(task::executor{}.run(g, {.results = folder.path()}));
    EXPECT_EQ(n_shared.load(), 2);
    EXPECT_EQ(n_below.load(), 2);
    EXPECT_EQ(n_not_kept.load(), 2);
    EXPECT_EQ(n_free.load(), 1);
}

TEST(Resume, TellsWhatCouldNotBeWritten) {
    poise_test::temporary_folder const folder;
    study s;
    std::filesystem::create_directories(folder.path());
    // A folder stands where a file should: found by a run that may write.
    (void)task::serial().run(s.g, {.results = folder.path()});
    std::vector<std::filesystem::path> files;
    for (auto const& entry : std::filesystem::directory_iterator{folder.path()}) files.push_back(entry.path());
    std::filesystem::remove(files.front());
    std::filesystem::create_directory(files.front());
    auto const run = task::serial().run(s.g, {.results = folder.path()});
    EXPECT_TRUE(run);
    EXPECT_EQ(run[*s.sum].value(), 20.0);
    EXPECT_NE(run.summary().store_problem, "");
    std::ofstream{folder.path() + "/file"} << "x";
    EXPECT_THROW((void)task::serial().run(s.g, {.results = folder.path() + "/file/below"}), poise::file_error);
}

TEST(Resume, WorksWithProcessesAndTasksThatEndLater) {
    poise_test::temporary_folder const folder;
    task::graph g;
    auto const x = g.map("x", 10, [](std::size_t i) { return std::vector<int>(i, static_cast<int>(i)); });
    auto const pid = g.add("pid", [] { return ::getpid(); });
    auto const first = task::processes(2).run(g, {.results = folder.path()});
    auto const second = task::processes(2).run(g, {.results = folder.path()});
    EXPECT_EQ(second.summary().n_kept, 11u);
    EXPECT_EQ(first[pid].value(), second[pid].value());
    EXPECT_EQ(second[x[7]].value(), std::vector<int>(7, 7));

    task::graph h;
    int n_calls = 0;
    auto const later = h.add_async<int>("later", [&](task::completion<int> const& done) { done.set(++n_calls); });
    for (int repeat = 0; repeat < 2; ++repeat)
        EXPECT_EQ(task::executor{{.threads = 2}}.run(h, {.results = folder.path()})[later].value(), 1);
}

// A sweep that is killed again and again, at random moments, gives in the end the bits of one that was not.
TEST(Resume, AfterManyKillsGivesTheSameBits) {
    char const* const wanted = std::getenv("POISE_KILLS");
    int const most_kills = wanted != nullptr ? std::atoi(wanted) : 15;
    poise_test::temporary_folder const folder;
    auto const sweep = [](task::graph& g) {
        auto const x = g.map("x", 200, [](std::size_t i) {
            std::this_thread::sleep_for(200us);
            return std::sin(static_cast<double>(i)) / 3.0;
        });
        return g.add(
            "sum",
            [](task::collection<double> const& all) {
                double s = 0;
                for (double const v : all) s += v;
                return s;
            },
            x);
    };
    task::graph whole;
    auto const expected = sweep(whole);
    double const value = task::serial().run(whole)[expected].value();
    std::mt19937 random{9};
    int n_kills = 0;
    for (int round = 0; n_kills < most_kills && round < 50 * most_kills; ++round) {
        if (round % 12 == 0) std::filesystem::remove_all(folder.path());
        pid_t const child = ::fork();
        if (child == 0) {
            task::graph g;
            (void)sweep(g);
            (void)task::serial().run(g, {.results = folder.path()});
            ::_exit(0);
        }
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 12'000));
        n_kills += ::kill(child, SIGKILL) == 0;
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        n_kills -= WIFEXITED(status);
        task::graph g;
        auto const sum = sweep(g);
        if (round % 12 != 11 && n_kills < most_kills) continue;
        auto const run = task::executor{{.threads = 2}}.run(g, {.results = folder.path()});
        ASSERT_TRUE(run) << run.failures();
        ASSERT_EQ(run[sum].value(), value);
        // On a busy machine all may have been killed before they kept anything; what this run did is there for the
        // next.
        task::graph again;
        auto const same_sum = sweep(again);
        auto const kept = task::executor{{.threads = 2}}.run(again, {.results = folder.path()});
        ASSERT_EQ(kept[same_sum].value(), value);
        ASSERT_GT(kept.summary().n_kept, 0u);
    }
    EXPECT_GE(n_kills, most_kills);
}
