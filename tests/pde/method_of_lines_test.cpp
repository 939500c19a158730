// SPDX-License-Identifier: MIT
// Problems in time by methods of ode, beside what pde::solve makes of them.
#include "support/message_of.hpp"

#include <poise/ode/bdf.hpp>
#include <poise/ode/rodas5p.hpp>
#include <poise/ode/solve.hpp>
#include <poise/ode/tsitouras5.hpp>
#include <poise/pde/method_of_lines.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <stdexcept>
#include <variant>
#include <vector>

using namespace poise;
using grid::side;
using pde::advection_scheme;
using std::numbers::pi;

namespace {

template <std::size_t D>
void expect_near(grid::field<D> const& u, grid::field<D> const& v, double most) {
    for (std::size_t i = 0; i < u.values().size(); ++i) ASSERT_NEAR(u.values()[i], v.values()[i], most) << i;
}

// Every entry that differs from 0 is one that jacobian() names.
template <std::size_t D>
void expect_entries_named(pde::method_of_lines<D> const& lines, std::vector<double> y) {
    auto const structure = lines.jacobian();
    std::size_t const n = lines.n_unknowns();
    std::vector<char> named(n * n, 0);
    if (auto const* band = std::get_if<ode::banded>(&structure)) {
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) named[i * n + j] = i <= j + band->lower && j <= i + band->upper;
    } else {
        for (auto const& [i, j] : std::get<ode::sparse>(structure).entries()) named[i * n + j] = 1;
    }
    std::vector<double> before(n), after(n);
    lines(0.0, y, before);
    for (std::size_t j = 0; j < n; ++j) {
        double const was = y[j];
        y[j] += 0.01;
        lines(0.0, y, after);
        y[j] = was;
        for (std::size_t i = 0; i < n; ++i) ASSERT_TRUE(after[i] == before[i] || named[i * n + j]) << i << ' ' << j;
    }
}

}  // namespace

TEST(method_of_lines, of_heat_gives_what_solve_does) {
    for (auto const where : {grid::centering::cell, grid::centering::node}) {
        pde::heat<2> const problem{.domain = grid::cartesian<2>{{.cells = {12, 9}, .centering = where}},
                                   .kappa = [](double x, double y) { return 1.0 + x * y; },
                                   .capacity = 2.0,
                                   .source = [](double x, double, double t) { return x * std::cos(t); },
                                   .boundary =
                                       [](double t) {
                                           return grid::boundary<2>{grid::neumann{0.0}}
                                               .on(side::x_lower, grid::dirichlet{t})
                                               .on(side::y_upper, grid::robin{1.0, 2.0});
                                       },
                                   .initial = [](double x, double y) { return x * y; },
                                   .t = {0.0, 0.2}};
        pde::method_of_lines const lines{problem};
        expect_entries_named(lines, lines.initial());
        auto const by_lines =
            ode::solve(lines.problem(), ode::bdf{}, {.rtol = 1e-8, .atol = 1e-10, .jacobian = lines.jacobian()});
        auto const u = lines.to_field(by_lines.t.back(), by_lines.y.back());
        expect_near(u, pde::solve(problem, {.rtol = 1e-8}).u.back(), 1e-6);
        double const on_side = u(0, 4);
        EXPECT_TRUE(where == grid::centering::cell || on_side == 0.2) << "the data, and not " << on_side;
    }
}

TEST(method_of_lines, of_transport_gives_what_solve_does) {
    for (auto const scheme : {advection_scheme::upwind, advection_scheme::central, advection_scheme::weno5}) {
        pde::advection_diffusion<1> const problem{.domain = grid::cartesian<1>{{.cells = {80}}},
                                                  .velocity = 1.0,
                                                  .kappa = 0.01,
                                                  .scheme = scheme,
                                                  .boundary = [](double t) { return grid::dirichlet{std::sin(t)}; },
                                                  .initial = [](double x) { return -std::sin(x) * (1.0 - x); },
                                                  .t = {0.0, 0.5}};
        pde::method_of_lines const lines{problem};
        EXPECT_TRUE(std::holds_alternative<ode::banded>(lines.jacobian()));
        auto const expected = pde::solve(problem, {.rtol = 1e-9}).u.back();
        auto const explicitly = ode::solve(lines.problem(), ode::tsitouras5{}, {.rtol = 1e-8});
        expect_near(lines.to_field(0.5, explicitly.y.back()), expected, 1e-5);
        auto const implicitly =
            ode::solve(lines.problem(), ode::rodas5p{}, {.rtol = 1e-7, .jacobian = lines.jacobian()});
        expect_near(lines.to_field(0.5, implicitly.y.back()), expected, 1e-5);
    }
}

TEST(method_of_lines, names_all_entries_of_the_jacobian) {
    auto const rough = [](double x, double y) { return 1.0 + std::sin(40.0 * x + 17.0 * y); };
    for (auto const scheme :
         {advection_scheme::upwind, advection_scheme::central, advection_scheme::limited, advection_scheme::weno5})
        for (bool const is_smooth : {false, true})
            for (auto const& sides : {grid::boundary<2>{grid::dirichlet{1.0}}, grid::boundary<2>{grid::neumann{0.0}},
                                      grid::boundary<2>{grid::neumann{0.0}}.on(side::x_lower, grid::periodic{})}) {
                pde::burgers<2> const problem{.domain = grid::cartesian<2>{{.cells = {9, 7}}},
                                              .scheme = scheme,
                                              .boundary = sides,
                                              .t = {0.0, 1.0}};
                auto const initial =
                    is_smooth ? grid::sample(problem.domain, [](double x, double y) { return 1.0 + x * y + x * x; })
                              : grid::sample(problem.domain, rough);
                expect_entries_named(pde::method_of_lines<2>{problem},
                                     {initial.values().begin(), initial.values().end()});
                pde::advection_diffusion<1> const line{.domain = grid::cartesian<1>{{.cells = {12}}},
                                                       .velocity = -1.0,
                                                       .kappa = is_smooth ? 0.1 : 0.0,
                                                       .scheme = scheme,
                                                       .boundary = grid::neumann{0.0},
                                                       .initial = [](double x) { return std::exp(x); },
                                                       .t = {0.0, 1.0}};
                pde::method_of_lines<1> const on_line{line};
                expect_entries_named(on_line, on_line.initial());
            }
}

TEST(method_of_lines, refuses_states_of_another_size) {
    pde::method_of_lines const lines{pde::burgers<1>{.domain = grid::cartesian<1>{{.cells = {10}}}, .t = {0.0, 1.0}}};
    std::vector<double> const y(9);
    std::vector<double> dydt(10);
    EXPECT_EQ(poise_test::message_of<std::invalid_argument>([&] { lines(0.0, y, dydt); }),
              "y has 9 numbers and dydt 10, the problem 10 unknowns; begin with initial()");
    EXPECT_EQ(poise_test::message_of<std::invalid_argument>([&] { (void)lines.to_field(0.0, y); }),
              "y has 9 numbers, and the problem 10 unknowns");
}
