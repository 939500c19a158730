// SPDX-License-Identifier: MIT
// Statistics that assume nothing about the shape of the noise.
#pragma once

#include <poise/profile/compare.hpp>
#include <poise/profile/sample.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace poise::profile::detail {

/// The mean of the two middle values where their number is even. values: not empty. Cost: linear.
[[nodiscard]] double median(std::vector<double> values);
/// Median of |value − center|. values: not empty.
[[nodiscard]] double median_absolute_deviation(std::span<double const> values, double center);

/// P(X ≤ k) where X is the number of heads in n throws of a fair coin. Cost: k logarithms.
[[nodiscard]] double fair_coin_cdf(std::size_t k, std::size_t n);
/// Two-sided p-value of so many values below and above the median that is tested; ties are left out by the caller.
[[nodiscard]] double sign_test(std::size_t below, std::size_t above);

/// The greatest rank r, counted from 1, for which the r-th smallest and the r-th greatest of n values enclose the
/// median of their distribution with at least this confidence; 0 where even the whole range does not.
/// Source: David and Nagaraja (2003), Order Statistics, section 7.1.
[[nodiscard]] std::size_t median_rank(std::size_t n, double confidence);
/// The least n for which median_rank() is not 0.
[[nodiscard]] std::size_t least_for_median_interval(double confidence);
/// Encloses the median of the distribution with at least this confidence, whatever that distribution is; the whole
/// range, which is less sure, where the values are too few. values: not empty, independent.
[[nodiscard]] interval median_interval(std::vector<double> values, double confidence);

/// A share and its 95 % interval, from `successes` of n; 0 to 1 where n is 0. Source: Wilson (1927), J. Am. Stat.
/// Assoc. 22, 209.
[[nodiscard]] share_interval wilson_interval(std::uint64_t successes, std::uint64_t n);

}  // namespace poise::profile::detail
