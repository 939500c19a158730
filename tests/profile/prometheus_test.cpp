// SPDX-License-Identifier: MIT
#include "support/temporary_folder.hpp"

#include <poise/core/error.hpp>
#include <poise/profile/metrics.hpp>
#include <poise/profile/prometheus.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace poise::profile {
namespace {

std::size_t count_of(std::string const& text, std::string const& part) {
    std::size_t n = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
    return n;
}

scope_statistics scope_of(std::string name, std::uint64_t calls, double inclusive_s, double exclusive_s) {
    scope_statistics s;
    s.name = std::move(name);
    s.calls = calls;
    s.inclusive_s = inclusive_s;
    s.exclusive_s = exclusive_s;
    return s;
}

}  // namespace

TEST(Prometheus, SaysNothingOfNothing) { EXPECT_EQ(prometheus_text(metrics_snapshot{}), ""); }

TEST(Prometheus, WritesEveryKind) {
    metrics_registry registry;
    registry.counter("linear.solve.calls", {{"method", "cholesky"}, {"device", "cpu"}}).add(3);
    registry.counter("linear.solve.calls").add(1);
    registry.describe("linear.solve.calls", "Solves begun.");
    registry.gauge("cache.bytes").set(0.5);
    for (double const v : {0.0, 0.75, 3.0, 3.1, 1e30}) registry.histogram("solve.seconds").record(v);
    registry.histogram("solve.seconds", {{"method", "cg"}}).record(2.0);
    EXPECT_EQ(prometheus_text(registry.snapshot()),
              "# HELP poise_cache_bytes cache.bytes\n"
              "# TYPE poise_cache_bytes gauge\n"
              "poise_cache_bytes 0.5\n"
              "# HELP poise_linear_solve_calls_total Solves begun.\n"
              "# TYPE poise_linear_solve_calls_total counter\n"
              "poise_linear_solve_calls_total 1\n"
              "poise_linear_solve_calls_total{device=\"cpu\",method=\"cholesky\"} 3\n"
              "# HELP poise_solve_seconds solve.seconds\n"
              "# TYPE poise_solve_seconds histogram\n"
              "poise_solve_seconds_bucket{le=\"0\"} 1\n"
              "poise_solve_seconds_bucket{le=\"0.75\"} 2\n"
              "poise_solve_seconds_bucket{le=\"3\"} 3\n"
              "poise_solve_seconds_bucket{le=\"3.125\"} 4\n"
              "poise_solve_seconds_bucket{le=\"+Inf\"} 5\n"
              "poise_solve_seconds_sum 1e+30\n"
              "poise_solve_seconds_count 5\n"
              "poise_solve_seconds_bucket{method=\"cg\",le=\"2\"} 1\n"
              "poise_solve_seconds_bucket{method=\"cg\",le=\"+Inf\"} 1\n"
              "poise_solve_seconds_sum{method=\"cg\"} 2\n"
              "poise_solve_seconds_count{method=\"cg\"} 1\n");
}

TEST(Prometheus, SpellsWhatIsNoNumber) {
    double const infinity = std::numeric_limits<double>::infinity();
    metrics_snapshot const metrics{{"a", metric_kind::gauge, std::nan("")},
                                   {"b", metric_kind::gauge, infinity},
                                   {"c", metric_kind::gauge, -infinity},
                                   {"d", metric_kind::gauge, 0.1}};
    auto const text = prometheus_text(metrics);
    for (std::string const line : {"\npoise_a NaN\n", "\npoise_b +Inf\n", "\npoise_c -Inf\n", "\npoise_d 0.1\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
}

TEST(Prometheus, EscapesLabelsAndHelp) {
    metrics_snapshot const metrics{
        {"a", metric_kind::gauge, 1.0, {{"x", "q\" b\\ n\n t\t \xff π"}}, {}, "two\nlines, \"quoted\", \\ and \xff"}};
    EXPECT_EQ(prometheus_text(metrics),
              "# HELP poise_a two\\nlines, \"quoted\", \\\\ and \\\\xff\n"
              "# TYPE poise_a gauge\n"
              "poise_a{x=\"q\\\" b\\\\ n\\n t\t \\\\xff π\"} 1\n");
}

TEST(Prometheus, TellsEqualNamesApart) {
    metrics_snapshot const metrics{{"a.b", metric_kind::counter, 1.0},
                                   {"a.b.total", metric_kind::counter, 2.0},
                                   {"a.c", metric_kind::gauge, 3.0},
                                   {"a.c.count", metric_kind::gauge, 4.0},
                                   {"a.c_count.value", metric_kind::gauge, 5.0},
                                   {"a_b", metric_kind::counter, 6.0}};
    auto const text = prometheus_text(metrics);
    for (std::string const line :
         {"\npoise_a_b_total 1\n", "\npoise_a_b_2_total 2\n", "\npoise_a_c 3\n", "\npoise_a_c_count_value 4\n",
          "\npoise_a_c_count_value_2 5\n", "\npoise_a_b_3_total 6\n", "# HELP poise_a_b_3_total a_b\n"})
        EXPECT_EQ(count_of(text, line), 1U) << line << text;
}

TEST(Prometheus, TellsEqualLabelsApart) {
    metrics_snapshot const metrics{{"a", metric_kind::gauge, 1.0},
                                   {"a", metric_kind::gauge, 2.0, {{"x", ""}}},
                                   {"a", metric_kind::gauge, 3.0, {{"x", "\xff"}}},
                                   {"a", metric_kind::gauge, 4.0, {{"x", "\\xff"}}}};
    auto const text = prometheus_text(metrics);
    for (std::string const line : {"\npoise_a 1\n", "\npoise_a{duplicate=\"2\"} 2\n", "\npoise_a{x=\"\\\\xff\"} 3\n",
                                   "\npoise_a{x=\"\\\\xff\",duplicate=\"2\"} 4\n"})
        EXPECT_EQ(count_of(text, line), 1U) << line << text;
}

TEST(Prometheus, TellsScopesByPath) {
    snapshot taken;
    taken.wall_s = 2.0;
    taken.resident_bytes = 100;
    auto run = scope_of("run", 1, 1.5, 0.5);
    run.children = {scope_of("solve", 4, 1.0, 1.0)};
    run.children[0].flops = 8e9;
    taken.root.children = {run};
    taken.metrics = {{"hits", metric_kind::counter, 7.0}};
    auto const text = prometheus_text(taken);
    for (std::string const line :
         {"poise_scope_calls_total{path=\"run\"} 1\n", "poise_scope_calls_total{path=\"run/solve\"} 4\n",
          "poise_scope_seconds_total{path=\"run\"} 1.5\n", "poise_scope_self_seconds_total{path=\"run\"} 0.5\n",
          "poise_scope_flops_total{path=\"run/solve\"} 8e+09\n", "\npoise_profile_wall_seconds_total 2\n",
          "\npoise_resident_bytes 100\n", "\npoise_hits_total 7\n"})
        EXPECT_EQ(count_of(text, line), 1U) << line << text;
    EXPECT_EQ(count_of(text, "allocations"), 0U) << "not measured";
    EXPECT_EQ(count_of(text, "moved_bytes"), 0U) << "nobody said so";
}

TEST(Prometheus, TellsMemoryWhereItWasMeasured) {
    snapshot taken;
    taken.has_allocations = true;
    taken.memory.heap_peak_bytes = 300;
    taken.root.children = {scope_of("run", 1, 1.0, 1.0)};
    taken.root.children[0].allocations = 5;
    taken.root.children[0].allocated_bytes = 640;
    taken.root.children[0].peak_bytes = 128;
    auto const text = prometheus_text(taken);
    for (std::string const line :
         {"poise_scope_allocations_total{path=\"run\"} 5\n", "poise_scope_allocated_bytes_total{path=\"run\"} 640\n",
          "poise_scope_peak_bytes{path=\"run\"} 128\n", "\npoise_heap_peak_bytes 300\n"})
        EXPECT_EQ(count_of(text, line), 1U) << line << text;
}

TEST(Prometheus, PutsTheShortestScopesTogether) {
    snapshot taken;
    for (int i = 1; i <= 10; ++i) taken.root.children.push_back(scope_of("s" + std::to_string(i), 1, i, i));
    auto const text = prometheus_text(taken, {.max_scopes = 4});
    EXPECT_EQ(count_of(text, "\npoise_scope_calls_total{"), 5U);
    EXPECT_EQ(count_of(text, "\npoise_scope_calls_total{path=\"s7\"} 1\n"), 1U);
    EXPECT_EQ(count_of(text, "\npoise_scope_calls_total{path=\"(other)\"} 6\n"), 1U);
    EXPECT_EQ(count_of(text, "\npoise_scope_self_seconds_total{path=\"(other)\"} 21\n"), 1U);
    EXPECT_EQ(count_of(text, "\npoise_scope_seconds_total{"), 4U) << "of what may be nested, sums mean nothing";
    EXPECT_EQ(count_of(prometheus_text(taken), "(other)"), 0U);
}

TEST(Prometheus, WritesFilesWholeOrNotAtAll) {
    poise_test::temporary_folder const folder;
    metrics_snapshot const metrics{{"a", metric_kind::gauge, 1.0}};
    std::string const path = folder.path("metrics.prom");
    write_prometheus(path, metrics);
    EXPECT_EQ(poise_test::content_of(path), prometheus_text(metrics));
    write_prometheus(path, snapshot{});
    EXPECT_EQ(poise_test::content_of(path), prometheus_text(snapshot{}));
    EXPECT_THROW(write_prometheus(folder.path("no/such.prom"), metrics), file_error);
}

}  // namespace poise::profile
