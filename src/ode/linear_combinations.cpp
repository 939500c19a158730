// SPDX-License-Identifier: MIT
#include "core/multiversion.hpp"

#include <poise/ode/detail/linear_combinations.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace poise::ode::detail {
namespace {

// As many terms as are added in one pass: their vectors are read side by side.
constexpr std::size_t most_terms = 8;

// result = start + Σ weight·vector; start: nullptr for 0.
template <std::size_t N>
[[gnu::always_inline]] inline void add_terms(double const* start, double h, weighted const* terms, double* result,
                                             std::size_t n) {
    double weight[N];
    double const* vector[N];
    for (std::size_t t = 0; t < N; ++t) weight[t] = h * terms[t].weight, vector[t] = terms[t].vector;
#pragma GCC ivdep
    for (std::size_t i = 0; i < n; ++i) {
        double sum = start != nullptr ? start[i] : 0.0;
#pragma GCC unroll 8
        for (std::size_t t = 0; t < N; ++t) sum += weight[t] * vector[t][i];
        result[i] = sum;
    }
}

// One function for all numbers of terms, as those that are compiled for several processors cannot be templates.
[[gnu::always_inline]] inline void add_all(double const* start, double h, std::span<weighted const> terms,
                                           double* result, std::size_t n) {
    do {
        std::size_t const now = std::min(terms.size(), most_terms);
        switch (now) {
            case 0:
                if (start == nullptr)
                    std::fill_n(result, n, 0.0);
                else if (start != result)
                    std::copy_n(start, n, result);
                return;
            case 1:
                add_terms<1>(start, h, terms.data(), result, n);
                break;
            case 2:
                add_terms<2>(start, h, terms.data(), result, n);
                break;
            case 3:
                add_terms<3>(start, h, terms.data(), result, n);
                break;
            case 4:
                add_terms<4>(start, h, terms.data(), result, n);
                break;
            case 5:
                add_terms<5>(start, h, terms.data(), result, n);
                break;
            case 6:
                add_terms<6>(start, h, terms.data(), result, n);
                break;
            case 7:
                add_terms<7>(start, h, terms.data(), result, n);
                break;
            default:
                add_terms<most_terms>(start, h, terms.data(), result, n);
        }
        start = result;
        terms = terms.subspan(now);
    } while (!terms.empty());
}

}  // namespace

POISE_MULTIVERSION void add_weighted(double const* y, double h, std::span<weighted const> terms, double* result,
                                     std::size_t n) noexcept {
    add_all(y, h, terms, result, n);
}

POISE_MULTIVERSION void sum_weighted(double h, std::span<weighted const> terms, double* result,
                                     std::size_t n) noexcept {
    add_all(nullptr, h, terms, result, n);
}

namespace {

constexpr double least_weight = std::numeric_limits<double>::min();

[[gnu::always_inline]] inline double share(double e, double y, double z, double rtol, double atol) {
    double const larger = std::abs(y) > std::abs(z) ? std::abs(y) : std::abs(z);
    double const weight = atol + rtol * larger;
    double const s = e / (weight < least_weight ? least_weight : weight);
    return s * s;
}

POISE_MULTIVERSION double square_of_block(double const* e, double const* y, double const* z, double rtol, double atol,
                                          double const* atol_of_each, std::size_t n) {
    std::array<double, 8> lanes{};
    std::size_t const whole = n / 8 * 8;
    if (atol_of_each == nullptr)
        for (std::size_t i = 0; i < whole; i += 8)
            for (std::size_t l = 0; l < 8; ++l) lanes[l] += share(e[i + l], y[i + l], z[i + l], rtol, atol);
    else
        for (std::size_t i = 0; i < whole; i += 8)
            for (std::size_t l = 0; l < 8; ++l)
                lanes[l] += share(e[i + l], y[i + l], z[i + l], rtol, atol_of_each[i + l]);
    for (std::size_t i = whole; i < n; ++i)
        lanes[i - whole] += share(e[i], y[i], z[i], rtol, atol_of_each == nullptr ? atol : atol_of_each[i]);
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

}  // namespace

// Sums of so many are added up.
constexpr std::size_t block = 512;

double weighted_square(double const* e, double const* y, double const* z, error_weights const& weights,
                       std::size_t n) noexcept {
    double sum = 0.0;
    for (std::size_t from = 0; from < n; from += block) {
        double const* const each = weights.atol_of_each == nullptr ? nullptr : weights.atol_of_each + from;
        sum +=
            square_of_block(e + from, y + from, z + from, weights.rtol, weights.atol, each, std::min(block, n - from));
    }
    return sum;
}

}  // namespace poise::ode::detail
