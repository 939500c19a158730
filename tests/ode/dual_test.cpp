// SPDX-License-Identifier: MIT
// Duals carry the derivatives that differences of higher order find.
#include <poise/ode/dual.hpp>

#include <gtest/gtest.h>

#include <cmath>

using poise::ode::dual;

namespace {

// By a central difference of fourth order, to some 11 digits.
template <class F>
double slope(F const& f, double x) {
    double const h = 1e-3 * std::max(0.1, std::abs(x));
    return (8.0 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12.0 * h);
}

template <class F>
void check(F const& f, double x) {
    auto const y = f(dual<2>{x, 1});
    EXPECT_DOUBLE_EQ(y.value, f(x));
    EXPECT_EQ(y.derivative[0], 0.0) << "of a variable that is not in it";
    EXPECT_NEAR(y.derivative[1], slope(f, x), 1e-8 * std::max(1.0, std::abs(y.derivative[1]))) << "at " << x;
}

}  // namespace

TEST(Dual, DerivesTheFunctionsOfTheStandard) {
    using namespace std;
    for (double const x : {0.2, 0.7}) {
        check([](auto const& v) { return sqrt(v); }, x);
        check([](auto const& v) { return cbrt(v); }, x);
        check([](auto const& v) { return exp(v); }, x);
        check([](auto const& v) { return expm1(v); }, x);
        check([](auto const& v) { return log(v); }, x);
        check([](auto const& v) { return log1p(v); }, x);
        check([](auto const& v) { return log10(v); }, x);
        check([](auto const& v) { return sin(v); }, x);
        check([](auto const& v) { return cos(v); }, x);
        check([](auto const& v) { return tan(v); }, x);
        check([](auto const& v) { return asin(v); }, x);
        check([](auto const& v) { return acos(v); }, x);
        check([](auto const& v) { return atan(v); }, x);
        check([](auto const& v) { return sinh(v); }, x);
        check([](auto const& v) { return cosh(v); }, x);
        check([](auto const& v) { return tanh(v); }, x);
        check([](auto const& v) { return pow(v, 2.5); }, x);
        check([](auto const& v) { return pow(v, 0.0); }, x);
        check([](auto const& v) { return pow(3.0, v); }, x);
        check([](auto const& v) { return pow(v, v); }, x);
        check([](auto const& v) { return hypot(v, 2.0 * v + 1.0); }, x);
        check([](auto const& v) { return atan2(v * v, 1.0 - v); }, x);
        check([](auto const& v) { return abs(-v) + fabs(v); }, x);
        check([](auto const& v) { return max(v, 0.5 * v) - min(v, 3.0 * v); }, x);
    }
}

TEST(Dual, DerivesArithmetic) {
    for (double const x : {-1.5, 0.3, 2.0}) {
        check([](auto const& v) { return (v + 1.0) * (2.0 + v) - (v - 3.0) * (4.0 - v); }, x);
        check([](auto const& v) { return v / (v * v + 1.0) + 2.0 / (3.0 + v * v) - v / 7.0 + -v + +v; }, x);
        check(
            [](auto const& v) {
                auto w = v;
                w += v * v;
                w -= 0.5 * v;
                w *= w;
                w /= v + 5.0;
                return w;
            },
            x);
    }
}

TEST(Dual, ComparesByItsValue) {
    dual<1> const a{1.0, 0}, b{2.0};
    EXPECT_TRUE(a < b && b > a && a <= b && a != b && a < 1.5 && 3.0 > b);
    EXPECT_TRUE(isfinite(a));
    EXPECT_FALSE(isfinite(a / 0.0));
}
