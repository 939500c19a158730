// SPDX-License-Identifier: MIT
// Data that change with time, and the report of a solve in time.
#include "support/expect_message.hpp"
#include "support/message_of.hpp"

#include <poise/pde/evolution.hpp>
#include <poise/pde/in_time.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <stdexcept>
#include <vector>

using namespace poise;
using poise_test::expect_message;
using poise_test::message_of;

namespace {

grid::cartesian<2> const square{{.cells = {3, 2}}};

template <std::size_t D>
std::vector<double> values_at(pde::source_in_time<D> const& source, double t, grid::cartesian<D> const& grid) {
    std::vector<double> values(grid.size()), same(grid.size());
    source.evaluate(t, grid, values);
    source.at(t).evaluate(grid, same);
    EXPECT_EQ(values, same);
    return values;
}

}  // namespace

TEST(SourceInTime, IsConstantWhereItIsMadeOfWhatHasNoTime) {
    auto const of_place = [](double x, double y) { return x + 2.0 * y; };
    auto const sampled = grid::sample(square, of_place);
    std::vector<double> const expected{sampled.values().begin(), sampled.values().end()};
    for (pde::source_in_time<2> const& source : {pde::source_in_time<2>{of_place}, pde::source_in_time<2>{sampled},
                                                 pde::source_in_time<2>{grid::scalar_function<2>{sampled}}}) {
        EXPECT_TRUE(source.is_constant());
        EXPECT_EQ(values_at(source, 3.0, square), expected);
    }
    for (pde::source_in_time<2> const& source : {pde::source_in_time<2>{2}, pde::source_in_time<2>{2.0}}) {
        EXPECT_TRUE(source.is_constant());
        EXPECT_EQ(values_at(source, 3.0, square), std::vector<double>(6, 2.0));
    }
    EXPECT_EQ(values_at(pde::source_in_time<2>{}, 0.0, square), std::vector<double>(6, 0.0));
}

TEST(SourceInTime, TakesFunctionsOfPlaceAndTime) {
    pde::source_in_time<2> const source = [](double x, double y, double t) { return t * (x + 2.0 * y); };
    EXPECT_FALSE(source.is_constant());
    auto const expected = grid::sample(square, [](double x, double y) { return 3.0 * (x + 2.0 * y); });
    EXPECT_EQ(values_at(source, 3.0, square), std::vector<double>(expected.values().begin(), expected.values().end()));
}

TEST(SourceInTime, TakesFunctionsOfTimeThatGiveFunctionsOfPlace) {
    pde::source_in_time<2> const number = [](double t) { return 2.0 * t; };
    EXPECT_FALSE(number.is_constant());
    EXPECT_EQ(values_at(number, 1.5, square), std::vector<double>(6, 3.0));
    pde::source_in_time<2> const field = [](double t) { return grid::field<2>{square, t}; };
    EXPECT_FALSE(field.is_constant());
    EXPECT_EQ(values_at(field, 1.5, square), std::vector<double>(6, 1.5));
}

TEST(SourceInTime, OnALineANumberOfOneNumberIsOfPlace) {
    grid::cartesian<1> const line{{.cells = {2}}};
    pde::source_in_time<1> const of_place = [](double x) { return x; };
    EXPECT_TRUE(of_place.is_constant());
    EXPECT_EQ(values_at(of_place, 9.0, line), (std::vector<double>{0.25, 0.75}));
    pde::source_in_time<1> const of_both = [](double x, double t) { return x * t; };
    EXPECT_FALSE(of_both.is_constant());
    EXPECT_EQ(values_at(of_both, 4.0, line), (std::vector<double>{1.0, 3.0}));
    pde::source_in_time<1> const of_time = [](double t) { return grid::scalar_function<1>{t}; };
    EXPECT_FALSE(of_time.is_constant());
    EXPECT_EQ(values_at(of_time, 4.0, line), (std::vector<double>{4.0, 4.0}));
}

TEST(SourceInTime, RefusesRoomOfAnotherSize) {
    std::vector<double> few(5);
    pde::source_in_time<2> const source = [](double, double, double t) { return t; };
    expect_message<std::invalid_argument>([&] { source.evaluate(0.0, square, few); },
                                          "room for 5 values, the grid has 6 points");
}

TEST(BoundaryInTime, IsConstantWhereItIsMadeOfConditions) {
    pde::boundary_in_time<2> const same = grid::dirichlet{2.0};
    EXPECT_TRUE(same.is_constant());
    EXPECT_EQ(same.at(7.0).at(0, 0).value({0.0, 0.0}), 2.0);
    auto mixed = grid::boundary<2>{grid::neumann{0.0}};
    mixed.on(grid::side::y_upper, grid::dirichlet{[](double x, double) { return x; }});
    pde::boundary_in_time<2> const of_sides = mixed;
    EXPECT_TRUE(of_sides.is_constant());
    EXPECT_EQ(of_sides.at(7.0).kinds(), mixed.kinds());
}

TEST(BoundaryInTime, FollowsTime) {
    pde::boundary_in_time<2> const number = [](double t) { return grid::dirichlet{std::sin(t)}; };
    EXPECT_FALSE(number.is_constant());
    EXPECT_EQ(number.constant(), nullptr);
    EXPECT_EQ(number.at(1.0).at(1, 1).value({0.0, 0.0}), std::sin(1.0));
    pde::boundary_in_time<2> const of_place = [](double t) {
        return grid::boundary<2>{grid::neumann{[t](double x, double) { return x * t; }}};
    };
    EXPECT_EQ(of_place.at(2.0).at(0, 1).value({3.0, 0.0}), 6.0);
}

TEST(BoundaryInTime, RefusesASideOfAnotherKind) {
    pde::boundary_in_time<2> const boundary = [](double t) {
        auto sides = grid::boundary<2>{grid::dirichlet{0.0}};
        if (t > 1.0) sides.on(grid::side::y_upper, grid::neumann{0.0});
        return sides;
    };
    auto const kinds = boundary.at(0.0).kinds();
    EXPECT_EQ(boundary.at(1.0, kinds).kinds(), kinds);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { (void)boundary.at(1.5, kinds); }),
              "the upper side of y is Neumann, and it was Dirichlet; the data of a side may change with "
              "time, its kind may not: solve up to that time, and go on from there with the other condition");
}

TEST(EvolutionReport, IsOneLine) {
    pde::evolution_report report;
    report.reason = ode::stop_reason::reached_end;
    report.method = "SDIRK 4(3)";
    report.t = report.t_end = 0.5;
    report.n_steps = 20;
    report.n_rejected = 1;
    report.n_solves = 105;
    report.n_iterations = 230;
    report.n_unknowns = 64;
    report.solve_s = 0.0125;
    report.conserved.push_back(
        {.name = "heat content", .first = 1.0, .last = 0.5, .supplied = -0.5, .largest_drift = 1e-9});
    report.conserved.push_back({.name = "followed by nobody", .first = 2.0, .last = 1.0});
    std::ostringstream out;
    out << report;
    EXPECT_EQ(out.str(),
              "SDIRK 4(3) reached the end, t = 0.5: 20 steps, 1 rejected, 105 solves, 230 iterations, 64 unknowns, "
              "12.50 ms; heat content 1 to 0.5, drift 1e-09; followed by nobody 2 to 1");
    EXPECT_TRUE(static_cast<bool>(report));
    report.or_throw();
}

TEST(EvolutionReport, ThrowsWhatToDo) {
    pde::evolution_report report;
    report.method = "SDIRK 4(3)";
    report.t = 0.25;
    report.t_end = 0.5;
    report.last_step = 1e-3;
    auto const thrown = [&](ode::stop_reason reason) {
        report.reason = reason;
        EXPECT_FALSE(static_cast<bool>(report));
        return message_of<pde::not_converged>([&] { report.or_throw(); });
    };
    EXPECT_EQ(thrown(ode::stop_reason::max_steps),
              "SDIRK 4(3) stopped at max_steps, t = 0.25 of 0.5, with a step of 0.001; raise max_steps or loosen rtol");
    EXPECT_EQ(thrown(ode::stop_reason::step_too_small),
              "SDIRK 4(3) needs steps that are too small, t = 0.25 of 0.5, with a step of 0.001; the source or the "
              "boundary data jump there: name the time in discontinuities, or rtol and atol ask for more than "
              "rounding allows");
    EXPECT_EQ(thrown(ode::stop_reason::not_finite),
              "SDIRK 4(3) met a value that is not finite, t = 0.25; look for a division by zero in the source and the "
              "boundary data, or for numbers that overflow");
    report.remedy = "take another";
    EXPECT_EQ(thrown(ode::stop_reason::not_finite),
              "SDIRK 4(3) met a value that is not finite, t = 0.25; take another");
}
