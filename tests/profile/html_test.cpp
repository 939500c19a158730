// SPDX-License-Identifier: MIT
#include "html_data.hpp"
#include "json.hpp"
#include "profile/html/fold.hpp"
#include "profile/html/json.hpp"
#include "profile/html/timeline.hpp"
#include "support/expect_message.hpp"
#include "support/sha256.hpp"
#include "support/temporary_folder.hpp"

#include <poise/core/error.hpp>
#include <poise/profile/html.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

namespace poise::profile {
namespace {

using poise_test::large_run, poise_test::nasty_names, poise_test::page_data;

std::string page_of(page_data const& data) { return to_html(data.shown, data.events, data.options); }

// What stands between two texts, the first of which occurs exactly once.
std::string between(std::string const& page, std::string const& before, std::string const& after) {
    std::size_t const found = page.find(before);
    EXPECT_NE(found, std::string::npos) << before;
    EXPECT_EQ(page.find(before, found + 1), std::string::npos) << before << " occurs twice";
    if (found == std::string::npos) return {};
    std::size_t const begin = found + before.size();
    return page.substr(begin, page.find(after, begin) - begin);
}

std::string data_text(std::string const& page) {
    return between(page, "<script id=\"data\" type=\"application/json\">", "</script>");
}
json::value data_of(std::string const& page) { return json::reader{data_text(page)}.document(); }

std::vector<double> column(json::value const& table, std::string const& name) {
    std::vector<double> values;
    if (!table.members.contains(name)) return std::vector<double>(static_cast<std::size_t>(table["rows"].number));
    for (auto const& item : table[name].items) values.push_back(item.number);
    return values;
}
double sum(std::vector<double> const& values) {
    double total = 0.0;
    for (double const v : values) total += v;
    return total;
}

scope_statistics scope_of(std::string name, double total_s, double self_s,
                          std::vector<scope_statistics> children = {}) {
    scope_statistics s;
    s.name = std::move(name);
    s.calls = s.timed_calls = 1;
    s.inclusive_s = total_s;
    s.exclusive_s = self_s;
    s.children = std::move(children);
    return s;
}

TEST(html, IsOnePageThatLoadsNothing) {
    std::string const page = page_of(poise_test::plausible_run());
    EXPECT_EQ(page.find("<!DOCTYPE html>"), page.find("<!", page.find("-->")));
    EXPECT_NE(page.find("</html>"), std::string::npos);
    for (char const* outside : {"https:", " src=", "@import", "url(", "<link", "fetch(", "XMLHttpRequest"})
        EXPECT_EQ(page.find(outside), std::string::npos) << outside;
    // The one address is the name that SVG has.
    EXPECT_EQ(between(page, "http:", "\""), "//www.w3.org/2000/svg");
    EXPECT_EQ(page.find("innerHTML"), std::string::npos);
    EXPECT_EQ(page.find("{{"), std::string::npos) << "a placeholder was not filled";
}

TEST(html, HasAPolicyWithTheHashesOfItsScriptAndStyle) {
    EXPECT_EQ(poise_test::base64(poise_test::sha256("abc")), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    std::string const page = page_of(poise_test::plausible_run());
    std::string const policy = between(page, "Content-Security-Policy\" content=\"", "\"");
    auto const hash = [](std::string const& text) {
        return "'sha256-" + poise_test::base64(poise_test::sha256(text)) + "'";
    };
    EXPECT_EQ(policy, "default-src 'none'; script-src " + hash(between(page, "<script>", "</script>")) +
                          "; style-src " + hash(between(page, "<style>", "</style>")) +
                          "; base-uri 'none'; form-action 'none'");
}

TEST(html, KeepsNamesOutOfTheMarkup) {
    std::string const page = page_of(poise_test::nasty_run());
    std::string const data = data_text(page);
    EXPECT_EQ(data.find('<'), std::string::npos);
    EXPECT_EQ(data.find("\u2028"), std::string::npos);
    EXPECT_EQ(data.find("\u2029"), std::string::npos);
    EXPECT_EQ(data.find('\0'), std::string::npos);
    // What is not data is the same whatever the names are.
    auto const frame = [](std::string const& whole) {
        std::string const inside = data_text(whole);
        return std::string{whole}.replace(whole.find(inside), inside.size(), "");
    };
    EXPECT_EQ(frame(page), frame(page_of(poise_test::plausible_run())));
    auto const parsed = json::reader{data}.document();
    EXPECT_EQ(parsed["title"].text, nasty_names()[0]);
    std::set<std::string> names;
    for (auto const& name : parsed["names"].items) names.insert(name.text);
    EXPECT_TRUE(names.contains(std::string(255, 'W')));
    EXPECT_TRUE(names.contains("__proto__"));
    EXPECT_TRUE(names.contains("invalid \\ufffd\\ufffd utf-8 \\ufffd"));
}

TEST(html, FoldsSmallScopesAndKeepsTheSums) {
    page_data data;
    data.shown.wall_s = 1.0;
    std::vector<scope_statistics> small;
    for (int i = 0; i < 50; ++i)
        small.push_back(scope_of("small", 0.0005, 0.0003, {scope_of("inner", 0.0002, 0.0002)}));
    small.push_back(scope_of("large", 0.5, 0.5));
    data.shown.root.children = {scope_of("run", 0.9, 0.375, std::move(small))};
    auto const parsed = data_of(page_of(data));
    auto const& tree = parsed["scopes"];
    EXPECT_EQ(column(tree, "depth"), (std::vector<double>{0, 1, 1}));
    EXPECT_EQ(column(tree, "joined"), (std::vector<double>{0, 0, 100}));
    EXPECT_EQ(column(tree, "calls"), (std::vector<double>{1, 1, 100}));
    EXPECT_EQ(column(tree, "total"), (std::vector<double>{9e8, 5e8, 25e6}));
    EXPECT_EQ(column(tree, "self"), (std::vector<double>{375e6, 5e8, 25e6}));
    EXPECT_EQ(parsed["summary"]["scopes"].number, 102);
}

TEST(html, FoldsNothingWhenAskedFor) {
    page_data data;
    data.shown.wall_s = 1.0;
    data.shown.root.children = {scope_of("run", 1.0, 1.0, {scope_of("a", 1e-9, 1e-9), scope_of("b", 0.0, 0.0)})};
    data.options.fold_below = 0.0;
    EXPECT_EQ(column(data_of(page_of(data))["scopes"], "depth"), (std::vector<double>{0, 1, 1}));
}

TEST(html, ShowsALoneLeafInsteadOfALineThatSaysOneMore) {
    page_data data;
    data.shown.wall_s = 1.0;
    data.shown.root.children = {scope_of("run", 1.0, 1.0, {scope_of("tiny", 1e-9, 1e-9)})};
    auto const parsed = data_of(page_of(data));
    EXPECT_EQ(column(parsed["scopes"], "joined"), (std::vector<double>{0, 0}));
}

TEST(html, ShowsWhatAllocatesOrIsOnlyCountedHoweverQuick) {
    page_data data;
    data.shown.wall_s = 1.0;
    auto allocates = scope_of("allocates", 1e-6, 1e-6);
    allocates.allocated_bytes = 1000;
    auto counted = scope_of("counted", 0.0, 0.0);
    counted.calls = 1000, counted.timed_calls = 0, counted.recorded = mode::counted;
    auto run = scope_of("run", 1.0, 1.0, {allocates, counted, scope_of("x", 1e-6, 1e-6), scope_of("y", 1e-6, 1e-6)});
    run.allocated_bytes = 1000;
    data.shown.root.children = {run};
    auto const parsed = data_of(page_of(data));
    EXPECT_EQ(column(parsed["scopes"], "joined"), (std::vector<double>{0, 0, 0, 2}));
    EXPECT_EQ(column(parsed["scopes"], "untimed"), (std::vector<double>{0, 0, 1000, 0}));
}

TEST(html, KeepsTheParentsOfWhatIsShown) {
    page_data data;
    data.shown.wall_s = 1.0;
    // A scope that ended before the task it made.
    data.shown.root.children = {scope_of("spawn", 1e-9, 1e-9, {scope_of("task", 0.5, 0.5)}), scope_of("a", 1e-9, 1e-9),
                                scope_of("b", 1e-9, 1e-9)};
    auto const parsed = data_of(page_of(data));
    EXPECT_EQ(column(parsed["scopes"], "depth"), (std::vector<double>{0, 1, 0}));
    EXPECT_EQ(column(parsed["scopes"], "joined"), (std::vector<double>{0, 0, 2}));
}

TEST(html, OfVeryManyScopesStaysSmall) {
    auto const data = large_run(100000);
    std::string const page = page_of(data);
    EXPECT_LT(page.size(), 2'000'000U);
    auto const parsed = data_of(page);
    EXPECT_EQ(parsed["summary"]["scopes"].number, 100000);
    auto const& tree = parsed["scopes"];
    double const shown = tree["rows"].number - static_cast<double>([&] {
                             std::size_t lines = 0;
                             for (double const n : column(tree, "joined")) lines += n > 0 ? 1U : 0U;
                             return lines;
                         }());
    EXPECT_EQ(shown + sum(column(tree, "joined")), 100000);
    EXPECT_EQ(sum(column(tree, "calls")), static_cast<double>(data.shown.calls));
    // Each row is rounded to a nanosecond.
    EXPECT_NEAR(sum(column(tree, "self")), 10e9, 0.5 * tree["rows"].number + 1);
    EXPECT_EQ(sum(column(parsed["timeline"]["events"], "events")) + parsed["timeline"]["events"]["rows"].number, 99999);
}

TEST(html, ShrinksUntilItFits) {
    auto data = large_run(5000);
    data.options.fold_below = 0.0;
    data.options.max_nodes = data.options.max_events = 1000000;
    data.options.max_bytes = 1'000'000'000;
    std::string const whole = page_of(data);
    EXPECT_EQ(data_of(whole)["scopes"]["rows"].number, 5000);
    data.options.max_bytes = whole.size() - 1;
    std::string const smaller = page_of(data);
    EXPECT_LT(smaller.size(), whole.size());
    data.options.max_bytes = 250'000;
    std::string const small = page_of(data);
    EXPECT_LE(small.size(), 250'000U);
    EXPECT_EQ(sum(column(data_of(small)["scopes"], "calls")), sum(column(data_of(whole)["scopes"], "calls")));
    // The page alone is larger: nothing is left to halve, and the page is still one.
    data.options.max_bytes = 1000;
    EXPECT_EQ(data_of(page_of(data))["summary"]["scopes"].number, 5000);
}

TEST(html, OfNamesOf255BytesIsBounded) {
    page_data data;
    data.shown.wall_s = 1.0;
    for (int i = 0; i < 3000; ++i) {
        std::string name(255, '<');  // six bytes each in the page
        name.replace(0, 8, std::to_string(10000000 + i));
        data.shown.root.children.push_back(scope_of(name, 0.002, 0.002));
    }
    std::string const page = page_of(data);
    EXPECT_LE(page.size(), 2'000'000U);
    // Of equals the first are shown.
    EXPECT_GT(data_of(page)["scopes"]["rows"].number, 500);
}

TEST(html, OfNothingIsAPage) {
    auto const parsed = data_of(to_html({}, {}));
    EXPECT_EQ(parsed["title"].text, "poise profile");
    EXPECT_EQ(parsed["summary"]["wall"].number, 0);
    EXPECT_EQ(parsed["scopes"]["rows"].number, 0);
    EXPECT_EQ(parsed["timeline"]["events"]["rows"].number, 0);
    EXPECT_TRUE(parsed["samples"].items.empty());
}

TEST(html, TakesNumbersThatAreNone) {
    page_data data;
    data.shown.wall_s = std::numeric_limits<double>::quiet_NaN();
    data.shown.root.children = {scope_of("a", std::numeric_limits<double>::infinity(), -1.0)};
    data.shown.metrics = {{"infinite", metric_kind::gauge, -std::numeric_limits<double>::infinity()}};
    auto const parsed = data_of(page_of(data));
    EXPECT_EQ(parsed["summary"]["wall"].number, 0);
    EXPECT_EQ(parsed["metrics"].items.at(0)["value"].number, 0);
}

TEST(html, AggregatesFunctionsCountingRecursionOnce) {
    page_data data;
    sampled_profile profile;
    profile.name = "p";
    source_frame const f{"f", "f.cpp", 1, false}, g{"g", "g.cpp", 2, true};
    function_statistics const inner_f{f, 2, 2, {}}, inner_g{g, 3, 5, {inner_f}};
    profile.root = {{}, 0, 10, {{f, 5, 10, {inner_g}}}};
    data.shown.samples = {profile};
    auto const parsed = data_of(page_of(data));
    auto const& table = parsed["samples"].items.at(0)["functions"];
    EXPECT_EQ(column(table, "self"), (std::vector<double>{7, 3}));
    EXPECT_EQ(column(table, "total"), (std::vector<double>{10, 5}));
    EXPECT_EQ(column(table, "inlined"), (std::vector<double>{0, 1}));
    EXPECT_EQ(parsed["samples"].items.at(0)["samples"].number, 10);
}

TEST(html, HasEverySection) {
    auto const data = poise_test::plausible_run();
    auto const parsed = data_of(page_of(data));
    EXPECT_EQ(parsed["advice"].items.size(), data.options.advice->size());
    EXPECT_EQ(parsed["sites"].items.size(), data.shown.allocation_sites.size());
    EXPECT_EQ(parsed["metrics"].items.size(), data.shown.metrics.size());
    EXPECT_EQ(parsed["comparisons"].items.at(0)["contenders"].items.size(), 5U);
    EXPECT_EQ(parsed["measurements"].items.size(), 2U);
    EXPECT_EQ(parsed["timeline"]["edges"]["rows"].number, 97);
    EXPECT_EQ(parsed["timeline"]["rows"].items.size(), 2U);
    EXPECT_EQ(parsed["summary"]["demoted"].items.at(0).text, "temperatures of blocks");
    EXPECT_GT(parsed["memory"]["rows"].number, 100);
}

TEST(html, ShowsHistogramsWithFewBars) {
    page_data data;
    metric h{"h", metric_kind::histogram};
    h.labels = {{"method", "<direct>"}};
    h.histogram = {1000, 500.0, 0.1, 0.9, 0.5, 0.8, 0.9, {}};
    for (std::uint64_t i = 1; i <= 100; ++i) h.histogram.buckets.push_back({static_cast<double>(i), 10 * i});
    data.shown.metrics = {h};
    auto const parsed = data_of(page_of(data));
    auto const& m = parsed["metrics"].items.at(0);
    EXPECT_EQ(m["labels"].items.at(0).text, "method=<direct>");
    EXPECT_LE(m["buckets"]["rows"].number, 40);
    EXPECT_EQ(sum(column(m["buckets"], "count")), 1000);
    EXPECT_EQ(column(m["buckets"], "upper").back(), 100);
}

TEST(html, RefusesAShareThatIsNone) {
    for (double const share : {-0.1, 1.5, std::numeric_limits<double>::quiet_NaN()})
        poise_test::expect_message<std::invalid_argument>([&] { (void)to_html({}, {}, {.fold_below = share}); },
                                                          "it is a share of the wall time, 0 (show all) to 1");
}

TEST(html, IsWrittenWholeOrNotAtAll) {
    poise_test::temporary_folder const folder;
    auto const data = poise_test::plausible_run();
    write_html(folder.path("report.html"), data.shown, data.events, data.options);
    EXPECT_EQ(poise_test::content_of(folder.path("report.html")), page_of(data));
    poise_test::expect_message<file_error>([&] { write_html(folder.path("none/report.html"), {}, {}); },
                                           "none/report.html: cannot be created");
    EXPECT_THROW(write_html(folder.path(), {}, {}), file_error);
    EXPECT_EQ(folder.n_entries(), 1);
}

// ---- The pieces. ----

TEST(html_json, WritesNumbersShortAndNamesSafe) {
    detail::html_json out;
    out.open('[').number(0).number(1e9).number(0.1).number(-3).number(1e300).number(std::nan("")).text("a<b\"\u2028");
    out.close(']');
    EXPECT_EQ(out.written(), "[0,1000000000,0.1,-3,1e+300,0,\"a\\u003cb\\\"\\u2028\"]");
    EXPECT_EQ(detail::rounded(123456.0), 123000.0);
    EXPECT_EQ(detail::rounded(0.00123456), 0.00123);
    EXPECT_EQ(detail::rounded(0.0), 0.0);
}

TEST(html_fold, ShowsTheHeaviestAndCountsTheOthers) {
    struct node {
        double weight;
        std::vector<node> children;
    };
    node root{0, {}};
    for (int i = 1; i <= 10; ++i) root.children.push_back({static_cast<double>(i), {}});
    detail::fold<node> const most_three{root, 0.0, 3, [](node const& n) { return n.weight; }};
    std::vector<double> shown;
    std::size_t joined = 0;
    most_three.each(
        root, [&](node const& n, std::size_t) { shown.push_back(n.weight); },
        [&](std::vector<node const*> const&, std::size_t n, std::size_t) { joined += n; });
    // The root, whose weight is that of the heaviest below, is one of the three.
    EXPECT_EQ(shown, (std::vector<double>{9, 10}));
    EXPECT_EQ(joined, 8U);
}

timeline tasks(std::vector<timeline_event> events, std::vector<task_edge> edges) {
    timeline made;
    made.names = {"a", "b"};
    made.rows = {{0, "main", std::move(events)}};
    made.edges = std::move(edges);
    return made;
}

TEST(html_timeline, FindsTheLongestChain) {
    // 1 (1 s) -> 2 (2 s) -> 4 (1 s); 1 -> 3 (5 s) -> 4.
    auto const found = detail::critical_chain_of(tasks({{0, category::task, 0, 1, 1},
                                                        {0, category::task, 1, 3, 2},
                                                        {0, category::task, 3, 8, 3},
                                                        {0, category::task, 8, 9, 4}},
                                                       {{1, 2}, {2, 4}, {1, 3}, {3, 4}, {9, 4}, {4, 4}, {4, 1}}));
    EXPECT_EQ(found.tasks, (std::vector<std::uint64_t>{1, 3, 4}));
    EXPECT_DOUBLE_EQ(found.length_s, 7.0);
    EXPECT_TRUE(detail::critical_chain_of({}).tasks.empty());
}

TEST(html_timeline, CountsAllPiecesOfATaskThatWaited) {
    auto const found = detail::critical_chain_of(tasks({{0, category::task, 0, 1, 1},
                                                        {0, category::task, 1, 3, 2},
                                                        {0, category::task, 5, 6, 2},
                                                        {0, category::task, 6, 7, 3}},
                                                       {{1, 2}, {2, 3}}));
    EXPECT_EQ(found.tasks, (std::vector<std::uint64_t>{1, 2, 3}));
    EXPECT_DOUBLE_EQ(found.length_s, 5.0);
}

TEST(html_timeline, JoinsOnlyWhereThereAreTooMany) {
    std::vector<timeline_event> events;
    for (int i = 0; i < 1000; ++i) events.push_back({0, category::phase, i * 1e-3, i * 1e-3 + 9e-4, 0});
    auto const all = detail::drawn(tasks(events, {}), 1000, {});
    EXPECT_EQ(all.rows.at(0).events.size(), 1000U);
    EXPECT_EQ(all.joined, 0U);
    auto const few = detail::drawn(tasks(events, {}), 100, {});
    std::size_t n = 0;
    double busy_s = 0.0;
    for (auto const& e : few.rows.at(0).events) {
        n += e.events;
        busy_s += e.busy_s;
        EXPECT_LE(e.stop_s - e.start_s, few.shortest_s * (1 + 1e-12));
    }
    EXPECT_LE(few.rows.at(0).events.size(), 100U);
    EXPECT_EQ(n, 1000U);
    EXPECT_NEAR(busy_s, 0.9, 1e-9);
}

TEST(html_timeline, KeepsNestsAndCriticalTasksApart) {
    std::vector<timeline_event> events;
    for (int i = 0; i < 1000; ++i) {
        double const at_s = i * 1e-3;
        events.push_back({0, category::task, at_s, at_s + 9e-4, i == 500 ? std::uint64_t{7} : std::uint64_t{0}});
        events.push_back({1, category::phase, at_s + 1e-4, at_s + 8e-4, 0});
    }
    auto const made = detail::drawn(tasks(events, {}), 100, {{7}, 1.0});
    std::size_t alone = 0;
    std::vector<double> stops;
    for (auto const& e : made.rows.at(0).events) {
        alone += e.id == 7 ? 1U : 0U;
        if (e.depth >= stops.size()) stops.resize(e.depth + 1);
        stops[e.depth] = e.stop_s;
        EXPECT_LE(e.stop_s, stops[0]);
    }
    EXPECT_EQ(alone, 1U);
    EXPECT_LE(made.rows.at(0).events.size(), 100U);
}

TEST(html_timeline, LeavesOutTheDeepestAtLast) {
    std::vector<timeline_event> events;
    for (int depth = 0; depth < 100; ++depth) events.push_back({0, category::phase, 0.0, 1.0, 0});
    auto const made = detail::drawn(tasks(events, {}), 10, {});
    EXPECT_EQ(made.rows.at(0).events.size(), 10U);
    EXPECT_EQ(made.left_out, 90U);
}

TEST(html_timeline, ThinsMemoryAndKeepsItsPeak) {
    std::vector<memory_point> points;
    for (std::uint64_t i = 0; i < 10000; ++i) points.push_back({static_cast<double>(i), i == 4321 ? 1000000 : i % 7});
    auto const kept = detail::thinned(points, 100);
    EXPECT_LE(kept.size(), 100U);
    EXPECT_EQ(kept.front(), points.front());
    EXPECT_EQ(kept.back(), points.back());
    EXPECT_NE(std::ranges::find(kept, points[4321]), kept.end());
    EXPECT_TRUE(std::ranges::is_sorted(kept, {}, &memory_point::at_s));
}

}  // namespace
}  // namespace poise::profile
