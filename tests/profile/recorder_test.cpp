// SPDX-License-Identifier: MIT
// The call tree with a clock of the test's own: everything exact.
#include "profile/recorder.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace poise::profile::detail {
namespace {

class recorder : public testing::Test {
protected:
    static constexpr unsigned timed_modes = enabled_bit | static_cast<unsigned>(mode::timed) << mode_shift;

    frame* enter_at(ticks start, std::string const& name, mode how = mode::automatic, unsigned modes = timed_modes) {
        auto const size = static_cast<unsigned>(name.size());
        traits const here = traits_of(0, category::phase, how);
        return open_at(*state, {name.data(), size, "test.cpp", here, copied_key(name.data(), size, category::phase)},
                       modes, start);
    }
    node const* find(std::string const& name) const {
        node const* found = nullptr;
        state->tree().each([&](node const& n) {
            if (std::string_view{n.name, n.name_size} == name) found = &n;
        });
        return found;
    }

    thread_state* state = thread_state::make();
};

TEST_F(recorder, ExclusiveIsInclusiveLessChildrenToTheTick) {
    frame* const outer = enter_at(100, "outer");
    frame* const first = enter_at(110, "first");
    state->close(first, 150);
    frame* const second = enter_at(160, "second");
    frame* const inner = enter_at(161, "inner");
    state->close(inner, 162);
    state->close(second, 190);
    state->close(outer, 200);
    EXPECT_EQ(find("outer")->exact.inclusive.load(), 100U);
    EXPECT_EQ(find("outer")->exact.exclusive.load(), 100U - 40U - 30U);
    EXPECT_EQ(find("second")->exact.exclusive.load(), 29U);
    EXPECT_EQ(find("inner")->parent, find("second"));
    EXPECT_EQ(find("second")->parent, find("outer"));
    EXPECT_EQ(state->depth(), 0U);
}

// Random trees: the exclusive times add up to the time under the outermost scopes, whatever the shape.
TEST_F(recorder, ExclusiveTimesOfRandomTreesAddUpToTheWhole) {
    constexpr unsigned seed = 20240501;
    SCOPED_TRACE(seed);
    std::mt19937 random{seed};
    std::vector<frame*> open;
    ticks clock = 1, busy = 0, began = 0;
    for (int step = 0; step < 20000; ++step) {
        clock += random() % 50;
        bool const down = open.empty() || (open.size() < 20 && random() % 2 == 0);
        if (down) {
            if (open.empty()) began = clock;
            open.push_back(enter_at(clock, std::string(1, static_cast<char>('a' + random() % 6))));
        } else {
            state->close(open.back(), clock);
            open.pop_back();
            if (open.empty()) busy += clock - began;
        }
    }
    while (!open.empty()) {
        state->close(open.back(), clock);
        open.pop_back();
        if (open.empty()) busy += clock - began;
    }
    ticks exclusive = 0;
    state->tree().each([&](node const& n) { exclusive += n.exact.exclusive.load(); });
    EXPECT_EQ(exclusive, busy);
}

TEST_F(recorder, RecursionIsOneNodeAndCountsTheOutermostTimeOnly) {
    frame* const f1 = enter_at(0, "f");
    frame* const g1 = enter_at(10, "g");
    frame* const f2 = enter_at(20, "f");
    frame* const g2 = enter_at(30, "g");
    state->close(g2, 40);
    state->close(f2, 60);
    state->close(g1, 90);
    state->close(f1, 100);
    int nodes = 0;
    state->tree().each([&](node const& n) { nodes += n.calls.load() != 0 ? 1 : 0; });
    EXPECT_EQ(nodes, 2);
    EXPECT_EQ(find("f")->calls.load(), 2U);
    EXPECT_EQ(find("f")->exact.inclusive.load(), 100U);
    EXPECT_EQ(find("f")->exact.exclusive.load(), 20U + 30U);
    EXPECT_EQ(find("g")->exact.inclusive.load(), 80U);
    EXPECT_EQ(find("g")->exact.exclusive.load(), 40U + 10U);
    EXPECT_EQ(find("f")->shortest.load(), 40U);
    EXPECT_EQ(find("f")->longest.load(), 100U);
}

TEST_F(recorder, LeavingClosesWhatWasNeverLeft) {
    frame* const outer = enter_at(0, "outer");
    frame* const lost = enter_at(10, "lost");
    (void)enter_at(20, "lost too");
    state->close(outer, 100);
    EXPECT_EQ(state->depth(), 0U);
    EXPECT_EQ(find("lost")->exact.inclusive.load(), 90U);
    EXPECT_EQ(find("outer")->exact.exclusive.load(), 10U);
    state->close(lost, 200);  // left at last: not open any more
    EXPECT_EQ(find("lost")->exact.inclusive.load(), 90U);
    frame* const next = enter_at(300, "next");
    EXPECT_EQ(find("next")->parent, state->tree().root());
    state->close(next, 301);
}

TEST_F(recorder, AClockThatGoesBackIsNoTime) {
    frame* const back = enter_at(100, "back");
    state->close(back, 50);
    EXPECT_EQ(find("back")->exact.inclusive.load(), 0U);
    EXPECT_EQ(find("back")->exact.exclusive.load(), 0U);
}

TEST_F(recorder, ForeignFramesAreIgnored) {
    thread_state* const other = thread_state::make();
    frame* const mine = enter_at(0, "mine");
    other->close(mine, 10);
    EXPECT_EQ(state->depth(), 1U);
    state->close(mine, 20);
    EXPECT_EQ(find("mine")->exact.inclusive.load(), 20U);
}

TEST_F(recorder, DepthIsBoundedAndCounted) {
    std::vector<frame*> open;
    for (unsigned i = 0; i < max_depth + 5; ++i) open.push_back(enter_at(i, i % 2 == 0 ? "even" : "odd"));
    EXPECT_EQ(state->too_deep(), 5U);
    EXPECT_EQ(open.back(), nullptr);
    EXPECT_EQ(state->depth(), max_depth);
    state->close(open.front(), max_depth + 10);
    EXPECT_EQ(find("even")->calls.load() + find("odd")->calls.load(), max_depth);
    EXPECT_EQ(find("even")->exact.inclusive.load(), max_depth + 10);
}

TEST_F(recorder, LevelsAreBoundedAndTheRestIsOther) {
    constexpr unsigned surplus = 100;
    std::vector<frame*> open;
    for (unsigned i = 0; i < max_level + surplus; ++i) open.push_back(enter_at(i, std::to_string(i)));
    EXPECT_EQ(find(std::to_string(max_level - 1))->level, max_level);
    EXPECT_EQ(find(std::to_string(max_level)), nullptr);
    state->close(open.front(), 1000);
    EXPECT_EQ(find("(other)")->calls.load(), surplus);
    EXPECT_EQ(find("(other)")->exact.inclusive.load(), 1000 - max_level);
    EXPECT_EQ(find(std::to_string(max_level - 1))->exact.exclusive.load(), 1U);
    state->close(enter_at(1000, "beside"), 1001);
    EXPECT_EQ(find("beside")->parent, state->tree().root());
}

TEST_F(recorder, NodesAreBoundedAndTheRestIsOther) {
    constexpr std::size_t surplus = 100;
    for (std::size_t i = 0; i < max_nodes + surplus; ++i) state->close(enter_at(i, std::to_string(i)), i + 1);
    std::uint64_t nodes = 0, calls = 0;
    state->tree().each([&](node const& n) {
        ++nodes;
        calls += n.calls.load();
    });
    EXPECT_EQ(calls, max_nodes + surplus);
    EXPECT_EQ(nodes, max_nodes + 2);  // the root and "(other)"
    EXPECT_EQ(find("(other)")->calls.load(), surplus);
    state->close(enter_at(0, "7"), 1);
    EXPECT_EQ(find("7")->calls.load(), 2U);
}

TEST_F(recorder, LongNamesAreCut) {
    std::string const name(1000, 'x');
    state->close(enter_at(0, name), 1);
    state->close(enter_at(0, name), 1);
    EXPECT_EQ(find(name.substr(0, max_name_bytes))->calls.load(), 2U);
}

TEST_F(recorder, AdoptsThePathOfAnotherTree) {
    thread_state* const worker = thread_state::make();
    frame* const run = enter_at(0, "run");
    frame* const part = enter_at(1, "part");
    frame* const context = worker->open_context(state->current());
    node* const here = worker->current();
    EXPECT_EQ((std::string_view{here->name, here->name_size}), "part");
    EXPECT_EQ((std::string_view{here->parent->name, here->parent->name_size}), "run");
    EXPECT_EQ(here->parent->parent, worker->tree().root());
    EXPECT_EQ(here->calls.load(), 0U);
    worker->close(context, 3);
    EXPECT_EQ(worker->tree().adopt(state->current()), here);
    EXPECT_EQ(worker->tree().adopt(state->tree().root()), worker->tree().root());
    state->close(part, 2);
    state->close(run, 3);
}

TEST_F(recorder, ReadersSeeOpenScopes) {
    (void)enter_at(5, "outer");
    frame* const closed = enter_at(6, "closed");
    state->close(closed, 9);
    (void)enter_at(10, "inner");
    std::vector<std::pair<ticks, ticks>> seen;
    state->each_open([&](open_scope const& s) { seen.emplace_back(s.start, s.children); });
    EXPECT_EQ(seen, (std::vector<std::pair<ticks, ticks>>{{5, 3}, {10, 0}}));
    state->close_all(20);
}

}  // namespace
}  // namespace poise::profile::detail
