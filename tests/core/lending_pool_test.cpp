// SPDX-License-Identifier: MIT
#include "core/lending_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

using poise::detail::lending_pool;

TEST(LendingPool, MakesAsManyAsAreInUseAtATime) {
    lending_pool<int> pool;
    int n_made = 0;
    auto const make = [&] { return std::make_unique<int>(++n_made); };
    {
        auto const first = pool.take(make);
        auto const second = pool.take(make);
        EXPECT_EQ(*first + *second, 3);
    }
    auto const again = pool.take(make);
    EXPECT_EQ(n_made, 2);
    int n_idle = 0;
    pool.for_each_idle([&](int const&) { ++n_idle; });
    EXPECT_EQ(n_idle, 1);
}

TEST(LendingPool, KeepsNothingOfWhatCannotBeMade) {
    lending_pool<int> pool;
    EXPECT_THROW((void)pool.take([]() -> std::unique_ptr<int> { throw std::runtime_error{"no"}; }), std::runtime_error);
    EXPECT_EQ(*pool.take([] { return std::make_unique<int>(5); }), 5);
}

TEST(LendingPool, LendsToOneThreadAtATime) {
    lending_pool<std::atomic<int>> pool;
    std::atomic<bool> alone{true};
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 500; ++i) {
                auto const lent = pool.take([] { return std::make_unique<std::atomic<int>>(0); });
                if ((*lent).fetch_add(1) != 0) alone = false;
                (*lent).fetch_sub(1);
            }
        });
    threads.clear();
    EXPECT_TRUE(alone);
}
