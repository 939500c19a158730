// SPDX-License-Identifier: MIT
#include <poise/linear/eigenvalues.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <vector>

using namespace poise;

namespace {

auto eigenvalues_of(std::vector<double> const& by_columns, std::ptrdiff_t n) {
    return linear::eigenvalues({by_columns.data(), {n, n}});
}

}  // namespace

TEST(Eigenvalues, OfARotationAreImaginary) {
    auto const found = eigenvalues_of({0.0, 3.0, -3.0, 0.0}, 2);
    ASSERT_EQ(found.size(), 2u);
    EXPECT_NEAR(std::abs(found[0] - std::complex{0.0, 3.0}), 0.0, 1e-14);
    EXPECT_NEAR(std::abs(found[1] - std::complex{0.0, -3.0}), 0.0, 1e-14);
}

TEST(Eigenvalues, OfDifferencesAreKnown) {
    constexpr std::ptrdiff_t n = 20;
    std::vector<double> A(n * n);
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        A[static_cast<std::size_t>(i + n * i)] = 2.0;
        if (i > 0) A[static_cast<std::size_t>(i + n * (i - 1))] = A[static_cast<std::size_t>(i - 1 + n * i)] = -1.0;
    }
    auto const found = eigenvalues_of(A, n);
    for (std::ptrdiff_t k = 0; k < n; ++k) {
        double const exact = 2.0 - 2.0 * std::cos(std::numbers::pi * static_cast<double>(n - k) / (n + 1.0));
        EXPECT_NEAR(found[static_cast<std::size_t>(k)].real(), exact, 1e-13) << "of falling magnitude";
        EXPECT_EQ(found[static_cast<std::size_t>(k)].imag(), 0.0);
    }
}

TEST(Eigenvalues, AreRefusedForWhatIsNoMatrixOfNumbers) {
    EXPECT_TRUE(eigenvalues_of({}, 0).empty());
    std::vector<double> const six(6, 1.0);
    EXPECT_THROW((void)linear::eigenvalues({six.data(), {2, 3}}), std::invalid_argument);
    EXPECT_THROW((void)eigenvalues_of({std::numeric_limits<double>::quiet_NaN()}, 1), std::invalid_argument);
}
