// SPDX-License-Identifier: MIT
#include "core/multiversion.hpp"

#include <poise/ode/detail/linear_combinations.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace poise::ode::detail {
namespace {

// What of every vector stays in the first cache while all terms are added to it.
constexpr std::size_t block = 512;

// result = start + Σ weight·vector, three terms at a time.
[[gnu::always_inline]] inline void add_terms(std::span<weighted const> terms, double h, std::size_t from,
                                             double* result, std::size_t n) {
    std::size_t t = 0;
    for (; t + 3 <= terms.size(); t += 3) {
        double const a = h * terms[t].weight, b = h * terms[t + 1].weight, c = h * terms[t + 2].weight;
        double const *x = terms[t].vector + from, *y = terms[t + 1].vector + from, *z = terms[t + 2].vector + from;
#pragma GCC ivdep
        for (std::size_t i = 0; i < n; ++i) result[i] += (a * x[i] + b * y[i]) + c * z[i];
    }
    for (; t < terms.size(); ++t) {
        double const a = h * terms[t].weight;
        double const* x = terms[t].vector + from;
#pragma GCC ivdep
        for (std::size_t i = 0; i < n; ++i) result[i] += a * x[i];
    }
}

}  // namespace

POISE_MULTIVERSION void add_weighted(double const* y, double h, std::span<weighted const> terms, double* result,
                                     std::size_t n) noexcept {
    for (std::size_t from = 0; from < n; from += block) {
        std::size_t const length = std::min(block, n - from);
        if (result != y) std::copy_n(y + from, length, result + from);
        add_terms(terms, h, from, result + from, length);
    }
}

POISE_MULTIVERSION void sum_weighted(double h, std::span<weighted const> terms, double* result,
                                     std::size_t n) noexcept {
    for (std::size_t from = 0; from < n; from += block) {
        std::size_t const length = std::min(block, n - from);
        std::fill_n(result + from, length, 0.0);
        add_terms(terms, h, from, result + from, length);
    }
}

namespace {

[[gnu::always_inline]] inline double share(double e, double y, double z, double rtol, double atol) {
    double const larger = std::abs(y) > std::abs(z) ? std::abs(y) : std::abs(z);
    double const s = e / (atol + rtol * larger);
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
