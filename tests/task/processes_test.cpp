// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/task/executor.hpp>
#include <poise/task/reduce.hpp>

#include <gtest/gtest.h>
#include <tbb/parallel_for.h>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <new>
#include <random>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace task = poise::task;
using namespace std::chrono_literals;
using poise_test::message_of;

namespace {

std::size_t open_descriptors() {
    std::size_t n = 0;
    for (auto const& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) n += !entry.path().empty();
    return n;
}

// Whatever a test does, no child and no descriptor may be left behind.
class Processes : public testing::Test {
protected:
    void TearDown() override {
        EXPECT_TRUE(::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD) << "a child is left";
        EXPECT_EQ(open_descriptors(), before_);
    }

private:
    std::size_t before_ = open_descriptors();
};

struct field {
    std::string name;
    std::vector<double> values;
    bool operator==(field const&) const = default;
};

}  // namespace

TEST_F(Processes, PassResultsFromTaskToTask) {
    task::graph g;
    pid_t const here = ::getpid();
    auto const made = g.add("made", [] { return field{"u", {1, 2, 3}}; });
    auto const where = g.add("where", [] { return ::getpid(); });
    auto const scaled = g.map(
        "scaled", 5,
        [](std::size_t i, field const& f) {
            auto times_i = f;
            for (double& v : times_i.values) v *= static_cast<double>(i);
            return times_i;
        },
        made);
    auto const sum = g.add(
        "sum",
        [](task::collection<field> const& all, field const& f) {
            double s = 0;
            for (auto const& one : all) s += one.values[2];
            return f.name + std::to_string(static_cast<int>(s));
        },
        scaled, made);
    auto const nothing = g.add(
        "nothing", [](std::string const&) {}, sum);
    auto const run = task::processes(2).run(g);
    ASSERT_TRUE(run) << run.failures();
    EXPECT_EQ(run[sum].value(), "u30");
    EXPECT_EQ(run[scaled[4]].value(), (field{"u", {4, 8, 12}}));
    EXPECT_TRUE(run[nothing]);
    EXPECT_NE(run[where].value(), here);
    auto const s = run.summary();
    EXPECT_EQ(s.threads, 2);
    EXPECT_LE(s.span_s, s.wall_s);
}

TEST_F(Processes, GiveTheSameAsThreadsAndSerial) {
    task::graph g;
    auto const x = g.map("x", 40, [](std::size_t i) -> double {
        if (i == 7) throw std::domain_error{"seven"};
        return 1.0 / static_cast<double>(i + 1);
    });
    auto const good = g.map(
        "good", 40, [](std::size_t, task::outcome<double> const& o) { return o ? o.value() : -1.0; },
        task::settled(x[3]));
    auto const told = g.add(
        "told", [](task::outcomes<double> const& all) { return all[7].record().message; }, task::settled(x));
    auto const sum = task::reduce(g, "sum", good, std::plus<>{});
    auto const positive = g.add(
        "positive", [] { return 1; }, task::when(sum, [](double s) { return s > 1e6; }));
    auto const after = g.add(
        "after", [](int) {}, positive);
    for (auto const& executor : {task::serial(), task::executor{{.threads = 2}}, task::processes(3)}) {
        auto const run = executor.run(g);
        EXPECT_EQ(run[sum].value(), 10.0);
        EXPECT_EQ(run[told].value(), "seven");
        EXPECT_THROW((void)run[x[7]].value(), std::domain_error);
        EXPECT_EQ(run[positive].state(), task::state::omitted);
        EXPECT_EQ(run[after].record().message, "because positive was omitted");
        EXPECT_EQ(run.summary().n_failed, 1u);
    }
}

TEST_F(Processes, ACrashIsTheFailureOfOneTask) {
    task::graph g;
    auto const aborts = g.add("aborts", []() -> int { std::abort(); });
    auto const exits = g.add("exits", []() -> int { std::_Exit(3); });
    auto const killed = g.add("killed", [] {
        ::raise(SIGKILL);
        return 1;
    });
    auto const below = g.add(
        "below", [](int) {}, killed);
    auto const healthy = g.map("healthy", 50, [](std::size_t i) { return i; });
    auto const run = task::processes(2).run(g);
    EXPECT_THROW((void)run[aborts].value(), task::process_error);
    EXPECT_NE(run[aborts].record().message.find("its process was killed by signal 6"), std::string::npos)
        << run[aborts].record().message;
    EXPECT_EQ(run[exits].record().message, "its process exited with status 3");
    EXPECT_NE(run[killed].record().message.find("signal 9"), std::string::npos);
    EXPECT_NE(run[below].record().message.find("because killed failed: its process was killed"), std::string::npos);
    EXPECT_EQ(run[healthy].n_succeeded(), 50u);
}

TEST_F(Processes, TryAgainAfterACrashAsOftenAsToldTo) {
    task::graph g;
    auto const flaky = g.add("flaky", [](task::context const& self) {
        std::signal(SIGSEGV, SIG_DFL);  // no word of a sanitizer about it
        if (self.attempt() < 3) ::raise(SIGSEGV);
        return self.attempt();
    });
    auto const killer = g.add("killer", []() -> int { std::abort(); });
    g.configure(flaky, {.retries = 5, .backoff = 1ms});
    g.configure(killer, {.retries = 2});
    auto const run = task::processes(2).run(g);
    EXPECT_EQ(run[flaky].value(), 3);
    EXPECT_EQ(run[killer].record().attempts, 3);
    EXPECT_EQ(run[killer].state(), task::state::failed);
}

TEST_F(Processes, EnforceTimeouts) {
    task::graph g;
    auto const endless = g.add("endless", [] {
        for (;;) std::this_thread::sleep_for(1h);
    });
    auto const quick = g.map("quick", 20, [](std::size_t i) { return i; });
    g.configure(endless, {.timeout = 50ms});
    g.configure(quick, {.timeout = 1h});
    auto const run = task::processes(2).run(g);
    EXPECT_THROW(run[endless].or_throw(), task::timeout_error);
    EXPECT_EQ(run[quick].n_succeeded(), 20u);
}

TEST_F(Processes, SeeTheWishToStop) {
    std::stop_source source;
    task::graph g;
    auto const waits = g.add("waits", [](task::context const& self) {
        while (!self.stop_requested()) std::this_thread::sleep_for(1ms);
        return std::string{"stopped"};
    });
    auto const next = g.add(
        "next", [](std::string const&) {}, waits);
    std::jthread const stopper{[&] {
        std::this_thread::sleep_for(20ms);
        source.request_stop();
    }};
    auto const run = task::processes(1).run(g, {.stop = source.get_token()});
    EXPECT_EQ(run[waits].value(), "stopped");
    EXPECT_EQ(run[next].state(), task::state::cancelled);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // these map all memory there is
TEST_F(Processes, AreLimitedInMemory) {
    task::graph g;
    auto const small = g.add("small", [] { return std::vector<char>(1 << 20, 'x').size(); });
    auto const large = g.add("large", [] { return std::vector<char>(std::size_t{1} << 30U, 'x').size(); });
    auto const run = task::processes(1, {.memory_limit = std::size_t{256} << 20U}).run(g);
    EXPECT_EQ(run[small].value(), std::size_t{1} << 20U);
    EXPECT_THROW((void)run[large].value(), std::bad_alloc);
}
#endif

TEST_F(Processes, CarryLargeResults) {
    task::graph g;
    auto const large = g.add("large", [] {
        std::vector<double> v(3'000'000);
        for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<double>(i);
        return v;
    });
    auto const copies = g.map(
        "copies", 3,
        [](std::size_t, std::vector<double> const& v) {
            return std::pair{v.size(), v.back()};
        },
        large);
    auto const run = task::processes(3).run(g);
    ASSERT_TRUE(run) << run.failures();
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_EQ(run[copies[i]].value(), (std::pair<std::size_t, double>{3'000'000, 2'999'999.0}));
    EXPECT_EQ(run[large].value()[1234], 1234.0);
}

#if !defined(__SANITIZE_THREAD__)  // which knows no threads in the copy of a process that had some
TEST_F(Processes, MayUseThreadsInsideAlsoWhenThereWereSomeBefore) {
    task::graph g;
    auto const looped = g.map("looped", 6, [](std::size_t) {
        std::atomic<int> n{0};
        tbb::parallel_for(0, 1000, [&](int) { ++n; });
        task::graph inner;
        auto const x = inner.map("x", 20, [](std::size_t i) { return i; });
        auto const run = task::executor{{.threads = 2}}.run(inner);
        return n.load() + static_cast<int>(run[x].n_succeeded());
    });
    EXPECT_TRUE(task::executor{{.threads = 2}}.run(g));
    auto const run = task::processes(2).run(g);
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(run[looped[i]].value(), 1020);
}
#endif

TEST_F(Processes, RespectResources) {
    task::resource const one{"one", 1};
    auto const file = std::filesystem::temp_directory_path() / ("poise_one_" + std::to_string(::getpid()));
    task::graph g;
    auto const x = g.map("x", 20, [&](std::size_t) {
        bool const alone = std::filesystem::create_directory(file);
        std::this_thread::sleep_for(200us);
        std::filesystem::remove(file);
        return alone;
    });
    g.configure(x, {.uses = {{one}}});
    auto const run = task::processes(3).run(g);
    for (std::size_t i = 0; i < 20; ++i) EXPECT_TRUE(run[x[i]].value());
    EXPECT_EQ(one.in_use(), 0u);
}

TEST_F(Processes, RefuseWhatCannotCross) {
    task::graph g;
    (void)g.map("shared", 3, [](std::size_t i) { return std::make_shared<std::size_t>(i); });
    auto const message = message_of<std::invalid_argument>([&] { (void)task::processes(2).run(g); });
    EXPECT_NE(message.find("the result of 'shared[0]' cannot cross"), std::string::npos) << message;
    task::graph h;
    (void)h.add_async<int>("later", [](task::completion<int> const& done) { done.set(1); });
    EXPECT_NE(message_of<std::invalid_argument>([&] {
                  (void)task::processes(2).run(h);
              }).find("'later' ends when its completion is told"),
              std::string::npos);
    EXPECT_THROW((void)task::processes(-1), std::invalid_argument);
    EXPECT_TRUE(task::processes(2).run(task::graph{}));
}

// Somebody kills processes at random moments: the run ends, and who failed was killed; nothing else is wrong.
TEST_F(Processes, SurviveBeingKilledAtRandom) {
    char const* const wanted = std::getenv("POISE_KILLS");
    int const most_kills = wanted != nullptr ? std::atoi(wanted) : 25;
    int n_kills = 0;
    std::mt19937 random{5};
    while (n_kills < most_kills) {
        task::graph g;
        auto const pids = g.map("pid", 60, [](std::size_t i) {
            std::this_thread::sleep_for(std::chrono::microseconds(100 + 10 * (i % 7)));
            return std::vector<std::size_t>(1000 * (i % 5), i);
        });
        auto const next = g.map(
            "next", 60, [](std::size_t i, std::vector<std::size_t> const& v) { return v.size() == 1000 * (i % 5); },
            task::each(pids));
        std::atomic<bool> over{false};
        int kills_here = 0;
        std::jthread killer{[&] {
            while (!over) {
                std::this_thread::sleep_for(std::chrono::microseconds(random() % 4000));
                // The children of this process, of which some may be gone before the signal comes.
                std::vector<pid_t> children;
                for (auto const& entry : std::filesystem::directory_iterator{"/proc/self/task"}) {
                    std::ifstream list{entry.path() / "children"};
                    for (pid_t child; list >> child;) children.push_back(child);
                }
                if (over || children.empty() || kills_here == 3) continue;
                kills_here += ::kill(children[random() % children.size()], SIGKILL) == 0;
            }
        }};
        auto const run = task::processes(2).run(g);
        over = true;
        killer.join();
        n_kills += kills_here;
        for (std::size_t i = 0; i < 60; ++i) {
            auto const o = run[pids[i]];
            ASSERT_TRUE(o || o.record().message.find("killed by signal 9") != std::string::npos) << o.record().message;
            ASSERT_TRUE(!o || o.value().size() == 1000 * (i % 5));
            auto const n = run[next[i]];
            ASSERT_TRUE(!n || n.value());
        }
        ASSERT_LE(run.summary().n_failed, static_cast<std::size_t>(kills_here));
    }
}
