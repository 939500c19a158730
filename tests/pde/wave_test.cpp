// SPDX-License-Identifier: MIT
#include "pde/manufactured.hpp"
#include "pde/wave_modes.hpp"
#include "support/expect_message.hpp"
#include "support/mixes_of_sides.hpp"

#include <poise/grid/field_arithmetic.hpp>
#include <poise/pde/wave.hpp>
#include <poise/profile/control.hpp>
#include <poise/profile/memory.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

namespace {

using namespace poise;
using poise_test::expect_message;
using std::numbers::pi;

template <std::size_t D>
grid::cartesian<D> unit_box(std::ptrdiff_t n, grid::centering where = grid::centering::node) {
    grid::cartesian_options<D> options{.centering = where};
    options.cells.fill(n);
    return grid::cartesian<D>{options};
}

// sin(kπx) in each direction, with its frequency on the grid.
template <std::size_t D>
struct standing_wave {
    double k = 2.0;

    double operator()(grid::point<D> const& x) const {
        double product = 1.0;
        for (double const each : x) product *= std::sin(k * pi * each);
        return product;
    }
    double omega(std::ptrdiff_t n, double speed) const {
        double const h = 1.0 / static_cast<double>(n);
        double const along = 2.0 / h * std::sin(0.5 * k * pi * h);
        return speed * along * std::sqrt(static_cast<double>(D));
    }
};

template <std::size_t D>
double error_of(grid::field<D> const& u, double factor, standing_wave<D> const& mode) {
    double error = 0.0;
    grid::for_each_point(u.grid(), [&](std::size_t i, grid::point<D> const& x) {
        error = std::max(error, std::abs(u.values()[i] - factor * mode(x)));
    });
    return error;
}

template <std::size_t D>
void expect_exact_standing_wave() {
    standing_wave<D> const mode;
    std::ptrdiff_t const n = 12;
    double const speed = 1.7, omega = mode.omega(n, speed);
    pde::wave<D> const problem{
        .domain = unit_box<D>(n),
        .speed = speed,
        .initial = poise_test::of_point<D>(mode),
        .initial_velocity = poise_test::of_point<D>([&](auto const& x) { return 3.0 * mode(x); }),
        .t = {0.5, 2.5}};
    auto const waves = pde::solve(problem, {.save_at = {0.5, 1.0, 2.2}});
    ASSERT_EQ(waves.t, (std::vector<double>{0.5, 1.0, 2.2, 2.5}));
    EXPECT_EQ(waves.report.method, "exact in time");
    EXPECT_EQ(waves.report.reason, ode::stop_reason::reached_end);
    for (std::size_t i = 0; i < waves.t.size(); ++i) {
        double const t = waves.t[i] - 0.5, c = std::cos(omega * t), s = std::sin(omega * t);
        EXPECT_LT(error_of(waves.u[i], c + 3.0 * s / omega, mode), 1e-13);
        EXPECT_LT(error_of(waves.velocity[i], 3.0 * c - omega * s, mode), 1e-12);
        EXPECT_NEAR(waves.energy[i], waves.energy[0], 1e-12 * waves.energy[0]);
    }
    // ½ ∫ v²/c² + |∇u|² of the grid.
    double const volume = std::pow(0.5, static_cast<double>(D));
    EXPECT_NEAR(waves.energy[0], 0.5 * volume * (9.0 + omega * omega) / (speed * speed), 1e-11);
}

TEST(wave, of_one_mode_is_exact_in_time) {
    expect_exact_standing_wave<1>();
    expect_exact_standing_wave<2>();
    expect_exact_standing_wave<3>();
}

TEST(wave, of_one_mode_is_exact_after_a_long_time) {
    standing_wave<1> const mode;
    pde::wave<1> const problem{.domain = unit_box<1>(12), .initial = poise_test::of_point<1>(mode), .t = {0.0, 3e6}};
    // An angle of 2·10⁷, known to 10⁻¹⁶ of itself.
    EXPECT_LT(error_of(pde::solve(problem).u.back(), std::cos(mode.omega(12, 1.0) * 3e6), mode), 3e-8);
}

TEST(wave, modes_turn_to_the_last_digits) {
    std::vector<double> omega, one, none, u, v;
    for (double x = 0.0; x < 9.9e5; x = x * 1.0021 + 0.0137) omega.push_back(x);
    for (int k = 1; k < 4000; ++k) omega.push_back(0.5 * pi * k);  // where one of both nearly vanishes
    one.resize(omega.size(), 1.0);
    none.resize(omega.size());
    u = v = none;
    for (double const t : {1.0, -1.0}) {
        pde::detail::turn_modes(omega.data(), t, one.data(), none.data(), u.data(), v.data(),
                                static_cast<std::ptrdiff_t>(omega.size()));
        for (std::size_t i = 0; i < omega.size(); ++i) {
            EXPECT_NEAR(u[i], std::cos(omega[i] * t), 2.3e-16) << omega[i];
            EXPECT_NEAR(v[i], -omega[i] * std::sin(omega[i] * t), 3e-16 * omega[i]) << omega[i];
        }
        pde::detail::turn_modes(omega.data(), t, none.data(), one.data(), u.data(), v.data(),
                                static_cast<std::ptrdiff_t>(omega.size()));
        EXPECT_EQ(u[0], t);
        EXPECT_NEAR(u[5], std::sin(omega[5] * t) / omega[5], 1e-15);
    }
}

// Steps against the exact method, with all there is but what it is not for.
template <std::size_t D>
pde::wave<D> varied_problem(grid::condition_kinds<D> const& kinds, std::ptrdiff_t n, grid::centering where) {
    auto const domain = poise_test::box<D>(n, where);
    poise_test::manufactured<D> const smooth{domain, kinds};
    return {.domain = domain,
            .speed = 1.3,
            .source = poise_test::of_point<D>([smooth](auto const& x) { return 2.0 * smooth.u(x) + 0.3; }),
            .boundary = smooth.sides(kinds),
            .initial = poise_test::of_point<D>([smooth](auto const& x) { return smooth.u(x); }),
            .initial_velocity = poise_test::of_point<D>([smooth](auto const& x) { return 0.5 - smooth.u(x); }),
            .t = {0.0, 0.8}};
}

template <std::size_t D>
double distance(pde::wave_evolution<D> const& a, pde::wave_evolution<D> const& b) {
    double largest = 0.0;
    EXPECT_EQ(a.t, b.t);
    for (std::size_t i = 0; i < a.t.size(); ++i)
        largest = std::max({largest, grid::norm_max(a.u[i] - b.u[i]), grid::norm_max(a.velocity[i] - b.velocity[i])});
    return largest;
}

template <std::size_t D>
void expect_orders_in_time(std::ptrdiff_t n) {
    for (unsigned mix = 0; mix < poise_test::n_mixes(D); mix += D == 3 ? 7 : 1)
        for (auto const where : {grid::centering::cell, grid::centering::node}) {
            SCOPED_TRACE(testing::Message() << D << "D, mix " << mix);
            auto const problem = varied_problem<D>(poise_test::mix_of<D>(mix), n, where);
            auto const exact = pde::solve(problem);
            ASSERT_EQ(exact.report.method, "exact in time");
            for (auto const& [method, order] :
                 {std::pair{pde::time_method::leapfrog, 2.0}, {pde::time_method::modified_leapfrog, 4.0}}) {
                std::vector<double> errors;
                for (double const step : {0.01, 0.005}) {
                    auto const waves = pde::solve(problem, {.fixed_step = step, .method = method});
                    EXPECT_EQ(waves.report.n_steps, static_cast<std::size_t>(std::lround(0.8 / step)));
                    EXPECT_LT(std::abs(waves.report.conserved[0].largest_drift),
                              1e-11 * std::abs(waves.energy[0]) + 1e-12);
                    errors.push_back(distance(exact, waves));
                }
                EXPECT_NEAR(std::log2(errors[0] / errors[1]), order, 0.1) << errors[0] << ' ' << errors[1];
            }
        }
}

TEST(wave, by_steps_comes_to_the_exact_one_with_orders_two_and_four) {
    expect_orders_in_time<1>(10);
    expect_orders_in_time<2>(8);
    expect_orders_in_time<3>(4);
}

// u = cos(ωt) Π sin(...), with data of every kind that change with time. Of u the largest error, of ∂u/∂t the root of
// the mean square: beside walls on cells it is rougher than u.
template <std::size_t D>
std::array<double, 2> errors_of_grid(grid::condition_kinds<D> const& kinds, std::ptrdiff_t n, grid::centering where) {
    auto const domain = poise_test::box<D>(n, where);
    poise_test::manufactured<D> const smooth{domain, kinds};
    double const speed = 0.9, omega = 2.2;
    auto const at = [&](double t) {
        poise_test::manufactured<D> const scaled = smooth;
        grid::boundary<D> sides = grid::dirichlet{0.0};
        auto const still = scaled.sides(kinds);
        for (std::size_t s = 0; s < 2 * D; ++s) {
            auto side = still.at(static_cast<grid::side>(s));
            auto const value = side.value;
            if (side.kind != grid::condition_kind::periodic)
                side.value = poise_test::of_point<D>(
                    [value, factor = std::cos(omega * t)](auto const& x) { return factor * value(x); });
            sides.on(static_cast<grid::side>(s), side);
        }
        return sides;
    };
    auto const source = [&](double t) {
        return poise_test::of_point<D>([=](auto const& x) {
            return std::cos(omega * t) * (speed * speed * smooth.neg_laplacian(x) - omega * omega * smooth.u(x));
        });
    };
    pde::wave<D> const problem{.domain = domain,
                               .speed = poise_test::of_point<D>([&](auto const&) { return speed; }),
                               .source = source,
                               .boundary = [&](double t) { return at(t); },
                               .initial = poise_test::of_point<D>([&](auto const& x) { return smooth.u(x); }),
                               .t = {0.0, 1.1}};
    auto const waves = pde::solve(problem, {.save_at = {0.41}, .fixed_step = 0.3 / static_cast<double>(n)});
    EXPECT_EQ(waves.report.method, "leapfrog");
    EXPECT_TRUE(std::isnan(waves.report.conserved[0].largest_drift));
    std::array<double, 2> error{};
    for (std::size_t i = 0; i < 2; ++i) {
        grid::field<D> exact{domain};
        grid::for_each_point(domain,
                             [&](std::size_t at_point, auto const& x) { exact.values()[at_point] = smooth.u(x); });
        error[0] = std::max(error[0], grid::norm_max(waves.u[i] - std::cos(omega * waves.t[i]) * exact));
        error[1] =
            std::max(error[1], grid::norm_l2(waves.velocity[i] - (-omega * std::sin(omega * waves.t[i])) * exact));
    }
    return error;
}

template <std::size_t D>
void expect_order_of_grid(unsigned mix, std::ptrdiff_t n, grid::centering where) {
    SCOPED_TRACE(testing::Message() << D << "D, mix " << mix);
    auto const kinds = poise_test::mix_of<D>(mix);
    auto const coarse = errors_of_grid<D>(kinds, n, where), fine = errors_of_grid<D>(kinds, 4 * n, where);
    auto const order = [&](std::size_t i) { return 0.5 * std::log2(coarse[i] / fine[i]); };
    EXPECT_GT(order(0), 1.9) << coarse[0] << ' ' << fine[0];
    EXPECT_LT(order(0), 3.0);
    EXPECT_GT(order(1), where == grid::centering::node ? 1.9 : 1.45) << coarse[1] << ' ' << fine[1];
}

TEST(wave, is_of_second_order_in_space_and_time_with_data_that_change) {
    for (auto const where : {grid::centering::cell, grid::centering::node}) {
        for (unsigned mix = 0; mix < poise_test::n_mixes(1); ++mix) expect_order_of_grid<1>(mix, 100, where);
        for (unsigned const mix : {0u, 6u, 13u, 21u}) expect_order_of_grid<2>(mix, 20, where);
    }
    expect_order_of_grid<3>(7, 6, grid::centering::node);
}

TEST(wave, keeps_to_its_tolerance) {
    standing_wave<2> const mode{.k = 3.0};
    std::ptrdiff_t const n = 30;
    auto const at = [&](double rtol, pde::time_method method) {
        pde::wave<2> const problem{.domain = unit_box<2>(n), .initial = poise_test::of_point<2>(mode), .t = {0.0, 3.0}};
        auto const waves = pde::solve(problem, {.rtol = rtol, .atol = 0.0, .method = method});
        // Roots of means, the mode's being 1/2.
        return error_of(waves.u.back(), std::cos(3.0 * mode.omega(n, 1.0)), mode);
    };
    for (double const rtol : {1e-3, 1e-5}) EXPECT_LT(at(rtol, pde::time_method::leapfrog), 1.1 * rtol);
    for (double const rtol : {1e-5, 1e-8}) EXPECT_LT(at(rtol, pde::time_method::modified_leapfrog), 1.1 * rtol);
    // Where the tolerance and not stability decides, no more steps than it asks for.
    EXPECT_GT(at(1e-5, pde::time_method::leapfrog), 1e-7);
}

TEST(wave, takes_the_order_that_costs_less) {
    pde::wave<1> problem{.domain = unit_box<1>(50),
                         .speed = [](double x) { return 1.0 + 0.2 * x; },
                         .initial = [](double x) { return std::sin(pi * x); },
                         .t = {0.0, 1.0}};
    EXPECT_EQ(pde::solve(problem, {.rtol = 1e-7}).report.method, "leapfrog of fourth order");
    auto const loose = pde::solve(problem, {.rtol = 1e-2});
    EXPECT_EQ(loose.report.method, "leapfrog");
    EXPECT_NE(loose.report.chosen.find("the speed varies; steps of "), std::string::npos) << loose.report.chosen;
    EXPECT_NEAR(loose.stable_step, 0.02 / 1.2, 1e-3);
}

TEST(wave, leaves_by_an_absorbing_side) {
    for (auto const where : {grid::centering::cell, grid::centering::node}) {
        std::vector<double> left;
        for (std::ptrdiff_t const n : {200, 400}) {
            auto const pulse = [](double x) { return std::exp(-std::pow((x - 0.5) / 0.06, 2)); };
            pde::wave<1> const problem{.domain = unit_box<1>(n, where),
                                       .boundary = grid::neumann{0.0},
                                       .absorbing = {grid::side::x_lower, grid::side::x_upper},
                                       .initial = pulse,
                                       .t = {0.0, 1.5}};
            auto const waves = pde::solve(problem, {.rtol = 1e-3, .save_at = {0.2, 0.6, 1.0}});
            for (std::size_t i = 1; i < 4; ++i) EXPECT_LE(waves.energy[i], waves.energy[i - 1]);
            EXPECT_TRUE(std::isnan(waves.report.conserved[0].largest_drift));
            left.push_back(grid::norm_max(waves.u.back()));
        }
        EXPECT_LT(left[0], 5e-3);
        EXPECT_NEAR(std::log2(left[0] / left[1]), 2.0, 0.35);
    }
}

TEST(wave, at_an_angle_is_absorbed_better_with_a_layer) {
    auto const domain = unit_box<2>(100, grid::centering::cell);
    auto const wavelet = [](double x, double y) {
        double const r2 = (std::pow(x - 0.5, 2) + std::pow(y - 0.3, 2)) / 0.0008;
        return (1.0 - r2) * std::exp(-r2);
    };
    std::vector<grid::side> const all{grid::side::x_lower, grid::side::x_upper, grid::side::y_lower,
                                      grid::side::y_upper};
    pde::wave<2> problem{
        .domain = domain, .boundary = grid::neumann{0.0}, .absorbing = all, .initial = wavelet, .t = {0.0, 2.0}};
    auto const sides = pde::solve(problem, {.rtol = 1e-2});
    problem.damping = pde::absorbing_layer<2>(domain, {.sides = all, .width = 0.2});
    auto const with_layer = pde::solve(problem, {.rtol = 1e-2});
    double const first = sides.report.conserved[0].first;
    EXPECT_LT(sides.energy.back(), 5e-3 * first);
    EXPECT_LT(with_layer.energy.back(), 5e-6 * first);
    EXPECT_GT(with_layer.energy.back(), 0.0);
}

TEST(wave, is_damped_as_its_equation_says) {
    standing_wave<1> const mode;
    std::ptrdiff_t const n = 20;
    double const damping = 1.4, omega0 = mode.omega(n, 1.0);
    double const omega = std::sqrt(omega0 * omega0 - 0.25 * damping * damping);
    pde::wave<1> const problem{
        .domain = unit_box<1>(n), .damping = damping, .initial = poise_test::of_point<1>(mode), .t = {0.0, 1.0}};
    auto const waves = pde::solve(problem, {.fixed_step = 1e-3});
    double const expected = std::exp(-0.5 * damping) * (std::cos(omega) + 0.5 * damping / omega * std::sin(omega));
    EXPECT_LT(error_of(waves.u.back(), expected, mode), 2e-5);
}

TEST(wave, goes_back_the_way_it_came) {
    auto const domain = poise_test::box<2>(12, grid::centering::cell);
    pde::wave<2> problem{.domain = domain,
                         .speed = [](double x, double y) { return 1.0 + 0.3 * x * y; },
                         .initial = [](double x, double y) { return std::sin(3 * x) * y; },
                         .t = {0.0, 1.0}};
    auto const there = pde::solve(problem, {.fixed_step = 0.01});
    problem.t = {1.0, 0.0};
    auto const initial = grid::sample(domain, [](double x, double y) { return std::sin(3 * x) * y; });
    problem.initial = there.u.back();
    problem.initial_velocity = there.velocity.back();
    auto const back = pde::solve(problem, {.fixed_step = 0.01});
    EXPECT_LT(grid::norm_max(back.u.back() - initial), 1e-12);
    EXPECT_LT(back.report.last_step, 0.0);
}

TEST(wave, is_saved_on_steps_and_between_them) {
    standing_wave<1> const mode;
    std::ptrdiff_t const n = 40;
    double const omega = mode.omega(n, 1.0);
    pde::wave<1> const problem{.domain = unit_box<1>(n), .initial = poise_test::of_point<1>(mode), .t = {0.0, 1.0}};
    for (auto const method : {pde::time_method::leapfrog, pde::time_method::modified_leapfrog}) {
        auto const waves = pde::solve(
            problem, {.rtol = 1e-6, .save_at = {0.0, 1e-4, 0.1, 0.25, 0.3 + 1e-5, 1 / 3.0, 0.99999}, .method = method});
        ASSERT_EQ(waves.t.size(), 8u);
        for (std::size_t i = 0; i < 8; ++i) {
            EXPECT_LT(error_of(waves.u[i], std::cos(omega * waves.t[i]), mode), 2e-6) << waves.t[i];
            // The cubic's slope at its end, and the central difference.
            double const dt = waves.report.largest_step;
            double const of_slope = std::pow(dt, 3) * std::pow(omega, 4) / 4.0;
            double const of_difference =
                method == pde::time_method::leapfrog ? dt * dt * std::pow(omega, 3) / 6.0 : 0.0;
            EXPECT_LT(error_of(waves.velocity[i], -omega * std::sin(omega * waves.t[i]), mode),
                      of_slope + of_difference + 2e-6 * omega)
                << waves.t[i];
            EXPECT_NEAR(waves.energy[i], waves.energy[0], 1e-11);
        }
    }
    // Tenths are ends of steps, which divide the span anew for them.
    auto const tenths = pde::solve(problem, {.save_at = {0.1, 0.3, 0.5}, .method = pde::time_method::leapfrog});
    EXPECT_EQ(tenths.report.n_steps % 10, 0u);
}

TEST(wave, shows_its_steps_and_stops_when_told) {
    pde::wave<1> const problem{
        .domain = unit_box<1>(20), .initial = [](double x) { return std::sin(pi * x); }, .t = {0.0, 1.0}};
    std::vector<double> seen;
    pde::evolution_options<1> options{.save_at = {0.1, 0.33, 0.9}, .fixed_step = 0.05};
    auto const all = pde::solve(problem, options);
    options.on_step = [&](double t, grid::field<1> const& u) {
        seen.push_back(t);
        EXPECT_NEAR(u(10), std::cos(pi * t), 0.02);
        return t < 0.42;
    };
    auto const waves = pde::solve(problem, options);
    EXPECT_EQ(waves.report.reason, ode::stop_reason::stopped);
    EXPECT_EQ(seen.size(), 9u);
    ASSERT_EQ(waves.t.size(), 3u);
    EXPECT_NEAR(waves.t[2], 0.45, 1e-15);
    EXPECT_EQ(waves.report.t, waves.t[2]);
    EXPECT_EQ(waves.report.n_steps, 9u);
    EXPECT_NEAR(waves.u[2](10), std::cos(pi * 0.45), 2e-3);
    EXPECT_NEAR(waves.velocity[2](10), -pi * std::sin(pi * 0.45), 2e-2);
    for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(grid::norm_max(waves.u[i] - all.u[i]), 0.0);
}

TEST(wave, reports_a_budget_that_ran_out) {
    pde::wave<1> const problem{
        .domain = unit_box<1>(20), .initial = [](double x) { return std::sin(pi * x); }, .t = {0.0, 1.0}};
    pde::evolution_options<1> options{
        .save_at = {0.1, 0.8}, .max_steps = 7, .fixed_step = 0.05, .on_failure = pde::on_failure::return_report};
    auto const waves = pde::solve(problem, options);
    EXPECT_EQ(waves.report.reason, ode::stop_reason::max_steps);
    EXPECT_FALSE(waves);
    ASSERT_EQ(waves.t.size(), 2u);
    EXPECT_NEAR(waves.t[1], 0.35, 1e-15);
    options.on_failure = pde::on_failure::throw_exception;
    expect_message<pde::not_converged>([&] { (void)pde::solve(problem, options); }, "raise max_steps");
}

TEST(wave, of_an_empty_span_is_the_initial_one) {
    pde::wave<1> const problem{.domain = unit_box<1>(4),
                               .boundary = grid::dirichlet{2.0},
                               .initial = 1.0,
                               .initial_velocity = 3.0,
                               .t = {1.0, 1.0}};
    auto const waves = pde::solve(problem);
    ASSERT_EQ(waves.t, std::vector{1.0});
    EXPECT_EQ(waves.u[0](0), 2.0);
    EXPECT_EQ(waves.u[0](2), 1.0);
    EXPECT_EQ(waves.velocity[0](2), 3.0);
    // (∂u/∂t)² / 2 of three nodes of a quarter each, and |∇u|² / 2 of the two intervals at the sides.
    EXPECT_NEAR(waves.energy[0], 0.5 * 9.0 * 0.75 + 0.5 * 2.0 * 16.0 * 0.25 - 4.0 * 16.0 * 0.25, 1e-12);
}

TEST(wave, says_that_it_may_take_no_step_or_was_stopped_at_the_last) {
    pde::wave<1> const problem{
        .domain = unit_box<1>(20), .initial = [](double x) { return std::sin(pi * x); }, .t = {0.0, 1.0}};
    pde::evolution_options<1> options{.max_steps = 0, .fixed_step = 0.05, .on_failure = pde::on_failure::return_report};
    auto const none = pde::solve(problem, options);
    EXPECT_EQ(none.report.reason, ode::stop_reason::max_steps);
    EXPECT_EQ(none.report.n_steps, 0u);
    EXPECT_EQ(none.t, std::vector{0.0});
    EXPECT_EQ(none.report.t, 0.0);
    EXPECT_NEAR(none.energy[0], 0.25 * pi * pi, 0.01);
    for (double const step : {0.0, 0.05}) {
        auto const stopped = pde::solve(
            problem, {.on_step = [](double t, grid::field<1> const&) { return t < 0.999; }, .fixed_step = step});
        EXPECT_EQ(stopped.report.reason, ode::stop_reason::stopped) << stopped.report.method;
        EXPECT_EQ(stopped.t.back(), 1.0);
    }
}

TEST(wave, without_unknowns_is_its_data) {
    pde::wave<2> const problem{.domain = unit_box<2>(1),
                               .boundary = [](double t) { return grid::boundary<2>{grid::dirichlet{t}}; },
                               .t = {0.0, 1.0}};
    auto const waves = pde::solve(problem);
    for (double const value : waves.u.back().values()) EXPECT_EQ(value, 1.0);
    for (double const value : waves.velocity.back().values()) EXPECT_NEAR(value, 1.0, 1e-14);
    pde::wave<2> const narrow{.domain = grid::cartesian<2>{{.cells = {1, 5}, .centering = grid::centering::node}},
                              .boundary = grid::dirichlet{2.0},
                              .t = {0.0, 1.0}};
    for (double const step : {0.0, 0.1}) {
        auto const still = pde::solve(narrow, {.fixed_step = step});
        for (double const value : still.u.back().values()) EXPECT_EQ(value, 2.0);
    }
}

TEST(wave, that_nothing_holds_drifts_away) {
    pde::wave<1> const problem{.domain = unit_box<1>(1, grid::centering::cell),
                               .source = 2.0,
                               .boundary = grid::neumann{0.0},
                               .initial = 1.0,
                               .initial_velocity = 3.0,
                               .t = {0.0, 2.0}};
    for (auto const method : {pde::time_method::automatic, pde::time_method::leapfrog})
        EXPECT_NEAR(pde::solve(problem, {.method = method}).u.back()(0), 1.0 + 6.0 + 4.0, 1e-12);
}

// Four times as many steps, not one allocation more.
TEST(wave, allocates_nothing_in_a_step) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    auto const allocations = [](pde::wave<2> const& problem, double step, pde::time_method method, bool is_watched) {
        pde::evolution_options<2> options{.fixed_step = step, .method = method};
        if (is_watched) options.on_step = [](double, grid::field<2> const&) { return true; };
        (void)pde::solve(problem, options);
        profile::memory const used;
        (void)pde::solve(problem, options);
        return used.so_far().allocations;
    };
    pde::wave<2> problem{.domain = unit_box<2>(20),
                         .speed = [](double x, double) { return 1.0 + 0.1 * x; },
                         .initial = [](double x, double y) { return std::sin(pi * x) * y; },
                         .t = {0.0, 1.0}};
    auto const expect_same = [&](pde::time_method method, bool is_watched) {
        EXPECT_EQ(allocations(problem, 0.02, method, is_watched), allocations(problem, 0.005, method, is_watched));
    };
    for (bool const is_watched : {false, true}) {
        expect_same(pde::time_method::leapfrog, is_watched);
        expect_same(pde::time_method::modified_leapfrog, is_watched);
    }
    problem.source = [](double x, double, double t) { return x + t; };
    problem.boundary = [](double t) { return grid::dirichlet{t}; };
    expect_same(pde::time_method::leapfrog, false);
}

TEST(wave, refuses_what_it_is_not_for) {
    pde::wave<2> const good{.domain = unit_box<2>(8), .t = {0.0, 1.0}};
    auto const expect = [](auto const& problem, auto const& options, std::string const& message) {
        expect_message<std::invalid_argument>([&] { (void)pde::solve(problem, options); }, message);
    };
    pde::evolution_options<2> const plain;
    double const nan = std::numeric_limits<double>::quiet_NaN();
    auto bad = good;
    bad.speed = 0.0;
    expect(bad, plain, "speed is 0; it must be positive and finite");
    bad.speed = [](double x, double) { return x > 0.6 ? -1.0 : 1.0; };
    expect(bad, plain, "speed is -1 at (0.625, 0); it must be positive");
    bad = good;
    bad.damping = -1.0;
    expect(bad, plain, "damping is -1; it must be finite and not negative");
    bad = good;
    bad.initial = [=](double x, double) { return x == 0.5 ? nan : 0.0; };
    expect(bad, plain, "the initial value is nan at (0.5, 0); it must be finite");
    bad = good;
    bad.initial_velocity = nan;
    expect(bad, plain, "the initial velocity is nan at (0, 0)");
    bad = good;
    bad.source = [=](double, double, double t) { return t > 0.5 ? nan : 0.0; };
    expect(bad, plain, "the source is nan at (0.125, 0.125); it must be finite");
    expect(bad, plain, "at t = 0.5");
    bad = good;
    bad.boundary = [=](double t) { return grid::boundary<2>{grid::dirichlet{t > 0.5 ? nan : 0.0}}; };
    expect(bad, plain, "the boundary data is nan at");
    bad.boundary = [=](double t) {
        return t > 0.5 ? grid::boundary<2>{grid::neumann{0.0}} : grid::boundary<2>{grid::dirichlet{0.0}};
    };
    expect(bad, plain, "its kind may not");
    bad.boundary = [](double t) { return grid::boundary<2>{grid::robin{1.0 + t, 0.0}}; };
    expect(bad, plain, "its coefficient may not");
    bad = good;
    bad.absorbing = {grid::side::x_upper};
    expect(bad, plain, "the upper side of x is to absorb waves and is not Neumann");
    bad.absorbing = {grid::side::z_upper};
    expect(bad, plain, "which a box of 2 dimensions does not have");
    bad.absorbing = {grid::side::x_upper};
    bad.boundary = grid::neumann{0.0};
    bad.t = {1.0, 0.0};
    expect(bad, plain, "backwards grows without bounds");
    bad = good;
    bad.t = {0.0, nan};
    expect(bad, plain, "the span of time");
    bad = good;
    bad.initial = grid::field<2>{unit_box<2>(9)};
    expect(bad, plain, "the initial value is a field on another grid");
    expect(good, pde::evolution_options<2>{.rtol = -1.0}, "rtol is -1");
    expect(good, pde::evolution_options<2>{.save_at = {2.0}}, "save_at[0] is 2");
    expect(good, pde::evolution_options<2>{.fixed_step = 0.1}, "fixed_step is 0.1, and steps beyond 0.0883883");
    expect(good, pde::evolution_options<2>{.fixed_step = 0.01, .method = pde::time_method::exact}, "it takes no steps");
    bad = good;
    bad.speed = [](double x, double) { return 1.0 + x; };
    expect(bad, pde::evolution_options<2>{.method = pde::time_method::exact}, "method is exact, and the speed varies");
    bad.damping = 1.0;
    expect(bad, pde::evolution_options<2>{.method = pde::time_method::modified_leapfrog}, "and energy is lost");
    EXPECT_NO_THROW((void)pde::solve(good, {.fixed_step = 0.08838}));
}

TEST(wave, layers_refuse_what_they_cannot_be) {
    auto const domain = unit_box<1>(10);
    auto const expect = [&](pde::layer_options<1> const& options, std::string const& message) {
        expect_message<std::invalid_argument>([&] { (void)pde::absorbing_layer<1>(domain, options); }, message);
    };
    std::vector<grid::side> const sides{grid::side::x_upper};
    expect({.sides = sides, .width = 0.0}, "the layer's width is 0");
    expect({.sides = sides, .width = 2.0}, "and the box is 1 wide in x");
    expect({.sides = sides, .width = 0.1, .speed = 0.0}, "the layer's speed is 0");
    expect({.sides = sides, .width = 0.1, .reflection = 1.0}, "the layer's reflection is 1");
    expect({.sides = {grid::side::y_upper}, .width = 0.1}, "which a box of 1 dimensions does not have");
    auto const layer = pde::absorbing_layer<1>(domain, {.sides = sides, .width = 0.5, .reflection = std::exp(-1.0)});
    EXPECT_EQ(layer({0.4}), 0.0);
    EXPECT_NEAR(layer({1.0}), 6.0, 1e-14);
    EXPECT_NEAR(layer({0.75}), 1.5, 1e-14);
}

}  // namespace

TEST(wave, refuses_jumps_and_keeps_steps_as_short_as_is_asked_for) {
    pde::wave<1> const problem{
        .domain = unit_box<1>(16), .initial = [](double x) { return std::sin(pi * x); }, .t = {0.0, 1.0}};
    EXPECT_THROW((void)pde::solve(problem, {.discontinuities = {0.5}}), std::invalid_argument);
    auto const report = pde::solve(problem, {.largest_step = 0.003, .method = pde::time_method::leapfrog}).report;
    EXPECT_LE(report.largest_step, 0.003);
}
