// SPDX-License-Identifier: MIT
// Transport beside what is known of it: orders, exact solutions, bounds, balances, symmetry.
#include "pde/transport_schemes.hpp"
#include "support/on_threads.hpp"

#include <poise/core/reductions.hpp>
#include <poise/pde/advection_diffusion.hpp>
#include <poise/pde/burgers.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

using namespace poise;
using grid::side;
using pde::advection_scheme;
using pde::time_method;
using poise_test::all_schemes;
using poise_test::line;
using poise_test::mean_error;
using poise_test::on_threads;
using std::numbers::pi;

namespace {

std::vector<double> values_of(auto const& result) {
    auto const values = result.u.back().values();
    return {values.begin(), values.end()};
}

// Of errors on grids each twice as fine as the one before, the order between the last two.
double last_order(std::vector<double> const& errors) { return std::log2(errors[errors.size() - 2] / errors.back()); }

double total_variation(std::vector<double> const& u) {
    double sum = 0.0;
    for (std::size_t i = 0; i < u.size(); ++i) sum += std::abs(u[(i + 1) % u.size()] - u[i]);
    return sum;
}

double block(double x) { return x > 0.2 && x < 0.45 ? 1.0 : 0.0; }

// A wave that comes in and goes out, and diffuses at that: u = 2 + sin(4(x − t)) e^(−16 κ t).
pde::advection_diffusion<1> passing_wave(std::ptrdiff_t n, double kappa, advection_scheme scheme) {
    auto const u = [=](double x, double t) { return 2.0 + std::sin(4.0 * (x - t)) * std::exp(-16.0 * kappa * t); };
    return {.domain = line(n),
            .velocity = 1.0,
            .kappa = kappa,
            .scheme = scheme,
            .boundary = [=](double t) { return grid::dirichlet{[=](double x) { return u(x, t); }}; },
            .initial = [=](double x) { return u(x, 0.0); },
            .t = {0.0, 0.3}};
}
double error_of_passing_wave(std::ptrdiff_t n, double kappa, advection_scheme scheme, double step) {
    auto const result =
        pde::solve(passing_wave(n, kappa, scheme), {.fixed_step = step, .method = time_method::ssp_runge_kutta});
    return mean_error<1>(result.u.back(),
                         [=](double x) { return 2.0 + std::sin(4.0 * (x - 0.3)) * std::exp(-16.0 * kappa * 0.3); });
}

}  // namespace

TEST(transport, has_the_order_of_its_scheme_around_a_line) {
    for (auto const& [scheme, order, first] :
         {std::tuple{advection_scheme::upwind, 1.0, 200}, std::tuple{advection_scheme::central, 2.0, 50},
          std::tuple{advection_scheme::weno5, 5.0, 20}}) {
        for (double const velocity : {1.0, -0.7}) {
            std::vector<double> errors;
            for (std::ptrdiff_t n = first; n <= 4 * first; n *= 2) {
                auto const wave = [](double x) { return std::sin(2.0 * pi * x); };
                pde::advection_diffusion<1> const problem{.domain = line(n),
                                                          .velocity = velocity,
                                                          .scheme = scheme,
                                                          .boundary = grid::periodic{},
                                                          .initial = wave,
                                                          .t = {0.0, 0.25}};
                double const step =
                    0.25 / std::ceil(0.25 * static_cast<double>(n) * (scheme == advection_scheme::weno5 ? 20.0 : 2.0));
                auto const result = pde::solve(problem, {.fixed_step = step});
                errors.push_back(mean_error<1>(result.u.back(), [=](double x) { return wave(x - 0.25 * velocity); }));
            }
            EXPECT_NEAR(last_order(errors), order, 0.1) << errors.back();
        }
    }
}

TEST(transport, has_the_order_of_its_scheme_between_sides_whose_data_change) {
    for (double const kappa : {0.0, 0.002}) {
        for (auto const& [scheme, order, first] :
             {std::tuple{advection_scheme::upwind, 1.0, 200}, std::tuple{advection_scheme::central, 2.0, 50},
              std::tuple{advection_scheme::weno5, 5.0, 20}}) {
            std::vector<double> errors;
            for (std::ptrdiff_t n = first; n <= 4 * first; n *= 2) {
                double const h = 1.0 / static_cast<double>(n);
                errors.push_back(
                    error_of_passing_wave(n, kappa, scheme, 0.2 * h * std::min(1.0, std::cbrt(h * h) * 7.0)));
            }
            EXPECT_NEAR(last_order(errors), order, 0.1) << errors.back() << " kappa " << kappa;
        }
    }
}

// With data at the times of the stages it would be 2.
TEST(transport, has_order_three_in_time_at_one_courant_number_with_data_that_change) {
    std::vector<double> errors;
    for (std::ptrdiff_t n = 80; n <= 640; n *= 2)
        errors.push_back(error_of_passing_wave(n, 0.0, advection_scheme::weno5, 0.9 / static_cast<double>(n)));
    EXPECT_NEAR(last_order(errors), 3.0, 0.1) << errors.back();
}

TEST(transport, limited_has_order_two_where_nothing_is_an_extremum) {
    for (auto const limiter : {pde::limiter::minmod, pde::limiter::van_leer, pde::limiter::superbee}) {
        std::vector<double> errors;
        for (std::ptrdiff_t n = 50; n <= 400; n *= 2) {
            pde::advection_diffusion<1> const problem{
                .domain = line(n),
                .velocity = 1.0,
                .scheme = advection_scheme::limited,
                .limiter = limiter,
                .boundary = [](double t) { return grid::dirichlet{std::exp(-t)}; },
                .initial = [](double x) { return std::exp(x); },
                .t = {0.0, 0.3}};
            auto const result = pde::solve(problem, {.fixed_step = 0.4 / static_cast<double>(n)});
            errors.push_back(mean_error<1>(result.u.back(), [](double x) { return std::exp(x - 0.3); }));
        }
        EXPECT_NEAR(last_order(errors), 2.0, 0.1) << errors.back();
    }
}

TEST(transport, weno5_keeps_its_order_with_velocities_that_vary_in_two_dimensions) {
    auto const u = [](double x, double y, double t) { return 1.0 + 0.5 * std::sin(2.0 * pi * (x + y - t)); };
    std::vector<double> errors;
    for (std::ptrdiff_t n = 16; n <= 64; n *= 2) {
        auto const along_x = [](double x, double y) {
            return 1.0 + 0.3 * std::sin(2.0 * pi * x) * std::cos(2.0 * pi * y);
        };
        auto const along_y = [](double x, double) { return 0.5 * std::cos(2.0 * pi * x); };
        auto const source = [=](double x, double y, double t) {
            double const slope = pi * std::cos(2.0 * pi * (x + y - t));
            double const divergence = 0.6 * pi * std::cos(2.0 * pi * x) * std::cos(2.0 * pi * y);
            return slope * (along_x(x, y) + along_y(x, y) - 1.0) + divergence * u(x, y, t);
        };
        pde::advection_diffusion<2> const problem{.domain = grid::cartesian<2>{{.cells = {n, n}}},
                                                  .velocity = {along_x, along_y},
                                                  .source = source,
                                                  .boundary = grid::periodic{},
                                                  .initial = [=](double x, double y) { return u(x, y, 0.0); },
                                                  .t = {0.0, 0.05}};
        auto const result = pde::solve(problem, {.fixed_step = 0.1 / static_cast<double>(n * n) * 4.0});
        errors.push_back(mean_error<2>(result.u.back(), [=](double x, double y) { return u(x, y, 0.05); }));
    }
    EXPECT_NEAR(last_order(errors), 5.0, 0.1) << errors.back();
}

TEST(transport, burgers_has_order_five_in_three_dimensions) {
    auto const u = [](double x, double y, double z, double t) {
        return 0.4 + 0.2 * std::sin(2.0 * pi * (x + y + z - t));
    };
    std::vector<double> errors;
    for (std::ptrdiff_t n = 32; n <= 64; n *= 2) {
        pde::burgers<3> const problem{.domain = grid::cartesian<3>{{.cells = {n, n, n}}},
                                      .source =
                                          [=](double x, double y, double z, double t) {
                                              double const slope = 0.4 * pi * std::cos(2.0 * pi * (x + y + z - t));
                                              return slope * (3.0 * u(x, y, z, t) - 1.0);
                                          },
                                      .boundary = grid::periodic{},
                                      .initial = [=](double x, double y, double z) { return u(x, y, z, 0.0); },
                                      .t = {0.0, 0.02}};
        auto const result = pde::solve(problem, {.fixed_step = 0.0005});
        errors.push_back(
            mean_error<3>(result.u.back(), [=](double x, double y, double z) { return u(x, y, z, 0.02); }));
    }
    EXPECT_NEAR(last_order(errors), 5.0, 0.1) << errors.back();
}

// Cole and Hopf: u = −2 ν φ'/φ of a solution φ of the heat equation.
TEST(transport, burgers_is_the_heat_equation_of_cole_and_hopf) {
    double const nu = 0.05;
    auto const exact = [=](double x, double t) {
        double const decay = std::exp(-nu * pi * pi * t);
        return 2.0 * nu * pi * decay * std::sin(pi * x) / (2.0 + decay * std::cos(pi * x));
    };
    for (auto const& [scheme, most] :
         {std::pair{advection_scheme::central, 2e-4}, std::pair{advection_scheme::weno5, 1e-7}}) {
        pde::burgers<1> const problem{.domain = line(100),
                                      .viscosity = nu,
                                      .scheme = scheme,
                                      .initial = [=](double x) { return exact(x, 0.0); },
                                      .t = {0.0, 1.0}};
        auto const result = pde::solve(problem, {.rtol = 1e-8});
        EXPECT_LT(mean_error<1>(result.u.back(), [=](double x) { return exact(x, 1.0); }), most) << result.report;
    }
}

TEST(transport, steps_of_diffusion_are_longer_than_its_explicit_limit) {
    auto const problem = passing_wave(400, 1.0, advection_scheme::weno5);
    auto const result = pde::solve(problem, {.rtol = 1e-6});
    EXPECT_NE(result.report.method.find("Runge-Kutta-Legendre"), std::string::npos);
    EXPECT_GT(result.report.largest_step, 20.0 / (400.0 * 400.0));
    EXPECT_LT(mean_error<1>(result.u.back(), [](double x) { return 2.0 + std::sin(4.0 * (x - 0.3)) * std::exp(-4.8); }),
              1e-5);
    EXPECT_LT(std::abs(result.report.conserved[0].largest_drift), 1e-11);
}

// A shock of speed 1/2 and a fan between 0.3 and 0.3 + t: the area under |u − exact| of the cells that smear them.
TEST(transport, burgers_meets_shocks_and_fans) {
    auto const exact = [](double x) {
        double const t = 0.4, fan = std::clamp((x - 0.2) / t, 0.0, 1.0);
        return x < 0.5 + 0.5 * t ? fan : 0.0;
    };
    for (auto const scheme : {advection_scheme::upwind, advection_scheme::limited, advection_scheme::weno5}) {
        pde::burgers<1> const problem{.domain = line(400),
                                      .scheme = scheme,
                                      .initial = [](double x) { return x > 0.2 && x < 0.5 ? 1.0 : 0.0; },
                                      .t = {0.0, 0.4}};
        auto const result = pde::solve(problem, {.rtol = 1e-3});
        double const h = 1.0 / 400.0;
        EXPECT_LT(mean_error<1>(result.u.back(), exact), (scheme == advection_scheme::upwind ? 5.0 : 1.5) * h);
        auto const u = values_of(result);
        double const at = 0.7 * 400.0;
        EXPECT_GT(u[static_cast<std::size_t>(at) - 4], 0.9) << "the shock is where it should be";
        EXPECT_LT(u[static_cast<std::size_t>(at) + 3], 0.1);
    }
}

TEST(transport, keeps_bounds_and_variation_where_that_is_promised) {
    for (auto const limiter : {pde::limiter::minmod, pde::limiter::van_leer, pde::limiter::superbee})
        for (auto const scheme : {advection_scheme::upwind, advection_scheme::limited})
            for (double const velocity : {1.0, -1.0})
                for (double const rtol : {1e-6, 1.0}) {
                    pde::advection_diffusion<1> problem{.domain = line(100),
                                                        .velocity = velocity,
                                                        .scheme = scheme,
                                                        .limiter = limiter,
                                                        .boundary = grid::periodic{},
                                                        .initial = block,
                                                        .t = {0.0, 0.7}};
                    auto const around = values_of(pde::solve(problem, {.rtol = rtol}));
                    EXPECT_LE(total_variation(around), 2.0 + 1e-12);
                    auto const [least, most] = std::ranges::minmax(around);
                    EXPECT_GE(least, -1e-14);
                    EXPECT_LE(most, 1.0 + 1e-14);
                    problem.boundary = [](double t) { return grid::dirichlet{std::sin(40.0 * t) > 0.0 ? 1.0 : 0.0}; };
                    for (double const kappa : {0.0, 1e-3}) {
                        problem.kappa = kappa;
                        auto const through = values_of(
                            pde::solve(problem, {.rtol = rtol, .atol = 1e-3, .method = time_method::ssp_runge_kutta}));
                        auto const [low, high] = std::ranges::minmax(through);
                        EXPECT_GE(low, -1e-14);
                        EXPECT_LE(high, 1.0 + 1e-14);
                    }
                }
}

// The same by loops that anyone can check.
TEST(transport, is_what_a_plain_program_finds) {
    std::ptrdiff_t const n = 60;
    double const h = 1.0 / 60.0, dt = 0.4 * h;
    auto const flux = [](double left, double right) {
        return std::max(std::pow(std::max(left, 0.0), 2), std::pow(std::min(right, 0.0), 2)) / 2.0;
    };
    auto const rate = [&](std::vector<double> const& u) {
        auto const at = [&](std::ptrdiff_t i) { return u[static_cast<std::size_t>((i + 2 * n) % n)]; };
        auto const slope = [&](std::ptrdiff_t i) {
            double const a = at(i) - at(i - 1), b = at(i + 1) - at(i);
            return a * b > 0.0 ? 2.0 * a * b / (a + b) : 0.0;
        };
        std::vector<double> result;
        for (std::ptrdiff_t i = 0; i < n; ++i) {
            auto const through = [&](std::ptrdiff_t f) {
                return flux(at(f - 1) + slope(f - 1) / 2.0, at(f) - slope(f) / 2.0);
            };
            result.push_back((through(i) - through(i + 1)) / h);
        }
        return result;
    };
    auto const wave = [](double x) { return 0.2 + std::sin(2.0 * pi * x); };
    std::vector<double> u;
    for (std::ptrdiff_t i = 0; i < n; ++i) u.push_back(wave((static_cast<double>(i) + 0.5) * h));
    auto const first = u;
    for (int step = 0; step < 40; ++step) {
        auto const k1 = rate(u);
        auto v = u, w = u;
        for (std::size_t i = 0; i < u.size(); ++i) v[i] = u[i] + dt * k1[i];
        auto const k2 = rate(v);
        for (std::size_t i = 0; i < u.size(); ++i) w[i] = u[i] + dt * (k1[i] + k2[i]) / 4.0;
        auto const k3 = rate(w);
        for (std::size_t i = 0; i < u.size(); ++i) u[i] += dt * (k1[i] + k2[i] + 4.0 * k3[i]) / 6.0;
    }
    pde::burgers<1> const problem{.domain = line(n),
                                  .scheme = advection_scheme::limited,
                                  .boundary = grid::periodic{},
                                  .initial = wave,
                                  .t = {0.0, 40.0 * dt}};
    auto const ours = values_of(pde::solve(problem, {.fixed_step = dt}));
    for (std::size_t i = 0; i < u.size(); ++i) EXPECT_NEAR(ours[i], u[i], 1e-13);
}

TEST(transport, balances_what_comes_in) {
    for (auto const scheme : all_schemes) {
        pde::advection_diffusion<2> problem{
            .domain = grid::cartesian<2>{{.upper = {1.0, 0.7}, .cells = {40, 23}}},
            .velocity = {[](double, double y) { return 1.0 + y; },
                         [](double x, double, double t) { return x * std::cos(t); }},
            .kappa = 1e-3,
            .scheme = scheme,
            .source = [](double x, double y, double t) { return x * y + t; },
            .boundary =
                [](double t) {
                    return grid::boundary<2>{grid::neumann{0.1 * t}}
                        .on(side::x_lower, grid::dirichlet{[t](double, double y) { return std::sin(y + t); }})
                        .on(side::y_upper, grid::robin{0.5, t});
                },
            .initial = [](double x, double y) { return x + y; },
            .t = {0.0, 0.3}};
        for (double const kappa : {1e-3, 1.0}) {
            problem.kappa = kappa;
            auto const amount = pde::solve(problem, {.rtol = 1e-4, .save_at = {0.1, 0.2}}).report.conserved.at(0);
            EXPECT_EQ(amount.name, "amount");
            EXPECT_GT(std::abs(amount.supplied), 1e-3);
            EXPECT_LT(std::abs(amount.largest_drift), 2e-13);
        }
    }
}

TEST(transport, mirrored_data_give_mirrored_bits) {
    auto const initial = [](double x, double y) {
        return std::exp(-40.0 * (std::pow(x - 0.25, 2) + std::pow(y - 0.375, 2)));
    };
    for (auto const scheme : all_schemes)
        for (auto const& sides : {grid::boundary<2>{grid::periodic{}}, grid::boundary<2>{grid::dirichlet{0.25}}}) {
            pde::evolution_options<2> const options{.fixed_step = 1.0 / 512.0};
            pde::advection_diffusion<2> problem{.domain = grid::cartesian<2>{{.cells = {32, 32}}},
                                                .velocity = {1.0, 0.5},
                                                .kappa = 1.0 / 1024.0,
                                                .scheme = scheme,
                                                .boundary = sides,
                                                .initial = initial,
                                                .t = {0.0, 0.125}};
            auto const u = pde::solve(problem, options).u.back();
            problem.velocity = {-1.0, 0.5};
            problem.initial = [=](double x, double y) { return initial(1.0 - x, y); };
            auto const mirrored = pde::solve(problem, options).u.back();
            problem.velocity = {0.5, 1.0};
            problem.initial = [=](double x, double y) { return initial(y, x); };
            auto const turned = pde::solve(problem, options).u.back();
            for (int j = 0; j < 32; ++j)
                for (int i = 0; i < 32; ++i) {
                    ASSERT_EQ(mirrored(31 - i, j), u(i, j));
                    ASSERT_EQ(turned(j, i), u(i, j));
                }
        }
}

TEST(transport, burgers_mirrored_changes_its_sign_alone) {
    for (auto const scheme : all_schemes)
        for (double const viscosity : {0.0, 0.001}) {
            auto const initial = [](double x) { return 0.3 + std::sin(2.0 * pi * x); };
            pde::burgers<1> problem{
                .domain = line(64),
                .viscosity = viscosity,
                .scheme = scheme,
                .boundary = grid::boundary<1>{grid::dirichlet{0.3}}.on(side::x_upper, grid::dirichlet{0.7}),
                .initial = initial,
                .t = {0.0, 0.25}};
            pde::evolution_options<1> const options{.fixed_step = 1.0 / 512.0};
            auto const u = values_of(pde::solve(problem, options));
            problem.boundary = grid::boundary<1>{grid::dirichlet{-0.7}}.on(side::x_upper, grid::dirichlet{-0.3});
            problem.initial = [=](double x) { return -initial(1.0 - x); };
            auto const mirrored = values_of(pde::solve(problem, options));
            for (std::size_t i = 0; i < u.size(); ++i) ASSERT_EQ(mirrored[u.size() - 1 - i], -u[i]);
        }
}

// Waves of all lengths at the longest step that is taken to be stable.
TEST(transport, is_stable_as_far_as_it_says) {
    for (auto const scheme : {advection_scheme::central, advection_scheme::weno5})
        for (double const kappa : {0.0, 1e-3, 5e-3, 1.0})
            for (auto const& sides : {grid::boundary<2>{grid::periodic{}}, grid::boundary<2>{grid::dirichlet{0.0}},
                                      grid::boundary<2>{grid::neumann{0.0}}}) {
                pde::advection_diffusion<2> const problem{
                    .domain = grid::cartesian<2>{{.cells = {40, 40}}},
                    .velocity = {1.0, -0.6},
                    .kappa = kappa,
                    .scheme = scheme,
                    .boundary = sides,
                    .initial = [](double x, double y) { return std::fmod(1e4 * std::sin(1e3 * x + 777.0 * y), 1.0); },
                    .t = {0.0, kappa < 0.1 ? 2.0 : 0.2}};
                for (auto const method : {time_method::automatic, time_method::ssp_runge_kutta}) {
                    auto const u = values_of(pde::solve(problem, {.rtol = 1e3, .method = method}));
                    EXPECT_LT(norm_max(u), 1.5)
                        << kappa << ' ' << static_cast<int>(scheme) << ' ' << static_cast<int>(method);
                }
            }
}

TEST(transport, gives_the_same_bits_on_any_number_of_threads) {
    auto const expect_same = [](auto const& solve) {
        std::vector<double> one;
        on_threads(1, [&] { one = solve(); });
        for (int const n : {2, 5}) on_threads(n, [&] { EXPECT_EQ(one, solve()) << n; });
    };
    for (auto const scheme : all_schemes) {
        expect_same([&] {
            pde::burgers<1> const problem{
                .domain = line(100'001), .scheme = scheme, .initial = block, .t = {0.0, 1e-4}};
            return values_of(pde::solve(problem, {.rtol = 1e-2}));
        });
        expect_same([&] {
            pde::advection_diffusion<2> const problem{
                .domain = grid::cartesian<2>{{.cells = {300, 280}}},
                .velocity = {[](double, double y) { return 0.5 - y; }, [](double x, double) { return x - 0.5; }},
                .scheme = scheme,
                .initial = [](double x, double y) { return block(x) * block(y); },
                .t = {0.0, 0.02}};
            return values_of(pde::solve(problem, {.rtol = 1e-2}));
        });
        expect_same([&] {
            pde::advection_diffusion<3> const problem{
                .domain = grid::cartesian<3>{{.cells = {40, 50, 60}}},
                .velocity = {1.0, -0.5, 0.25},
                .kappa = 0.01,
                .scheme = scheme,
                .initial = [](double x, double y, double z) { return block(x) * y * z; },
                .t = {0.0, 0.01}};
            return values_of(pde::solve(problem, {.rtol = 1e-2}));
        });
    }
}
