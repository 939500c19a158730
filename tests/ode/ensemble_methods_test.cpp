// SPDX-License-Identifier: MIT
// What holds for ensembles by every method and with every instruction set.
#include "ode/ensembles.hpp"
#include "ode/methods.hpp"

#include <poise/ode.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

using namespace poise;
using namespace poise_test;

namespace {

template <class F, class Method, class Options, std::size_t N, std::size_t P>
auto solve_alone(F const& f, ode::start<N, P> const& start, ode::time_span t, Method const& method,
                 Options const& options) {
    auto const of_one = [&](double time, auto const& y, auto& dydt) { f(time, y, dydt, start.p); };
    return ode::solve(ode::problem{of_one, start.y0, t}, method, options);
}

// One whose last stage is the first of the next step, those where it is not, with a second estimate and without.
using methods = testing::Types<ode::tsitouras5, ode::verner7, ode::dop853>;

template <class Method>
class Ensemble : public testing::Test {};
TYPED_TEST_SUITE(Ensemble, methods, poise_test::method_names);

}  // namespace

TYPED_TEST(Ensemble, ReachesTheExactSolutionWithAllInstructions) {
    for (auto const instructions : available())
        for (double const end : {3.0, -2.0}) {
            decay_ensemble const e{{}, {0.0, end}, 100, rate};
            auto const result = ode::solve(e, TypeParam{}, {.rtol = 1e-8, .atol = 1e-10, .instructions = instructions});
            ASSERT_TRUE(result);
            for (std::size_t i = 0; i < e.size(); ++i) {
                double const exact = std::exp(-rate(i).p[0] * end);
                // Steps add errors of rtol at most, of which an equation as this one makes none larger.
                auto const n = static_cast<double>(result.trajectories[i].statistics.n_steps);
                EXPECT_NEAR(result.y[i][0] / exact, 1.0, n * 2e-8) << ode::to_string(instructions) << ' ' << i;
                EXPECT_EQ(result.trajectories[i].t, end);
            }
        }
}

TYPED_TEST(Ensemble, TakesTheStepsOfOneProblem) {
    ode::time_span const t{0.0, 1.0};
    for (auto const instructions : available()) {
        lorenz_ensemble const e{{}, t, 40, rho};
        auto const fixed = ode::solve(e, TypeParam{}, {.fixed_step = 0.013, .instructions = instructions});
        auto const found = ode::solve(e, TypeParam{}, {.instructions = instructions});
        for (std::size_t i = 0; i < e.size(); ++i) {
            auto const one = solve_alone(lorenz_of_rho{}, e.start(i), t, TypeParam{},
                                         ode::solve_options<std::array<double, 3>>{.fixed_step = 0.013});
            auto const other =
                solve_alone(lorenz_of_rho{}, e.start(i), t, TypeParam{}, ode::solve_options<std::array<double, 3>>{});
            EXPECT_EQ(fixed.trajectories[i].statistics.n_steps, one.statistics.n_steps);
            EXPECT_NEAR(static_cast<double>(found.trajectories[i].statistics.n_steps),
                        static_cast<double>(other.statistics.n_steps), 1.0);
            for (std::size_t d = 0; d < 3; ++d) {
                // The same steps: rounding alone, which the equation makes larger a hundred times at most until t = 1.
                EXPECT_NEAR(fixed.y[i][d], one.y.back()[d], 30.0 * 1e-12);
                // The first step is guessed to 1e-5, and so errors differ by that share.
                EXPECT_NEAR(found.y[i][d], other.y.back()[d], 1e-6);
            }
        }
    }
}

TYPED_TEST(Ensemble, SavesWhatDenseOutputGives) {
    // Backwards it runs to infinity soon.
    for (double const scale : {1.0, -0.05}) {
        std::vector<double> const times{0.0, 0.0, 0.3 * scale, 0.31 * scale, 1.7 * scale, 2.0 * scale};
        lorenz_ensemble const e{{}, {0.0, 2.0 * scale}, 25, rho};
        for (auto const instructions : available()) {
            // Few and long steps, so that most times are between their ends.
            auto const result = ode::solve(
                e, TypeParam{},
                {.rtol = 1e-5, .fixed_step = 0.05 * std::abs(scale), .save_at = times, .instructions = instructions});
            for (std::size_t i = 0; i < e.size(); ++i) {
                auto const one = solve_alone(lorenz_of_rho{}, e.start(i), e.t(), TypeParam{},
                                             ode::solve_options<std::array<double, 3>>{
                                                 .rtol = 1e-5, .fixed_step = 0.05 * std::abs(scale), .save_at = times});
                ASSERT_EQ(result.saved_of(i).size(), times.size());
                EXPECT_EQ(result.trajectories[i].n_saved, times.size());
                EXPECT_EQ(result.saved_of(i)[1], e.start(i).y0);
                EXPECT_EQ(result.saved_of(i).back(), result.y[i]);
                for (std::size_t s = 0; s < times.size(); ++s)
                    for (std::size_t d = 0; d < 3; ++d)
                        EXPECT_NEAR(result.saved_of(i)[s][d], one.y[s][d], 1e-9 * (1.0 + std::abs(one.y[s][d])));
            }
        }
    }
}

// What comes of a trajectory does not depend on how many there are, where it stands among them, or on threads.
TYPED_TEST(Ensemble, GivesTheSameBitsInEveryLane) {
    constexpr std::size_t n = 1000;
    std::vector<double> const times{1.0, 2.5};
    for (auto const instructions : available()) {
        auto const solved = [&](std::size_t size, auto const& start, std::size_t threads) {
            lorenz_ensemble const e{{}, {0.0, 3.0}, size, start};
            return ode::solve(e, TypeParam{},
                              {.rtol = 1e-5, .save_at = times, .threads = threads, .instructions = instructions});
        };
        auto const all = solved(n, rho, 1);
        for (int const threads : {2, 7}) {
            auto const parallel = with_threads(threads, [&] { return solved(n, rho, 0); });
            EXPECT_TRUE(is_same(parallel.y, all.y));
            EXPECT_TRUE(is_same(parallel.saved, all.saved));
        }
        auto const backwards = solved(
            n, [](std::size_t i) { return rho(n - 1 - i); }, 1);
        for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(backwards.y[n - 1 - i], all.y[i]) << i;
        for (std::size_t const size : {0u, 1u, 3u, 8u, 9u, 17u, 100u}) {
            // Every 7th, so that others are its neighbours.
            auto const few = solved(
                size, [](std::size_t i) { return rho(7 * i); }, 2);
            EXPECT_EQ(few.y.size(), size);
            for (std::size_t i = 0; i < size; ++i) {
                ASSERT_EQ(few.y[i], all.y[7 * i]) << size << ' ' << i;
                ASSERT_EQ(few.saved_of(i)[1], all.saved_of(7 * i)[1]);
                EXPECT_EQ(few.trajectories[i].statistics.n_steps, all.trajectories[7 * i].statistics.n_steps);
            }
        }
    }
}

TYPED_TEST(Ensemble, StopsEachAtItsBudget) {
    for (auto const instructions : available()) {
        decay_ensemble const e{{}, {0.0, 10.0}, 50, rate};
        auto const all = ode::solve(e, TypeParam{}, {.rtol = 1e-7, .instructions = instructions});
        auto const n_attempts = [](ode::trajectory_report const& of) {
            return of.statistics.n_steps + of.statistics.n_rejected;
        };
        std::size_t const budget = n_attempts(all.trajectories[25]);
        auto const some = ode::solve(e, TypeParam{},
                                     {.rtol = 1e-7,
                                      .max_steps = budget,
                                      .instructions = instructions,
                                      .on_failure = ode::on_failure::return_report});
        EXPECT_TRUE(some.trajectories[25]);
        for (std::size_t i = 0; i < e.size(); ++i) {
            bool const is_enough = n_attempts(all.trajectories[i]) <= budget;
            EXPECT_EQ(some.trajectories[i].reason,
                      is_enough ? ode::stop_reason::reached_end : ode::stop_reason::max_steps);
            EXPECT_EQ(n_attempts(some.trajectories[i]), std::min(budget, n_attempts(all.trajectories[i])));
            if (!is_enough) continue;
            EXPECT_EQ(some.y[i], all.y[i]);
        }
    }
}

// Methods that no lanes are for go one by one, and count what they take.
TEST(EnsembleMethods, ThatAreImplicitGoOneByOne) {
    decay_ensemble const e{{}, {0.0, 3.0}, 20, rate};
    auto const expect_solved = [&](auto method) {
        auto const result = ode::solve(e, method, {.rtol = 1e-6, .atol = 1e-8});
        EXPECT_TRUE(result) << method.name;
        for (std::size_t i = 0; i < e.size(); ++i)
            EXPECT_NEAR(result.y[i][0], std::exp(-3.0 * rate(i).p[0]), 1e-4) << method.name << ' ' << i;
        return result.report.statistics;
    };
    EXPECT_GT(expect_solved(ode::radau5{}).n_newton_iterations, 20u);
    EXPECT_GT(expect_solved(ode::bdf{}).n_newton_iterations, 20u);
    EXPECT_GT(expect_solved(ode::esdirk4{}).n_newton_iterations, 20u);
    EXPECT_GT(expect_solved(ode::automatic{}).n_steps, 20u);
}
