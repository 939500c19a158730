// SPDX-License-Identifier: MIT
#include "profile/profiled.hpp"
#include "profile/remembered.hpp"
#include "profile/slices.hpp"
#include "profile/statistics.hpp"
#include "support/expect_message.hpp"

#include <poise/profile/measure.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace poise::profile {
namespace {

using poise_test::expect_message;
using measuring = profiled;

// Short in all: what is tested are counts.
measure_options quick() { return {.name = "quick", .slice_s = 1e-6, .slices = 20, .max_time_s = 60.0, .warm_up_s = 0}; }

int called = 0;
void count_call() { ++called; }

TEST(Measure, SummarisesItsSlices) {
    std::uint64_t calls = 0;
    measurement const m = measure([&calls] { return ++calls; }, quick());
    EXPECT_EQ(m.name, "quick");
    ASSERT_EQ(m.slices_s.size(), 20U);
    EXPECT_GE(m.calls_per_slice, 1U);
    EXPECT_GE(calls, 20 * m.calls_per_slice);  // and those of the calibration
    EXPECT_EQ(m.median_s, detail::median(m.slices_s));
    EXPECT_EQ(m.mad_s, detail::median_absolute_deviation(m.slices_s, m.median_s));
    EXPECT_EQ(m.median_interval_s, detail::median_interval(m.slices_s, 0.95));
    EXPECT_EQ(m.min_s, std::ranges::min(m.slices_s));
    EXPECT_GT(m.min_s, 0.0);
}

TEST(Measure, CalibratesWithFewCallsOfALongBody) {
    std::uint64_t calls = 0;
    auto const sleeping = [&calls] {
        ++calls;
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    };
    auto const found = detail::calibrate(detail::loop_over(sleeping), 1e-4, 0.0);
    EXPECT_EQ(found.calls, 1U);
    EXPECT_GE(found.call_s, 1e-3 - 1e-6);  // less the cost of the clock
    EXPECT_GE(calls, 2U);                  // one for nothing, then one that is timed
    EXPECT_LE(calls, 4U);                  // or the least of three
}

TEST(Measure, ABodyLongerThanASliceIsCalledOnceASlice) {
    int calls = 0;
    auto options = quick();
    options.slices = 6;
    measurement const m = measure(
        [&calls] {
            ++calls;
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        },
        options);
    EXPECT_EQ(m.calls_per_slice, 1U);
    EXPECT_GE(calls, 2 + 6);
    EXPECT_LE(calls, 4 + 6);
    EXPECT_GE(m.min_s, 1e-3 - 1e-6);
}

TEST(Measure, AFirstCallThatTakesLongDoesNotCount) {
    int calls = 0;
    auto const lazy = [&calls] {
        if (++calls == 1) std::this_thread::sleep_for(std::chrono::milliseconds{20});
    };
    // Nanoseconds a call: to seem longer than half a slice, three in a row would have to be interrupted.
    EXPECT_GT(detail::calibrate(detail::loop_over(lazy), 1e-3, 0.0).calls, 1U);
}

TEST(Measure, ShortTimeStillGivesAnInterval) {
    auto options = quick();
    options.max_time_s = 1e-9;
    EXPECT_EQ(measure(count_call, options).slices_s.size(), 6U);
    options.confidence = 0.99;
    EXPECT_EQ(measure(count_call, options).slices_s.size(), 8U);
}

TEST(Measure, WarmsUpFirst) {
    called = 0;
    auto options = quick();
    options.slices = 6;
    options.warm_up_s = 0.01;
    double first_s = 0.0;
    auto const start = std::chrono::steady_clock::now();
    measurement const m = measure(count_call, options);
    first_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    EXPECT_GE(first_s, 0.01);
    EXPECT_GE(called, 6 * static_cast<int>(m.calls_per_slice));
}

TEST(Measure, TakesWhateverCanBeCalled) {
    called = 0;
    (void)measure(count_call, quick());
    (void)measure(&count_call, quick());
    EXPECT_GE(called, 2 * 20);
    auto const owning = [p = std::make_unique<int>(3)] { return *p; };
    EXPECT_EQ(measure(owning, quick()).slices_s.size(), 20U);
    auto changing = [n = 0]() mutable { return ++n; };
    EXPECT_EQ(measure(changing, quick()).slices_s.size(), 20U);
    EXPECT_GT(changing(), 20);  // borrowed, not copied
    EXPECT_EQ(measure([] {}, quick()).slices_s.size(), 20U);
}

TEST(Measure, LetsExceptionsThrough) {
    int calls = 0;
    auto const failing = [&calls] {
        if (++calls == 50) throw std::runtime_error{"fifty"};
    };
    expect_message<std::runtime_error>([&] { (void)measure(failing, quick()); }, "fifty");
    EXPECT_EQ(calls, 50);
}

TEST(Measure, RefusesOptionsOutOfRange) {
    auto const with = [](auto change) {
        return [change] {
            auto options = quick();
            change(options);
            (void)measure(count_call, options);
        };
    };
    using invalid = std::invalid_argument;
    double const nan = std::numeric_limits<double>::quiet_NaN();
    expect_message<invalid>(with([](auto& o) { o.slice_s = 0.0; }), "slice_s is 0; it is a time above 0");
    expect_message<invalid>(with([&](auto& o) { o.slice_s = nan; }), "slice_s is nan");
    expect_message<invalid>(with([](auto& o) { o.max_time_s = -1.0; }), "max_time_s is -1");
    expect_message<invalid>(with([&](auto& o) { o.warm_up_s = nan; }), "warm_up_s is nan");
    expect_message<invalid>(with([](auto& o) { o.confidence = 1.0; }), "confidence is 1; it is a probability");
    expect_message<invalid>(with([&](auto& o) { o.confidence = nan; }), "confidence is nan");
    expect_message<invalid>(with([](auto& o) { o.slices = 5; }),
                            "slices is 5; an interval of confidence 0.95 needs at least 6");
    EXPECT_NO_THROW(with([](auto& o) { o.slices = 6; })());
}

TEST(Measure, SubtractsWhatTheClockCosts) {
    auto const& clock = detail::clock_of_slices();
    EXPECT_GT(clock.resolution_s, 0.0);
    EXPECT_LT(clock.resolution_s, 1e-3);
    EXPECT_GE(clock.cost_s, 0.0);
    auto const nothing = [] {};
    EXPECT_GT(detail::seconds_of(detail::loop_over(nothing), 0), 0.0);  // never 0, never negative
}

TEST_F(measuring, IsRememberedWhileProfilingIsOn) {
    detail::forget();
    measurement const m = measure(count_call, quick());
    EXPECT_EQ(detail::take_remembered().measurements, std::vector{m});
    detail::forget();
    disable();
    (void)measure(count_call, quick());
    EXPECT_TRUE(detail::take_remembered().measurements.empty());
}

TEST(Measure, PrintsOneLine) {
    measurement m{.name = "fft",
                  .median_s = 1.5e-6,
                  .median_interval_s = {1.25e-6, 1.75e-6},
                  .mad_s = 2.5e-7,
                  .min_s = 1e-6,
                  .calls_per_slice = 128,
                  .slices_s = {1.0, 2.0}};
    std::ostringstream line;
    line << m;
    EXPECT_EQ(line.str(),
              "fft: 1.500 us a call (1.250 us to 1.750 us), MAD 250.0 ns, least 1.000 us; "
              "2 slices of 128 calls");
    m.name = "";
    m.calls_per_slice = 1;
    line.str("");
    line << m;
    EXPECT_EQ(line.str(), "1.500 us a call (1.250 us to 1.750 us), MAD 250.0 ns, least 1.000 us; 2 slices of 1 call");
}

}  // namespace
}  // namespace poise::profile
