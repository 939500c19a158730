// SPDX-License-Identifier: MIT
#include "linear/transform/fft_tables.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>

using namespace poise::linear::detail;

TEST(FftTables, RootsOfUnityAreExactWhereTheyCanBe) {
    EXPECT_EQ(root_of_unity(0, 7), std::complex(1.0, 0.0));
    EXPECT_EQ(root_of_unity(1, 4).imag(), 1.0);
    EXPECT_EQ(root_of_unity(2, 4).real(), -1.0);
    EXPECT_EQ(root_of_unity(-1, 4).imag(), -1.0);
    EXPECT_EQ(root_of_unity(5, 30), root_of_unity(65, 30));
}

TEST(FftTables, RootsOfUnityAreRightToTheLastBits) {
    for (int n : {3, 8, 17, 100, 4096, 99'991})
        for (int k = -n; k < 2 * n; k += 1 + n / 50) {
            long double const angle = 2.0L * std::numbers::pi_v<long double> * k / n;
            EXPECT_NEAR(root_of_unity(k, n).real(), static_cast<double>(std::cos(angle)), 3e-16) << k << "/" << n;
            EXPECT_NEAR(root_of_unity(k, n).imag(), static_cast<double>(std::sin(angle)), 3e-16) << k << "/" << n;
        }
}

TEST(FftTables, PositionsAreAPermutation) {
    for (int n = 1; n <= 200; ++n) {
        plan_memory memory;
        auto const plan = memory.plan_fft(n);
        std::vector<bool> seen(static_cast<std::size_t>(n));
        for (int k = 0; k < n; ++k) {
            ASSERT_TRUE(plan.position[k] >= 0 && plan.position[k] < n);
            EXPECT_FALSE(seen[static_cast<std::size_t>(plan.position[k])]) << n;
            seen[static_cast<std::size_t>(plan.position[k])] = true;
        }
    }
}
