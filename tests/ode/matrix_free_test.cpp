// SPDX-License-Identifier: MIT
// Implicit steps without a Jacobian: the solutions of those with one, by as many products as a preconditioner leaves.
#include "ode/brusselator.hpp"

#include <poise/ode.hpp>
#include <poise/profile/memory.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

using namespace poise;

namespace {

using poise_test::brusselator;
using state = std::vector<double>;

// (shift − diffusion)⁻¹ of the brusselator, by elimination.
struct diffusion_alone {
    std::size_t n;
    double shift = 0.0;
    int n_prepared = 0;
    std::vector<double> c = std::vector<double>(n);

    void solve(std::span<double const> r, std::span<double> z) {
        double const D = brusselator::diffusion(n), b = shift + 2.0 * D;
        for (std::size_t species = 0; species < 2; ++species) {
            c[0] = -D / b;
            z[species] = r[species] / b;
            for (std::size_t i = 1; i < n; ++i) {
                double const pivot = b + D * c[i - 1];
                c[i] = -D / pivot;
                z[2 * i + species] = (r[2 * i + species] + D * z[2 * i - 2 + species]) / pivot;
            }
            for (std::size_t i = n - 1; i-- > 0;) z[2 * i + species] -= c[i] * z[2 * i + 2 + species];
        }
    }
    [[nodiscard]] ode::matrix_free structure() {
        return {.precondition = [this](std::span<double const> r, std::span<double> z) { solve(r, z); },
                .prepare =
                    [this](double, std::span<double const>, double now) {
                        shift = now;
                        ++n_prepared;
                    }};
    }
};

// v, w ↦ ∂f/∂y v, in numbers.
void product(double, state const& y, std::span<double const> v, std::span<double> to) {
    std::size_t const n = y.size() / 2;
    double const D = brusselator::diffusion(n);
    auto const second = [&](std::size_t i) {
        return D * ((i >= 2 ? v[i - 2] : 0.0) - 2.0 * v[i] + (i + 2 < 2 * n ? v[i + 2] : 0.0));
    };
    for (std::size_t i = 0; i < 2 * n; i += 2) {
        double const a = 2.0 * y[i] * y[i + 1] * v[i] + y[i] * y[i] * v[i + 1];
        to[i] = a - 4.0 * v[i] + second(i);
        to[i + 1] = 3.0 * v[i] - a + second(i + 1);
    }
}

template <class F, class Method>
auto solved(F const& f, Method const& method, std::size_t n, ode::jacobian_structure const& structure,
            double rtol = 1e-6) {
    return ode::solve(ode::problem{f, brusselator::start(n), {0.0, 2.0}}, method,
                      {.rtol = rtol, .atol = 1e-3 * rtol, .keep = ode::keep::ends, .jacobian = structure});
}
double distance(state const& a, state const& b) {
    double largest = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
}

template <class Test>
void for_each_method(Test const& test) {
    std::apply(
        [&](auto... methods) {
            auto const one = [&](auto method) {
                SCOPED_TRACE(method.name);
                test(method);
            };
            (one(methods), ...);
        },
        std::tuple{ode::bdf{}, ode::esdirk4{}});
}

template <class Call>
void expect_refusal(Call const& call, std::string const& part) {
    try {
        call();
        ADD_FAILURE() << part;
    } catch (std::invalid_argument const& refusal) {
        EXPECT_NE(std::string{refusal.what()}.find(part), std::string::npos) << refusal.what();
    }
}

}  // namespace

TEST(MatrixFree, GivesTheSolutionOfABandedJacobian) {
    for_each_method([](auto method) {
        constexpr std::size_t n = 40;
        auto const reference = solved(ode::differentiable{brusselator{}}, ode::radau{}, n, ode::banded{2, 2}, 1e-10);
        for (double const rtol : {1e-4, 1e-6, 1e-8}) {
            auto const by_factors = solved(ode::differentiable{brusselator{}}, method, n, ode::banded{2, 2}, rtol);
            double const error = distance(by_factors.y.back(), reference.y.back());
            auto const expect_as_good = [&](auto const& f, ode::matrix_free const& structure) {
                auto const solution = solved(f, method, n, structure, rtol);
                EXPECT_LT(distance(solution.y.back(), reference.y.back()), 4.0 * error + 1e-10) << "rtol " << rtol;
                EXPECT_LT(solution.statistics.n_steps, by_factors.statistics.n_steps * 5 / 4 + 2);
                EXPECT_EQ(solution.statistics.n_jacobians, 0u);
                return solution.statistics;
            };
            diffusion_alone preconditioner{n};
            auto const by_differences = expect_as_good(brusselator{}, preconditioner.structure());
            auto const by_duals = expect_as_good(ode::differentiable{brusselator{}}, preconditioner.structure());
            auto const given =
                expect_as_good(ode::with_jacobian_product{brusselator{}, product}, preconditioner.structure());
            (void)expect_as_good(ode::differentiable{brusselator{}}, ode::matrix_free{.most_products = 80});
            // A product is a call of f where it is a difference, and no other is but one a step.
            EXPECT_LE(by_differences.n_evaluations - by_differences.n_products,
                      by_differences.n_newton_iterations + by_differences.n_steps + by_differences.n_rejected + 2);
            EXPECT_NEAR(static_cast<double>(by_differences.n_steps), static_cast<double>(by_duals.n_steps), 1.0);
            EXPECT_NEAR(static_cast<double>(by_differences.n_rejected), static_cast<double>(by_duals.n_rejected), 1.0);
            EXPECT_LE(by_duals.n_evaluations, by_duals.n_newton_iterations + 2);
            EXPECT_NEAR(static_cast<double>(given.n_products), static_cast<double>(by_duals.n_products),
                        0.02 * static_cast<double>(given.n_products) + 2.0);
        }
    });
}

TEST(MatrixFree, TakesNoMoreProductsOnFinerGrids) {
    for_each_method([](auto method) {
        auto const products_of = [&](std::size_t n) {
            diffusion_alone preconditioner{n};
            auto const counts = solved(brusselator{}, method, n, preconditioner.structure()).statistics;
            EXPECT_EQ(static_cast<std::size_t>(preconditioner.n_prepared), counts.n_factorisations);
            EXPECT_EQ(solved(brusselator{}, method, 10, ode::matrix_free{}).statistics.n_factorisations, 0u);
            EXPECT_LT(counts.n_factorisations, counts.n_steps);
            return static_cast<double>(counts.n_products) / static_cast<double>(counts.n_newton_iterations);
        };
        double const coarse = products_of(50);
        EXPECT_LT(coarse, 4.0);
        EXPECT_NEAR(products_of(400) / coarse, 1.0, 0.1);
        auto const bare = [&](std::size_t n) {
            auto const counts = solved(brusselator{}, method, n, ode::matrix_free{.most_products = 200}).statistics;
            return static_cast<double>(counts.n_products) / static_cast<double>(counts.n_newton_iterations);
        };
        EXPECT_GT(bare(200), 4.0 * coarse);
    });
}

// Fast components fill the residual, and slow ones are a small part of it: y' = −λ (y − cos t), λ from 1 to 10⁶.
TEST(MatrixFree, DoesNotTakeALargeResidualThatFellForASmallOne) {
    constexpr std::size_t n = 100;
    std::array<double, n> lambda;
    for (std::size_t i = 0; i < n; ++i) lambda[i] = std::pow(1e6, static_cast<double>(i) / (n - 1.0));
    auto const f = [&](double t, state const& y, state& dydt) {
        for (std::size_t i = 0; i < n; ++i) dydt[i] = -lambda[i] * (y[i] - std::cos(t));
    };
    auto const times = [&](double, state const&, std::span<double const> v, std::span<double> to) {
        for (std::size_t i = 0; i < n; ++i) to[i] = -lambda[i] * v[i];
    };
    for (double const rtol : {1e-3, 1e-5}) {
        auto const y =
            ode::solve(ode::problem{ode::with_jacobian_product{f, times}, state(n, 0.0), {0.0, 5.0}}, ode::bdf{},
                       {.rtol = rtol, .atol = rtol, .keep = ode::keep::ends, .jacobian = ode::matrix_free{}})
                .y.back();
        for (std::size_t i = 0; i < n; ++i) {
            double const l = lambda[i], of_cos = l * l / (1.0 + l * l), of_sin = l / (1.0 + l * l);
            double const exact = of_cos * (std::cos(5.0) - std::exp(-5.0 * l)) + of_sin * std::sin(5.0);
            EXPECT_NEAR(y[i], exact, 10.0 * rtol) << "lambda " << l;
        }
    }
}

TEST(MatrixFree, BlamesTheComponentThatIsNotFinite) {
    for_each_method([](auto method) {
        for (double const from : {-1.0, 0.5}) {
            auto const f = [from](double t, state const& y, state& dydt) {
                for (std::size_t i = 0; i < y.size(); ++i) dydt[i] = -y[i] + 0.1 * y[(i + 1) % y.size()];
                if (t > from) dydt[7] = std::numeric_limits<double>::quiet_NaN();
            };
            auto const stopped =
                ode::solve(ode::problem{f, state(20, 1.0), {0.0, 1.0}}, method,
                           {.jacobian = ode::matrix_free{}, .on_failure = ode::on_failure::return_report});
            EXPECT_EQ(stopped.report.reason, ode::stop_reason::not_finite);
            EXPECT_EQ(stopped.report.component, 7u) << "from " << from;
        }
    });
}

TEST(MatrixFree, RefusesAJacobianThatItWouldNotAskFor) {
    auto const jacobian = [](double, state const&, auto) {};
    expect_refusal(
        [&] {
            (void)solved(ode::with_jacobian{brusselator{}, jacobian}, ode::bdf{}, 20, ode::matrix_free{});
        },
        "take with_jacobian_product");
}

TEST(MatrixFree, AllocatesNothingInAStep) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    for_each_method([](auto method) {
        constexpr std::size_t n = 30;
        auto const allocations_of = [&](double end) {
            diffusion_alone preconditioner{n};
            auto structure = preconditioner.structure();
            structure.most_products = 3;
            ode::problem const p{brusselator{}, brusselator::start(n), {0.0, end}};
            profile::memory const used;
            (void)ode::solve(p, method, {.rtol = 1e-5, .keep = ode::keep::ends, .jacobian = structure});
            return used.so_far().allocations;
        };
        EXPECT_EQ(allocations_of(10.0), allocations_of(20.0)) << "vectors are made when they are first needed";
    });
}

TEST(MatrixFree, IsForMethodsThatDoNotFactor) {
    auto const solve_by = [](auto method) {
        return [method] { (void)solved(brusselator{}, method, 20, ode::matrix_free{}); };
    };
    expect_refusal(solve_by(ode::radau{}), "take bdf or esdirk4");
    expect_refusal(solve_by(ode::rodas5p{}), "take bdf or esdirk4");
    expect_refusal(solve_by(ode::automatic{}), "take bdf or esdirk4");
    expect_refusal([] { (void)solved(brusselator{}, ode::bdf{}, 20, ode::matrix_free{.most_products = 0}); },
                   "most_products = 0");
    // Methods that need no Jacobian and states that are small do without either.
    EXPECT_TRUE(solved(brusselator{}, ode::dormand_prince5{}, 5, ode::matrix_free{}));
    auto const decay = [](double, double y) { return -y; };
    EXPECT_NEAR(ode::solve(ode::problem{decay, 1.0, {0.0, 1.0}}, ode::bdf{}, {.jacobian = ode::matrix_free{}}).y.back(),
                std::exp(-1.0), 1e-5);
}

TEST(MatrixFree, SaysWhyItStops) {
    for_each_method([](auto method) {
        constexpr std::size_t n = 20;
        double const nan = std::numeric_limits<double>::quiet_NaN();
        auto const reason_with = [&](ode::matrix_free const& structure) {
            return ode::solve(ode::problem{brusselator{}, brusselator::start(n), {0.0, 2.0}}, method,
                              {.jacobian = structure, .on_failure = ode::on_failure::return_report})
                .report.reason;
        };
        EXPECT_EQ(reason_with({.precondition = [nan](std::span<double const>,
                                                     std::span<double> z) { std::ranges::fill(z, nan); }}),
                  ode::stop_reason::not_finite);
        EXPECT_EQ(ode::solve(ode::problem{brusselator{}, brusselator::start(n), {0.0, 2.0}}, method,
                             {.fixed_step = 0.5,
                              .jacobian = ode::matrix_free{.most_products = 1},
                              .on_failure = ode::on_failure::return_report})
                      .report.reason,
                  ode::stop_reason::newton_failed);
        EXPECT_THROW((void)reason_with({.precondition = [](std::span<double const>,
                                                           std::span<double>) { throw std::runtime_error{"mine"}; }}),
                     std::runtime_error);
        for (int const bad : {1, 2, 200}) {
            int n_calls = 0;
            auto const f = [&](double t, state const& y, state& dydt) {
                brusselator{}(t, y, dydt);
                if (++n_calls >= bad) dydt[3] = nan;
            };
            auto const stopped =
                ode::solve(ode::problem{f, brusselator::start(n), {0.0, 2.0}}, method,
                           {.jacobian = ode::matrix_free{}, .on_failure = ode::on_failure::return_report});
            EXPECT_EQ(stopped.report.reason, ode::stop_reason::not_finite) << "call " << bad;
            EXPECT_LT(n_calls, 2000);
        }
    });
}

TEST(MatrixFree, TurnsRoundWhereFEnds) {
    // dy/dt = −√y from 0 on: an increment below 0 is not for f.
    auto const f = [](double, state const& y, state& dydt) {
        for (std::size_t i = 0; i < y.size(); ++i) dydt[i] = 1.0 - std::sqrt(y[i]);
    };
    for_each_method([&](auto method) {
        auto const solution =
            ode::solve(ode::problem{f, state(20, 1e-12), {0.0, 1.0}}, method, {.jacobian = ode::matrix_free{}});
        auto const exact = ode::solve(ode::problem{f, state(1, 1e-12), {0.0, 1.0}}, ode::verner7{}, {.rtol = 1e-10});
        EXPECT_NEAR(solution.y.back()[7], exact.y.back()[0], 1e-4);
    });
}
