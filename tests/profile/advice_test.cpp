// SPDX-License-Identifier: MIT
// Each rule once where it fires and once, with one number changed, where it does not.
#include "profile/advice_rules.hpp"
#include "snapshots.hpp"
#include "support/expect_message.hpp"

#include <poise/profile/advice.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace poise::profile {
namespace {

using found_list = std::vector<advice>;

// The advice by that rule; fails where there is not exactly one.
advice only(found_list const& found, advice_rule rule) {
    EXPECT_EQ(std::ranges::count(found, rule, &advice::rule), 1) << to_string(rule) << '\n' << found;
    auto const at = std::ranges::find(found, rule, &advice::rule);
    return at == found.end() ? advice{} : *at;
}
bool has(found_list const& found, advice_rule rule) { return std::ranges::count(found, rule, &advice::rule) != 0; }

metric counted(std::string name, double value) { return {std::move(name), metric_kind::counter, value, {}, {}, {}}; }
metric level(std::string name, double value) { return {std::move(name), metric_kind::gauge, value, {}, {}, {}}; }

void set(snapshot& s, std::string const& name, double value) {
    std::ranges::find(s.metrics, name, &metric::name)->value = value;
}

TEST(Advice, IsSilentAboutNothing) {
    EXPECT_TRUE(advise({}).empty());
    EXPECT_TRUE(advise(snapshot_of(1.0, {scope_of("run", 3, 0.95)})).empty());
    EXPECT_TRUE(advise(snapshot_of(0.9e-3, {})).empty());  // too short to say anything
    EXPECT_TRUE(advise(snapshot_of(std::nan(""), {})).empty());
}

// Values built again.

snapshot rebuilding() {
    snapshot s = snapshot_of(10.0, {scope_of("run", 1, 9.0)});
    s.metrics = {level("linear.operator_cache.build_seconds", 4.0), counted("linear.operator_cache.evictions", 30),
                 counted("linear.operator_cache.hits", 5),          counted("linear.operator_cache.misses", 40),
                 level("linear.operator_cache.rebuild_seconds", 3), counted("linear.operator_cache.rebuilds", 30)};
    return s;
}

TEST(Advice, OfValuesThatWereBuiltAgain) {
    snapshot s = rebuilding();
    auto const found = advise(s);
    advice const a = only(found, advice_rule::rebuilt_values);
    EXPECT_EQ(a.scope, "linear.operator_cache");
    EXPECT_EQ(a.value, 30.0);
    EXPECT_EQ(a.number, "30 rebuilds");
    EXPECT_EQ(a.gain_s, 3.0);
    EXPECT_EQ(a.share, 0.3);
    EXPECT_NE(a.remedy.find("max_bytes: it dropped 30 values"), std::string::npos) << a.remedy;
    EXPECT_FALSE(has(found, advice_rule::small_cache));  // the same thing

    set(s, "linear.operator_cache.evictions", 0);
    EXPECT_NE(only(advise(s), advice_rule::rebuilt_values).remedy.find("Use one cache"), std::string::npos);
}
TEST(Advice, OfNoValuesThatWereBuiltOnceEach) {
    snapshot s = rebuilding();
    set(s, "linear.operator_cache.rebuilds", 0);
    EXPECT_FALSE(has(advise(s), advice_rule::rebuilt_values));
    s = rebuilding();
    set(s, "linear.operator_cache.rebuild_seconds", 0.09);  // below 1 % of the wall time
    EXPECT_FALSE(has(advise(s), advice_rule::rebuilt_values));
}

// Caches too small.

snapshot dropping() {
    snapshot s = snapshot_of(10.0, {scope_of("run", 1, 9.0)});
    s.metrics = {level("memoize.price.build_seconds", 4.0), counted("memoize.price.evictions", 500),
                 counted("memoize.price.hits", 100), counted("memoize.price.misses", 1000)};
    return s;
}

TEST(Advice, OfACacheThatDropsWhatItHolds) {
    advice const a = only(advise(dropping()), advice_rule::small_cache);
    EXPECT_EQ(a.scope, "memoize.price");
    EXPECT_DOUBLE_EQ(a.value, 1.0 / 11.0);
    EXPECT_EQ(a.number, "9.1 % hits");
    EXPECT_EQ(a.gain_s, 2.0);  // half of the values that were built were dropped
    EXPECT_NE(a.message.find("dropped 500 of 1000 values and answered 9.1 % of 1100"), std::string::npos) << a.message;
    EXPECT_NE(a.remedy.find("max_bytes"), std::string::npos);

    snapshot useless = dropping();
    set(useless, "memoize.price.hits", 0);
    std::string const message = only(advise(useless), advice_rule::small_cache).message;
    EXPECT_NE(message.find("answered none of 1000"), std::string::npos) << message;

    snapshot untimed = dropping();
    untimed.metrics.erase(untimed.metrics.begin());
    EXPECT_EQ(only(advise(untimed), advice_rule::small_cache).gain_s, 0.0);
}
TEST(Advice, OfNoCacheThatAnswersOrDropsLittle) {
    snapshot s = dropping();
    set(s, "memoize.price.hits", 1000);
    EXPECT_FALSE(has(advise(s), advice_rule::small_cache));
    s = dropping();
    set(s, "memoize.price.evictions", 249);
    EXPECT_FALSE(has(advise(s), advice_rule::small_cache));
    s = dropping();
    set(s, "memoize.price.build_seconds", 0.1);
    EXPECT_FALSE(has(advise(s), advice_rule::small_cache));
    s = dropping();
    s.metrics = {counted("memoize.price.evictions", 99), counted("memoize.price.misses", 100)};
    EXPECT_FALSE(has(advise(s), advice_rule::small_cache));
}

TEST(Advice, AddsUpTheSeriesOfACache) {
    snapshot s = dropping();
    metric other = counted("memoize.price.hits", 2000);
    other.labels = {{"region", "north"}};
    s.metrics.push_back(other);
    EXPECT_FALSE(has(advise(s), advice_rule::small_cache));
}

// Builds.

snapshot building(std::uint64_t n, double seconds) {
    return snapshot_of(
        10.0,
        {scope_of("sweep", 1, 9.0,
                  {scope_of("pde::solve", n, 8.0,
                            {scope_of("build operator", n, seconds, {scope_of("factorise", n, 0.9 * seconds)})})})});
}

TEST(Advice, OfAnOperatorThatIsBuiltAgainAndAgain) {
    advice const a = only(advise(building(10, 5.0)), advice_rule::repeated_build);
    EXPECT_EQ(a.scope, "sweep/pde::solve/build operator");
    EXPECT_EQ(a.value, 10.0);
    EXPECT_EQ(a.number, "10 builds");
    EXPECT_DOUBLE_EQ(a.gain_s, 4.5);
    EXPECT_NE(a.message.find("built 10 times, 500.0 ms each, 50.0 % of the wall time"), std::string::npos) << a.message;
    EXPECT_NE(a.remedy.find("operator_cache"), std::string::npos);
    // A factorisation without the operator's scope around it counts itself.
    auto const alone = advise(snapshot_of(10.0, {scope_of("factorise", 4, 9.0)}));
    EXPECT_EQ(only(alone, advice_rule::repeated_build).scope, "factorise");
}
TEST(Advice, OfNoOperatorThatIsBuiltOnceOrCheaply) {
    EXPECT_FALSE(has(advise(building(2, 5.0)), advice_rule::repeated_build));
    EXPECT_FALSE(has(advise(building(10, 0.9)), advice_rule::repeated_build));
    snapshot different = building(10, 5.0);  // the cache saw ten keys, none twice
    different.metrics = {counted("linear.operator_cache.rebuilds", 0)};
    EXPECT_FALSE(has(advise(different), advice_rule::repeated_build));
}

// Allocation.

snapshot allocating(std::uint64_t calls, std::uint64_t allocations, std::uint64_t bytes) {
    auto step = scope_of("step", calls, 1.5);
    step.allocations = allocations;
    step.allocated_bytes = bytes;
    auto run = scope_of("run", 1, 1.9, {step});
    run.allocations = allocations;
    run.allocated_bytes = bytes;
    return snapshot_of(2.0, {run});
}

TEST(Advice, OfAllocationInARepeatedScope) {
    advice const a = only(advise(allocating(1'000'000, 12'000'000, 1'200'000'000)), advice_rule::repeated_allocation);
    EXPECT_EQ(a.scope, "run/step");  // and not "run", in which it happens as well
    EXPECT_EQ(a.value, 12.0);
    EXPECT_EQ(a.number, "12 allocations per call");
    EXPECT_DOUBLE_EQ(a.gain_s, 0.24);
    EXPECT_NE(a.message.find("12 allocations per call in 1000000 calls, 1.17 KiB each time, some 240.0 ms"),
              std::string::npos)
        << a.message;
    EXPECT_NE(a.remedy.find("Preallocate"), std::string::npos);
    // Few, but each of so many bytes that its pages are new every time: 200 × 64 MiB at 0.25 ns.
    advice const large = only(advise(allocating(200, 200, 200ull << 26)), advice_rule::repeated_allocation);
    EXPECT_NEAR(large.gain_s, 200.0 * (1u << 26) * 0.25e-9 + 200 * 20e-9, 1e-12);
}
TEST(Advice, OfNoAllocationThatIsRareOrCheap) {
    EXPECT_FALSE(has(advise(allocating(99, 12'000'000, 0)), advice_rule::repeated_allocation));
    EXPECT_FALSE(has(advise(allocating(10'000'000, 9'999'999, 0)), advice_rule::repeated_allocation));
    EXPECT_FALSE(has(advise(allocating(1000, 1000, 1000ull << 20)), advice_rule::repeated_allocation));
    EXPECT_FALSE(has(advise(allocating(1000, 0, 0)), advice_rule::repeated_allocation));
}

// Task graphs.

scope_statistics tasks(std::string name, std::uint64_t calls, double seconds) {
    auto t = scope_of(std::move(name), calls, seconds);
    t.kind = category::task;
    return t;
}

snapshot graph_run(double work_s, double span_s, double wall_s, double threads) {
    snapshot s = snapshot_of(2.0, {scope_of("run", 1, 1.9, {tasks("solve", 16, work_s)})});
    s.metrics = {level("task.run.span_seconds", span_s), counted("task.run.tasks", 16),
                 level("task.run.threads", threads), level("task.run.wall_seconds", wall_s),
                 level("task.run.work_seconds", work_s)};
    return s;
}

TEST(Advice, OfAGraphThatWaitsForItsLongestPath) {
    advice const a = only(advise(graph_run(2.0, 1.0, 1.1, 8)), advice_rule::critical_path);
    EXPECT_EQ(a.scope, "run");
    EXPECT_EQ(a.value, 2.0);
    EXPECT_EQ(a.number, "2 threads' worth of work");
    EXPECT_DOUBLE_EQ(a.gain_s, 1.1 - 2.0 / 8);
    EXPECT_NE(a.message.find("takes 1.000 s of 1.100 s; the graph has 2 threads' worth of work, the executor 8"),
              std::string::npos)
        << a.message;
    EXPECT_EQ(a.message.find("longest on it"), std::string::npos);
}
TEST(Advice, OfNoGraphThatKeepsItsThreadsBusy) {
    EXPECT_FALSE(has(advise(graph_run(8.0, 1.0, 1.1, 8)), advice_rule::critical_path));  // as much work as threads
    EXPECT_FALSE(has(advise(graph_run(2.0, 1.0, 1.5, 8)), advice_rule::critical_path));  // waits for something else
    EXPECT_FALSE(has(advise(graph_run(1.0, 1.0, 1.0, 1)), advice_rule::critical_path));
    EXPECT_FALSE(has(advise(graph_run(0.02, 0.01, 0.011, 8)), advice_rule::critical_path));
    EXPECT_FALSE(has(advise(snapshot_of(2.0, {scope_of("run", 1, 1.9)})), advice_rule::critical_path));
}

// mesh → assemble → solve → write, and a long task beside that waits for nobody.
timeline graph_events() {
    timeline t;
    t.names = {"mesh", "assemble", "solve", "write", "beside"};
    auto const task = [](std::uint32_t name, double start_s, double stop_s, std::uint64_t id) {
        return timeline_event{name, category::task, start_s, stop_s, id};
    };
    t.rows = {{0, "main", {task(0, 0.0, 0.1, 1), task(2, 0.3, 0.9, 3), task(3, 0.9, 1.0, 4)}},
              {1, "worker 1", {task(1, 0.1, 0.3, 2), {4, category::phase, 0.3, 0.4, 0}, task(4, 0.4, 1.1, 5)}}};
    t.edges = {{1, 2}, {2, 3}, {1, 3}, {3, 4}, {9, 4}, {4, 4}};
    return t;
}

TEST(Advice, NamesTheLongestTaskOfTheCriticalPath) {
    detail::task_path const path = detail::critical_path(graph_events());
    EXPECT_EQ(path.n_tasks, 4U);
    EXPECT_NEAR(path.seconds, 1.0, 1e-15);
    EXPECT_EQ(path.longest, "solve");
    EXPECT_NEAR(path.longest_s, 0.6, 1e-15);
    advice const a = only(advise(graph_run(2.0, 1.0, 1.1, 8), graph_events()), advice_rule::critical_path);
    EXPECT_NE(a.message.find("longest on it: 'solve', 600.0 ms"), std::string::npos) << a.message;
}
TEST(Advice, FindsNoPathInACycle) {
    timeline t = graph_events();
    t.edges = {{1, 2}, {2, 1}};
    EXPECT_EQ(detail::critical_path(t).longest, "beside");
    t.rows[1].events.pop_back();
    t.rows[0].events.resize(1);
    EXPECT_EQ(detail::critical_path(t).n_tasks, 0U);
    EXPECT_EQ(detail::critical_path({}).n_tasks, 0U);
}

TEST(Advice, OfTasksThatAreTooSmall) {
    snapshot s = snapshot_of(1.0, {scope_of("run", 1, 0.95, {tasks("cell", 100'000, 0.2), scope_of("wait", 1, 0.5)})});
    advice const a = only(advise(s), advice_rule::small_tasks);
    EXPECT_EQ(a.scope, "run");
    EXPECT_DOUBLE_EQ(a.value, 2e-6);
    EXPECT_EQ(a.number, "2.000 us a task");
    // 20000 tasks of 10 us would do the same work: 80000 × 1 us is saved.
    EXPECT_NEAR(a.gain_s, 0.08, 1e-15);
    EXPECT_NE(a.message.find("100000 tasks"), std::string::npos) << a.message;
    s.metrics = {level("task.overhead_seconds", 3e-6)};
    EXPECT_NEAR(only(advise(s), advice_rule::small_tasks).gain_s, 3e-6 * (100'000 - 0.2 / 3e-5), 1e-12);
    EXPECT_EQ(only(advise(snapshot_of(1.0, {tasks("cell", 100'000, 0.5)})), advice_rule::small_tasks).scope,
              "(top level)");
}
TEST(Advice, OfNoTasksThatAreLongEnoughOrFew) {
    EXPECT_FALSE(has(advise(snapshot_of(2.0, {tasks("cell", 100'000, 1.0)})), advice_rule::small_tasks));
    EXPECT_FALSE(has(advise(snapshot_of(2.0, {tasks("cell", 1000, 0.002)})), advice_rule::small_tasks));
    EXPECT_FALSE(has(advise(snapshot_of(2.0, {scope_of("phase", 100'000, 0.2)})), advice_rule::small_tasks));
    snapshot fast = snapshot_of(2.0, {tasks("cell", 100'000, 0.2)});
    fast.metrics = {level("task.overhead_seconds", 1.9e-7)};
    EXPECT_FALSE(has(advise(fast), advice_rule::small_tasks));
}

// The rest.

TEST(Advice, OfTimeOutsideAnyScope) {
    advice const a = only(advise(snapshot_of(2.0, {scope_of("run", 1, 1.0), scope_of("write", 1, 0.5)})),
                          advice_rule::outside_scopes);
    EXPECT_EQ(a.scope, "main");
    EXPECT_DOUBLE_EQ(a.value, 0.25);
    EXPECT_EQ(a.number, "25.0 %");
    EXPECT_EQ(a.gain_s, 0.0);  // nobody knows
    EXPECT_DOUBLE_EQ(a.share, 0.25);
    EXPECT_NE(a.message.find("500.0 ms of 2.000 s are in no scope"), std::string::npos) << a.message;
}
TEST(Advice, OfNoTimeOutsideThatIsLittleOrAnotherThreads) {
    EXPECT_FALSE(has(advise(snapshot_of(2.0, {scope_of("run", 1, 1.0), scope_of("write", 1, 0.65)})),
                     advice_rule::outside_scopes));
    snapshot s = snapshot_of(2.0, {scope_of("run", 1, 1.0)});
    s.threads[0].row = 1;
    EXPECT_FALSE(has(advise(s), advice_rule::outside_scopes));
}

TEST(Advice, OfAScopeThatCostsAsMuchAsWhatItMeasures) {
    snapshot s = snapshot_of(1.0, {scope_of("run", 1, 0.95, {scope_of("at", 5'000'000, 0.25)})});
    advice const a = only(advise(s), advice_rule::costly_scope);
    EXPECT_EQ(a.scope, "run/at");
    EXPECT_DOUBLE_EQ(a.value, 50e-9);
    EXPECT_EQ(a.number, "a mean of 50.00 ns");
    EXPECT_DOUBLE_EQ(a.gain_s, 0.125);
    s.counted_cost_s = 5e-9;  // what it will cost then
    EXPECT_DOUBLE_EQ(only(advise(s), advice_rule::costly_scope).gain_s, 0.1);
    EXPECT_NE(a.remedy.find("mode::counted"), std::string::npos);
}
TEST(Advice, OfNoScopeThatIsLongRareOrCounted) {
    snapshot const is_long = snapshot_of(1.0, {scope_of("at", 5'000'000, 0.7)});
    EXPECT_FALSE(has(advise(is_long), advice_rule::costly_scope));
    EXPECT_FALSE(has(advise(snapshot_of(1.0, {scope_of("at", 1000, 0.00005)})), advice_rule::costly_scope));
    snapshot s = snapshot_of(1.0, {scope_of("at", 5'000'000, 0.25)});
    s.root.children[0].recorded = mode::counted;
    EXPECT_FALSE(has(advise(s), advice_rule::costly_scope));
    s.root.children[0].recorded = mode::sampled;
    s.root.children[0].timed_calls = 5'000'000 / 16;
    EXPECT_FALSE(has(advise(s), advice_rule::costly_scope));
}

TEST(Advice, DividesSumsOverThreadsByHowManyWorked) {
    snapshot s = allocating(1'000'000, 12'000'000, 0);
    s.threads.push_back({1, "worker 1", scope_of("", 0, 2.0, {scope_of("step", 1, 1.9)})});  // 2 × 1.9 s in 2 s
    EXPECT_DOUBLE_EQ(only(advise(s), advice_rule::repeated_allocation).gain_s, 0.24 / 1.9);
}

TEST(Advice, ComesSortedByGain) {
    snapshot s = rebuilding();  // 3 s
    auto step = scope_of("step", 1'000'000, 5.0);
    step.allocations = 200'000'000;  // 4 s
    s.root.children.push_back(step);
    s.threads[0].root.children[0].inclusive_s = 5.0;  // half of the time is in no scope
    auto const found = advise(s);
    ASSERT_EQ(found.size(), 3U) << found;
    EXPECT_EQ(found[0].rule, advice_rule::repeated_allocation);
    EXPECT_EQ(found[1].rule, advice_rule::rebuilt_values);
    EXPECT_EQ(found[2].rule, advice_rule::outside_scopes);
}

TEST(Advice, FollowsItsOptions) {
    EXPECT_TRUE(has(advise(building(2, 5.0), {.min_builds = 2}), advice_rule::repeated_build));
    EXPECT_TRUE(advise(allocating(1'000'000, 12'000'000, 0), {.min_share = 0.5}).empty());
    snapshot const named = snapshot_of(10.0, {scope_of("my set-up", 5, 8.5)});
    EXPECT_TRUE(has(advise(named, {.build_scopes = {"my set-up"}}), advice_rule::repeated_build));
    poise_test::expect_message<std::invalid_argument>(
        [] { (void)advise({}, {.min_share = -0.1}); },
        "advice_options::min_share is -0.1; it must be finite and not negative");
    poise_test::expect_message<std::invalid_argument>(
        [] { (void)advise({}, {.allocation_s = std::numeric_limits<double>::infinity()}); }, "allocation_s is inf");
}

TEST(Advice, IsPrintedWithin80Columns) {
    std::ostringstream text;
    text << advise(allocating(1'000'000, 12'000'000, 1'200'000'000));
    EXPECT_EQ(text.str(),
              "12.0 % run/step: 12 allocations per call in 1000000 calls, 1.17 KiB each time,\n"
              "some 240.0 ms in all\n"
              "        Preallocate: make the buffers once, outside the repeated call, and pass\n"
              "        them in; reserve() where a container grows.\n");
    advice parted;
    parted.scope = "scope";
    parted.message = std::string(69, 'x') + " 0.0 % of 40";  // the 80th column stands behind "0.0"
    std::ostringstream percentage;
    percentage << parted;
    EXPECT_NE(percentage.str().find("\n0.0 % of 40"), std::string::npos) << percentage.str();
    advice endless;
    endless.scope = std::string(200, 'x');
    endless.remedy = std::string(71, 'y') + ' ' + std::string(72, 'z') + " a \x1b[2J";
    std::ostringstream long_words;
    long_words << endless;
    EXPECT_EQ(long_words.str(), "?\n…" + std::string(78, 'x') + ":\n        " + std::string(71, 'y') + "\n        " +
                                    std::string(72, 'z') + "\n        a ?[2J\n");
}

TEST(Advice, RulesHaveNames) {
    for (int rule = 0; rule <= static_cast<int>(advice_rule::costly_scope); ++rule)
        EXPECT_STRNE(to_string(static_cast<advice_rule>(rule)), "unknown");
    EXPECT_STREQ(to_string(advice_rule::small_tasks), "small tasks");
}

}  // namespace
}  // namespace poise::profile
