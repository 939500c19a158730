// SPDX-License-Identifier: MIT
#include <poise/task/stream.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace task = poise::task;

namespace {

// Counts how many there are at a time.
struct counted {
    explicit counted(std::atomic<int>& alive, std::atomic<int>& most, std::size_t i) : alive_{&alive}, index{i} {
        int const n = ++alive;
        for (int m = most; n > m && !most.compare_exchange_weak(m, n);) {
        }
    }
    counted(counted&& other) noexcept : alive_{std::exchange(other.alive_, nullptr)}, index{other.index} {}
    ~counted() {
        if (alive_ != nullptr) --*alive_;
    }
    std::atomic<int>* alive_;
    std::size_t index;
};

}  // namespace

TEST(Stream, GivesResultsInOrderAndHoldsFewOfThem) {
    for (auto const& by : {task::serial(), task::executor{{.threads = 1}}, task::executor{{.threads = 4}}})
        for (std::size_t const in_flight : {1u, 3u, 16u}) {
            std::atomic<int> alive{0}, most{0};
            std::vector<std::size_t> given;
            auto const run = task::stream(
                500,
                [&](std::size_t i) {
                    if (i % 7 == 0) std::this_thread::yield();
                    return counted{alive, most, i};
                },
                [&](std::size_t i, counted c) {
                    EXPECT_EQ(c.index, i);
                    given.push_back(i);
                },
                by, {.in_flight = in_flight});
            ASSERT_TRUE(run) << run.failures();
            ASSERT_EQ(given.size(), 500u);
            EXPECT_TRUE(std::ranges::is_sorted(given));
            EXPECT_LE(most.load(), static_cast<int>(in_flight) + 1) << "and the one that the sink has";
            EXPECT_EQ(alive.load(), 0);
        }
}

TEST(Stream, GivesResultsAsTheyCome) {
    std::atomic<int> alive{0}, most{0};
    std::vector<std::size_t> given;
    auto const run = task::stream(
        300,
        [&](std::size_t i) {
            return counted{alive, most, i};
        },
        [&](std::size_t i, counted const&) { given.push_back(i); }, task::executor{{.threads = 3}},
        {.in_order = false});
    ASSERT_TRUE(run);
    std::ranges::sort(given);
    for (std::size_t i = 0; i < 300; ++i) ASSERT_EQ(given[i], i);
    EXPECT_LE(most.load(), 3);
}

TEST(Stream, LeavesOutWhatFails) {
    for (bool const in_order : {true, false}) {
        std::size_t n_given = 0;
        auto const run = task::stream(
            100,
            [](std::size_t i) {
                if (i % 10 == 3) throw std::runtime_error{"three"};
                return i;
            },
            [&](std::size_t, std::size_t) { ++n_given; }, task::executor{{.threads = 2}}, {.in_order = in_order});
        EXPECT_EQ(n_given, 90u);
        EXPECT_EQ(run.summary().n_failed, 10u);
        EXPECT_EQ(run.failures().records.front().name, "compute[3]");
    }
}

TEST(Stream, EndsWhenTheSinkThrows) {
    std::size_t n_given = 0;
    std::atomic<std::size_t> n_computed{0};
    auto const run = task::stream(
        1000, [&](std::size_t i) { return ++n_computed, i; },
        [&](std::size_t i, std::size_t) {
            if (i == 5) throw std::runtime_error{"disk full"};
            ++n_given;
        },
        task::executor{{.threads = 2}}, {.in_flight = 4});
    EXPECT_EQ(n_given, 5u);
    EXPECT_LE(n_computed.load(), 10u);
    EXPECT_EQ(run.failures().records.front().message, "disk full");
}

TEST(Stream, OfNothingAndInOtherProcesses) {
    EXPECT_TRUE(task::stream(
        0, [](std::size_t i) { return i; }, [](std::size_t, std::size_t) { ADD_FAILURE(); }));
    EXPECT_THROW((void)task::stream(
                     1, [](std::size_t i) { return i; }, [](std::size_t, std::size_t) {}, task::processes(1)),
                 std::invalid_argument);
}
