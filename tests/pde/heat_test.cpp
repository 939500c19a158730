// SPDX-License-Identifier: MIT
// The heat equation by eigenfunctions and by steps: exact solutions, orders, what is conserved.
#include "pde/manufactured.hpp"
#include "support/mixes_of_sides.hpp"

#include <poise/core/reductions.hpp>
#include <poise/grid/field_arithmetic.hpp>
#include <poise/pde/heat.hpp>
#include <poise/pde/solve.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

using namespace poise;
using grid::centering;
using grid::side;
using pde::time_method;
using poise_test::box;
using poise_test::manufactured;
using poise_test::mix_of;
using poise_test::n_mixes;

namespace {

constexpr double pi = std::numbers::pi;

// λ of sin(k π x) on n cells of the unit interval.
double eigenvalue(double k, double n) {
    double const s = std::sin(k * pi / (2.0 * n));
    return 4.0 * n * n * s * s;
}

template <std::size_t D>
double difference(grid::field<D> const& u, grid::field<D> const& v) {
    return norm_max(u - v);
}

template <std::size_t D>
pde::evolution_options<D> by_steps(double rtol) {
    pde::evolution_options<D> options;
    options.rtol = rtol;
    options.atol = 1e-3 * rtol;
    options.method = time_method::implicit_runge_kutta;
    return options;
}

// log₂ of what halving takes off, of the last two of errors.
double order_of(std::vector<double> const& errors) { return std::log2(errors[errors.size() - 2] / errors.back()); }

}  // namespace

// Modes of the grid decay by their own eigenvalues, whatever the sides.
TEST(Heat, DecaysModesByTheirEigenvaluesExactly) {
    double const n = 24, kappa = 0.7, capacity = 2.5, sigma = 0.3, t = 0.4;
    grid::cartesian<2> const nodes{{.cells = {24, 24}, .centering = centering::node}};
    auto const mode = [](double x, double y) { return std::sin(2 * pi * x) * std::sin(3 * pi * y); };
    pde::heat<2> const problem{
        .domain = nodes, .kappa = kappa, .capacity = capacity, .sigma = sigma, .initial = mode, .t = {1.0, 1.0 + t}};
    double const rate = (kappa * (eigenvalue(2, n) + eigenvalue(3, n)) + sigma) / capacity;
    auto const exact = std::exp(-rate * t) * grid::sample(nodes, mode);
    auto const by_modes = pde::solve(problem);
    EXPECT_LT(difference(by_modes.u.back(), exact), 1e-14);
    EXPECT_EQ(by_modes.report.method, "exact in time");
    EXPECT_EQ(by_modes.report.chosen, "constant coefficients and data on a box");
    auto const stepped = pde::solve(problem, by_steps<2>(1e-8));
    EXPECT_LT(difference(stepped.u.back(), exact), 1e-10) << "ten times atol, as little is left of u";
    EXPECT_EQ(stepped.report.method, "ESDIRK4(3)6L[2]SA, fast transform");
    EXPECT_GT(stepped.report.n_steps, 5U);
}

// With steady data u goes to the solution of the stationary problem; with κ of each direction and a source.
TEST(Heat, GoesToTheStationarySolution) {
    for (auto const where : {centering::cell, centering::node})
        for (unsigned mix = 0; mix < n_mixes(2); ++mix) {
            auto const kinds = mix_of<2>(mix);
            auto const domain = box<2>(9, where);
            manufactured<2> const exact{domain, kinds};
            auto const sides = exact.sides(kinds, {1.5, 0.5});
            auto const source = [](double x, double y) { return 1.0 + x * y; };
            pde::orthotropic const kappa{1.5, 0.5};
            pde::heat<2> const problem{.domain = domain,
                                       .kappa = kappa,
                                       .capacity = 0.2,
                                       .sigma = 1.0,
                                       .source = source,
                                       .boundary = sides,
                                       .initial = [](double x, double) { return std::cos(9 * x); },
                                       .t = {0.0, 40.0}};
            auto const stationary = pde::solve(
                pde::diffusion<2>{.domain = domain, .kappa = kappa, .sigma = 1.0, .source = source, .boundary = sides},
                {.rtol = 1e-12});
            EXPECT_LT(difference(pde::solve(problem).u.back(), stationary.u), 1e-10) << mix;
        }
}

// By eigenfunctions and by steps: two ways that have little in common.
TEST(Heat, GivesTheSameByModesAndBySteps) {
    auto const compare = [](auto const& problem, double tolerance) {
        auto const by_modes = pde::solve(problem);
        ASSERT_EQ(by_modes.report.method, "exact in time");
        auto options = by_steps<std::remove_cvref_t<decltype(problem.domain)>::dimension()>(1e-8);
        auto const stepped = pde::solve(problem, options);
        EXPECT_LT(difference(by_modes.u.back(), stepped.u.back()), tolerance) << stepped.report;
    };
    for (auto const where : {centering::cell, centering::node}) {
        for (unsigned mix = 0; mix < n_mixes(1); ++mix) {
            auto const kinds = mix_of<1>(mix);
            auto const domain = box<1>(16, where);
            manufactured<1> const exact{domain, kinds};
            compare(pde::heat<1>{.domain = domain,
                                 .kappa = 2.0,
                                 .capacity = 3.0,
                                 .source = [](double x) { return 1.0 + x; },
                                 .boundary = exact.sides(kinds, {2.0}),
                                 .initial = [](double x) { return std::cos(3 * x); },
                                 .t = {0.0, 0.3}},
                    1e-6);
        }
        for (unsigned mix = 0; mix < n_mixes(3); mix += 7) {
            auto const kinds = mix_of<3>(mix);
            auto const domain = box<3>(6, where);
            manufactured<3> const exact{domain, kinds};
            compare(pde::heat<3>{.domain = domain,
                                 .kappa = pde::orthotropic{1.0, 2.0, 0.5},
                                 .capacity = 3.0,
                                 .sigma = 0.1,
                                 .source = 1.0,
                                 .boundary = exact.sides(kinds, {1.0, 2.0, 0.5}),
                                 .initial = [](double x, double y, double z) { return std::cos(3 * x + y) + z; },
                                 .t = {0.0, 0.3}},
                    1e-6);
        }
    }
}

// u = e^{-t} Π sin(w x + p), by time-dependent data on every kind of side, capacity and κ that vary.
TEST(Heat, IsSecondOrderInSpaceBesideEverySide) {
    auto const u = [](double x, double y, double t) {
        return std::exp(-t) * std::sin(2 * x + 0.3) * std::cos(1.5 * y);
    };
    auto const kappa = [](double x, double y) { return 1.0 + 0.5 * x * y; };
    auto const capacity = [](double x, double) { return 2.0 + x; };
    auto const ux = [](double x, double y, double t) {
        return 2.0 * std::exp(-t) * std::cos(2 * x + 0.3) * std::cos(1.5 * y);
    };
    auto const uy = [](double x, double y, double t) {
        return -1.5 * std::exp(-t) * std::sin(2 * x + 0.3) * std::sin(1.5 * y);
    };
    auto const source = [=](double x, double y, double t) {
        return -capacity(x, y) * u(x, y, t) + kappa(x, y) * 6.25 * u(x, y, t) - 0.5 * y * ux(x, y, t) -
               0.5 * x * uy(x, y, t) + 0.7 * u(x, y, t);
    };
    auto const boundary = [=](double t) {
        auto sides = grid::boundary<2>{grid::dirichlet{[=](double x, double y) { return u(x, y, t); }}};
        sides.on(side::x_upper, grid::neumann{[=](double x, double y) { return kappa(x, y) * ux(x, y, t); }});
        sides.on(side::y_upper,
                 grid::robin{[](double x, double) { return 1.0 + x; },
                             [=](double x, double y) { return kappa(x, y) * uy(x, y, t) + (1.0 + x) * u(x, y, t); }});
        return sides;
    };
    for (auto const where : {centering::cell, centering::node}) {
        std::vector<double> errors;
        for (std::ptrdiff_t const n : {8, 16, 32, 64}) {
            grid::cartesian<2> const domain{{.cells = {n, n}, .centering = where}};
            auto const at = [&](double t) {
                return grid::sample(domain, [&](double x, double y) { return u(x, y, t); });
            };
            pde::heat<2> const problem{.domain = domain,
                                       .kappa = kappa,
                                       .capacity = capacity,
                                       .sigma = 0.7,
                                       .source = source,
                                       .boundary = boundary,
                                       .initial = at(0.0),
                                       .t = {0.0, 0.5}};
            auto const result = pde::solve(problem, {.rtol = 1e-7, .atol = 1e-9});
            EXPECT_EQ(result.report.chosen, "coefficients vary in space");
            errors.push_back(difference(result.u.back(), at(0.5)));
        }
        EXPECT_NEAR(order_of(errors), 2.0, 0.1) << errors.back();
    }
}

// What order reduction would show in: Dirichlet data that change with time, on fine grids where the steps are far
// longer than the fastest decay. u = x(1-x)/2 + cos-like data is smooth, exact on the grid to rounding, as it is
// quadratic in space.
TEST(Heat, KeepsOrder4WhereDirichletDataChange) {
    auto const g = [](double t) { return std::sin(3.0 * t) + std::exp(-t); };
    auto const g1 = [](double t) { return 3.0 * std::cos(3.0 * t) - std::exp(-t); };
    // u = (1 + x²) g(t): -u_xx = -2 g, exactly so on nodes.
    auto const u = [&](double x, double t) { return (1.0 + x * x) * g(t); };
    for (std::ptrdiff_t const n : {40, 400}) {
        grid::cartesian<1> const line{{.cells = {n}, .centering = centering::node}};
        pde::heat<1> const problem{
            .domain = line,
            .source = [=](double x, double t) { return (1.0 + x * x) * g1(t) - 2.0 * g(t); },
            .boundary = [=](double t) { return grid::dirichlet{[=](double x) { return (1.0 + x * x) * g(t); }}; },
            .initial = [&](double x) { return u(x, 0.0); },
            .t = {0.0, 1.0}};
        auto const exact = grid::sample(line, [&](double x) { return u(x, 1.0); });
        std::vector<double> errors;
        for (int const n_steps : {5, 10, 20, 40}) {
            auto options = by_steps<1>(1e-12);
            options.fixed_step = 1.0 / n_steps;
            auto const result = pde::solve(problem, options);
            EXPECT_EQ(result.report.n_steps, static_cast<std::size_t>(n_steps));
            errors.push_back(difference(result.u.back(), exact));
        }
        EXPECT_GT(order_of(errors), 3.9) << n << ": " << errors[2] << " " << errors[3];
    }
}

TEST(Heat, MeetsItsToleranceInTime) {
    grid::cartesian<2> const nodes{{.cells = {32, 32}, .centering = centering::node}};
    auto const u0 = [](double x, double y) {
        return std::sin(pi * x) * std::sin(pi * y) + 0.5 * std::sin(5 * pi * x) * std::sin(4 * pi * y);
    };
    pde::heat<2> const problem{.domain = nodes, .initial = u0, .t = {0.0, 0.05}};
    auto const exact = pde::solve(problem).u.back();
    double before = 1.0;
    for (double const rtol : {1e-3, 1e-5, 1e-7}) {
        auto const result = pde::solve(problem, by_steps<2>(rtol));
        double const error = difference(result.u.back(), exact) / norm_max(exact.values());
        EXPECT_LT(error, 10.0 * rtol);
        EXPECT_LT(error, 0.2 * before);
        before = error;
    }
}

// κ that varies a little and by a thousand, stretched grids, periodic directions: against small steps, and the way that
// systems are solved.
TEST(Heat, SolvesItsSystemsAsTheCoefficientsAsk) {
    auto const solved_by = [](auto problem, std::string const& method) {
        auto const loose = pde::solve(problem, {.rtol = 1e-5, .atol = 1e-8});
        auto const tight = pde::solve(problem, {.rtol = 1e-8, .atol = 1e-11});
        EXPECT_EQ(loose.report.method, "ESDIRK4(3)6L[2]SA, " + method);
        EXPECT_LT(difference(loose.u.back(), tight.u.back()), 1e-4) << loose.report;
        EXPECT_GT(loose.report.n_iterations, 0U);
        // The last stage's systems leave what they may of the error of a step.
        EXPECT_LT(std::abs(tight.report.conserved.at(0).largest_drift), 1e-7) << tight.report;
    };
    auto const bump = [](double x, double y) {
        return std::exp(-20 * ((x - 0.4) * (x - 0.4) + (y - 0.5) * (y - 0.5)));
    };
    grid::cartesian<2> const cells{{.cells = {24, 20}}};
    pde::heat<2> problem{.domain = cells, .initial = bump, .t = {0.0, 0.1}};
    problem.kappa = [](double x, double y) { return 1.0 + x + y; };
    solved_by(problem, "conjugate gradients with a fast transform");
    problem.kappa = [](double x, double) { return x < 0.5 ? 1.0 : 1e-3; };
    solved_by(problem, "conjugate gradients with multigrid");
    problem.boundary = grid::boundary<2>{grid::neumann{0.0}};
    solved_by(problem, "conjugate gradients with multigrid");
    problem.boundary = grid::boundary<2>{grid::robin{2.0, 1.0}};
    solved_by(problem, "conjugate gradients with multigrid");
    problem.boundary = grid::boundary<2>{grid::neumann{0.0}}.on(side::x_lower, grid::periodic{});
    solved_by(problem, "conjugate gradients with a fast transform");
    std::vector<double> faces;
    for (int i = 0; i <= 24; ++i) faces.push_back(std::pow(i / 24.0, 1.5));
    grid::cartesian<2> const stretched{{.cells = {0, 20}, .faces = {faces, {}}}};
    problem.domain = stretched;
    solved_by(problem, "conjugate gradients");
    problem.boundary = grid::boundary<2>{grid::neumann{0.0}};
    solved_by(problem, "conjugate gradients with multigrid");
}

TEST(Heat, ConservesHeatBetweenInsulatedSides) {
    auto const initial = [](double x, double y) { return 3.0 + std::cos(4 * x) * y; };
    for (auto const where : {centering::cell, centering::node}) {
        grid::cartesian<2> const domain{{.cells = {20, 17}, .centering = where}};
        pde::heat<2> const closed{
            .domain = domain, .capacity = 2.0, .boundary = grid::neumann{0.0}, .initial = initial, .t = {0.0, 1.0}};
        for (auto const& options : {pde::evolution_options<2>{}, by_steps<2>(1e-4)}) {
            auto const report = pde::solve(closed, options).report;
            auto const& heat = report.conserved.at(0);
            EXPECT_EQ(heat.name, "heat content");
            EXPECT_NEAR(heat.first, 2.0 * grid::integral(grid::sample(domain, initial)), 1e-13);
            EXPECT_NEAR(heat.last, heat.first, 1e-12);
            EXPECT_LT(std::abs(heat.largest_drift), 1e-12);
            EXPECT_NEAR(heat.supplied, 0.0, 1e-13);
        }
        // Two units of flux through x_upper, whose length is 1, and a source of 0.5: 2.5 for each unit of time.
        pde::heat<2> heated = closed;
        heated.boundary = grid::boundary<2>{grid::neumann{0.0}}.on(side::x_upper, grid::neumann{2.0});
        heated.source = 0.5;
        for (auto const& options : {pde::evolution_options<2>{}, by_steps<2>(1e-4)}) {
            auto const heat = pde::solve(heated, options).report.conserved.at(0);
            EXPECT_NEAR(heat.supplied, 2.5, 1e-12);
            EXPECT_NEAR(heat.last - heat.first, 2.5, 1e-11);
        }
    }
}

// Through walls, by a film and by σ heat goes that the report counts: what is left agrees with what went.
TEST(Heat, BalancesWhatGoesThroughWalls) {
    grid::cartesian<2> const domain{{.cells = {16, 16}}};
    pde::heat<2> problem{
        .domain = domain,
        .capacity = [](double x, double) { return 1.0 + x; },
        .sigma = 0.5,
        .source = [](double x, double, double t) { return x * std::cos(t); },
        .boundary =
            [](double t) {
                return grid::boundary<2>{grid::dirichlet{std::sin(t)}}.on(side::y_lower, grid::robin{3.0, 1.0 + t});
            },
        .initial = 1.0,
        .t = {0.0, 0.5}};
    auto const result = pde::solve(problem, {.rtol = 1e-7, .atol = 1e-9, .save_at = {0.0, 0.1, 0.3}});
    auto const& heat = result.report.conserved.at(0);
    EXPECT_GT(std::abs(heat.supplied), 0.1);
    EXPECT_LT(std::abs(heat.largest_drift), 1e-7);
    EXPECT_NEAR(heat.last, heat.first + heat.supplied, 1e-7);
}

TEST(Heat, KeepsTheStatesThatAreAskedFor) {
    grid::cartesian<1> const line{{.cells = {20}, .centering = centering::node}};
    auto const mode = [](double x) { return std::sin(pi * x); };
    pde::heat<1> const problem{.domain = line, .initial = mode, .t = {0.0, 0.2}};
    double const rate = eigenvalue(1, 20);
    for (auto options : {pde::evolution_options<1>{}, by_steps<1>(1e-7)}) {
        options.save_at = {0.0, 0.03, 0.031, 0.1, 0.2};
        auto const result = pde::solve(problem, options);
        EXPECT_EQ(result.t, options.save_at);
        ASSERT_EQ(result.u.size(), 5U);
        for (std::size_t i = 0; i < 5; ++i)
            EXPECT_LT(difference(result.u[i], std::exp(-rate * result.t[i]) * grid::sample(line, mode)), 1e-6) << i;
        options.save_at = {0.1};
        EXPECT_EQ(pde::solve(problem, options).t, (std::vector{0.1, 0.2}));
        options.save_at = {};
        EXPECT_EQ(pde::solve(problem, options).t, std::vector{0.2});
    }
}

TEST(Heat, TellsOfEveryStepAndStopsWhenToldTo) {
    grid::cartesian<1> const line{{.cells = {20}}};
    pde::heat<1> const problem{.domain = line, .initial = 1.0, .t = {0.0, 0.2}};
    auto options = by_steps<1>(1e-4);
    std::vector<double> times;
    options.on_step = [&](double t, grid::field<1> const& u) {
        EXPECT_EQ(u.grid(), line);
        times.push_back(t);
        return times.size() < 3;
    };
    auto const stopped = pde::solve(problem, options);
    EXPECT_EQ(times.size(), 3U);
    EXPECT_EQ(stopped.report.reason, ode::stop_reason::stopped);
    EXPECT_TRUE(static_cast<bool>(stopped));
    EXPECT_EQ(stopped.t, std::vector{times.back()});
    EXPECT_EQ(stopped.report.t, times.back());
    options.method = time_method::exact;
    options.save_at = {0.05, 0.1, 0.15};
    times.clear();
    options.on_step = [&](double t, grid::field<1> const&) {
        times.push_back(t);
        return t < 0.1;
    };
    auto const exact = pde::solve(problem, options);
    EXPECT_EQ(exact.t, (std::vector{0.05, 0.1}));
    EXPECT_EQ(times, exact.t);
    EXPECT_EQ(exact.report.reason, ode::stop_reason::stopped);
}

TEST(Heat, PutsTheDataOfEachTimeOnDirichletNodes) {
    grid::cartesian<1> const line{{.cells = {8}, .centering = centering::node}};
    pde::heat<1> const problem{.domain = line,
                               .boundary = [](double t) { return grid::dirichlet{10.0 + t}; },
                               .initial = 10.0,
                               .t = {0.0, 1.0}};
    auto const result = pde::solve(problem, {.save_at = {0.0, 0.35}});
    ASSERT_EQ(result.t, (std::vector{0.0, 0.35, 1.0}));
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(result.u[i](0), 10.0 + result.t[i]);
        EXPECT_EQ(result.u[i](8), 10.0 + result.t[i]);
    }
}

TEST(Heat, ReturnsTheInitialStateOfAnEmptySpan) {
    grid::cartesian<1> const line{{.cells = {4}, .centering = centering::node}};
    auto const result =
        pde::solve(pde::heat<1>{.domain = line, .boundary = grid::dirichlet{2.0}, .initial = 1.0, .t = {3.0, 3.0}});
    EXPECT_EQ(result.t, std::vector{3.0});
    EXPECT_EQ(std::vector<double>(result.u.at(0).values().begin(), result.u[0].values().end()),
              (std::vector{2.0, 1.0, 1.0, 1.0, 2.0}));
    EXPECT_TRUE(static_cast<bool>(result.report));
}

TEST(Heat, HasNothingToDoWhereEveryPointIsKnown) {
    grid::cartesian<1> const line{{.cells = {1}, .centering = centering::node}};
    pde::heat<1> const problem{.domain = line, .boundary = grid::dirichlet{2.0}, .initial = 1.0, .t = {0.0, 1.0}};
    for (auto const& options : {pde::evolution_options<1>{}, by_steps<1>(1e-4)})
        EXPECT_EQ(pde::solve(problem, options).u.back()(1), 2.0);
}

// Initial values that the sides contradict: the steps find the boundary layer by themselves.
TEST(Heat, FollowsAJumpAtTheWall) {
    grid::cartesian<1> const line{{.cells = {100}, .centering = centering::node}};
    pde::heat<1> const problem{.domain = line, .initial = 1.0, .t = {0.0, 0.05}};
    auto const exact = pde::solve(problem).u.back();
    auto const stepped = pde::solve(problem, by_steps<1>(1e-6));
    EXPECT_LT(difference(exact, stepped.u.back()), 1e-5);
    EXPECT_LT(stepped.report.n_steps, 200U);
}

// 1 + 2 pieces: from the state of the middle on it is the same problem.
TEST(Heat, GoesOnFromAField) {
    grid::cartesian<2> const cells{{.cells = {12, 12}}};
    pde::heat<2> problem{.domain = cells,
                         .source = [](double x, double y) { return x - y; },
                         .boundary = grid::dirichlet{1.0},
                         .initial = 0.0,
                         .t = {0.0, 0.1}};
    auto const whole = pde::solve(problem).u.back();
    problem.t = {0.0, 0.04};
    problem.initial = pde::solve(problem).u.back();
    problem.t = {0.04, 0.1};
    EXPECT_LT(difference(pde::solve(problem).u.back(), whole), 1e-14);
}
