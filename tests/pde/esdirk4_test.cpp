// SPDX-License-Identifier: MIT
// The coefficients of the implicit method in time against the conditions they are to meet.
#include "pde/esdirk4.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <complex>
#include <cstddef>

using poise::pde::detail::esdirk4;

namespace {

constexpr std::size_t s = esdirk4::n_stages;
using vector = std::array<double, s>;

vector powers(int k) {
    vector v;
    for (std::size_t i = 0; i < s; ++i) v[i] = std::pow(esdirk4::c[i], k);
    return v;
}
vector A_times(vector const& v) {
    vector result{};
    for (std::size_t i = 0; i < s; ++i)
        for (std::size_t j = 0; j < s; ++j) result[i] += esdirk4::a[i][j] * v[j];
    return result;
}
vector times(vector a, vector const& b) {
    for (std::size_t i = 0; i < s; ++i) a[i] *= b[i];
    return a;
}
double dot(vector const& a, vector const& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < s; ++i) sum += a[i] * b[i];
    return sum;
}

// Of the trees of up to three nodes, and of four.
void expect_order_3(vector const& b) {
    EXPECT_NEAR(dot(b, powers(0)), 1.0, 1e-14);
    EXPECT_NEAR(dot(b, powers(1)), 1.0 / 2, 1e-14);
    EXPECT_NEAR(dot(b, powers(2)), 1.0 / 3, 1e-14);
    EXPECT_NEAR(dot(b, A_times(powers(1))), 1.0 / 6, 1e-14);
}
std::array<double, 4> errors_of_order_4(vector const& b) {
    return {dot(b, powers(3)) - 1.0 / 4, dot(b, times(powers(1), A_times(powers(1)))) - 1.0 / 8,
            dot(b, A_times(powers(2))) - 1.0 / 12, dot(b, A_times(A_times(powers(1)))) - 1.0 / 24};
}

// What a step makes of y' = λy, z = λh: the stages one after the other.
std::complex<double> stability(std::complex<double> z, vector const& b) {
    std::array<std::complex<double>, s> Y;
    std::complex<double> result = 1.0;
    for (std::size_t i = 0; i < s; ++i) {
        std::complex<double> base = 1.0;
        for (std::size_t j = 0; j < i; ++j) base += z * esdirk4::a[i][j] * Y[j];
        Y[i] = base / (1.0 - z * esdirk4::a[i][i]);
        result += z * b[i] * Y[i];
    }
    return result;
}

}  // namespace

TEST(Esdirk4, IsOfOrder4WithAnEmbeddedOrder3) {
    expect_order_3(esdirk4::b);
    for (double const error : errors_of_order_4(esdirk4::b)) EXPECT_NEAR(error, 0.0, 1e-14);
    expect_order_3(esdirk4::embedded);
    for (double const error : errors_of_order_4(esdirk4::embedded)) EXPECT_GT(std::abs(error), 1e-4);
}

TEST(Esdirk4, HasStageOrder2AndOneDiagonal) {
    for (std::size_t i = 0; i < s; ++i) {
        EXPECT_NEAR(A_times(powers(0))[i], esdirk4::c[i], 1e-14);
        EXPECT_NEAR(A_times(powers(1))[i], 0.5 * esdirk4::c[i] * esdirk4::c[i], 1e-14);
        EXPECT_EQ(esdirk4::a[i][i], i == 0 ? 0.0 : esdirk4::gamma);
        for (std::size_t j = i + 1; j < s; ++j) EXPECT_EQ(esdirk4::a[i][j], 0.0);
    }
    EXPECT_EQ(esdirk4::a[5], esdirk4::b) << "stiffly accurate";
}

TEST(Esdirk4, IsLStable) {
    EXPECT_LT(std::abs(stability(-1e12, esdirk4::b)), 1e-6);
    for (double y = 0.0; y < 50.0; y += 0.05) EXPECT_LE(std::abs(stability({0.0, y}, esdirk4::b)), 1.0 + 1e-12) << y;
}

// Σ_k weights_ik c_k^m = Σ_j a_ij m c_j^{m-1} for all m up to 5: the derivative's integral by the stage.
TEST(Esdirk4, TakesDataByTheirDerivative) {
    auto const weights = esdirk4::data_of_stages();
    for (std::size_t i = 0; i < s; ++i) {
        EXPECT_NEAR(dot(weights[i], powers(0)), 1.0, 1e-12);
        for (int m = 1; m <= 5; ++m) {
            double expected = 0.0;
            for (std::size_t j = 0; j < s; ++j) expected += esdirk4::a[i][j] * m * std::pow(esdirk4::c[j], m - 1);
            EXPECT_NEAR(dot(weights[i], powers(m)), expected, 1e-12) << i << ' ' << m;
        }
    }
}

TEST(Esdirk4, GuessesStagesThatArePolynomials) {
    auto const weights = esdirk4::guesses();
    for (std::size_t i = 1; i < s; ++i)
        for (int m = 0; m < static_cast<int>(i); ++m)
            EXPECT_NEAR(dot(weights[i], powers(m)), std::pow(esdirk4::c[i], m + 1) / (m + 1), 1e-13) << i << ' ' << m;
}
