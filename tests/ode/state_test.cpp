// SPDX-License-Identifier: MIT
// Every type of state gives the same solution.
#include <poise/ode.hpp>

#include <Eigen/Core>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <span>
#include <vector>

using namespace poise;

namespace {

auto const kepler = [](double, auto const& y, auto& dydt) {
    double const square = y[0] * y[0] + y[1] * y[1], cube = square * std::sqrt(square);
    dydt[0] = y[2];
    dydt[1] = y[3];
    dydt[2] = -y[0] / cube;
    dydt[3] = -y[1] / cube;
};

// A type that knows nothing of data(), as a field of a grid.
struct of_values {
    std::vector<double> numbers;
    [[nodiscard]] std::span<double> values() { return numbers; }
    [[nodiscard]] std::span<double const> values() const { return numbers; }
    [[nodiscard]] double& operator[](std::size_t i) { return numbers[i]; }
    [[nodiscard]] double operator[](std::size_t i) const { return numbers[i]; }
};

template <class State>
std::vector<double> end_of(State const& y0) {
    auto const solution = ode::solve(ode::problem{kepler, y0, {0.0, 5.0}}, ode::dop853{}, {.rtol = 1e-9, .atol = 1e-9});
    auto const middle = solution(2.5);
    auto const y = ode::numbers_of(solution.y.back()), m = ode::numbers_of(middle);
    std::vector<double> both{y.begin(), y.end()};
    both.insert(both.end(), m.begin(), m.end());
    return both;
}

}  // namespace

TEST(State, OfAnyTypeGivesTheSameSolution) {
    std::vector<double> const start{0.5, 0.0, 0.0, std::sqrt(3.0)};
    auto const expected = end_of(start);
    auto const expect_same = [&](auto const& y0) {
        auto const found = end_of(y0);
        ASSERT_EQ(found.size(), expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-11);
    };
    expect_same(std::array<double, 4>{start[0], start[1], start[2], start[3]});
    expect_same(Eigen::Vector4d{start[0], start[1], start[2], start[3]});
    expect_same(Eigen::VectorXd{Eigen::VectorXd::Map(start.data(), 4)});
    expect_same(of_values{start});
}

TEST(State, SlopesMayBeReturned) {
    using pair = std::array<double, 2>;
    auto const returned = [](double, pair const& y) { return pair{y[1], -y[0]}; };
    auto const solution = ode::solve(ode::problem{returned, {1.0, 0.0}, {0.0, 1.0}}, ode::tsitouras5{});
    EXPECT_NEAR(solution.y.back()[0], std::cos(1.0), 1e-6);
    auto const of_eigen = [](double, Eigen::Vector2d const& y) { return Eigen::Vector2d{y[1], -y[0]}; };
    auto const by_eigen = ode::solve(ode::problem{of_eigen, Eigen::Vector2d{1.0, 0.0}, {0.0, 1.0}}, ode::tsitouras5{});
    EXPECT_NEAR(by_eigen.y.back()[0], std::cos(1.0), 1e-6);
}

TEST(State, NumbersInBracesAreAnArray) {
    ode::problem const three{kepler, {1.0, 2.0, 3.0}, {0.0, 1.0}};
    static_assert(std::is_same_v<decltype(three.y0), std::array<double, 3>>);
    static_assert(ode::detail::n_numbers<std::array<double, 3>>() == 3);
    static_assert(ode::detail::n_numbers<std::vector<double>>() == 0);
    static_assert(ode::detail::n_numbers<Eigen::Vector3d>() == 3);
    static_assert(ode::detail::n_numbers<double>() == 1);
    EXPECT_EQ(three.y0[2], 3.0);
}

// Long states go by other loops than short ones.
TEST(State, LongOnesAgreeWithShortOnes) {
    auto const uncoupled = [](double t, auto const& y, auto& dydt) {
        for (std::size_t i = 0; i < y.size(); ++i) dydt[i] = std::sin(t * static_cast<double>(i % 7)) - y[i];
    };
    std::array<double, 7> const seven{1, 2, 3, 4, 5, 6, 7};
    std::vector<double> many;
    for (std::size_t i = 0; i < 7 * 311; ++i) many.push_back(seven[i % 7]);
    for (double const rtol : {1e-5, 1e-9}) {
        auto const few = ode::solve(ode::problem{uncoupled, seven, {0.0, 3.0}}, ode::verner7{}, {.rtol = rtol});
        auto const all = ode::solve(ode::problem{uncoupled, many, {0.0, 3.0}}, ode::verner7{}, {.rtol = rtol});
        EXPECT_EQ(few.statistics.n_steps, all.statistics.n_steps);
        for (std::size_t i = 0; i < many.size(); ++i) EXPECT_NEAR(all.y.back()[i], few.y.back()[i % 7], 1e-12);
    }
}
