// SPDX-License-Identifier: MIT
#include "core/multiversion.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/ode/ensemble_statistics.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace poise::ode {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct moments {
    double* __restrict mean;
    double* __restrict square;
    double* __restrict min;
    double* __restrict max;
};

// One state more of n numbers, the count-th with weight = 1 / count.
POISE_MULTIVERSION void add_state(double const* __restrict x, std::size_t n, double weight, moments const& m) {
    for (std::size_t i = 0; i < n; ++i) {
        double const before = x[i] - m.mean[i];
        double const mean = m.mean[i] + before * weight;
        m.mean[i] = mean;
        m.square[i] += before * (x[i] - mean);
        m.min[i] = x[i] < m.min[i] ? x[i] : m.min[i];
        m.max[i] = x[i] > m.max[i] ? x[i] : m.max[i];
    }
}

void require_range(histogram_range const& range, std::size_t n_components) {
    POISE_REQUIRE(range.component < n_components, "ode: a histogram is of component ", range.component,
                  " and states have ", n_components);
    POISE_REQUIRE(range.n_bins > 0, "ode: a histogram has 0 bins; it takes at least 1");
    POISE_REQUIRE(range.upper > range.lower && std::isfinite(range.upper - range.lower), "ode: a histogram is from ",
                  range.lower, " to ", range.upper, "; give two finite numbers in that order");
}

}  // namespace

void histogram::add(double x) {
    if (x < range.lower)
        ++n_below;
    else if (x > range.upper)
        ++n_above;
    else if (x == x)
        ++counts[std::min(static_cast<std::size_t>((x - range.lower) / (range.upper - range.lower) *
                                                   static_cast<double>(range.n_bins)),
                          range.n_bins - 1)];
}

void histogram::merge(histogram const& other) {
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
    n_below += other.n_below;
    n_above += other.n_above;
}

double histogram::edge(std::size_t i) const noexcept {
    return range.lower + (range.upper - range.lower) * (static_cast<double>(i) / static_cast<double>(range.n_bins));
}

ensemble_statistics::ensemble_statistics(std::vector<double> times, std::size_t n_components,
                                         std::vector<histogram_range> const& ranges)
    : times_{std::move(times)}, n_components_{n_components}, n_ranges_{ranges.size()} {
    for (auto const& range : ranges) require_range(range, n_components);
    counts_.resize(times_.size());
    std::size_t const n = times_.size() * n_components;
    mean_.resize(n), square_.resize(n), min_.resize(n), max_.resize(n);
    for (std::size_t t = 0; t < times_.size(); ++t)
        for (auto const& range : ranges)
            histograms_.push_back({.range = range, .counts = std::vector<std::size_t>(range.n_bins)});
    clear();
}

void ensemble_statistics::clear() noexcept {
    std::ranges::fill(counts_, 0);
    for (auto* const numbers : {&mean_, &square_}) std::ranges::fill(*numbers, 0.0);
    std::ranges::fill(min_, infinity);
    std::ranges::fill(max_, -infinity);
    for (auto& each : histograms_) {
        std::ranges::fill(each.counts, 0);
        each.n_below = each.n_above = 0;
    }
}

void ensemble_statistics::add(std::span<double const> states) {
    std::size_t const n = n_components_;
    std::size_t const n_reached = n == 0 ? 0 : states.size() / n;
    // Times with the same count at once: nearly always that is all of them.
    for (std::size_t first = 0; first < n_reached;) {
        std::size_t const before = counts_[first];
        std::size_t end = first;
        while (end < n_reached && counts_[end] == before) ++counts_[end], ++end;
        add_state(
            states.data() + first * n, (end - first) * n, 1.0 / static_cast<double>(before + 1),
            {mean_.data() + first * n, square_.data() + first * n, min_.data() + first * n, max_.data() + first * n});
        first = end;
    }
    for (std::size_t i = 0; i < n_reached * n_ranges_; ++i)
        histograms_[i].add(states[i / n_ranges_ * n + histograms_[i].range.component]);
}

void ensemble_statistics::merge(ensemble_statistics const& other) {
    POISE_REQUIRE(other.mean_.size() == mean_.size() && other.histograms_.size() == histograms_.size(),
                  "ode::ensemble_statistics: those of ", other.mean_.size(), " numbers and ", other.histograms_.size(),
                  " histograms do not go with ", mean_.size(), " and ", histograms_.size());
    for (std::size_t time = 0; time < times_.size(); ++time) {
        if (other.counts_[time] == 0) continue;
        auto const mine = static_cast<double>(counts_[time]), theirs = static_cast<double>(other.counts_[time]);
        double const share = theirs / (mine + theirs);
        for (std::size_t i = time * n_components_; i < (time + 1) * n_components_; ++i) {
            double const apart = other.mean_[i] - mean_[i];
            mean_[i] = mine == 0.0 ? other.mean_[i] : mean_[i] + apart * share;
            square_[i] += other.square_[i] + apart * apart * (mine * share);
            min_[i] = std::min(min_[i], other.min_[i]);
            max_[i] = std::max(max_[i], other.max_[i]);
        }
        counts_[time] += other.counts_[time];
    }
    for (std::size_t i = 0; i < histograms_.size(); ++i) histograms_[i].merge(other.histograms_[i]);
}

std::size_t ensemble_statistics::place(std::size_t time, std::size_t component) const {
    POISE_REQUIRE(time < times_.size(), "ode::ensemble_statistics: there is no time ", time, ", only ", times_.size());
    POISE_REQUIRE(component < n_components_, "ode::ensemble_statistics: there is no component ", component, ", only ",
                  n_components_);
    return time * n_components_ + component;
}

std::size_t ensemble_statistics::count(std::size_t time) const {
    POISE_REQUIRE(time < times_.size(), "ode::ensemble_statistics: there is no time ", time, ", only ", times_.size());
    return counts_[time];
}

double ensemble_statistics::mean(std::size_t time, std::size_t component) const {
    std::size_t const at = place(time, component);
    return counts_[time] > 0 ? mean_[at] : std::numeric_limits<double>::quiet_NaN();
}

double ensemble_statistics::variance(std::size_t time, std::size_t component) const {
    std::size_t const at = place(time, component);
    return counts_[time] > 1 ? square_[at] / static_cast<double>(counts_[time] - 1)
                             : std::numeric_limits<double>::quiet_NaN();
}

double ensemble_statistics::min(std::size_t time, std::size_t component) const { return min_[place(time, component)]; }

double ensemble_statistics::max(std::size_t time, std::size_t component) const { return max_[place(time, component)]; }

histogram const& ensemble_statistics::histogram(std::size_t time, std::size_t i) const {
    POISE_REQUIRE(time < times_.size(), "ode::ensemble_statistics: there is no time ", time, ", only ", times_.size());
    POISE_REQUIRE(i < n_ranges_, "ode::ensemble_statistics: there is no histogram ", i, ", only ", n_ranges_);
    return histograms_[time * n_ranges_ + i];
}

}  // namespace poise::ode
