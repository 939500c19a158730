// SPDX-License-Identifier: MIT
#include "json.hpp"
#include "profiled.hpp"
#include "support/message_of.hpp"
#include "support/temporary_folder.hpp"

#include <poise/core/error.hpp>
#include <poise/profile/context.hpp>
#include <poise/profile/report.hpp>
#include <poise/profile/trace.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <latch>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace poise::profile {
namespace {

class traces : public profiled {
protected:
    [[nodiscard]] json::value written() const {
        std::string const path = folder_.path("trace.json");
        write_trace(path);
        return json::reader{poise_test::content_of(path)}.document();
    }

    poise_test::temporary_folder const folder_;
};

struct span {
    std::string name;
    std::string category;
    long long start_ns = 0;
    long long stop_ns = 0;
};

// "123.456" microseconds as exact nanoseconds.
long long nanoseconds(std::string const& microseconds) {
    auto const point = microseconds.find('.');
    if (point == std::string::npos || microseconds.size() - point != 4) throw std::runtime_error{microseconds};
    return std::stoll(microseconds.substr(0, point)) * 1000 + std::stoll(microseconds.substr(point + 1));
}

std::map<int, std::vector<span>> spans_of(json::value const& trace) {
    std::map<int, std::vector<span>> spans;
    for (auto const& e : trace["traceEvents"].items) {
        if (e["ph"].text != "X") continue;
        long long const start = nanoseconds(e["ts"].literal);
        spans[static_cast<int>(e["tid"].number)].push_back(
            {e["name"].text, e["cat"].text, start, start + nanoseconds(e["dur"].literal)});
    }
    return spans;
}

// The names around each event, as a viewer would nest them; fails where two events overlap without nesting.
std::vector<std::string> nested_paths(std::vector<span> const& row) {
    std::vector<std::string> paths;
    std::vector<span> open;
    long long last_start = 0;
    for (span const& s : row) {
        EXPECT_GE(s.start_ns, last_start) << s.name;
        EXPECT_GE(s.stop_ns, s.start_ns) << s.name;
        last_start = s.start_ns;
        while (!open.empty() && open.back().stop_ns <= s.start_ns && open.back().stop_ns < s.stop_ns) open.pop_back();
        long long const around = open.empty() ? s.stop_ns : open.back().stop_ns;
        EXPECT_LE(s.stop_ns, around) << s.name;
        open.push_back(s);
        std::string path;
        for (span const& o : open) path += "/" + o.name;
        paths.push_back(path);
    }
    return paths;
}

void spend(std::chrono::microseconds duration) {
    auto const until = std::chrono::steady_clock::now() + duration;
    while (std::chrono::steady_clock::now() < until) {
    }
}

TEST_F(traces, NestAsTheScopesDid) {
    {
        scope const run{"run"};
        spend(std::chrono::microseconds{5});
        {
            scope const assemble{"assemble"};
            spend(std::chrono::microseconds{5});
        }
        spend(std::chrono::microseconds{5});
        {
            scope const solve{"solve", category::task};
            spend(std::chrono::microseconds{5});
            scope const factor{"factor"};
            spend(std::chrono::microseconds{5});
        }
        spend(std::chrono::microseconds{5});
    }
    auto const rows = spans_of(written());
    ASSERT_EQ(rows.size(), 1U);
    auto const& row = rows.begin()->second;
    EXPECT_EQ(nested_paths(row),
              (std::vector<std::string>{"/run", "/run/assemble", "/run/solve", "/run/solve/factor"}));
    EXPECT_EQ(row[0].category, "phase");
    EXPECT_EQ(row[2].category, "task");
}

TEST_F(traces, HaveARowPerThreadWithNames) {
    { scope const timing{"on main"}; }
    std::thread a{[] {
        spend(std::chrono::microseconds{1});
        scope const timing{"on a"};
    }};
    std::thread b{[] { scope const timing{"on b"}; }};
    a.join();
    b.join();
    auto const trace = written();
    std::map<int, std::string> names;
    for (auto const& e : trace["traceEvents"].items)
        if (e["name"].text == "thread_name") names[static_cast<int>(e["tid"].number)] = e["args"]["name"].text;
    std::set<std::string> unique;
    for (auto const& [tid, name] : names) {
        unique.insert(name);
        EXPECT_EQ(name, tid == 0 ? "main" : "worker " + std::to_string(tid));
    }
    EXPECT_EQ(unique.size(), names.size());
    std::size_t events = 0;
    for (auto const& [tid, row] : spans_of(trace)) {
        EXPECT_EQ(names.count(tid), 1U);
        events += row.size();
    }
    EXPECT_EQ(events, 3U);
}

TEST_F(traces, OfBusyThreadsNestWhileTheyAreWritten) {
    enable({.trace_events_per_thread = 5000});
    std::atomic<bool> stop{false};
    std::thread worker{[&] {
        while (!stop) {
            scope const outer{"outer"};
            for (int i = 0; i < 10; ++i) {
                scope const inner{"inner"};
            }
        }
    }};
    for (int n = 0; n < 5; ++n)
        for (auto const& [tid, row] : spans_of(written())) nested_paths(row);
    stop = true;
    worker.join();
}

TEST_F(traces, EndOpenScopesAtTheMomentOfWriting) {
    scope const outer{"still open"};
    { scope const inner{"closed"}; }
    auto const rows = spans_of(written());
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(nested_paths(rows.begin()->second), (std::vector<std::string>{"/still open", "/still open/closed"}));
}

TEST_F(traces, KeepTheFirstEventsAndCountTheOthers) {
    enable({.trace_events_per_thread = 5000});
    for (int i = 0; i < 7000; ++i) {
        scope const timing{std::to_string(i)};
    }
    auto const trace = written();
    EXPECT_EQ(trace["otherData"]["dropped_events"].number, 2000.0);
    auto const row = spans_of(trace).begin()->second;
    ASSERT_EQ(row.size(), 5000U);
    for (std::size_t i = 0; i < row.size(); ++i) ASSERT_EQ(row[i].name, std::to_string(i));
    EXPECT_EQ(report().dropped_events(), 2000U);
}

TEST_F(traces, StartAnewAfterReset) {
    for (int i = 0; i < 10000; ++i) {
        scope const timing{"old"};
    }
    reset();
    { scope const timing{"new"}; }
    auto const rows = spans_of(written());
    ASSERT_EQ(rows.size(), 1U);
    ASSERT_EQ(rows.begin()->second.size(), 1U);
    EXPECT_EQ(rows.begin()->second[0].name, "new");
}

TEST_F(traces, ClipOpenScopesOfOtherThreadsToTheReset) {
    std::latch entered{1}, seen{1};
    std::thread worker{[&] {
        scope const waits{"waits"};
        { scope const old{"old"}; }
        entered.count_down();
        seen.wait();
    }};
    entered.wait();
    reset();
    auto const rows = spans_of(written());
    seen.count_down();
    worker.join();
    ASSERT_EQ(rows.size(), 1U);
    auto const& row = rows.begin()->second;
    ASSERT_EQ(row.size(), 1U);
    EXPECT_EQ(row[0].name, "waits");
    EXPECT_EQ(row[0].start_ns, 0);
    EXPECT_GT(row[0].stop_ns, 0);
}

TEST_F(traces, EscapeNames) {
    std::string const name = "quote \" backslash \\ newline \n tab \t </script> Δ";
    { scope const timing{name}; }
    { scope const timing{std::string{"bad \xff utf-8"}}; }
    auto const row = spans_of(written()).begin()->second;
    ASSERT_EQ(row.size(), 2U);
    EXPECT_EQ(row[0].name, name);
    EXPECT_EQ(row[1].name, "bad \\ufffd utf-8");
}

TEST_F(traces, AreEmptyWhenNotAskedFor) {
    enable({.trace = false});
    { scope const timing{"untraced"}; }
    EXPECT_TRUE(spans_of(written()).empty());
}

TEST_F(traces, ThatCannotBeWrittenLeaveNothing) {
    { scope const timing{"lost"}; }
    std::string const nowhere = folder_.path("no such folder/trace.json");
    std::string const message = poise_test::message_of<file_error>([&] { write_trace(nowhere); });
    EXPECT_NE(message.find(nowhere + ": cannot be created: No such file or directory"), std::string::npos) << message;
    EXPECT_THROW(write_trace(folder_.path()), file_error);
    EXPECT_EQ(folder_.n_entries(), 0);
}

// a and b on two threads, both before c: an arrow from the end of each to the beginning of c.
TEST_F(traces, HaveArrowsFromTasksToThoseThatWaitedForThem) {
    std::uint64_t const a = reserve_task_ids(3), b = a + 1, c = a + 2;
    std::thread{[&] {
        scope task{"a", category::task};
        task.task(a);
    }}.join();
    {
        scope task{"b", category::task};
        task.task(b);
    }
    {
        scope task{"c", category::task};
        task.task(c).after(a).after(b).after(c + 100);  // the last one never ran
        scope const inner{"inner"};
    }
    timeline const taken = take_timeline();
    EXPECT_EQ(taken.edges, (std::vector<task_edge>{{a, c}, {b, c}, {c + 100, c}}));
    json::value const trace = written();
    auto const spans = spans_of(trace);
    std::map<double, std::vector<json::value>> arrows;
    for (auto const& e : trace["traceEvents"].items)
        if (e["ph"].text == "s" || e["ph"].text == "f") arrows[e["id"].number].push_back(e);
    ASSERT_EQ(arrows.size(), 2U);
    std::set<std::string> from;
    for (auto const& [id, ends] : arrows) {
        ASSERT_EQ(ends.size(), 2U);
        EXPECT_EQ(ends[0]["ph"].text, "s");
        EXPECT_EQ(ends[1]["ph"].text, "f");
        for (span const& s : spans.at(static_cast<int>(ends[0]["tid"].number)))
            if (long long const t = nanoseconds(ends[0]["ts"].literal); s.start_ns <= t && t <= s.stop_ns)
                from.insert(s.name);
        bool begins_c = false;
        for (span const& s : spans.at(static_cast<int>(ends[1]["tid"].number)))
            begins_c = begins_c || (s.name == "c" && s.start_ns == nanoseconds(ends[1]["ts"].literal));
        EXPECT_TRUE(begins_c);
    }
    EXPECT_EQ(from, (std::set<std::string>{"a", "b"}));
}

// b waits in the middle and goes on elsewhere: the arrow from a ends where b began, the one to c leaves where it ended.
TEST_F(traces, HaveArrowsToTheFirstPieceOfATaskAndFromItsLast) {
    std::uint64_t const a = reserve_task_ids(3), b = a + 1, c = a + 2;
    auto const piece = [](std::string const& name, std::uint64_t id, std::uint64_t before) {
        scope task{name, category::task};
        task.task(id);
        if (before != 0) task.after(before);
    };
    piece("a", a, 0);
    piece("b", b, a);
    std::thread{[&] { piece("b", b, 0); }}.join();
    piece("c", c, b);
    json::value const trace = written();
    auto const spans = spans_of(trace);
    auto const times_of = [&](std::string const& name) {
        std::vector<long long> starts;
        for (auto const& [row, of_row] : spans)
            for (span const& s : of_row)
                if (s.name == name) starts.push_back(s.start_ns);
        std::sort(starts.begin(), starts.end());
        return starts;
    };
    ASSERT_EQ(times_of("b").size(), 2U);
    std::map<double, std::vector<long long>> arrows;
    for (auto const& e : trace["traceEvents"].items)
        if (e["ph"].text == "s" || e["ph"].text == "f") arrows[e["id"].number].push_back(nanoseconds(e["ts"].literal));
    ASSERT_EQ(arrows.size(), 2U);
    EXPECT_EQ(arrows.begin()->second[1], times_of("b")[0]);
    EXPECT_GE(arrows.rbegin()->second[0], times_of("b")[1]);
    EXPECT_EQ(arrows.rbegin()->second[1], times_of("c")[0]);
}

TEST_F(traces, HaveNoArrowsToScopesWithoutANumber) {
    scope plain{"plain"};
    plain.after(7);
    EXPECT_TRUE(take_timeline().edges.empty());
}

}  // namespace
}  // namespace poise::profile
