// SPDX-License-Identifier: MIT
#include <poise/core/reductions.hpp>
#include <poise/linear/eigen.hpp>
#include <poise/pde/solve.hpp>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

using namespace poise;
using grid::centering;

// -u'' = 2, u(0) = 1, u(1) = 3: u = 1 + 3x - x². Central differences are exact for quadratics, so nodes are exact to
// rounding: ε κ with κ = 4 n²/π².
TEST(Poisson, IsExactForAParabolaOnNodes) {
    grid::cartesian<1> const line{{.cells = {50}, .centering = centering::node}};
    pde::poisson<1> const problem{
        .domain = line,
        .source = 2.0,
        .boundary = grid::boundary<1>{grid::dirichlet{1.0}}.on(grid::side::x_upper, grid::dirichlet{3.0})};
    auto const u = pde::solve(problem).u;
    for (std::ptrdiff_t i = 0; i <= 50; ++i) {
        double const x = line.coordinate(0, i);
        EXPECT_NEAR(u(i), 1 + 3 * x - x * x, 3 * 2.3e-16 * 1e3) << i;
    }
}

TEST(Poisson, PutsTheDataOnTheKnownNodesExactly) {
    grid::cartesian<2> const square{{.cells = {6, 5}, .centering = centering::node}};
    auto const data = [](double x, double y) { return x + 10 * y; };
    auto const u = pde::solve(pde::poisson<2>{.domain = square, .boundary = grid::dirichlet{data}}).u;
    grid::for_each_point(square, [&](std::size_t i, grid::point<2> const& x) {
        bool const on_side = x[0] == 0.0 || x[0] == 1.0 || x[1] == 0.0 || x[1] == 1.0;
        // A linear function is harmonic, and its differences are exact up to rounding.
        if (on_side)
            EXPECT_EQ(u.values()[i], data(x[0], x[1]));
        else
            EXPECT_NEAR(u.values()[i], data(x[0], x[1]), 1e-13);
    });
}

TEST(Poisson, SolvesWhenEveryNodeIsKnown) {
    grid::cartesian<2> const cell{{.cells = {1, 1}, .centering = centering::node}};
    auto const solution = pde::solve(pde::poisson<2>{.domain = cell, .source = 5.0, .boundary = grid::dirichlet{7.0}});
    EXPECT_TRUE(solution.report);
    for (double const value : solution.u.values()) EXPECT_EQ(value, 7.0);
}

// Textbook: max u = 0.0736713… for -Δu = 1 on the unit square (Timoshenko's torsion of a square bar).
TEST(Poisson, GivesTheTorsionOfASquareBar) {
    grid::cartesian<2> const square{{.cells = {64, 64}, .centering = centering::node}};
    auto const u = pde::solve(pde::poisson<2>{.domain = square, .source = 1.0, .boundary = grid::dirichlet{0.0}}).u;
    EXPECT_NEAR(grid::extrema(u.values()).max, 0.0736713, 2e-5);  // h²/12 · max|∂⁴u| ≈ 2e-5
}

// The five-point scheme written out once more, by hand and dense, and solved by another library.
TEST(Poisson, AgreesWithAnIndependentImplementation) {
    std::ptrdiff_t const n = 19;
    double const h = 2.0 / 20;
    auto const charge = [](double x, double y) { return std::exp(-(x * x + y * y) / (2 * 0.1 * 0.1)); };
    Eigen::MatrixXd A = Eigen::MatrixXd::Zero(n * n, n * n);
    Eigen::VectorXd b(n * n);
    for (std::ptrdiff_t j = 0; j < n; ++j)
        for (std::ptrdiff_t i = 0; i < n; ++i) {
            auto const row = i + n * j;
            A(row, row) = 4 / (h * h);
            if (i > 0) A(row, row - 1) = -1 / (h * h);
            if (i + 1 < n) A(row, row + 1) = -1 / (h * h);
            if (j > 0) A(row, row - n) = -1 / (h * h);
            if (j + 1 < n) A(row, row + n) = -1 / (h * h);
            b(row) = charge(-1 + h * static_cast<double>(i + 1), -1 + h * static_cast<double>(j + 1));
        }
    Eigen::VectorXd const reference = A.partialPivLu().solve(b);
    grid::cartesian<2> const square{
        {.lower = {-1, -1}, .upper = {1, 1}, .cells = {20, 20}, .centering = centering::node}};
    auto const u = pde::solve(pde::poisson<2>{.domain = square, .source = charge, .boundary = grid::dirichlet{0.0}}).u;
    // Both backward stable, condition number 162: ε · 162 with a factor of 10 to spare.
    for (std::ptrdiff_t j = 0; j < n; ++j)
        for (std::ptrdiff_t i = 0; i < n; ++i)
            EXPECT_NEAR(u(i + 1, j + 1), reference(i + n * j), 4e-13 * reference.maxCoeff());
}

TEST(Poisson, ObeysTheMaximumPrinciple) {
    grid::cartesian<3> const box{{.cells = {9, 10, 11}}};
    auto const data = [](double x, double y, double z) { return std::sin(9 * x) * std::cos(7 * y) + z; };
    auto const u = pde::solve(pde::poisson<3>{.domain = box, .boundary = grid::dirichlet{data}}).u;
    auto const e = grid::extrema(u.values());
    EXPECT_GE(e.min, -1.0);
    EXPECT_LE(e.max, 2.0);
}
