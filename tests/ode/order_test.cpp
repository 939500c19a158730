// SPDX-License-Identifier: MIT
// Observed orders of the explicit methods: of steps of one size, of the dense output between them, and of the error at
// the end against the tolerance.
#include "ode/methods.hpp"

#include <array>
#include <cmath>
#include <vector>

using namespace poise;

namespace {

// y' = y cos t, y = exp(sin t); with a second component that couples, z' = -z² / y, z = 1 / (1 + ∫ 1/y) has no closed
// form, so a rotation with a frequency that grows: z = cos(t²/2), w = sin(t²/2).
using state = std::array<double, 3>;
auto const slope = [](double t, state const& y, state& dydt) { dydt = {y[0] * std::cos(t), -t * y[2], t * y[1]}; };
state exact(double t) { return {std::exp(std::sin(t)), std::cos(0.5 * t * t), std::sin(0.5 * t * t)}; }
double distance(state const& a, state const& b) {
    double largest = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
}
ode::problem const swinging{slope, exact(0.0), {0.0, 3.0}};

// The slope of log error over log size, between the first and the last, by least squares.
double observed_order(std::vector<double> const& sizes, std::vector<double> const& errors) {
    double sx = 0, sy = 0, sxx = 0, sxy = 0;
    auto const n = static_cast<double>(sizes.size());
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        double const x = std::log(sizes[i]), y = std::log(errors[i]);
        sx += x, sy += y, sxx += x * x, sxy += x * y;
    }
    return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

template <class Method>
class Order : public testing::Test {
protected:
    // Where the error is far above rounding still: dense output of order 9 has weights of 10⁴.
    static std::vector<int> numbers_of_steps(int order = Method::order) {
        switch (order) {
            case 3:
                return {256, 512, 1024, 2048};
            case 5:
                return {64, 128, 256, 512};
            case 7:
                return {16, 24, 36, 54};
            case 8:
                return {16, 24, 36, 54};
            case 9:
                return {14, 18, 23, 30};
            default:
                return {6, 8, 10, 13};
        }
    }
};
TYPED_TEST_SUITE(Order, poise_test::explicit_methods, poise_test::method_names);

}  // namespace

TYPED_TEST(Order, OfFixedStepsIsTheMethods) {
    std::vector<double> sizes, errors;
    for (int const n : this->numbers_of_steps()) {
        auto const solution = ode::solve(swinging, TypeParam{}, {.fixed_step = 3.0 / n, .keep = ode::keep::ends});
        EXPECT_EQ(solution.statistics.n_steps, static_cast<std::size_t>(n));
        sizes.push_back(3.0 / n);
        errors.push_back(distance(solution.y.back(), exact(3.0)));
    }
    EXPECT_GT(observed_order(sizes, errors), TypeParam::order - 0.1);
    EXPECT_LT(observed_order(sizes, errors), TypeParam::order + 0.8) << "or it says nothing of the method";
}

TYPED_TEST(Order, OfDenseOutputIsOneMoreThanItsPolynomials) {
    std::vector<double> sizes, errors;
    for (int const n : this->numbers_of_steps(TypeParam::dense_order == 9 ? 10 : TypeParam::order)) {
        auto const solution = ode::solve(swinging, TypeParam{}, {.fixed_step = 3.0 / n});
        double largest = 0.0;
        for (int i = 0; i <= 1000; ++i) largest = std::max(largest, distance(solution(3.0e-3 * i), exact(3.0e-3 * i)));
        sizes.push_back(3.0 / n);
        errors.push_back(largest);
    }
    int const expected = std::min(TypeParam::order, TypeParam::dense_order + 1);
    EXPECT_GT(observed_order(sizes, errors), expected - 0.2);
}

TYPED_TEST(Order, OfTheErrorFollowsTheTolerance) {
    std::vector<double> tolerances, errors;
    for (double const rtol : {1e-5, 1e-7, 1e-9, 1e-11}) {
        auto const solution = ode::solve(swinging, TypeParam{}, {.rtol = rtol, .atol = rtol, .keep = ode::keep::ends});
        tolerances.push_back(rtol);
        errors.push_back(distance(solution.y.back(), exact(3.0)));
        EXPECT_LT(errors.back(), 30.0 * rtol);
        EXPECT_GT(errors.back(), 1e-4 * rtol);
    }
    double const exponent = observed_order(tolerances, errors);
    EXPECT_GT(exponent, 0.7);
    EXPECT_LT(exponent, 1.3);
}
