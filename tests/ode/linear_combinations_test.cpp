// SPDX-License-Identifier: MIT
#include <poise/ode/detail/linear_combinations.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

using namespace poise::ode::detail;

namespace {

std::vector<double> wavy(std::size_t n, double frequency) {
    std::vector<double> v(n);
    for (std::size_t i = 0; i < n; ++i) v[i] = std::sin(frequency * static_cast<double>(i + 1));
    return v;
}

}  // namespace

TEST(LinearCombinations, AddWhatTheyShouldAtEveryLength) {
    for (std::size_t const n : {0u, 1u, 7u, 8u, 511u, 512u, 513u, 2000u})
        for (std::size_t n_terms = 0; n_terms <= 26; n_terms += n_terms < 8 ? 1 : 6) {
            auto const y = wavy(n, 0.3);
            std::vector<std::vector<double>> vectors;
            std::vector<weighted> terms;
            for (std::size_t k = 0; k < n_terms; ++k) vectors.push_back(wavy(n, 0.1 * static_cast<double>(k + 1)));
            for (std::size_t k = 0; k < n_terms; ++k)
                terms.push_back({static_cast<double>(k) - 2.5, vectors[k].data()});
            std::vector<double> added(n, -7.0), sum(n, -7.0);
            add_weighted(y.data(), 0.25, terms, added.data(), n);
            sum_weighted(0.25, terms, sum.data(), n);
            for (std::size_t i = 0; i < n; ++i) {
                double expected = 0.0;
                for (auto const& term : terms) expected += 0.25 * term.weight * term.vector[i];
                EXPECT_NEAR(sum[i], expected, 1e-13);
                EXPECT_NEAR(added[i], y[i] + expected, 1e-13);
            }
        }
}

TEST(LinearCombinations, WeighErrorsByTheLargerOfBothStates) {
    for (std::size_t const n : {1u, 9u, 512u, 700u}) {
        auto const e = wavy(n, 0.9), y = wavy(n, 0.3), z = wavy(n, 0.7);
        std::vector<double> each(n);
        for (std::size_t i = 0; i < n; ++i) each[i] = 1e-3 * static_cast<double>(i + 1);
        double one = 0.0, of_each = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            double const larger = std::max(std::abs(y[i]), std::abs(z[i]));
            one += std::pow(e[i] / (1e-2 + 0.1 * larger), 2);
            of_each += std::pow(e[i] / (each[i] + 0.1 * larger), 2);
        }
        EXPECT_NEAR(weighted_square(e.data(), y.data(), z.data(), {0.1, 1e-2, nullptr}, n) / one, 1.0, 1e-13);
        EXPECT_NEAR(weighted_square(e.data(), y.data(), z.data(), {0.1, 0.0, each.data()}, n) / of_each, 1.0, 1e-13);
    }
    double const bad[] = {1.0, std::nan("")}, fine[] = {1.0, 1.0};
    EXPECT_FALSE(weighted_square(bad, fine, fine, {1.0, 1.0, nullptr}, 2) <= 1.0) << "NaN is no small error";
}
