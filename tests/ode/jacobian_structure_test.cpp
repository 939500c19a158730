// SPDX-License-Identifier: MIT
// Jacobians of long states: banded, sparse and detected ones give the steps of dense ones.
#include "ode/brusselator.hpp"
#include "ode/methods.hpp"

#include <poise/ode.hpp>
#include <poise/profile/memory.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace poise;

namespace {

using poise_test::brusselator;
using state = std::vector<double>;

ode::sparse pattern(std::size_t n) {
    std::vector<std::pair<std::size_t, std::size_t>> entries;
    for (std::size_t i = 0; i < 2 * n; ++i) {
        entries.emplace_back(i, i ^ 1u);
        if (i >= 2) entries.emplace_back(i, i - 2);
        if (i + 2 < 2 * n) entries.emplace_back(i, i + 2);
    }
    return ode::sparse{entries};
}

template <class F, class Method>
auto solved(F const& f, Method const& method, std::size_t n, ode::jacobian_structure const& structure) {
    return ode::solve(ode::problem{f, brusselator::start(n), {0.0, 2.0}}, method,
                      {.rtol = 1e-6, .atol = 1e-9, .keep = ode::keep::ends, .jacobian = structure});
}

double distance(state const& a, state const& b) {
    double largest = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
}

}  // namespace

TEST(JacobianStructure, GivesTheStepsOfADenseOne) {
    poise_test::for_each_implicit_method([](auto method) {
        SCOPED_TRACE(method.name);
        constexpr std::size_t n = 20;
        auto const by_dense = solved(ode::differentiable{brusselator{}}, method, n, ode::dense{});
        auto const reference = ode::solve(ode::problem{brusselator{}, brusselator::start(n), {0.0, 2.0}},
                                          ode::verner7{}, {.rtol = 1e-10, .atol = 1e-12, .keep = ode::keep::ends});
        EXPECT_LT(distance(by_dense.y.back(), reference.y.back()), 1e-5);
        for (auto const& structure : {ode::jacobian_structure{ode::banded{2, 2}}, ode::jacobian_structure{pattern(n)},
                                      ode::jacobian_structure{ode::detected{}}}) {
            auto const by_duals = solved(ode::differentiable{brusselator{}}, method, n, structure);
            auto const by_differences = solved(brusselator{}, method, n, structure);
            EXPECT_EQ(by_duals.statistics.n_steps, by_dense.statistics.n_steps);
            EXPECT_LT(distance(by_duals.y.back(), by_dense.y.back()), 1e-9);
            EXPECT_LT(distance(by_differences.y.back(), reference.y.back()), 1e-5);
        }
    });
}

TEST(JacobianStructure, TakesAsManyCallsAsThereAreColours) {
    auto const evaluations_of = [](std::size_t n, ode::jacobian_structure const& structure) {
        auto const counts = solved(brusselator{}, ode::rodas5p{}, n, structure).statistics;
        return static_cast<double>(counts.n_evaluations) / static_cast<double>(counts.n_jacobians);
    };
    // 8 stages of the method, less where steps were rejected, and one call for ∂f/∂t.
    EXPECT_NEAR(evaluations_of(40, ode::banded{2, 2}), 9.0 + 5.0, 1.0);
    EXPECT_NEAR(evaluations_of(40, pattern(40)), 9.0 + 5.0, 1.0);
    EXPECT_NEAR(evaluations_of(40, ode::dense{}), 9.0 + 80.0, 2.0);
}

TEST(JacobianStructure, IsOfUseForLongStates) {
    constexpr std::size_t n = 2000;
    auto const solution = solved(ode::differentiable{brusselator{}}, ode::radau{}, n, ode::banded{2, 2});
    EXPECT_TRUE(solution);
    auto const coarse = solved(ode::differentiable{brusselator{}}, ode::radau{}, n / 2, ode::banded{2, 2});
    // u in the middle of the domain, which both have nearly.
    EXPECT_NEAR(solution.y.back()[n], coarse.y.back()[n / 2], 1e-3);
}

TEST(JacobianStructure, TakesEntriesThatAreGiven) {
    auto const f = [](double, state const& y, state& dydt) {
        for (std::size_t i = 0; i < y.size(); ++i) dydt[i] = -1e3 * (y[i] - (i > 0 ? y[i - 1] : 1.0));
    };
    auto const jacobian = [](double, state const& y, auto J) {
        for (std::ptrdiff_t i = 0; i < std::ssize(y); ++i) {
            J(i, i) = -1e3;
            if (i > 0) J(i, i - 1) = 1e3;
        }
    };
    poise_test::for_each_implicit_method([&](auto method) {
        for (auto const& structure :
             {ode::jacobian_structure{ode::dense{}}, ode::jacobian_structure{ode::banded{1, 0}}}) {
            ode::problem const p{ode::with_jacobian{f, jacobian}, state(30), {0.0, 1.0}};
            auto const solution = ode::solve(p, method, {.jacobian = structure});
            for (double const value : solution.y.back()) EXPECT_NEAR(value, 1.0, 1e-4);
        }
        ode::problem const p{ode::with_jacobian{f, jacobian}, state(30), {0.0, 1.0}};
        EXPECT_THROW((void)ode::solve(p, method, {.jacobian = ode::banded{0, 0}}), std::invalid_argument);
    });
}

TEST(JacobianStructure, IsRefusedWhereFHasMoreEntries) {
    auto const expect_refusal = [](auto const& f, ode::jacobian_structure const& structure, std::string const& part) {
        try {
            (void)solved(f, ode::radau5{}, 20, structure);
            ADD_FAILURE() << part;
        } catch (std::invalid_argument const& refusal) {
            EXPECT_NE(std::string{refusal.what()}.find(part), std::string::npos) << refusal.what();
        }
    };
    expect_refusal(brusselator{}, ode::banded{1, 1}, "of f depends on more components of the state");
    expect_refusal(ode::differentiable{brusselator{}}, ode::banded{1, 1}, "have it detected");
    expect_refusal(brusselator{}, ode::banded{2, 1}, "component ");
    expect_refusal(brusselator{}, ode::banded{40, 1}, "bands");
    expect_refusal(brusselator{}, ode::sparse{{{40, 0}}}, "(40, 0)");
}

TEST(JacobianStructure, AllocatesNothingInAStep) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    std::vector<ode::jacobian_structure> structures{ode::dense{}, ode::banded{2, 2}};
#ifdef POISE_HAS_KLU
    structures.emplace_back(pattern(20));
#endif
    for (auto const& structure : structures)
        poise_test::for_each_implicit_method([&](auto method) {
            auto const allocations_of = [&](double end) {
                ode::problem const p{ode::differentiable{brusselator{}}, brusselator::start(20), {0.0, end}};
                profile::memory const used;
                (void)ode::solve(p, method, {.rtol = 1e-5, .keep = ode::keep::ends, .jacobian = structure});
                return used.so_far().allocations;
            };
            EXPECT_EQ(allocations_of(0.1), allocations_of(10.0)) << method.name << ", " << structure.index();
        });
}

// Each component by a part of its own, and none below 0.
TEST(JacobianStructure, IsTriedWithoutRegardToScales) {
    auto const decays = [](double, state const& y, state& dydt) {
        for (std::size_t i = 0; i < y.size(); ++i) {
            if (y[i] < -1e-300) throw std::domain_error{"below 0"};
            dydt[i] = i == 0 ? -y[i] : -y[i] * y[i] * y[i];
        }
    };
    state y0(20, 1.0);
    y0[0] = 1e10;
    EXPECT_TRUE(ode::solve(ode::problem{decays, y0, {0.0, 1.0}}, ode::bdf{}, {.jacobian = ode::banded{0, 0}}));
    auto const roots = [](double, state const& y, state& dydt) {
        for (std::size_t i = 0; i < y.size(); ++i) dydt[i] = 1e-9 - 1e-6 * std::sqrt(y[i]);
    };
    state small(20, 1e-10);
    small[0] = 1.0;
    EXPECT_TRUE(ode::solve(ode::problem{roots, small, {0.0, 1.0}}, ode::bdf{}, {.jacobian = ode::banded{0, 0}}));
    EXPECT_NO_THROW((void)ode::solve(ode::problem{[](double, state const& y, state& dydt) {
                                                      for (std::size_t i = 0; i < y.size(); ++i) {
                                                          if (y[i] < 0.0) throw std::domain_error{"below 0"};
                                                          dydt[i] = 1.0;
                                                      }
                                                  },
                                                  state(20),
                                                  {0.0, 1.0}},
                                     ode::bdf{}, {.jacobian = ode::banded{0, 0}}));
}

// Where a component begins at 0, however much depends on it.
TEST(JacobianStructure, IsNotRefusedWhereAComponentIsNothing) {
    auto const oscillators = [](double, state const& y, state& dydt) {
        for (std::size_t i = 0; i < y.size(); i += 2) {
            dydt[i] = y[i + 1];
            dydt[i + 1] = 100.0 * (1.0 - y[i] * y[i]) * y[i + 1] - 1.5 * y[i];
            if (i >= 2) dydt[i + 1] += 0.5 * y[i - 2];
        }
    };
    for (double const x : {2.0, 1.9, 0.5}) {
        state y0(20, 0.0);
        for (std::size_t i = 0; i < 20; i += 2) y0[i] = x;
        EXPECT_TRUE(ode::solve(ode::problem{oscillators, y0, {0.0, 1.0}}, ode::bdf{},
                               {.rtol = 1e-6, .atol = 1e-8, .jacobian = ode::banded{3, 1}}))
            << x;
    }
}
