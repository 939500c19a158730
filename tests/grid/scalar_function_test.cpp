// SPDX-License-Identifier: MIT
#include "support/expect_message.hpp"

#include <poise/grid/scalar_function.hpp>

#include <gtest/gtest.h>

namespace poise::grid {
namespace {

using poise_test::expect_message;

cartesian<2> const two_by_two{{.upper = {2, 2}, .cells = {2, 2}}};

std::vector<double> evaluated(scalar_function<2> const& f) {
    std::vector<double> out(two_by_two.size(), -1.0);
    f.evaluate(two_by_two, out);
    return out;
}

TEST(ScalarFunction, IsANumber) {
    scalar_function<2> const f = 3.0;
    ASSERT_NE(f.constant(), nullptr);
    EXPECT_EQ(*f.constant(), 3.0);
    EXPECT_EQ(f.values(), nullptr);
    EXPECT_EQ(f({0.1, 0.2}), 3.0);
    EXPECT_EQ(evaluated(f), std::vector<double>(4, 3.0));
    EXPECT_EQ(*scalar_function<2>{}.constant(), 0.0);
}

TEST(ScalarFunction, IsACallable) {
    scalar_function<2> const f = [](double x, double y) { return x + 10.0 * y; };
    EXPECT_EQ(f.constant(), nullptr);
    EXPECT_EQ(f({1.0, 2.0}), 21.0);
    EXPECT_EQ(evaluated(f), (std::vector<double>{5.5, 6.5, 15.5, 16.5}));
}

TEST(ScalarFunction, IsAField) {
    scalar_function<2> const f = field<2>{two_by_two, {1, 2, 3, 4}};
    ASSERT_NE(f.values(), nullptr);
    EXPECT_EQ(evaluated(f), (std::vector<double>{1, 2, 3, 4}));
    expect_message<std::invalid_argument>([&] { (void)f({1.0, 1.0}); }, "a field has values at its own points only");
}

TEST(ScalarFunction, RefusesAFieldOfAnotherGrid) {
    cartesian<2> const shifted{{.lower = {1, 1}, .upper = {3, 3}, .cells = {2, 2}}};
    expect_message<std::invalid_argument>([&] { (void)evaluated(field<2>{shifted}); },
                                          "grid of 4 points, not on this one of 4, or its bounds or centring differ");
}

TEST(ScalarFunction, RefusesTheWrongRoom) {
    std::vector<double> out(3);
    expect_message<std::invalid_argument>([&] { scalar_function<2>{1.0}.evaluate(two_by_two, out); },
                                          "room for 3 values, the grid has 4 points");
}

TEST(ScalarFunction, AcceptsFunctionsOfItsOwnDimensionOnly) {
    auto const of_two = [](double x, double y) { return x * y; };
    static_assert(function_of_coordinates<decltype(of_two), 2>);
    static_assert(!function_of_coordinates<decltype(of_two), 1>);
    static_assert(!function_of_coordinates<decltype(of_two), 3>);
    static_assert(!std::is_constructible_v<scalar_function<3>, decltype(of_two)>);
    static_assert(!std::is_constructible_v<scalar_function<2>, char const*>);
}

}  // namespace
}  // namespace poise::grid
