// SPDX-License-Identifier: MIT
#include "profile/profiled.hpp"
#include "profile/remembered.hpp"
#include "profile/statistics.hpp"
#include "support/expect_message.hpp"

#include <poise/profile/compare.hpp>

#include <chrono>
#include <limits>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace poise::profile {
namespace {

using poise_test::expect_message;
using comparing = profiled;

// As few rounds as there may be, whatever the noise: 6 for two contenders.
compare_options quick() { return {.name = "quick", .max_time_s = 60.0, .max_pairs = 12, .warm_up_s = 0.0}; }

void work() { clobber_memory(); }

TEST(Compare, SaysEverythingAboutEachContender) {
    int n = 0;
    comparison const found = compare({{"first", work}, {"second", [&n] { return ++n; }}}, quick());
    EXPECT_EQ(found.name, "quick");
    EXPECT_EQ(found.min_effect, 0.01);
    EXPECT_GT(found.duration_s, 0.0);
    ASSERT_EQ(found.contenders.size(), 2U);
    contender const& first = found.contenders[0];
    EXPECT_EQ(first.ratio, 1.0);
    EXPECT_EQ(first.ratio_interval, (interval{1.0, 1.0}));
    EXPECT_EQ(first.outcome, verdict::equivalent);
    contender const* const second = found.find("second");
    ASSERT_EQ(second, &found.contenders[1]);
    EXPECT_EQ(found.find("third"), nullptr);
    EXPECT_LE(second->ratio_interval.low, second->ratio);
    EXPECT_LE(second->ratio, second->ratio_interval.high);
    EXPECT_LE(found.noise_floor.low, found.noise_floor.high);
    EXPECT_EQ(second->times.name, "second");
    EXPECT_EQ(second->times.median_s, detail::median(second->times.slices_s));
    EXPECT_GE(n, static_cast<int>(second->times.calls_per_slice * second->times.slices_s.size()));
}

// Bodies that write down their names. They sleep for longer than a slice, so that a slice is one call.
struct writer {
    std::string* log;
    char name;
    void operator()() const {
        std::this_thread::sleep_for(std::chrono::microseconds{100});
        *log += name;
    }
};

TEST(Compare, GoesThroughTheBodiesForthAndBackInEveryOrder) {
    std::string log;
    auto options = quick();
    options.slice_s = 1e-5;
    options.max_pairs = 60;
    options.max_time_s = 600.0;
    options.min_effect = 0.0;  // no look comes before the last
    comparison const found =
        compare({{"a", writer{&log, 'a'}}, {"b", writer{&log, 'b'}}, {"c", writer{&log, 'c'}}}, options);
    for (contender const& c : found.contenders) {
        EXPECT_EQ(c.times.calls_per_slice, 1U);
        EXPECT_EQ(c.times.slices_s.size(), 60U);  // every slice is kept, interrupted or not
    }
    EXPECT_LE(found.pairs, 60U);
    EXPECT_GE(found.pairs, 30U);  // at least half can be used, or all are
    ASSERT_GE(log.size(), 180U);
    std::string const rounds = log.substr(log.size() - 180);  // before: calibration
    int n_orders[3] = {0, 0, 0};
    for (std::size_t r = 0; r < 30; ++r) {
        std::string const forth = rounds.substr(6 * r, 3);
        std::string const back = rounds.substr(6 * r + 3, 3);
        EXPECT_EQ(std::string(forth.rbegin(), forth.rend()), back);
        ASSERT_NE(forth.find('a'), std::string::npos);
        ++n_orders[forth.find('a')];
    }
    // Each place should come 10 times in 30; 3 or fewer have a chance below 1 in 300, and the order is seeded.
    for (int const n : n_orders) EXPECT_GT(n, 3);
}

TEST(Compare, StopsWhenTheTimeIsOutButNotWithoutAnInterval) {
    auto options = quick();
    options.max_pairs = 1000000;
    options.max_time_s = 1e-9;
    comparison const two = compare({{"a", work}, {"b", work}}, options);
    EXPECT_GE(two.pairs, 12U);
    comparison const three = compare({{"a", work}, {"b", work}, {"c", work}}, options);
    EXPECT_GE(three.pairs, 14U);  // 2.5 % for each of two: 7 rounds
}

TEST(Compare, BodiesThatTakeAboutAsLongGetAsManyCalls) {
    comparison const found = compare({{"a", work}, {"b", work}}, quick());
    // The same function twice; calibrations that differ by a factor of two would be noise beyond all measure.
    EXPECT_EQ(found.contenders[0].times.calls_per_slice, found.contenders[1].times.calls_per_slice);
}

TEST(Compare, LetsExceptionsThroughAndKeepsNothing) {
    auto owner = std::make_shared<int>(0);
    std::weak_ptr<int> const watched = owner;
    auto failing = [owner = std::move(owner)] {
        if (++*owner == 100) throw std::runtime_error{"hundred"};
    };
    expect_message<std::runtime_error>(
        [&] {
            (void)compare({{"a", work}, {"b", std::move(failing)}}, quick());
        },
        "hundred");
    EXPECT_TRUE(watched.expired());
}

TEST(Compare, RefusesWhatCannotBeCompared) {
    using invalid = std::invalid_argument;
    expect_message<invalid>([] { (void)compare({}); }, "there are 0 bodies to compare; it takes at least 2");
    expect_message<invalid>([] { (void)compare({{"a", work}}); }, "there are 1 bodies");
    expect_message<invalid>([] { (void)compare({{"a", work}, {"", work}}); }, "body 1 has an empty name");
    expect_message<invalid>([] { (void)compare({{"a", work}, {"b", work}, {"a", work}}); }, "two bodies are named 'a'");
}

TEST(Compare, RefusesOptionsOutOfRange) {
    auto const with = [](auto change) {
        return [change] {
            auto options = quick();
            change(options);
            (void)compare({{"a", work}, {"b", work}, {"c", work}}, options);
        };
    };
    using invalid = std::invalid_argument;
    double const nan = std::numeric_limits<double>::quiet_NaN();
    expect_message<invalid>(with([](auto& o) { o.max_pairs = 13; }),
                            "max_pairs is 13; 3 bodies and confidence 0.95 need at least 14");
    expect_message<invalid>(with([](auto& o) { o.min_effect = -0.1; }), "min_effect is -0.1; it is a share");
    expect_message<invalid>(with([&](auto& o) { o.min_effect = nan; }), "min_effect is nan");
    expect_message<invalid>(with([](auto& o) { o.slice_s = -1.0; }), "slice_s is -1");
    expect_message<invalid>(with([](auto& o) { o.confidence = 95; }), "confidence is 95");
}

TEST_F(comparing, IsRememberedWhileProfilingIsOn) {
    detail::forget();
    comparison const found = compare({{"a", work}, {"b", work}}, quick());
    EXPECT_EQ(detail::take_remembered().comparisons, std::vector{found});
    EXPECT_TRUE(detail::take_remembered().measurements.empty());
    detail::forget();
}

contender with_ratio(std::string name, double median_s, double ratio, interval range, verdict outcome) {
    contender c;
    c.times.name = std::move(name);
    c.times.median_s = median_s;
    c.ratio = ratio;
    c.ratio_interval = range;
    c.outcome = outcome;
    return c;
}

TEST(Compare, PrintsALineForEachContender) {
    comparison found;
    found.pairs = 214;
    found.min_effect = 0.01;
    found.noise_floor = {0.998, 1.0031};
    found.duration_s = 0.5;
    found.contenders = {
        with_ratio("dense", 1.234e-5, 1.0, {1.0, 1.0}, verdict::equivalent),
        with_ratio("sparse", 8e-6, 0.6483, {0.641, 0.655}, verdict::faster),
        with_ratio("a name that is longer than its column", 1.5, 121553.4, {121000.0, 122000.0}, verdict::slower),
        with_ratio("lu", 1.24e-5, 1.0, {0.98, 1.0201}, verdict::undecided),
        with_ratio("qr", 1.24e-5, 1.01, {0.99, 1.02}, verdict::undecided),
        with_ratio("tiny", 2.5e-9, 0.00204, {0.00203, 0.00206}, verdict::faster)};
    std::ostringstream text;
    text << found;
    EXPECT_EQ(text.str(),
              "comparison: 214 pairs in 500.0 ms, differences below 1 % count as none\n"
              "dense                12.34 us  1                         noise 0.998–1.003\n"
              "sparse               8.000 us  0.648 (0.641–0.655)       faster\n"
              "a name that is long… 1.500 s   1.216e+05 (1.21e+05–1.22… slower\n"
              "lu                   12.40 us  1.000 (0.980–1.020)       undecided, 1.6 s more\n"
              "qr                   12.40 us  1.010 (0.990–1.020)       undecided\n"
              "tiny                 2.500 ns  0.00204 (0.00203–0.00206) faster\n");
}

TEST(Compare, VerdictsPrintTheirNames) {
    std::ostringstream text;
    text << verdict::faster << ' ' << verdict::slower << ' ' << verdict::equivalent << ' ' << verdict::undecided;
    EXPECT_EQ(text.str(), "faster slower equivalent undecided");
}

}  // namespace
}  // namespace poise::profile
