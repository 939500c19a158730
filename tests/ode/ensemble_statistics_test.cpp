// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/ode/ensemble_statistics.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <vector>

using namespace poise;

namespace {

constexpr std::size_t n_components = 3, n_times = 4, n_trajectories = 500;

// States at all times, of trajectories of which every tenth ends after two.
struct sample {
    std::vector<std::vector<double>> states;
    sample() {
        std::mt19937_64 random{5};
        std::normal_distribution<double> normal{1e6, 1.0};  // the mean is large beside the deviation
        for (std::size_t i = 0; i < n_trajectories; ++i) {
            states.emplace_back();
            for (std::size_t j = 0; j < (i % 10 == 0 ? 2 : n_times) * n_components; ++j)
                states.back().push_back(normal(random) + static_cast<double>(j));
        }
    }
    [[nodiscard]] std::vector<double> of(std::size_t time, std::size_t component) const {
        std::vector<double> all;
        for (auto const& each : states)
            if (std::size_t const at = time * n_components + component; at < each.size()) all.push_back(each[at]);
        return all;
    }
};

ode::ensemble_statistics empty() {
    return {
        {0.0, 1.0, 2.0, 3.0}, n_components, {{.component = 1, .lower = 999'999.0, .upper = 1'000'003.0, .n_bins = 8}}};
}

void expect_right(ode::ensemble_statistics const& found, sample const& given) {
    for (std::size_t time = 0; time < n_times; ++time) {
        for (std::size_t d = 0; d < n_components; ++d) {
            auto const all = given.of(time, d);
            auto const n = static_cast<long double>(all.size());
            long double sum = 0, square = 0;
            for (double const x : all) sum += x;
            for (double const x : all) square += (x - sum / n) * (x - sum / n);
            EXPECT_EQ(found.count(time), all.size());
            // Each of n updates rounds a number of the size of the mean once.
            EXPECT_NEAR(found.mean(time, d), static_cast<double>(sum / n), 1e6 * 500 * 2.3e-16);
            EXPECT_NEAR(found.variance(time, d) / static_cast<double>(square / (n - 1)), 1.0, 1e-8);
            EXPECT_EQ(found.min(time, d), *std::ranges::min_element(all));
            EXPECT_EQ(found.max(time, d), *std::ranges::max_element(all));
        }
        auto const& histogram = found.histogram(time);
        auto const all = given.of(time, 1);
        for (std::size_t bin = 0; bin < 8; ++bin)
            EXPECT_EQ(histogram.counts[bin], static_cast<std::size_t>(std::ranges::count_if(all, [&](double x) {
                          return x >= histogram.edge(bin) && x < histogram.edge(bin + 1);
                      })));
        EXPECT_EQ(histogram.n_below,
                  static_cast<std::size_t>(std::ranges::count_if(all, [](double x) { return x < 999'999.0; })));
        EXPECT_EQ(histogram.n_above,
                  static_cast<std::size_t>(std::ranges::count_if(all, [](double x) { return x > 1'000'003.0; })));
    }
}

}  // namespace

TEST(EnsembleStatistics, AreThoseOfDirectFormulas) {
    sample const given;
    auto whole = empty();
    for (auto const& each : given.states) whole.add(each);
    expect_right(whole, given);
    // Merged from parts, one of them of nothing.
    auto merged = empty(), part = empty();
    std::size_t i = 0;
    for (std::size_t const end : {1u, 1u, 37u, 180u, 500u}) {
        part.clear();
        for (; i < end; ++i) part.add(given.states[i]);
        merged.merge(part);
    }
    expect_right(merged, given);
}

TEST(EnsembleStatistics, OfFewAreNoNumbers) {
    auto few = empty();
    EXPECT_EQ(few.count(0), 0u);
    EXPECT_TRUE(std::isnan(few.mean(0, 0)));
    few.add(std::vector{1.0, 2.0, 3.0});
    EXPECT_EQ(few.mean(0, 1), 2.0);
    EXPECT_TRUE(std::isnan(few.variance(0, 1)));
    EXPECT_EQ(few.count(1), 0u);
    few.add(std::vector{3.0, 2.0, 3.0});
    EXPECT_EQ(few.variance(0, 0), 2.0);
    EXPECT_EQ(few.variance(0, 1), 0.0);
}

TEST(EnsembleStatistics, PutTheUpperEndIntoTheLastBin) {
    ode::histogram bins{.range = {.lower = 0.0, .upper = 1.0, .n_bins = 4}, .counts = std::vector<std::size_t>(4)};
    for (double const x : {0.0, 0.24, 0.25, 1.0, -1e-9, 1.0000001, std::nan("")}) bins.add(x);
    EXPECT_EQ(bins.counts, (std::vector<std::size_t>{2, 1, 0, 1}));
    EXPECT_EQ(bins.n_below, 1u);
    EXPECT_EQ(bins.n_above, 1u);
    EXPECT_EQ(bins.edge(1), 0.25);
}

TEST(EnsembleStatistics, RefuseWhatIsNotThere) {
    auto const refusal = [](ode::histogram_range const& range) {
        return poise_test::message_of<std::invalid_argument>([&] { ode::ensemble_statistics{{0.0}, 2, {range}}; });
    };
    EXPECT_EQ(refusal({.component = 2}), "ode: a histogram is of component 2 and states have 2");
    EXPECT_EQ(refusal({.n_bins = 0}), "ode: a histogram has 0 bins; it takes at least 1");
    EXPECT_EQ(refusal({.lower = 1.0, .upper = 1.0}),
              "ode: a histogram is from 1 to 1; give two finite numbers in that order");
    EXPECT_EQ(refusal({.upper = std::nan("")}),
              "ode: a histogram is from 0 to nan; give two finite numbers in that order");
    auto some = empty();
    EXPECT_THROW((void)some.mean(4, 0), std::invalid_argument);
    EXPECT_THROW((void)some.mean(0, 3), std::invalid_argument);
    EXPECT_THROW((void)some.count(4), std::invalid_argument);
    EXPECT_THROW((void)some.histogram(4), std::invalid_argument);
    EXPECT_THROW((void)some.histogram(0, 1), std::invalid_argument);
    EXPECT_THROW(some.merge(ode::ensemble_statistics{{0.0}, 3}), std::invalid_argument);
}
