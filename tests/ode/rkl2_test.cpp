// SPDX-License-Identifier: MIT
// The stabilised method: as many stages as diffusion asks for, and the errors that are asked for.
#include <poise/ode.hpp>
#include <poise/ode/detail/spectral_radius.hpp>
#include <poise/profile/memory.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

using namespace poise;

namespace {

using state = std::vector<double>;

// Heat on a line of n inner points between walls.
struct heat {
    void operator()(double, state const& u, state& slope) const {
        std::size_t const n = u.size();
        double const scale = static_cast<double>((n + 1) * (n + 1));
        for (std::size_t i = 0; i < n; ++i)
            slope[i] = scale * ((i > 0 ? u[i - 1] : 0.0) - 2.0 * u[i] + (i + 1 < n ? u[i + 1] : 0.0));
    }
};
state mode(std::size_t n, int k) {
    state u(n);
    for (std::size_t i = 0; i < n; ++i)
        u[i] = std::sin(k * std::numbers::pi * static_cast<double>(i + 1) / static_cast<double>(n + 1));
    return u;
}
double rate(std::size_t n, int k) {
    return std::pow(
        2.0 * static_cast<double>(n + 1) * std::sin(0.5 * k * std::numbers::pi / static_cast<double>(n + 1)), 2);
}

}  // namespace

TEST(Rkl2, MeetsTolerancesOfDiffusion) {
    constexpr std::size_t n = 200;
    std::vector<double> errors;
    for (double const rtol : {1e-3, 1e-5, 1e-7}) {
        auto const solution =
            ode::solve(ode::problem{heat{}, mode(n, 1), {0.0, 0.2}}, ode::rkl2{}, {.rtol = rtol, .atol = rtol});
        double largest = 0.0;
        for (double t = 0.0; t <= 0.2; t += 0.01) {
            auto const u = solution(t);
            for (std::size_t i = 0; i < n; ++i)
                largest = std::max(largest, std::abs(u[i] - mode(n, 1)[i] * std::exp(-rate(n, 1) * t)));
        }
        EXPECT_LT(largest, 50.0 * rtol) << solution.report;
        errors.push_back(largest);
    }
    EXPECT_LT(errors[2], 1e-2 * errors[0]);
}

TEST(Rkl2, TakesFarFewerEvaluationsThanOtherExplicitMethods) {
    auto const evaluations_of = [](auto method) {
        return ode::solve(ode::problem{heat{}, mode(400, 1), {0.0, 0.2}}, method,
                          {.rtol = 1e-4, .atol = 1e-4, .keep = ode::keep::ends})
            .statistics.n_evaluations;
    };
    EXPECT_LT(20 * evaluations_of(ode::rkl2{}), evaluations_of(ode::tsitouras5{}));
}

TEST(Rkl2, IsOfOrderTwoWhereTheProblemIsNotAutonomous) {
    using pair = std::array<double, 2>;
    auto const f = [](double t, pair const& y, pair& slope) {
        slope = {-30.0 * (y[0] - std::cos(t)) - std::sin(t), -y[1] * y[1] * y[0]};
    };
    // y₁ = 1 / (2 + sin t)
    std::vector<double> errors;
    for (int const n : {40, 80, 160, 320}) {
        auto const solution =
            ode::solve(ode::problem{f, pair{1.0, 0.5}, {0.0, 4.0}}, ode::rkl2{}, {.fixed_step = 4.0 / n});
        auto const& y = solution.y.back();
        errors.push_back(std::max(std::abs(y[0] - std::cos(4.0)), std::abs(y[1] - 1.0 / (2.0 + std::sin(4.0)))));
    }
    double const order = std::log(errors.front() / errors.back()) / std::log(8.0);
    EXPECT_GT(order, 1.9);
    EXPECT_LT(order, 2.5);
}

TEST(Rkl2, SaysWhereItFails) {
    auto const pole = ode::solve(ode::problem{[](double, double y) { return y * y; }, 1.0, {0.0, 2.0}}, ode::rkl2{},
                                 {.on_failure = ode::on_failure::return_report});
    EXPECT_FALSE(pole);
    EXPECT_NEAR(pole.report.t, 1.0, 1e-2);
    auto const root = ode::solve(ode::problem{[](double, double y) { return -std::sqrt(y) - 1.0; }, 1.0, {0.0, 2.0}},
                                 ode::rkl2{}, {.on_failure = ode::on_failure::return_report});
    EXPECT_EQ(root.report.reason, ode::stop_reason::not_finite);
    auto const still = ode::solve(ode::problem{[](double, double) { return 0.0; }, 0.0, {0.0, 2.0}}, ode::rkl2{});
    EXPECT_EQ(still.y.back(), 0.0);
    auto const back = ode::solve(ode::problem{[](double, double y) { return y; }, 1.0, {0.0, -2.0}}, ode::rkl2{});
    EXPECT_NEAR(back.y.back(), std::exp(-2.0), 1e-4);
}

TEST(Rkl2, AllocatesNothingInAStep) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    auto const allocations_of = [](double end) {
        ode::problem const p{heat{}, mode(50, 1), {0.0, end}};
        profile::memory const used;
        (void)ode::solve(p, ode::rkl2{}, {.keep = ode::keep::ends});
        return used.so_far().allocations;
    };
    EXPECT_EQ(allocations_of(0.01), allocations_of(1.0));
}

TEST(SpectralRadius, IsFoundFromBelow) {
    state const u = mode(100, 3);
    state slope(100);
    heat{}(0.0, u, slope);
    ode::detail::spectral_radius<state> radius{u};
    ode::detail::error_weights const weights{1e-6, 1e-6, nullptr};
    auto const evaluate = [](state const& at, state& result) { heat{}(0.0, at, result); };
    double const exact = rate(100, 100);
    double found = 0.0;
    for (int i = 0; i < 6; ++i) found = radius.estimate(u, slope, weights, evaluate);
    EXPECT_GT(found, 0.8 * exact);
    EXPECT_LT(found, 1.01 * exact);
}
