// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/profile/memoize.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace poise {
namespace {

using poise_test::message_of;

double metric(profile::metrics_registry const& registry, std::string const& name) {
    for (auto const& m : registry.snapshot())
        if (m.name == name) return m.value;
    return std::nan("");
}

int twice(int n) { return 2 * n; }

TEST(Memoize, ComputesOnceForEqualArguments) {
    int n_calls = 0;
    auto const power = memoize([&](double x, int n) {
        ++n_calls;
        return std::pow(x, n);
    });
    EXPECT_EQ(power(3.0, 2), 9.0);
    EXPECT_EQ(power(3.0, 2), 9.0);
    EXPECT_EQ(power(2.0, 3), 8.0);
    EXPECT_EQ(n_calls, 2);
    EXPECT_EQ(power.statistics().hits, 1U);
    EXPECT_EQ(power.statistics().misses, 2U);
    EXPECT_EQ(power.statistics().entries, 2U);
}

TEST(Memoize, TakesFunctionsGenericOnesAndThoseThatOnlyMove) {
    EXPECT_EQ(memoize(twice)(4), 8);
    auto const sum = memoize<double(double, double)>([](auto a, auto b) { return a + b; });
    EXPECT_EQ(sum(1, 2), 3.0);
    auto const constant = memoize([owned = std::make_unique<int>(5)]() mutable { return *owned; });
    EXPECT_EQ(constant(), 5);
    memoized<int(int)> const named = memoize(twice);
    std::function<int(int)> const erased = named;
    EXPECT_EQ(erased(3), 6);
    EXPECT_EQ(named.statistics().misses, 1U) << "copies share";
}

TEST(Memoize, TellsZerosApartAndFindsNaN) {
    auto const reciprocal = memoize([](double x) { return 1.0 / x; });
    EXPECT_EQ(reciprocal(0.0), std::numeric_limits<double>::infinity());
    EXPECT_EQ(reciprocal(-0.0), -std::numeric_limits<double>::infinity());
    double const nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(std::isnan(reciprocal(nan)));
    EXPECT_TRUE(std::isnan(reciprocal(nan)));
    EXPECT_EQ(reciprocal.statistics().misses, 3U);
}

TEST(Memoize, KeepsItsOwnCopyOfArguments) {
    auto const length =
        memoize([](std::string_view text, std::vector<int> const& more) { return text.size() + more.size(); });
    {
        std::string text = "a text too long to stand in the string itself";
        std::vector<int> more{1, 2, 3};
        EXPECT_EQ(length(text, more), text.size() + 3);
        text.assign(text.size(), 'x');
        more = {4};
    }
    EXPECT_EQ(length("a text too long to stand in the string itself", {1, 2, 3}), 48U);
    EXPECT_EQ(length.statistics().hits, 1U);
}

TEST(Memoize, SharesResultsWithoutACopy) {
    auto const grid = memoize([](std::size_t n) { return std::vector<double>(n, 1.5); });
    auto const first = grid.shared(1000);
    EXPECT_EQ(grid.shared(1000), first);
    auto const copy = grid(1000);
    EXPECT_EQ(copy, *first);
    EXPECT_NE(copy.data(), first->data());
    EXPECT_EQ(memoize([](int n) { return std::make_unique<int>(n); }).shared(4)->operator*(), 4)
        << "need not be copyable";
}

TEST(Memoize, StaysWithinEntriesAndBytes) {
    auto const few = memoize(twice, {.max_entries = 10});
    for (int i = 0; i < 100; ++i) EXPECT_EQ(few(i), 2 * i);
    EXPECT_EQ(few.statistics().entries, 10U);
    EXPECT_EQ(few.statistics().evictions, 90U);
    auto const vectors =
        memoize([](int n) { return std::vector<char>(1000, static_cast<char>(n)); }, {.max_bytes = 5200});
    for (int i = 0; i < 10; ++i) EXPECT_EQ(vectors(i).size(), 1000U);
    EXPECT_EQ(vectors.statistics().entries, 5U);
    EXPECT_EQ(vectors.statistics().bytes, 5 * (1000 + sizeof(std::vector<char>) + sizeof(std::tuple<int>)));
    auto const told = memoize(twice, {.max_bytes = 1000}, [](int) { return std::size_t{400}; });
    for (int i = 0; i < 10; ++i) EXPECT_EQ(told(i), 2 * i);
    EXPECT_EQ(told.statistics().entries, 2U);
}

TEST(Memoize, DoesNotRememberExceptions) {
    int n_calls = 0;
    auto const fails_first = memoize([&](int n) {
        if (++n_calls == 1) throw std::runtime_error{"no luck"};
        return n;
    });
    EXPECT_THROW((void)fails_first(7), std::runtime_error);
    EXPECT_EQ(fails_first(7), 7);
    EXPECT_EQ(n_calls, 2);
}

TEST(Memoize, MayRecurWithOtherArguments) {
    std::uint64_t n_calls = 0;
    std::function<std::uint64_t(int)> fibonacci;
    auto const remembered = memoize<std::uint64_t(int)>([&](int n) {
        ++n_calls;
        return n < 2 ? static_cast<std::uint64_t>(n) : fibonacci(n - 1) + fibonacci(n - 2);
    });
    fibonacci = remembered;
    EXPECT_EQ(remembered(90), 2880067194370816120U);
    EXPECT_EQ(n_calls, 91U);
    fibonacci = nullptr;
}

TEST(Memoize, RefusesToWaitForItself) {
    std::function<int(int)> f;
    auto const remembered = memoize([&](int n) { return f(n) + 1; });
    f = [&](int n) { return remembered(n); };
    auto const message = message_of<std::invalid_argument>([&] { (void)remembered(1); });
    EXPECT_NE(message.find("asked for itself"), std::string::npos) << message;
    f = twice;
    EXPECT_EQ(remembered(1), 3);
}

TEST(Memoize, ComputesOnceForManyThreads) {
    std::atomic<int> n_calls{0}, n_asking{0};
    auto const slow = memoize([&](int n) {
        while (n_asking < 8) std::this_thread::yield();
        ++n_calls;
        return 3 * n;
    });
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] {
            ++n_asking;
            EXPECT_EQ(slow(5), 15);
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(n_calls, 1);
    EXPECT_EQ(slow.statistics().hits, 7U);
}

// Each result is a function of its argument, so any mix-up shows; every call is a hit, a miss, or a failure.
TEST(Memoize, StaysConsistentUnderRandomUse) {
    profile::metrics_registry registry;
    auto const f = memoize(
        [](int n, std::string const& text) {
            if (n == 13) throw std::runtime_error{"planned"};
            return text + std::to_string(n);
        },
        {.max_entries = 7, .name = "random", .registry = &registry});
    std::vector<std::thread> threads;
    constexpr int n_threads = 4, n_calls = 3000;
    std::atomic<std::uint64_t> n_failures{0};
    for (unsigned seed = 0; seed < n_threads; ++seed)
        threads.emplace_back([&, seed] {
            std::mt19937 random{seed};
            for (int call = 0; call < n_calls; ++call) {
                int const n = static_cast<int>(random() % 20);
                if (random() % 500 == 0) f.clear();
                try {
                    ASSERT_EQ(f(n, "n = "), "n = " + std::to_string(n)) << "seed " << seed;
                } catch (std::runtime_error const&) {
                    ++n_failures;
                }
            }
        });
    for (auto& thread : threads) thread.join();
    auto const s = f.statistics();
    EXPECT_LE(s.entries, 7U);
    EXPECT_GE(s.hits + s.misses, static_cast<std::uint64_t>(n_threads * n_calls) - n_failures);
    EXPECT_EQ(metric(registry, "memoize.random.hits"), static_cast<double>(s.hits));
    EXPECT_EQ(metric(registry, "memoize.random.misses"), static_cast<double>(s.misses));
    EXPECT_EQ(metric(registry, "memoize.random.evictions"), static_cast<double>(s.evictions));
    EXPECT_EQ(metric(registry, "memoize.random.bytes"), static_cast<double>(s.bytes));
}

TEST(Memoize, ReportsUnderItsNameAndTakesItsBytesBack) {
    profile::metrics_registry registry;
    {
        auto const f = memoize(twice, {.max_entries = 2, .name = "twice", .registry = &registry});
        for (int const n : {1, 2, 2, 3}) EXPECT_EQ(f(n), 2 * n);
        EXPECT_EQ(metric(registry, "memoize.twice.hits"), 1.0);
        EXPECT_EQ(metric(registry, "memoize.twice.misses"), 3.0);
        EXPECT_EQ(metric(registry, "memoize.twice.evictions"), 1.0);
        EXPECT_EQ(metric(registry, "memoize.twice.bytes"), 2.0 * (sizeof(int) + sizeof(std::tuple<int>)));
        auto const g = memoize(twice, {.name = "twice", .registry = &registry});
        EXPECT_EQ(g(1), 2);
        EXPECT_EQ(metric(registry, "memoize.twice.misses"), 4.0) << "several may share a name";
        f.clear();
        EXPECT_EQ(metric(registry, "memoize.twice.bytes"), sizeof(int) + sizeof(std::tuple<int>));
    }
    EXPECT_EQ(metric(registry, "memoize.twice.bytes"), 0.0);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { (void)memoize(twice, {.name = "Two!", .registry = &registry}); }),
              "metric name 'memoize.Two!.hits' is not made of a-z, 0-9, '_' and '.'");
}

}  // namespace
}  // namespace poise
