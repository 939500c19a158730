// SPDX-License-Identifier: MIT
#include "snapshots.hpp"
#include "support/expect_message.hpp"
#include "support/temporary_folder.hpp"

#include <poise/core/error.hpp>
#include <poise/profile/export.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace poise::profile {
namespace {

using nlohmann::json;

// The records of a file as RFC 4180 has them, with '\n' at their ends.
std::vector<std::vector<std::string>> records_of(std::string_view text) {
    std::vector<std::vector<std::string>> records{{""}};
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string& cell = records.back().back();
        if (text[i] == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"')
            cell += text[i++];
        else if (text[i] == '"')
            quoted = !quoted;
        else if (text[i] == ',' && !quoted)
            records.back().emplace_back();
        else if (text[i] == '\n' && !quoted)
            records.push_back({""});
        else
            cell += text[i];
    }
    records.pop_back();
    return records;
}

TEST(ProfileCsv, HasARowPerScopeWithItsUnits) {
    auto solve = scope_of("solve", 4, 1.5);
    solve.allocations = 12;
    solve.file = "solve.cpp";
    auto const records =
        records_of(to_csv(snapshot_of(2.0, {scope_of("run", 1, 1.75, {solve}), scope_of("write", 1, 0.125)})));
    std::vector<std::string> const columns{
        "path",        "kind",        "recorded",        "demoted",    "file",        "line",  "calls",
        "timed_calls", "inclusive_s", "exclusive_s",     "min_s",      "max_s",       "p50_s", "p90_s",
        "p99_s",       "allocations", "allocated_bytes", "peak_bytes", "moved_bytes", "flops", "mean_s"};
    ASSERT_EQ(records.size(), 4U);
    EXPECT_EQ(records[0], columns);
    EXPECT_EQ(records[1][0], "run");
    EXPECT_EQ(records[1][9], "0.25");
    EXPECT_EQ(records[2],
              (std::vector<std::string>{"run/solve", "phase", "timed", "false", "solve.cpp", "0",     "4",
                                        "4",         "1.5",   "1.5",   "0.375", "0.375",     "0.375", "0.375",
                                        "0.375",     "12",    "0",     "0",     "0",         "0",     "0.375"}));
    EXPECT_EQ(records[3][0], "write");
}

TEST(ProfileCsv, KeepsPathsApart) {
    std::vector<scope_statistics> scopes;
    for (char const* name : {"a/b", "a\\", "a\"b,c", "two\nlines", "\xff", ""})
        scopes.push_back(scope_of(name, 1, 0.1));
    scopes.push_back(scope_of("a", 1, 0.1, {scope_of("b", 1, 0.05), scope_of("", 1, 0.05)}));
    scopes.push_back(scope_of("", 1, 0.1, {scope_of("b", 1, 0.05)}));
    auto const records = records_of(to_csv(snapshot_of(1.0, scopes)));
    std::vector<std::string> paths;
    for (auto const& record : records) {
        EXPECT_EQ(record.size(), records[0].size());
        paths.push_back(record[0]);
    }
    EXPECT_EQ(paths, (std::vector<std::string>{"path", "a\\/b", "a\\\\", "a\"b,c", "two\nlines", "\xef\xbf\xbd", "",
                                               "a", "a/b", "a/", "", "/b"}));
}

TEST(ProfileCollapsed, HasTheExclusiveMicrosecondsOfScopes) {
    auto const s = snapshot_of(2.0, {scope_of("run", 1, 1.75, {scope_of("solve;all", 4, 1.5, {scope_of("", 9, 0.25)})}),
                                     scope_of("tiny", 1, 0.4e-6), scope_of("a\nb\xff", 1, 0.6e-6)});
    EXPECT_EQ(to_collapsed(s),
              "run 250000\nrun;solve,all 1250000\nrun;solve,all;(no name) 250000\na b\xef\xbf\xbd 1\n");
    EXPECT_EQ(to_collapsed(snapshot{}), "");
}

sampled_profile sampled() {
    sampled_profile p;
    p.name = "job";
    p.duration_s = 5.0;
    p.root.total_samples = 10;
    p.root.children = {{{"main", "main.cpp", 3, false}, 1, 10, {{{"f(int)", "f.cpp", 7, true}, 9, 9, {}}}}};
    return p;
}

TEST(ProfileCollapsed, HasTheSamplesOfFunctions) { EXPECT_EQ(to_collapsed(sampled()), "main 1\nmain;f(int) 9\n"); }

// What the published schema requires of a file, of each profile by its type and of each event; and what the importer
// checks beyond: events in order and balanced, weights beside samples, indices in range.
void expect_speedscope(json const& file) {
    EXPECT_EQ(file.at("$schema"), "https://www.speedscope.app/file-format-schema.json");
    auto const& frames = file.at("shared").at("frames");
    for (auto const& frame : frames) EXPECT_TRUE(frame.at("name").is_string());
    EXPECT_FALSE(file.at("profiles").empty());
    for (auto const& profile : file.at("profiles")) {
        EXPECT_TRUE(profile.at("name").is_string());
        EXPECT_EQ(profile.at("unit"), "seconds");
        EXPECT_LE(profile.at("startValue").get<double>(), profile.at("endValue").get<double>());
        if (profile.at("type") == "evented") {
            double now = profile.at("startValue");
            std::vector<std::size_t> open;
            for (auto const& event : profile.at("events")) {
                EXPECT_GE(event.at("at").get<double>(), now);
                now = event.at("at");
                std::size_t const frame = event.at("frame");
                EXPECT_LT(frame, frames.size());
                if (event.at("type") == "O") {
                    open.push_back(frame);
                } else {
                    EXPECT_EQ(event.at("type"), "C");
                    ASSERT_FALSE(open.empty());
                    EXPECT_EQ(open.back(), frame);
                    open.pop_back();
                }
            }
            EXPECT_TRUE(open.empty());
            EXPECT_LE(now, profile.at("endValue").get<double>());
        } else {
            EXPECT_EQ(profile.at("type"), "sampled");
            EXPECT_EQ(profile.at("samples").size(), profile.at("weights").size());
            for (auto const& weight : profile.at("weights")) EXPECT_GT(weight.get<double>(), 0.0);
            for (auto const& stack : profile.at("samples"))
                for (auto const& frame : stack) EXPECT_LT(frame.get<std::size_t>(), frames.size());
        }
    }
}

std::string names_of_stack(json const& file, json const& stack) {
    std::string names;
    for (auto const& frame : stack)
        names += file["shared"]["frames"][frame.get<std::size_t>()]["name"].get<std::string>() + ' ';
    return names;
}

TEST(Speedscope, HasTreesAndSamplesWithWeights) {
    auto s = snapshot_of(2.0, {scope_of("run", 1, 1.75, {scope_of("solve", 4, 1.5)}), scope_of("</script>", 1, 0.0)});
    s.threads.push_back({1, "worker 1", scope_of("", 0, 2.0, {scope_of("solve", 2, 0.5)})});
    s.samples = {sampled()};
    json const file = json::parse(to_speedscope(s));
    expect_speedscope(file);
    ASSERT_EQ(file["profiles"].size(), 4U);
    EXPECT_EQ(file["profiles"][0]["name"], "all threads");
    EXPECT_EQ(file["profiles"][0]["weights"], (json{0.25, 1.5}));
    EXPECT_EQ(names_of_stack(file, file["profiles"][0]["samples"][1]), "run solve ");
    EXPECT_EQ(file["profiles"][1]["name"], "main");
    EXPECT_EQ(file["profiles"][2]["name"], "worker 1");
    EXPECT_EQ(file["profiles"][2]["weights"], (json::array({0.5})));
    EXPECT_EQ(file["profiles"][3]["name"], "sampled job");
    EXPECT_EQ(file["profiles"][3]["weights"], (json{0.5, 4.5}));
    EXPECT_EQ(names_of_stack(file, file["profiles"][3]["samples"][1]), "main f(int) ");
    EXPECT_EQ(file["shared"]["frames"].back(), (json{{"name", "f(int)"}, {"file", "f.cpp"}, {"line", 7}}));
    EXPECT_EQ(file["shared"]["frames"].size(), 5U);  // run, solve, </script>, main, f: each once
    expect_speedscope(json::parse(to_speedscope({})));
}

TEST(Speedscope, HasTheTimelineInProperNesting) {
    timeline events;
    events.names = {"run", "solve", "write"};
    // The second ends after the scope around it, the third begins before the second ended: rounded times do that.
    events.rows = {{0,
                    "main",
                    {{0, category::phase, 1.0, 3.0, 0},
                     {1, category::task, 1.0, 3.5, 0},
                     {2, category::phase, 3.0, 4.0, 0},
                     {2, category::phase, 4.0, 4.0, 0},
                     {9, category::phase, 4.5, 5.0, 0}}},
                   {1, "worker 1", {}}};
    json const file = json::parse(to_speedscope({}, events));
    expect_speedscope(file);
    ASSERT_EQ(file["profiles"].size(), 2U);
    EXPECT_EQ(file["profiles"][0]["name"], "main, timeline");
    EXPECT_EQ(file["profiles"][0]["events"].size(), 10U);
    EXPECT_EQ(file["profiles"][0]["startValue"], 1.0);
    EXPECT_EQ(file["profiles"][0]["endValue"], 5.0);
    EXPECT_EQ(file["profiles"][0]["events"][2], (json{{"type", "C"}, {"frame", 1}, {"at", 3.0}}));
}

TEST(Speedscope, LeavesOutWhatIsNoWeight) {
    auto const s =
        snapshot_of(1.0, {scope_of("inf", 1, std::numeric_limits<double>::infinity()),
                          scope_of("nan", 1, std::numeric_limits<double>::quiet_NaN()), scope_of("a", 1, 0.5)});
    EXPECT_EQ(json::parse(to_speedscope(s))["profiles"][0]["weights"], (json::array({0.5})));
}

TEST(ProfileExport, WritesFiles) {
    poise_test::temporary_folder const folder;
    auto const s = snapshot_of(1.0, {scope_of("run", 1, 0.5)});
    write_csv(folder.path("a"), s);
    write_collapsed(folder.path("b"), s);
    write_collapsed(folder.path("c"), sampled());
    write_speedscope(folder.path("d"), s);
    EXPECT_EQ(poise_test::content_of(folder.path("a")), to_csv(s));
    EXPECT_EQ(poise_test::content_of(folder.path("b")), "run 500000\n");
    EXPECT_EQ(poise_test::content_of(folder.path("c")), to_collapsed(sampled()));
    EXPECT_EQ(poise_test::content_of(folder.path("d")), to_speedscope(s));
    std::string const nowhere = folder.path("none/x");
    poise_test::expect_message<file_error>([&] { write_csv(nowhere, s); }, nowhere);
    poise_test::expect_message<file_error>([&] { write_collapsed(nowhere, s); }, nowhere);
    poise_test::expect_message<file_error>([&] { write_speedscope(nowhere, s); }, nowhere);
    EXPECT_EQ(folder.n_entries(), 4);
}

}  // namespace
}  // namespace poise::profile
