// SPDX-License-Identifier: MIT
#include "linear/condition_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace poise::linear::detail {
namespace {

double norm1(std::span<double const> x) {
    double sum = 0.0;
    for (double const value : x) sum += std::abs(value);
    return sum;
}

std::size_t largest_of(std::span<double const> x) {
    return static_cast<std::size_t>(std::ranges::max_element(x, {}, [](double value) { return std::abs(value); }) -
                                    x.begin());
}

}  // namespace

double norm1_of_inverse(std::size_t n, linear_solve const& solve, linear_solve const& solve_transposed) {
    std::vector<double> x(n, 1.0 / static_cast<double>(n)), v(n), sign(n);
    double estimate = 0.0;
    std::size_t at = n;  // the unit vector that x is
    for (int step = 0; step < 5; ++step) {
        solve(x, v);
        double const norm = norm1(v);
        if (!std::isfinite(norm)) return std::numeric_limits<double>::infinity();
        if (step > 0 && norm <= estimate) break;
        estimate = norm;
        bool is_same = step > 0;
        for (std::size_t i = 0; i < n; ++i) {
            double const s = std::signbit(v[i]) ? -1.0 : 1.0;
            is_same = is_same && s == sign[i];
            sign[i] = s;
        }
        if (is_same) break;  // the gradient would be the same again
        solve_transposed(sign, v);
        std::size_t const next = largest_of(v);
        if (!std::isfinite(v[next])) return std::numeric_limits<double>::infinity();
        if (at < n && std::abs(v[next]) <= std::abs(v[at])) break;
        at = next;
        std::ranges::fill(x, 0.0);
        x[at] = 1.0;
    }
    // A vector that catches what the iteration can miss.
    for (std::size_t i = 0; i < n; ++i)
        x[i] = (i % 2 == 0 ? 1.0 : -1.0) *
               (1.0 + static_cast<double>(i) / static_cast<double>(std::max<std::size_t>(n, 2) - 1));
    solve(x, v);
    double const other = 2.0 * norm1(v) / (3.0 * static_cast<double>(n));
    return std::isfinite(other) ? std::max(estimate, other) : std::numeric_limits<double>::infinity();
}

}  // namespace poise::linear::detail
