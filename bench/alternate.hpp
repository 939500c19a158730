// SPDX-License-Identifier: MIT
// Rivals measured side by side: one run of each in turn, so that a busy moment of the machine hits them alike.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numeric>
#include <vector>

namespace poise_bench {

[[nodiscard]] inline double median(std::vector<double> values) {
    auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

/// Median absolute deviation from the median: the spread that one outlier in ten does not move.
[[nodiscard]] inline double mad(std::vector<double> values) {
    double const center = median(values);
    for (double& value : values) value = std::abs(value - center);
    return median(std::move(values));
}

[[nodiscard]] inline double seconds_of(std::function<void()> const& body) {
    auto const start = std::chrono::steady_clock::now();
    body();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// result[b][r]: what body b gave in round r, in seconds; seconds_of() within a body leaves out what prepares it. Every
/// second round goes backwards, so that nobody always comes first. One round before these is thrown away.
[[nodiscard]] inline std::vector<std::vector<double>> alternate(std::vector<std::function<double()>> const& bodies,
                                                                std::size_t n_rounds) {
    std::vector<std::vector<double>> seconds(bodies.size());
    std::vector<std::size_t> order(bodies.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (auto const& body : bodies) (void)body();
    for (std::size_t r = 0; r < n_rounds; ++r) {
        for (std::size_t const b : order) seconds[b].push_back(bodies[b]());
        std::ranges::reverse(order);
    }
    return seconds;
}

}  // namespace poise_bench
