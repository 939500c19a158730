// SPDX-License-Identifier: MIT
// What pde::solve tells beside the solution: history, phases, memory, the error of the grid.
#include "support/message_of.hpp"

#include <poise/grid/field_arithmetic.hpp>
#include <poise/pde/solve.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <sstream>
#include <stdexcept>

using namespace poise;
using grid::centering;
using pde::method;
using poise_test::message_of;

namespace {

grid::cartesian<2> const square{{.cells = {48, 48}}};
auto const varying = [](double x, double) { return 1.0 + x; };

// u = sin(3x + 0.3) e^y and its sides.
double exact(double x, double y) { return std::sin(3 * x + 0.3) * std::exp(y); }
double source(double x, double y) { return 8.0 * exact(x, y); }

double largest_error(grid::field<2> const& u) { return norm_max(u - grid::sample(u.grid(), exact)); }

}  // namespace

TEST(Report, HasTheHistoryOfIterativeMethods) {
    for (auto const by : {method::multigrid, method::conjugate_gradients})
        for (bool const is_constant : {true, false}) {
            std::vector<double> told;
            pde::solve_options const options{.method = by, .on_iteration = [&](int, double residual_norm) {
                                                 told.push_back(residual_norm);
                                                 return true;
                                             }};
            pde::diffusion<2> problem{.domain = square, .source = 1e6};
            if (!is_constant) problem.kappa = varying;
            auto const report = pde::solve(problem, options).report;
            EXPECT_EQ(report.history, told);
            ASSERT_FALSE(report.history.empty());
            EXPECT_LE(static_cast<int>(report.history.size()), report.iterations);
            // The last one was recurred; the report's is computed. In units of the right-hand side they agree.
            EXPECT_NEAR(report.history.back(), report.residual_norm, 0.01 * report.tolerance);
            EXPECT_GT(report.history.front(), report.history.back());
        }
}

TEST(Report, HasNoHistoryOfDirectMethods) {
    for (auto const by : {method::direct, method::fast_transform})
        EXPECT_TRUE(
            pde::solve(pde::poisson<2>{.domain = square, .source = 1.0}, {.method = by}).report.history.empty());
}

TEST(Report, ACallbackEndsASolve) {
    for (auto const& kappa : {pde::conductivity<2>{1.0}, pde::conductivity<2>{varying}}) {
        auto const report = pde::solve(pde::diffusion<2>{.domain = square, .kappa = kappa, .source = 1.0},
                                       {.on_failure = pde::on_failure::return_report,
                                        .method = method::multigrid,
                                        .on_iteration = [](int iteration, double) { return iteration < 3; }})
                                .report;
        EXPECT_EQ(report.reason, linear::stop_reason::max_iterations);
        EXPECT_GE(report.iterations, 3);
        EXPECT_LE(report.iterations, 4);
        EXPECT_GT(report.residual_norm, report.tolerance);
    }
}

TEST(Report, HasTimesOfPhasesAndBytes) {
    linear::operator_cache cache;
    for (auto const by : {method::fast_transform, method::multigrid, method::direct}) {
        auto const r =
            pde::solve(pde::poisson<2>{.domain = square, .source = exact}, {.method = by, .cache = &cache}).report;
        EXPECT_GT(r.right_hand_side_s, 0.0);
        EXPECT_GT(r.solve_s, r.right_hand_side_s);
        EXPECT_EQ(r.coefficients_s, 0.0);
        EXPECT_GT(r.operator_bytes, 0U);
    }
    for (double const sigma : {1.0, -1.0}) {
        auto const r =
            pde::solve(pde::diffusion<2>{.domain = square, .kappa = varying, .sigma = sigma, .source = exact},
                       {.cache = &cache})
                .report;
        EXPECT_GT(r.right_hand_side_s, 0.0);
        EXPECT_GT(r.solve_s, r.right_hand_side_s);
        EXPECT_GT(r.operator_bytes, 8 * square.size());
        EXPECT_GT(r.coefficients_s, 0.0);
    }
}

// Within a fifth of the error that a known solution shows, on every kind of grid and by every kind of operator.
TEST(Report, EstimatesTheErrorOfTheGrid) {
    std::vector<double> stretched;
    for (int i = 0; i <= 40; ++i) stretched.push_back(std::pow(i / 40.0, 1.3));
    for (auto const where : {centering::cell, centering::node})
        for (grid::cartesian<2> const& domain :
             {grid::cartesian<2>{{.cells = {32, 32}, .centering = where}},
              grid::cartesian<2>{{.cells = {41, 57}, .centering = where}},
              grid::cartesian<2>{{.centering = where, .faces = {stretched, stretched}}}}) {
            pde::solve_options const options{.rtol = 1e-11, .error_estimate = pde::error_estimate::coarser_grid};
            auto const check = [&](pde::solution<2> const& s) {
                double const error = largest_error(s.u);
                EXPECT_NEAR(s.report.error_estimate / error, 1.0, 0.2) << error << domain.cells()[0];
            };
            grid::boundary<2> const walls = grid::dirichlet{exact};
            check(pde::solve(pde::poisson<2>{.domain = domain, .source = source, .boundary = walls}, options));
            // -∇·((1 + x)∇u) = 8 (1 + x) u - u_x
            auto const of_varying = [](double x, double y) {
                return 8.0 * (1.0 + x) * exact(x, y) - 3.0 * std::cos(3 * x + 0.3) * std::exp(y);
            };
            check(pde::solve(
                pde::diffusion<2>{.domain = domain, .kappa = varying, .source = of_varying, .boundary = walls},
                options));
        }
}

TEST(Report, EstimatesTheErrorWithFieldsAndWithoutWalls) {
    constexpr double pi = std::numbers::pi;
    grid::cartesian<3> const box{{.cells = {24, 20, 1}}};
    auto const mode = [](double x, double y, double) { return std::cos(pi * x) * std::cos(2 * pi * y); };
    auto const f = 5 * pi * pi * grid::sample(box, mode);
    auto const [u, report] = pde::solve(pde::poisson<3>{.domain = box, .source = f, .boundary = grid::neumann{0.0}},
                                        {.error_estimate = pde::error_estimate::coarser_grid});
    double const error = norm_max(u - grid::sample(box, mode));
    EXPECT_NEAR(report.error_estimate / error, 1.0, 0.2);
    std::ostringstream line;
    line << report;
    EXPECT_NE(line.str().find(", error of the grid about "), std::string::npos) << line.str();
}

TEST(Report, EstimatesNothingUnlessAsked) {
    EXPECT_TRUE(std::isnan(pde::solve(pde::poisson<2>{.domain = square, .source = 1.0}).report.error_estimate));
}

TEST(Report, RefusesAnEstimateOnAGridThatCannotBeHalved) {
    EXPECT_EQ(message_of<std::invalid_argument>([] {
                  (void)pde::solve(pde::poisson<2>{.domain = grid::cartesian<2>{{.cells = {3, 2}}}, .source = 1.0},
                                   {.error_estimate = pde::error_estimate::coarser_grid});
              }),
              "error_estimate is coarser_grid, and no direction has 4 cells or more, to be halved; refine the grid");
}

// Of an odd number of cells one stays alone: the narrowest, so that the estimate is not of it.
TEST(Report, EstimatesTheErrorOfAnOddNumberOfStretchedCells) {
    std::vector<double> faces{0.0};
    for (int i = 0; i < 65; ++i) faces.push_back(faces.back() + std::pow(100.0, i / 64.0));
    for (double& face : faces) face /= faces.back() == 1.0 ? 1.0 : faces.back();
    faces.back() = 1.0;
    auto const u_of = [](double x) { return std::sin(3 * x); };
    auto const [u, report] = pde::solve(pde::poisson<1>{.domain = grid::cartesian<1>{{.faces = {faces}}},
                                                        .source = [](double x) { return 9 * std::sin(3 * x); },
                                                        .boundary = grid::dirichlet{u_of}},
                                        {.rtol = 1e-12, .error_estimate = pde::error_estimate::coarser_grid});
    double const error = norm_max(u - grid::sample(u.grid(), u_of));
    EXPECT_GT(report.error_estimate, 0.8 * error);
    EXPECT_LT(report.error_estimate, 2.0 * error);
}

// The last node of a ring is its first one again, whatever a field says there.
TEST(Report, EstimatesWithoutWhatIsNotUsed) {
    grid::cartesian<1> const ring{{.cells = {9}, .centering = grid::centering::node}};
    auto f = grid::sample(ring, [](double x) { return std::sin(2 * std::numbers::pi * x); });
    auto const estimate = [&] {
        return pde::solve(pde::poisson<1>{.domain = ring, .source = f, .boundary = grid::periodic{}},
                          {.error_estimate = pde::error_estimate::coarser_grid})
            .report.error_estimate;
    };
    double const sound = estimate();
    for (double const junk : {1e6, std::numeric_limits<double>::quiet_NaN()}) {
        f(9) = junk;
        EXPECT_EQ(estimate(), sound);
    }
}

// A source that is not finite where only the coarser grid has a point, and a solve that is ended: no estimate, once.
TEST(Report, KeepsASolutionWhoseErrorCannotBeEstimated) {
    grid::cartesian<2> const around_origin{{.lower = {-1, -1}, .cells = {6, 6}}};
    pde::solve_options options{.error_estimate = pde::error_estimate::coarser_grid};
    auto const pole = [](double x, double y) { return 1.0 / std::hypot(x, y); };
    auto const report = pde::solve(pde::poisson<2>{.domain = around_origin, .source = pole}, options).report;
    EXPECT_TRUE(report);
    EXPECT_TRUE(std::isnan(report.error_estimate));

    int n_evaluations = 0;
    auto const counted = [&](double, double) { return 1.0 + 0.0 * ++n_evaluations; };
    options.on_failure = pde::on_failure::return_report;
    options.on_iteration = [](int, double) { return false; };
    auto const ended =
        pde::solve(pde::diffusion<2>{.domain = square, .kappa = counted, .source = exact}, options).report;
    EXPECT_FALSE(ended);
    EXPECT_EQ(ended.remedy, "on_iteration returned false; let it go on");
    EXPECT_EQ(static_cast<std::size_t>(n_evaluations), square.size());
}

TEST(Report, EstimatesTheErrorOfTheFourthOrderScheme) {
    for (auto const where : {grid::centering::cell, grid::centering::node})
        for (std::ptrdiff_t const n : {32, 45}) {
            grid::cartesian<2> const domain{{.cells = {n, n}, .centering = where}};
            auto const [u, report] =
                pde::solve(pde::poisson<2>{.domain = domain, .source = source, .boundary = grid::dirichlet{exact}},
                           {.rtol = 1e-12,
                            .scheme = pde::scheme::compact_fourth_order,
                            .error_estimate = pde::error_estimate::coarser_grid});
            double const error = largest_error(u);
            EXPECT_LT(error, 5e-6);  // of second order 1e-3
            EXPECT_NEAR(report.error_estimate / error, 1.0, 0.4) << error;
        }
}
