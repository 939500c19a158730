// SPDX-License-Identifier: MIT
#include "core/block_reductions.hpp"
#include "core/multiversion.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/reductions.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace poise {
namespace {

// Eight running sums over a block keep the vector units busy; blocks are combined as a balanced tree.
constexpr std::size_t n_lanes = 8;
constexpr std::size_t block = detail::reduction_block;

template <class Term>
inline double block_sum(std::size_t first, std::size_t last, Term term) {
    double lane[n_lanes] = {};
    std::size_t i = first;
    for (; i + n_lanes <= last; i += n_lanes)
        for (std::size_t l = 0; l < n_lanes; ++l) lane[l] += term(i + l);
    for (std::size_t l = 0; i < last; ++i, ++l) lane[l] += term(i);
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

POISE_MULTIVERSION double block_of_sum(double const* x, std::size_t first, std::size_t last) {
    return block_sum(first, last, [x](std::size_t i) { return x[i]; });
}
POISE_MULTIVERSION double block_of_dot(double const* x, double const* y, std::size_t first, std::size_t last) {
    return block_sum(first, last, [x, y](std::size_t i) { return x[i] * y[i]; });
}

// Depth is log2(n / block): no stack to speak of.
template <class BlockSum>
double pairwise(std::size_t first, std::size_t last, BlockSum const& sum_of) {
    if (last - first <= block) return sum_of(first, last);
    std::size_t const n_blocks = (last - first + block - 1) / block;
    std::size_t const middle = first + (n_blocks / 2) * block;
    return pairwise(first, middle, sum_of) + pairwise(middle, last, sum_of);
}

POISE_MULTIVERSION double largest_magnitude(double const* x, std::size_t n) {
    double largest = 0.0;
    bool any_nan = false;
    for (std::size_t i = 0; i < n; ++i) {
        double const magnitude = std::abs(x[i]);
        largest = magnitude > largest ? magnitude : largest;
        any_nan |= magnitude != magnitude;
    }
    return any_nan ? std::numeric_limits<double>::quiet_NaN() : largest;
}

// x - x is 0 for every finite x and NaN for the others: a branch-free test that vectorises.
POISE_MULTIVERSION bool all_finite(double const* x, std::size_t n) {
    bool finite = true;
    for (std::size_t i = 0; i < n; ++i) finite &= (x[i] - x[i] == 0.0);
    return finite;
}

}  // namespace

double sum(std::span<double const> x) noexcept {
    return pairwise(0, x.size(),
                    [&](std::size_t first, std::size_t last) { return block_of_sum(x.data(), first, last); });
}

double dot(std::span<double const> x, std::span<double const> y) {
    POISE_REQUIRE(x.size() == y.size(), "dot: x has ", x.size(), " entries and y has ", y.size());
    return pairwise(0, x.size(),
                    [&](std::size_t first, std::size_t last) { return block_of_dot(x.data(), y.data(), first, last); });
}

double norm2(std::span<double const> x) noexcept {
    return detail::norm_by_squares(
        pairwise(0, x.size(),
                 [&](std::size_t first, std::size_t last) { return block_of_dot(x.data(), x.data(), first, last); }),
        x);
}

double detail::dot_of_block(double const* x, double const* y, std::size_t first, std::size_t last) {
    return block_of_dot(x, y, first, last);
}

// As pairwise() halves the blocks.
double detail::combine_blocks(std::span<double const> sums) noexcept {
    if (sums.empty()) return 0.0;
    if (sums.size() == 1) return sums.front();
    std::size_t const middle = sums.size() / 2;
    return combine_blocks(sums.first(middle)) + combine_blocks(sums.subspan(middle));
}

double detail::norm_by_squares(double squares, std::span<double const> x) noexcept {
    bool const representable = squares > std::numeric_limits<double>::min() / std::numeric_limits<double>::epsilon();
    if (representable && std::isfinite(squares)) return std::sqrt(squares);
    double const scale = norm_max(x);
    if (scale == 0.0 || !std::isfinite(scale)) return scale;
    double const scaled_squares = pairwise(0, x.size(), [&](std::size_t first, std::size_t last) {
        return block_sum(first, last, [&](std::size_t i) { return (x[i] / scale) * (x[i] / scale); });
    });
    return scale * std::sqrt(scaled_squares);
}

double norm_max(std::span<double const> x) noexcept { return largest_magnitude(x.data(), x.size()); }

std::optional<std::size_t> first_not_finite(std::span<double const> x) noexcept {
    if (all_finite(x.data(), x.size())) return std::nullopt;
    auto const found = std::ranges::find_if(x, [](double value) { return !std::isfinite(value); });
    return static_cast<std::size_t>(found - x.begin());
}

void require_finite(std::span<double const> x, char const* what) {
    auto const bad = first_not_finite(x);
    POISE_REQUIRE(!bad, what, "[", bad.value_or(0), "] is ", x[bad.value_or(0)], "; every value must be finite");
}

}  // namespace poise
