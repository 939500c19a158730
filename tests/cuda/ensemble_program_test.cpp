// SPDX-License-Identifier: MIT
// What a thread of a GPU does, done here: one trajectory after the other, in any order, beside ode::solve.
#include "cuda/walk_limits.hpp"

#include <poise/cuda/detail/ensemble_program.hpp>
#include <poise/ode/bogacki_shampine3.hpp>
#include <poise/ode/dop853.hpp>
#include <poise/ode/dormand_prince5.hpp>
#include <poise/ode/solve_ensemble.hpp>
#include <poise/ode/tsitouras5.hpp>
#include <poise/ode/verner7.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using namespace poise;
using cuda::detail::ensemble_program;
using cuda::detail::trajectory_end;
using poise_test::limits_of;

namespace {

struct lorenz {
    template <class T, class Y, class P>
    void operator()(T const&, Y const& y, Y& dydt, P const& p) const {
        dydt[0] = 10.0 * (y[1] - y[0]);
        dydt[1] = p[0] * y[0] - y[1] - y[0] * y[2];
        dydt[2] = y[0] * y[1] - 8.0 / 3.0 * y[2];
    }
};
// y' = p y², which goes to infinity at t = 1 / (p y0).
struct explosion {
    template <class T, class Y, class P>
    void operator()(T const&, Y const& y, Y& dydt, P const& p) const {
        dydt[0] = p[0] * y[0] * y[0];
    }
};
// Not a number from t = 0.5 on, in component 1, where p is negative.
struct cliff {
    template <class T, class Y, class P>
    void operator()(T const& t, Y const& y, Y& dydt, P const& p) const {
        dydt[0] = -y[0];
        dydt[1] = sqrt(p[0] + select(t < 0.5, T{10.0}, T{0.0}));
    }
};

template <std::size_t N>
struct results {
    std::vector<std::array<double, N>> y, saved;
    std::vector<trajectory_end<double>> ends;
};

// As on the GPU, one thread after the other, from the first or from the last on.
template <class Real, bool Saves, class Method, class F, class Start, std::size_t N>
results<N> by_threads(ode::ensemble<F, Start> const& ensemble, Method, ode::detail::walk_limits<N> const& limits,
                      std::vector<double> const& save_at, bool is_reversed = false) {
    constexpr std::size_t P = ode::ensemble<F, Start>::n_parameters;
    std::size_t const n = ensemble.size(), n_times = save_at.size();
    std::vector<Real> y(N * n), p(P * n), saved(n_times * N * n, std::numeric_limits<Real>::quiet_NaN());
    std::vector<trajectory_end<Real>> ends(n);
    for (std::size_t i = 0; i < n; ++i) {
        auto const start = ensemble.start(i);
        for (std::size_t d = 0; d < N; ++d) y[d * n + i] = static_cast<Real>(start.y0[d]);
        for (std::size_t j = 0; j < P; ++j) p[j * n + i] = static_cast<Real>(start.p[j]);
    }
    ensemble_program<Method, F, Real, N, P, Saves> const program{
        ensemble.f(), limits, {n, y.data(), p.data(), ends.data(), save_at.data(), n_times, saved.data()}};
    for (std::size_t i = 0; i < n; ++i) program(is_reversed ? n - 1 - i : i);
    results<N> all;
    for (std::size_t i = 0; i < n; ++i) {
        auto& at = all.y.emplace_back();
        for (std::size_t d = 0; d < N; ++d) at[d] = static_cast<double>(y[d * n + i]);
        for (std::size_t m = 0; m < n_times; ++m) {
            auto& row = all.saved.emplace_back();
            for (std::size_t d = 0; d < N; ++d) row[d] = static_cast<double>(saved[(m * N + d) * n + i]);
        }
        all.ends.push_back({static_cast<trajectory_end<double>::kind>(ends[i].reason), ends[i].n_steps,
                            ends[i].n_rejected, ends[i].n_saved, ends[i].n_dense, ends[i].component,
                            static_cast<double>(ends[i].t), static_cast<double>(ends[i].last_step)});
    }
    return all;
}
auto some_lorenz(ode::time_span t) {
    return ode::ensemble{
        lorenz{}, t, 37, [](std::size_t i) {
            return ode::start{{1.0, 0.01 * static_cast<double>(i), 20.0}, {18.0 + 0.4 * static_cast<double>(i)}};
        }};
}

template <class Method>
void expect_the_same_bits(Method method, ode::time_span t, ode::ensemble_options<3> options) {
    SCOPED_TRACE(Method::name);
    options.instructions = ode::instruction_set::portable;
    auto const ensemble = some_lorenz(t);
    auto const expected = ode::solve(ensemble, method, options);
    auto const limits = limits_of(t, options, 1e-9);
    for (bool const is_reversed : {false, true}) {
        auto const found = by_threads<double, true>(ensemble, method, limits, options.save_at, is_reversed);
        EXPECT_EQ(found.y, expected.y);
        EXPECT_EQ(found.saved, expected.saved);
        for (std::size_t i = 0; i < ensemble.size(); ++i) {
            auto const& report = expected.trajectories[i];
            EXPECT_EQ(found.ends[i].reason, trajectory_end<double>::kind::at_the_end);
            EXPECT_EQ(found.ends[i].n_steps, report.statistics.n_steps);
            EXPECT_EQ(found.ends[i].n_rejected, report.statistics.n_rejected);
            EXPECT_EQ(found.ends[i].n_saved, report.n_saved);
            EXPECT_EQ(found.ends[i].t, report.t);
            EXPECT_EQ(found.ends[i].last_step, report.last_step);
        }
    }
    if (!options.save_at.empty()) return;
    EXPECT_EQ((by_threads<double, false>(ensemble, method, limits, {}).y), expected.y);
}

TEST(ensemble_program, has_the_bits_of_lanes) {
    for (ode::time_span const t : {ode::time_span{0.0, 2.0}, {3.0, 2.9}}) {
        double const middle = 0.5 * (t.begin + t.end);
        for (auto const& save_at : {std::vector<double>{}, {t.begin, middle, t.end}, {t.begin, t.begin, middle}}) {
            expect_the_same_bits(ode::tsitouras5{}, t, {.rtol = 1e-6, .save_at = save_at});
            expect_the_same_bits(ode::tsitouras5{}, t, {.fixed_step = 0.013, .save_at = save_at});
            expect_the_same_bits(ode::dormand_prince5{}, t,
                                 {.first_step = 1e-3, .largest_step = 0.02, .save_at = save_at});
            expect_the_same_bits(ode::bogacki_shampine3{}, t, {.rtol = 1e-4, .save_at = save_at});
            expect_the_same_bits(ode::verner7{}, t, {.rtol = 1e-9, .save_at = save_at});
            expect_the_same_bits(ode::dop853{}, t, {.rtol = 1e-8, .save_at = save_at});
        }
    }
}

TEST(ensemble_program, in_single_precision_agrees_to_its_tolerance) {
    ode::time_span const t{0.0, 1.0};
    auto const ensemble = some_lorenz(t);
    auto const expected = ode::solve(ensemble, ode::verner7{}, {.rtol = 1e-11, .atol = 1e-11});
    auto const limits = limits_of<3>(t, {.rtol = 1e-5}, 1e-5);
    auto const found = by_threads<float, false>(ensemble, ode::tsitouras5{}, limits, {});
    for (std::size_t i = 0; i < ensemble.size(); ++i) {
        EXPECT_EQ(found.ends[i].reason, trajectory_end<double>::kind::at_the_end);
        EXPECT_EQ(found.ends[i].t, 1.0);
        // Errors of this problem grow by no more than exp(0.9 t) from the attractor on; ten tolerances of |y| <= 50.
        for (std::size_t d = 0; d < 3; ++d) EXPECT_NEAR(found.y[i][d], expected.y[i][d], 10 * 1e-5 * 50) << i;
    }
}

// y'' = 1 − y, from rest.
struct pulled {
    template <class T, class Y, class P>
    void operator()(T const&, Y const& y, Y& dydt, P const& p) const {
        dydt[0] = y[1];
        dydt[1] = p[0] - y[0];
    }
};

TEST(ensemble_program, in_single_precision_begins_far_from_zero_and_ends_where_it_should) {
    for (ode::time_span const t : {ode::time_span{1000.0, 1010.0}, {300.0, 0.0}, {0.0, 1.0}}) {
        ode::ensemble const ensemble{pulled{}, t, 1, [](std::size_t) { return ode::start{{0.0, 0.0}, {1.0}}; }};
        auto const far =
            by_threads<float, false>(ensemble, ode::tsitouras5{}, limits_of<2>(t, {.rtol = 1e-4}, 1e-4), {});
        EXPECT_EQ(far.ends[0].reason, trajectory_end<double>::kind::at_the_end) << t.begin;
        EXPECT_EQ(far.ends[0].t, t.end);
    }
    ode::time_span const t{0.0, 1.0};
    ode::ensemble const ensemble{pulled{}, t, 1, [](std::size_t) { return ode::start{{0.0, 0.0}, {1.0}}; }};
    auto const fixed =
        by_threads<float, false>(ensemble, ode::tsitouras5{}, limits_of<2>(t, {.fixed_step = 0.01}, 1e-4), {});
    EXPECT_EQ(fixed.ends[0].n_steps, 100u);  // the sum of a hundred floats 0.01 is a little less than 1
    EXPECT_NEAR(fixed.y[0][0], 1.0 - std::cos(1.0), 1e-6);
    auto const many =
        by_threads<float, false>(ensemble, ode::tsitouras5{}, limits_of<2>(t, {.fixed_step = 1e-4}, 1e-4), {});
    EXPECT_EQ(many.ends[0].n_steps, 10'000u);
}

// y' = c g(c t), of a g that knows many functions: y(1) by threads and by lanes.
struct many_functions {
    template <class T, class Y, class P>
    void operator()(T const& t, Y const& y, Y& dydt, P const& p) const {
        auto const x = 0.25 + 0.5 * t;
        dydt[0] = exp(x) + log(x) + sin(x) + cos(x) + expm1(x) + log1p(x) + log10(x) + cbrt(x);
        dydt[1] = tan(x) + asin(x) + acos(x) + atan(x) + sinh(x) + cosh(x) + tanh(x) + abs(-x) + sqrt(x);
        dydt[2] = pow(x, p[0]) + pow(x, 0.3) + pow(2.0, x) + hypot(x, p[0]) + atan2(x, 1.5) + min(x, p[0]) +
                  max(x, p[0]) + 0.0 * y[0];
    }
};

TEST(ensemble_program, knows_the_functions_of_lanes) {
    ode::time_span const t{0.0, 1.0};
    ode::ensemble const ensemble{many_functions{}, t, 5, [](std::size_t i) {
                                     return ode::start{{0.0, 0.0, 0.0}, {0.3 + 0.1 * static_cast<double>(i)}};
                                 }};
    auto const expected = ode::solve(ensemble, ode::tsitouras5{}, {.fixed_step = 0.1});
    auto const limits = limits_of<3>(t, {.fixed_step = 0.1}, 1e-9);
    auto const precise = by_threads<double, false>(ensemble, ode::tsitouras5{}, limits, {});
    auto const rough = by_threads<float, false>(ensemble, ode::tsitouras5{}, limits, {});
    // Ten steps of numbers below 10, whose functions differ by an ulp or two.
    for (std::size_t i = 0; i < ensemble.size(); ++i)
        for (std::size_t d = 0; d < 3; ++d) {
            EXPECT_NEAR(precise.y[i][d], expected.y[i][d], 1e-13);
            EXPECT_NEAR(rough.y[i][d], expected.y[i][d], 1e-4);
        }
}

TEST(ensemble_program, tells_why_a_trajectory_failed) {
    using kind = trajectory_end<double>::kind;
    ode::time_span const t{0.0, 1.0};
    ode::ensemble const bursting{explosion{}, t, 3, [](std::size_t i) {
                                     return ode::start{{1.0}, {0.5 + static_cast<double>(i)}};
                                 }};
    auto const ends = by_threads<double, false>(bursting, ode::tsitouras5{}, limits_of<1>(t, {}, 1e-9), {}).ends;
    EXPECT_EQ(ends[0].reason, kind::at_the_end);
    EXPECT_EQ(ends[1].reason, kind::too_small);  // t = 2/3
    EXPECT_NEAR(ends[1].t, 2.0 / 3.0, 1e-6);
    EXPECT_TRUE(ends[2].reason == kind::too_small || ends[2].reason == kind::not_finite);
    EXPECT_NEAR(ends[2].t, 0.4, 1e-6);

    auto const few =
        by_threads<double, false>(bursting, ode::tsitouras5{}, limits_of<1>(t, {.max_steps = 3}, 1e-9), {}).ends;
    EXPECT_EQ(few[0].reason, kind::spent);
    EXPECT_EQ(few[0].n_steps + few[0].n_rejected, 3u);

    ode::ensemble const falling{cliff{}, t, 2, [](std::size_t i) {
                                    return ode::start{{1.0, 0.0}, {i == 0 ? 1.0 : -1.0}};
                                }};
    auto const fallen = by_threads<double, false>(falling, ode::tsitouras5{}, limits_of<2>(t, {}, 1e-9), {}).ends;
    EXPECT_EQ(fallen[0].reason, kind::at_the_end);
    EXPECT_EQ(fallen[1].reason, kind::not_finite);
    EXPECT_EQ(fallen[1].component, 1u);
    EXPECT_LT(fallen[1].t, 0.5);

    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    ode::ensemble const bad{cliff{}, t, 1, [](std::size_t) { return ode::start{{1.0, nan}, {1.0}}; }};
    auto const refused = by_threads<double, true>(bad, ode::tsitouras5{}, limits_of<2>(t, {}, 1e-9), {0.0, 1.0});
    EXPECT_EQ(refused.ends[0].reason, kind::bad_start);
    EXPECT_EQ(refused.ends[0].component, 1u);
    EXPECT_EQ(refused.ends[0].n_saved, 0u);
}

TEST(ensemble_program, does_nothing_in_an_empty_span) {
    ode::time_span const t{2.0, 2.0};
    auto const ensemble = some_lorenz(t);
    auto const found = by_threads<double, true>(ensemble, ode::tsitouras5{}, limits_of<3>(t, {}, 1e-9), {2.0});
    for (std::size_t i = 0; i < ensemble.size(); ++i) {
        EXPECT_EQ(found.ends[i].reason, trajectory_end<double>::kind::nothing_to_do);
        EXPECT_EQ(found.y[i], ensemble.start(i).y0);
        EXPECT_EQ(found.saved[i], ensemble.start(i).y0);
    }
}

}  // namespace
