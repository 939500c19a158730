// SPDX-License-Identifier: MIT
// Data that change with time, as the stages of the implicit method take them.
#include "pde/esdirk4.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>

using poise::pde::detail::data_of_stages;

namespace {

constexpr auto const& method = poise::ode::esdirk4::tableau;
constexpr std::size_t s = method.n_stages;
using vector = std::array<double, s>;

vector powers(int k) {
    vector v;
    for (std::size_t i = 0; i < s; ++i) v[i] = std::pow(method.c[i], k);
    return v;
}
double dot(vector const& a, vector const& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < s; ++i) sum += a[i] * b[i];
    return sum;
}

}  // namespace

// Σ_k weights_ik c_k^m = Σ_j a_ij m c_j^{m-1} for all m up to 5: the derivative's integral by the stage.
TEST(Esdirk4Data, TakesDataByTheirDerivative) {
    auto const weights = data_of_stages();
    for (std::size_t i = 0; i < s; ++i) {
        EXPECT_NEAR(dot(weights[i], powers(0)), 1.0, 1e-12);
        for (int m = 1; m <= 5; ++m) {
            double expected = 0.0;
            for (std::size_t j = 0; j < s; ++j) expected += method.a[i][j] * m * std::pow(method.c[j], m - 1);
            EXPECT_NEAR(dot(weights[i], powers(m)), expected, 1e-12) << i << ' ' << m;
        }
    }
}
