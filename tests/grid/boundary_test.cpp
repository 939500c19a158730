// SPDX-License-Identifier: MIT
#include "support/expect_message.hpp"

#include <poise/grid/boundary.hpp>

#include <gtest/gtest.h>

namespace poise::grid {
namespace {

using poise_test::expect_message;

TEST(Boundary, HoldsEverywhere) {
    boundary<3> const walls = neumann{2.5};
    for (condition_kind const kind : walls.kinds()) EXPECT_EQ(kind, condition_kind::neumann);
    EXPECT_EQ(*walls.at(side::z_upper).value.constant(), 2.5);
}

TEST(Boundary, SetsOneSide) {
    boundary<2> walls = dirichlet{1.0};
    walls.on(side::x_upper, neumann{3.0}).on(side::y_lower, dirichlet{[](double x, double) { return x; }});
    condition_kinds<2> expected{};
    expected.fill(condition_kind::dirichlet);
    expected[1] = condition_kind::neumann;
    EXPECT_EQ(walls.kinds(), expected);
    EXPECT_EQ(*walls.at(0, 1).value.constant(), 3.0);
    EXPECT_EQ(walls.at(1, 0).value({0.25, 0.0}), 0.25);
    EXPECT_EQ(*walls.at(side::x_lower).value.constant(), 1.0);
}

TEST(Boundary, HoldsTheCoefficientOfARobinSide) {
    boundary<2> walls = robin{2.0, 3.0};
    walls.on(side::y_upper, robin{[](double x, double) { return x; }, 1.0});
    for (condition_kind const kind : walls.kinds()) EXPECT_EQ(kind, condition_kind::robin);
    EXPECT_EQ(*walls.at(side::x_lower).coefficient.constant(), 2.0);
    EXPECT_EQ(*walls.at(side::x_lower).value.constant(), 3.0);
    EXPECT_EQ(walls.at(side::y_upper).coefficient({0.25, 1.0}), 0.25);
    field<2> const data{cartesian<2>{{.cells = {2, 2}}}};
    expect_message<std::invalid_argument>([&] { walls = robin{data, 1.0}; }, "not a field");
}

TEST(Boundary, MakesBothSidesOfADirectionPeriodic) {
    boundary<2> walls = neumann{0.0};
    walls.on(side::y_upper, periodic{});
    EXPECT_EQ(walls.kinds(), (condition_kinds<2>{condition_kind::neumann, condition_kind::neumann,
                                                 condition_kind::periodic, condition_kind::periodic}));
    boundary<3> const torus = periodic{};
    for (condition_kind const kind : torus.kinds()) EXPECT_EQ(kind, condition_kind::periodic);
    expect_message<std::invalid_argument>([&] { walls.on(side::y_lower, dirichlet{0.0}); },
                                          "y is periodic on both sides");
}

TEST(Boundary, RefusesKindsThatArePeriodicOnOneSide) {
    condition_kinds<3> kinds{};
    kinds[4] = condition_kind::periodic;
    expect_message<std::invalid_argument>([&] { require_periodic_in_pairs<3>(kinds); },
                                          "z is periodic on its lower side only");
}

TEST(Boundary, RefusesASideItDoesNotHave) {
    boundary<1> line = dirichlet{0.0};
    expect_message<std::invalid_argument>([&] { line.on(side::y_upper, neumann{0.0}); },
                                          "side y_upper does not exist in 1 dimension");
    boundary<2> plane = dirichlet{0.0};
    expect_message<std::invalid_argument>([&] { plane.on(side::z_lower, neumann{0.0}); },
                                          "side z_lower does not exist in 2 dimensions");
}

TEST(Boundary, RefusesFields) {
    field<2> const data{cartesian<2>{{.cells = {2, 2}}}};
    boundary<2> walls = dirichlet{0.0};
    expect_message<std::invalid_argument>([&] { walls.on(side::x_lower, dirichlet{data}); }, "not a field");
    expect_message<std::invalid_argument>([&] { walls = neumann{data}; }, "not a field");
}

}  // namespace
}  // namespace poise::grid
