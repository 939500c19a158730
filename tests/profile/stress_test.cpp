// SPDX-License-Identifier: MIT
// Many threads that begin and end at random while snapshots are taken: nothing is lost or counted twice.
#include "profiled.hpp"

#include <poise/profile/html.hpp>
#include <poise/profile/report.hpp>
#include <poise/profile/trace.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace poise::profile {
namespace {

#if defined(POISE_SANITIZED)
constexpr std::uint64_t per_row = 100'000;
#else
constexpr std::uint64_t per_row = 1'000'000;
#endif
constexpr unsigned n_rows = 8, seed = 20261125;

constexpr std::array<mode, 5> all_modes{mode::automatic, mode::timed, mode::counted, mode::sampled, mode::precise};

// Enters `n` scopes, nested up to five deep.
void enter(std::uint64_t n, unsigned thread_seed) {
    std::mt19937 random{thread_seed};
    while (n > 0) {
        scope const outer{"outer"};
        --n;
        for (std::uint64_t depth = random() % 5; depth > 0 && n > 0; --depth, --n) {
            scope inner{"inner", all_modes[random() % all_modes.size()]};
            inner.flops(1.0);
        }
    }
}

TEST(Stress, ManyThreadsBeginningAndEndingWhileSnapshotsAreTaken) {
    SCOPED_TRACE(seed);
    enable({.memory = true, .trace = true, .overhead_budget = 1.0, .trace_events_per_thread = 5000});
    reset();
    std::atomic<unsigned> running{n_rows};
    std::vector<std::thread> rows;
    for (unsigned row = 0; row < n_rows; ++row)
        rows.emplace_back([&running, row] {
            // One thread after the other, each with a random part of the row's scopes.
            std::mt19937 random{seed + row};
            for (std::uint64_t left = per_row; left > 0;) {
                std::uint64_t const part = std::min<std::uint64_t>(left, 1 + random() % (per_row / 10));
                std::thread{[part, s = random()] { enter(part, static_cast<unsigned>(s)); }}.join();
                left -= part;
            }
            --running;
        });
    std::uint64_t last = 0, snapshots = 0;
    while (running > 0) {
        report const r;
        ASSERT_GE(r.calls(), last);
        last = r.calls();
        if (++snapshots % 8 == 0) (void)to_trace(take_timeline());
    }
    for (auto& row : rows) row.join();
    report const r;
    disable();
    EXPECT_GT(snapshots, 0U);
    EXPECT_EQ(r.calls(), n_rows * per_row);
    ASSERT_NE(r.find("outer"), nullptr);
    EXPECT_EQ(r.find("outer")->calls + r.find("outer/inner")->calls, n_rows * per_row);
    EXPECT_EQ(r.find("outer/inner")->flops, static_cast<double>(r.find("outer/inner")->calls));
    std::uint64_t physical = 0;
    for (auto const& thread : r.data().threads) physical += thread.root.find("outer")->calls;
    EXPECT_EQ(physical, r.find("outer")->calls);
    reset();
}

}  // namespace
}  // namespace poise::profile
