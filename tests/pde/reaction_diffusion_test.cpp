// SPDX-License-Identifier: MIT
// Reaction and diffusion by stabilised stages and by exponential steps: exact answers, an independent
// semidiscretisation, orders.
#include "pde/discrete_problem.hpp"
#include "pde/manufactured.hpp"
#include "support/mixes_of_sides.hpp"
#include "support/on_threads.hpp"

#include <poise/core/reductions.hpp>
#include <poise/grid/field_arithmetic.hpp>
#include <poise/linear/neg_diffusion.hpp>
#include <poise/linear/stencil_matrix.hpp>
#include <poise/ode.hpp>
#include <poise/pde/reaction_diffusion.hpp>
#include <poise/pde/reactions.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
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
using poise_test::on_threads;

namespace {

constexpr double pi = std::numbers::pi;
constexpr std::array both{time_method::stabilised_runge_kutta, time_method::exponential};

template <std::size_t D>
pde::species_options<D> by(time_method method, double rtol) {
    pde::species_options<D> options;
    options.rtol = rtol;
    options.atol = 1e-2 * rtol;
    options.method = method;
    return options;
}

template <std::size_t D>
double difference(grid::field<D> const& u, grid::field<D> const& v) {
    return norm_max(u - v);
}

double order_of(std::vector<double> const& errors) { return std::log2(errors[errors.size() - 2] / errors.back()); }

auto const predator = [](auto const& u, auto& rate) {
    rate[0] = u[0] * (1.0 - u[1]);
    rate[1] = 0.5 * u[1] * (u[0] - 1.0);
};

// du/dt = -M⁻¹A u + M⁻¹ b + R(u) with the assembled matrix of each species, by another method of another layer.
template <std::size_t D>
std::vector<grid::field<D>> by_matrices(pde::reaction_diffusion<D, 2> const& problem) {
    struct species {
        grid::boundary<D> boundary;
        linear::stencil_matrix<D> A;
        std::vector<double> b, shares;
    };
    std::vector<species> all;
    std::vector<double> y0;
    for (std::size_t s = 0; s < 2; ++s) {
        auto const boundary = problem.boundary[s].at(0.0);
        pde::detail::discrete_problem<D> const discrete{problem.domain, boundary,
                                                        grid::uniform_point<D>(problem.diffusivity[s])};
        std::vector<double> source(problem.domain.size()), initial(problem.domain.size());
        problem.source[s].evaluate(0.0, problem.domain, source);
        problem.initial[s].evaluate(problem.domain, initial);
        all.push_back({boundary,
                       linear::neg_diffusion(problem.domain, boundary,
                                             std::vector<double>(problem.domain.size(), problem.diffusivity[s]),
                                             std::vector<double>(problem.domain.size(), 0.0)),
                       discrete.right_hand_side(source), discrete.shares()});
        std::vector<double> unknowns(discrete.n_unknowns());
        discrete.from_points(initial, unknowns);
        y0.insert(y0.end(), unknowns.begin(), unknowns.end());
    }
    std::size_t const n = y0.size() / 2;
    std::vector<double> product(n);
    auto const f = [&](double, std::vector<double> const& y, std::vector<double>& dydt) {
        for (std::size_t s = 0; s < 2; ++s) {
            all[s].A(std::span{y}.subspan(s * n, n), product);
            for (std::size_t i = 0; i < n; ++i) dydt[s * n + i] = (all[s].b[i] - product[i]) / all[s].shares[i];
        }
        for (std::size_t i = 0; i < n; ++i) {
            dydt[i] += y[i] * (1.0 - y[n + i]);
            dydt[n + i] += 0.5 * y[n + i] * (y[i] - 1.0);
        }
    };
    auto const solution = ode::solve(ode::problem{f, y0, {problem.t.begin, problem.t.end}}, ode::verner7{},
                                     {.rtol = 1e-11, .atol = 1e-12});
    std::vector<grid::field<D>> result;
    for (std::size_t s = 0; s < 2; ++s) {
        pde::detail::discrete_problem<D> const discrete{problem.domain, all[s].boundary,
                                                        grid::uniform_point<D>(problem.diffusivity[s])};
        auto const& y = solution.y.back();
        result.push_back(discrete.to_field({y.data() + s * n, n}));
    }
    return result;
}

template <std::size_t D>
void compare_with_matrices(pde::reaction_diffusion<D, 2> const& problem, bool has_transforms) {
    auto const expected = by_matrices(problem);
    for (auto const method : both) {
        if (method == time_method::exponential && !has_transforms) continue;
        double const rtol = method == time_method::exponential ? 1e-9 : 1e-7;
        auto const result = pde::solve(problem, by<D>(method, rtol));
        // Of each step an error of rtol, which the reaction lets grow by less than four.
        double const allowed = 4.0 * rtol * static_cast<double>(result.report.n_steps);
        for (std::size_t s = 0; s < 2; ++s)
            EXPECT_LT(difference(result.u.back()[s], expected[s]), allowed) << result.report << ", species " << s;
    }
}

}  // namespace

// u' = -k u beside diffusion: modes of the grid decay by their own eigenvalues.
TEST(reaction_diffusion, decays_modes_by_their_eigenvalues) {
    double const k = 0.7, D = 0.05, n = 24, t = 1.5;
    double const sine = std::sin(3 * pi / (2 * n));
    double const lambda = 4 * n * n * sine * sine;
    for (auto const where : {centering::cell, centering::node}) {
        grid::cartesian<2> const domain{{.cells = {24, 24}, .centering = where}};
        auto const mode = grid::sample(domain, [](double x, double) { return std::cos(3 * pi * x); });
        pde::reaction_diffusion<2> const problem{.domain = domain,
                                                 .diffusivity = D,
                                                 .reaction = [k](auto const& u) { return -k * u; },
                                                 .initial = mode,
                                                 .t = {0.0, t}};
        auto const exact = std::exp(-(D * lambda + k) * t) * mode;
        for (auto const method : both)
            EXPECT_LT(difference(pde::solve(problem, by<2>(method, 1e-7)).u.back()[0], exact), 1e-6);
    }
}

// What is the same everywhere stays so, and follows the reaction alone.
TEST(reaction_diffusion, follows_the_reaction_where_nothing_diffuses) {
    pde::gray_scott_reaction const gray_scott{.feed = 0.02, .kill = 0.04};
    auto const f = [&](double, auto const& y, auto& dydt) { gray_scott(y, dydt); };
    auto const exact =
        ode::solve(ode::problem{f, std::array{0.8, 0.5}, {0.0, 20.0}}, ode::verner9{}, {.rtol = 1e-13, .atol = 1e-15});
    grid::cartesian<3> const domain{{.cells = {5, 4, 3}, .centering = centering::node}};
    pde::reaction_diffusion<3, 2> const problem{
        .domain = domain, .diffusivity = {2.0, 1.0}, .reaction = gray_scott, .initial = {0.8, 0.5}, .t = {0.0, 20.0}};
    for (auto const method : both) {
        auto const result = pde::solve(problem, by<3>(method, 1e-8));
        for (std::size_t s = 0; s < 2; ++s)
            for (double const u : result.u.back()[s].values()) EXPECT_NEAR(u, exact.y.back()[s], 1e-6) << result.report;
    }
}

TEST(reaction_diffusion, agrees_with_matrices_and_another_method_beside_all_sides) {
    for (auto const where : {centering::cell, centering::node})
        for (unsigned mix = 0; mix < n_mixes(2); ++mix) {
            auto const kinds = mix_of<2>(mix);
            auto const domain = box<2>(7, where);
            manufactured<2> const exact{domain, kinds};
            auto const sides = exact.sides(kinds, {0.3, 0.3});
            compare_with_matrices<2>({.domain = domain,
                                      .diffusivity = {0.3, 0.1},
                                      .reaction = predator,
                                      .source = {pde::source_in_time<2>{[](double x, double y) { return x - y; }},
                                                 pde::source_in_time<2>{0.2}},
                                      .boundary = sides,
                                      .initial = {[](double x, double y) { return 1.0 + x * y; }, 0.5},
                                      .t = {0.0, 0.4}},
                                     true);
        }
}

TEST(reaction_diffusion, agrees_with_matrices_on_stretched_grids_and_beside_robin_sides) {
    std::vector<double> faces;
    for (int i = 0; i <= 9; ++i) faces.push_back(std::pow(i / 9.0, 1.3));
    for (auto const where : {centering::cell, centering::node}) {
        grid::cartesian<2> const domain{{.cells = {0, 6}, .centering = where, .faces = {faces, {}}}};
        auto sides = grid::boundary<2>{grid::neumann{0.3}};
        sides.on(side::x_upper, grid::robin{[](double, double y) { return 1.0 + y; }, 0.5});
        sides.on(side::y_lower, grid::periodic{});
        compare_with_matrices<2>({.domain = domain,
                                  .diffusivity = {0.3, 0.2},
                                  .reaction = predator,
                                  .boundary = sides,
                                  .initial = {[](double x, double y) { return 1.0 + x * std::sin(2 * pi * y); }, 0.5},
                                  .t = {0.0, 0.4}},
                                 false);
    }
}

TEST(reaction_diffusion, lets_each_species_have_sides_of_its_own) {
    for (std::ptrdiff_t const n : {1, 2, 9}) {
        grid::cartesian<3> const domain{{.cells = {n, 3, 2}}};
        compare_with_matrices<3>(
            {.domain = domain,
             .diffusivity = {0.1, 0.2},
             .reaction = predator,
             .boundary = {grid::boundary<3>{grid::dirichlet{1.5}}, grid::boundary<3>{grid::neumann{-0.1}}},
             .initial = {[](double x, double y, double z) { return 1.0 + x * y * z; }, 0.5},
             .t = {0.0, 0.4}},
            true);
        grid::cartesian<1> const ring{{.cells = {n}}};
        compare_with_matrices<1>({.domain = ring,
                                  .diffusivity = {0.001, 0.002},
                                  .reaction = predator,
                                  .boundary = grid::periodic{},
                                  .initial = {[](double x) { return 1.0 + 0.5 * std::sin(2 * pi * x); }, 0.5},
                                  .t = {0.0, 1.0}},
                                 true);
    }
}

TEST(reaction_diffusion, has_its_orders) {
    grid::cartesian<2> const domain{{.cells = {16, 12}}};
    pde::reaction_diffusion<2, 2> const problem{
        .domain = domain,
        .diffusivity = {0.02, 0.01},
        .reaction = pde::brusselator_reaction{.a = 1.0, .b = 1.7},
        .initial = {[](double x, double y) { return 1.0 + 0.3 * std::cos(pi * x) * y; },
                    [](double x, double) { return 1.7 + 0.5 * std::cos(pi * x); }},
        .t = {0.0, 2.0}};
    auto const exact = pde::solve(problem, by<2>(time_method::exponential, 1e-12)).u.back();
    for (auto const& [method, order] : {std::pair{both[0], 2.0}, std::pair{both[1], 4.0}}) {
        std::vector<double> errors;
        for (int const n_steps : {10, 20, 40, 80}) {
            auto options = by<2>(method, 1e-6);
            options.fixed_step = 2.0 / n_steps;
            auto const result = pde::solve(problem, options);
            EXPECT_EQ(result.report.n_steps, static_cast<std::size_t>(n_steps));
            errors.push_back(difference(result.u.back()[0], exact[0]));
        }
        EXPECT_NEAR(order_of(errors), order, 0.1) << errors.back();
    }
}

// u = (1 + x²) e^{-t}, exactly so on nodes, with data that change on both sides.
TEST(reaction_diffusion, follows_data_that_change) {
    grid::cartesian<1> const line{{.cells = {20}, .centering = centering::node}};
    auto const u = [](double x, double t) { return (1.0 + x * x) * std::exp(-t); };
    pde::reaction_diffusion<1> const problem{
        .domain = line,
        .diffusivity = 0.1,
        .reaction = [](auto const& v) { return -2.0 * v; },
        .source = [=](double x, double t) { return u(x, t) - 0.2 * std::exp(-t); },
        .boundary = [=](double t) { return grid::dirichlet{[=](double x) { return u(x, t); }}; },
        .initial = [=](double x) { return u(x, 0.0); },
        .t = {0.0, 1.0}};
    auto const exact = grid::sample(line, [&](double x) { return u(x, 1.0); });
    for (auto const method : both)
        for (double const rtol : {1e-4, 1e-6}) {
            auto const result = pde::solve(problem, by<1>(method, rtol));
            EXPECT_LT(difference(result.u.back()[0], exact), 10.0 * rtol) << result.report;
        }
}

// Against solves that end there.
TEST(reaction_diffusion, keeps_states_between_steps) {
    grid::cartesian<2> const domain{{.cells = {20, 20}}};
    pde::reaction_diffusion<2> problem{
        .domain = domain,
        .diffusivity = 0.01,
        .reaction = pde::allen_cahn_reaction{},
        .initial = [](double x, double y) { return std::cos(9 * x * y) * (x > 0.4 ? 1 : -0.2); },
        .t = {0.0, 3.0}};
    for (auto const method : both) {
        auto options = by<2>(method, 1e-6);
        options.save_at = {0.0, 0.11, 0.12, 1.7, 3.0};
        auto const result = pde::solve(problem, options);
        ASSERT_EQ(result.t, options.save_at);
        for (std::size_t i = 1; i < result.t.size(); ++i) {
            auto until = problem;
            until.t.end = result.t[i];
            auto const exact = pde::solve(until, by<2>(time_method::exponential, 1e-9)).u.back()[0];
            EXPECT_LT(difference(result.u[i][0], exact), 3e-5) << result.t[i];
        }
    }
}

TEST(reaction_diffusion, begins_anew_where_data_jump) {
    grid::cartesian<2> const domain{{.cells = {12, 12}}};
    auto const pulse = [](double x, double, double t) { return t >= 0.5 && t < 0.75 ? 5.0 * x : 0.0; };
    pde::reaction_diffusion<2> problem{.domain = domain,
                                       .diffusivity = 0.01,
                                       .reaction = [](auto const& u) { return 0.3 * u * (1.0 - u); },
                                       .source = pulse,
                                       .initial = 0.1,
                                       .t = {0.0, 1.0}};
    auto part = problem;
    for (auto const& [begin, end] : {std::pair{0.0, 0.5}, std::pair{0.5, 0.75}, std::pair{0.75, 1.0}}) {
        part.t = {begin, end};
        part.source = begin == 0.5 ? pde::source_in_time<2>{[](double x, double) { return 5.0 * x; }} : 0.0;
        part.initial = pde::solve(part, by<2>(time_method::exponential, 1e-10)).u.back()[0];
    }
    auto const& exact = *part.initial[0].values();
    for (auto const method : both) {
        auto options = by<2>(method, 1e-7);
        options.discontinuities = {0.5, 0.75};
        auto const result = pde::solve(problem, options);
        EXPECT_LT(difference(result.u.back()[0], exact), 50.0 * options.rtol) << result.report;
        EXPECT_LE(result.report.n_rejected, 4U);
        options.discontinuities.clear();
        EXPECT_GT(pde::solve(problem, options).report.n_rejected, result.report.n_rejected);
    }
}

TEST(reaction_diffusion, gives_the_same_bits_on_any_number_of_threads) {
    auto const solve_on = [](auto const& problem, time_method method, int n_threads) {
        std::vector<double> values;
        on_threads(n_threads, [&] {
            auto const result = pde::solve(problem, {.rtol = 1e-4, .atol = 1e-6, .method = method});
            for (auto const& u : result.u.back()) values.insert(values.end(), u.values().begin(), u.values().end());
        });
        return values;
    };
    for (bool const is_ring : {false, true}) {
        grid::cartesian<2> const plane{{.upper = {2.5, 2.5}, .cells = {190, 170}}};
        pde::reaction_diffusion<2, 2> const problem{
            .domain = plane,
            .diffusivity = {2e-4, 1e-4},
            .reaction = pde::gray_scott_reaction{},
            .boundary = is_ring ? grid::boundary<2>{grid::periodic{}} : grid::boundary<2>{grid::neumann{0.0}},
            .initial = {1.0, [](double x, double y) { return x * y < 0.5 ? 0.3 : 0.0; }},
            .t = {0.0, 20.0}};
        for (auto const method : both) EXPECT_EQ(solve_on(problem, method, 1), solve_on(problem, method, 3));
        grid::cartesian<3> const space{{.cells = {40, 30, 50}}};
        pde::reaction_diffusion<3> const in_space{
            .domain = space,
            .diffusivity = 1e-2,
            .reaction = pde::allen_cahn_reaction{},
            .boundary = is_ring ? grid::boundary<3>{grid::periodic{}} : grid::boundary<3>{grid::neumann{0.1}},
            .initial = [](double x, double y, double z) { return std::sin(7 * x * y + z); },
            .t = {0.0, 0.5}};
        for (auto const method : both) EXPECT_EQ(solve_on(in_space, method, 1), solve_on(in_space, method, 4));
    }
}

// All of its forms, at a number of places that fills no whole vectors.
TEST(reaction_diffusion, takes_reactions_as_they_are_written) {
    grid::cartesian<1> const line{{.cells = {37}}};
    auto const end_of = [&](pde::reaction<1, 1> const& reaction) {
        pde::reaction_diffusion<1> const problem{.domain = line,
                                                 .diffusivity = 0.01,
                                                 .reaction = reaction,
                                                 .initial = [](double x) { return 0.2 + x; },
                                                 .t = {0.0, 1.0}};
        return pde::solve(problem, by<1>(time_method::automatic, 1e-6)).u.back()[0];
    };
    auto const one = end_of([](auto const& u) { return u * (1.0 - u); });
    EXPECT_EQ(difference(end_of([](auto const& u, auto& rate) { rate[0] = u[0] * (1.0 - u[0]); }), one), 0.0);
    EXPECT_EQ(difference(end_of([](double u) { return u * (1.0 - u); }), one), 0.0);
    EXPECT_EQ(difference(end_of([](std::array<double, 1> const& u, std::array<double, 1>& rate) {
                             rate[0] = u[0] * (1.0 - u[0]);
                         }),
                         one),
              0.0);
    auto const there = [](double t, auto const& x, auto const& u, auto& rate) { rate[0] = x[0] * cos(u[0]) + t; };
    auto const by_one = [](double t, std::array<double, 1> const& x, std::array<double, 1> const& u,
                           std::array<double, 1>& rate) { rate[0] = x[0] * std::cos(u[0]) + t; };
    EXPECT_LT(difference(end_of(there), end_of(by_one)), 1e-13);
}

TEST(reaction_diffusion, chooses_by_how_fast_diffusion_is) {
    pde::reaction_diffusion<2> problem{.domain = grid::cartesian<2>{{.cells = {64, 64}}},
                                       .diffusivity = 1e-4,
                                       .reaction = [](auto const& u) { return -2.0 * u; },
                                       .initial = [](double x, double) { return x; },
                                       .t = {0.0, 0.1}};
    auto const slow = pde::solve(problem).report;
    EXPECT_EQ(slow.method, "Runge-Kutta-Legendre 2, fused stages");
    EXPECT_EQ(slow.chosen, "diffusion is 1.64 times as fast as the reaction at the beginning");
    problem.diffusivity = 10.0;
    auto const fast = pde::solve(problem).report;
    EXPECT_EQ(fast.method, "ETDRK4, diffusion exactly by fast transforms");
    EXPECT_EQ(fast.chosen, "diffusion is 1.64e+05 times as fast as the reaction at the beginning");
    problem.boundary = grid::robin{1.0, 0.0};
    EXPECT_NE(pde::solve(problem).report.chosen.find(", but a side is Robin"), std::string::npos);
}

// The amounts of closed boxes whose reaction makes of each species what it takes of the other.
TEST(reaction_diffusion, tells_amounts) {
    grid::cartesian<2> const domain{{.cells = {14, 9}, .centering = centering::node}};
    pde::reaction_diffusion<2, 2> const problem{.domain = domain,
                                                .diffusivity = {0.1, 0.03},
                                                .reaction =
                                                    [](auto const& u, auto& rate) {
                                                        rate[0] = u[1] - u[0] * u[0];
                                                        rate[1] = -rate[0];
                                                    },
                                                .initial = {[](double x, double y) { return 1.0 + x * y; }, 0.5},
                                                .t = {0.0, 1.0}};
    for (auto const method : both) {
        auto const amounts = pde::solve(problem, by<2>(method, 1e-5)).report.conserved;
        ASSERT_EQ(amounts.size(), 2U);
        EXPECT_EQ(amounts[1].name, "amount of species 1");
        EXPECT_NEAR(amounts[0].first, 1.25, 1e-12);
        EXPECT_NEAR(amounts[0].last + amounts[1].last, amounts[0].first + amounts[1].first, 1e-12);
        EXPECT_GT(std::abs(amounts[0].last - amounts[0].first), 0.05);
    }
}
