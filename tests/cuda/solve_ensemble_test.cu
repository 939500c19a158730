// SPDX-License-Identifier: MIT
// cuda::solve as a user compiles it: on the processor everywhere, on a GPU where there is one.
#include "cuda/gpu_needed.hpp"
#include "cuda/walk_limits.hpp"

#include <poise/cuda.hpp>
#include <poise/poise.hpp>  // which nvcc compiles without a warning, too

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace poise;

namespace {

// θ'' = −p θ by its exact solution: θ = cos(√p t).
struct oscillator {
    template <class T, class Y, class P>
    __host__ __device__ void operator()(T const&, Y const& y, Y& dydt, P const& p) const {
        dydt[0] = y[1];
        dydt[1] = -p[0] * y[0];
    }
};
auto oscillators(std::size_t n) {
    return ode::ensemble{oscillator{}, {0.0, 3.0}, n, [n](std::size_t i) {
                             return ode::start{{1.0, 0.0}, {1.0 + static_cast<double>(i) / n}};
                         }};
}
template <class Solution>
void expect_cosines(Solution const& solution, double tolerance) {
    std::size_t const n = solution.y.size();
    for (std::size_t i = 0; i < n; ++i) {
        double const omega = std::sqrt(1.0 + static_cast<double>(i) / static_cast<double>(n));
        ASSERT_NEAR(solution.y[i][0], std::cos(3.0 * omega), tolerance) << i;
        ASSERT_NEAR(solution.y[i][1], -omega * std::sin(3.0 * omega), tolerance) << i;
    }
}

TEST(solve_ensemble, on_the_processor_is_that_of_ode) {
    auto const ensemble = oscillators(100);
    auto const found = cuda::solve(ensemble, ode::tsitouras5{}, {.rtol = 1e-8, .atol = 1e-10});
    auto const expected = ode::solve(ensemble, ode::tsitouras5{}, {.rtol = 1e-8, .atol = 1e-10});
    EXPECT_EQ(found.y, expected.y);
    EXPECT_TRUE(found.report.device.is_cpu());
    expect_cosines(found, 1e-7);
}

TEST(solve_ensemble, falls_back_with_a_reason) {
    auto const best = device::best();
    auto const found = cuda::solve(oscillators(10), ode::tsitouras5{}, {.rtol = 1e-8, .atol = 1e-10, .device = best});
    EXPECT_EQ(found.report.device, best);
    EXPECT_EQ(found.report.device.why_cpu(), best.why_cpu());
    expect_cosines(found, 1e-7);
}

template <class Real>
std::string refused(ode::ensemble_options<2> const& options, double begin, double end, double atol = 1e-9) {
    auto const limits = poise_test::limits_of<2>({begin, end}, options, atol);
    try {
        cuda::detail::require_in_range<Real>(limits, options);
    } catch (std::invalid_argument const& thrown) {
        return thrown.what();
    }
    return "";
}

TEST(solve_ensemble, refuses_what_a_gpus_numbers_do_not_hold) {
    EXPECT_EQ(refused<float>({}, 0.0, 10.0), "");
    EXPECT_EQ(refused<float>({}, 3.0, 3.0), "");
    EXPECT_EQ(refused<float>({.rtol = 0.0, .fixed_step = 0.1}, 10.0, 0.0), "");
    EXPECT_EQ(refused<double>({.rtol = 1e-12}, 1e8, 1e8 + 1, 1e-50), "");
    EXPECT_EQ(
        refused<float>({}, 1e8, 1e8 + 1),
        "cuda::solve<float>: of times from 1e+08 to 100000001 float tells too few apart; begin at 0, or take double");
    EXPECT_NE(refused<float>({}, 0.0, 1e39).find("float tells too few apart"), std::string::npos);
    EXPECT_EQ(refused<float>({.rtol = 1e-12}, 0.0, 1.0),
              "cuda::solve<float>: rtol is 1e-12, and float has no more than 9.5367431640625e-07; take double");
    EXPECT_EQ(refused<float>({.first_step = 1e-50}, 0.0, 1.0),
              "cuda::solve<float>: a step of 1e-50 is 0 in float; take double");
    EXPECT_EQ(refused<float>({}, 0.0, 1.0, 1e-50), "cuda::solve<float>: an atol of 1e-50 is 0 in float; take double");
    EXPECT_EQ(refused<float>({.max_steps = 20'000'000}, 0.0, 1.0),
              "cuda::solve: max_steps is 20000000; a trajectory counts to 16777216 in float");
    EXPECT_EQ(refused<double>({.max_steps = 5'000'000'000}, 0.0, 1.0),
              "cuda::solve: max_steps is 5000000000; a trajectory counts to 4294967295");
}

TEST(solve_ensemble, on_a_gpu_agrees_with_the_exact_solution) {
    POISE_NEED_GPU();
    auto const gpu = device::best();
    for (std::size_t const n : {1u, 127u, 128u, 10'001u}) {
        auto const found = cuda::solve(oscillators(n), ode::tsitouras5{}, {.rtol = 1e-8, .atol = 1e-10, .device = gpu});
        expect_cosines(found, 1e-7);
        EXPECT_EQ(found.report.device, gpu);
        EXPECT_EQ(found.report.n_trajectories, n);
        std::ostringstream text;
        text << found.report;
        EXPECT_NE(text.str().find("Tsitouras 5(4) on cuda:0 in double"), std::string::npos) << text.str();
    }
    expect_cosines(cuda::solve(oscillators(1000), ode::verner7{}, {.rtol = 1e-11, .atol = 1e-12, .device = gpu}),
                   1e-10);
    expect_cosines(
        cuda::solve<float>(oscillators(1000), ode::dormand_prince5{}, {.rtol = 1e-5, .atol = 1e-5, .device = gpu}),
        1e-3);
}

TEST(solve_ensemble, on_a_gpu_takes_the_steps_of_the_processor) {
    POISE_NEED_GPU();
    auto const gpu = device::best();
    auto const ensemble = oscillators(500);
    std::vector<double> const save_at{0.0, 0.5, 1.7, 3.0};
    auto const here = cuda::solve(ensemble, ode::tsitouras5{}, {.fixed_step = 0.01, .save_at = save_at});
    auto const there =
        cuda::solve(ensemble, ode::tsitouras5{}, {.fixed_step = 0.01, .save_at = save_at, .device = gpu});
    ASSERT_EQ(here.saved.size(), there.saved.size());
    // 300 steps of numbers near 1, whose rounding differs where multiplications and additions are fused.
    for (std::size_t i = 0; i < here.saved.size(); ++i)
        for (std::size_t d = 0; d < 2; ++d) ASSERT_NEAR(here.saved[i][d], there.saved[i][d], 1e-13);
    EXPECT_EQ(here.report.statistics.n_steps, there.report.statistics.n_steps);
    EXPECT_EQ(here.report.statistics.n_evaluations, there.report.statistics.n_evaluations);
}

TEST(solve_ensemble, on_a_gpu_fails_one_by_one) {
    POISE_NEED_GPU();
    auto const gpu = device::best();
    ode::ensemble const some{oscillator{}, {0.0, 1.0}, 3, [](std::size_t i) {
                                 return ode::start{{i == 1 ? std::nan("") : 1.0, 0.0}, {1.0}};
                             }};
    auto const found =
        cuda::solve(some, ode::tsitouras5{}, {.on_failure = ode::on_failure::return_report, .device = gpu});
    EXPECT_EQ(found.report.n_failed, 1u);
    EXPECT_EQ(found.report.first_failed, 1u);
    EXPECT_EQ(found.trajectories[1].reason, ode::stop_reason::not_finite);
    EXPECT_NEAR(found.y[2][0], std::cos(1.0), 1e-5);
    EXPECT_THROW((void)cuda::solve(some, ode::tsitouras5{}, {.device = gpu}), ode::ensemble_not_converged);
}

}  // namespace
