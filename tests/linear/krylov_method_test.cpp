// SPDX-License-Identifier: MIT
// What every Krylov method promises, for each of them.
#include "linear/krylov_problems.hpp"
#include "linear/matrices.hpp"
#include "linear/random_vector.hpp"
#include "support/message_of.hpp"

#include <poise/core/reductions.hpp>
#include <poise/linear/bicgstab.hpp>
#include <poise/linear/cg.hpp>
#include <poise/linear/direct_solve.hpp>
#include <poise/linear/gmres.hpp>
#include <poise/linear/minres.hpp>
#include <poise/profile/memory.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace poise;
using linear::stop_reason;
using poise_test::from_dense;
using poise_test::message_of;
using poise_test::random_vector;
using poise_test::residual_norm;
using poise_test::square;

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

constexpr auto nan_everywhere = [](std::span<double const>, std::span<double> y) {
    for (double& v : y) v = std::numeric_limits<double>::quiet_NaN();
};

struct method {
    char const* name;
    linear::solve_report (*solve)(linear::map_view A, std::span<double const> b, std::span<double> x,
                                  linear::krylov_options const& options, linear::map_view M);

    friend std::ostream& operator<<(std::ostream& out, method const& m) { return out << m.name; }
};

linear::solve_report gmres(linear::map_view A, std::span<double const> b, std::span<double> x,
                           linear::krylov_options const& options, linear::map_view M) {
    return linear::gmres(A, b, x,
                         {.rtol = options.rtol,
                          .atol = options.atol,
                          .max_iterations = options.max_iterations,
                          .workspace = options.workspace,
                          .on_iteration = options.on_iteration},
                         M);
}

class KrylovMethod : public testing::TestWithParam<method> {
protected:
    static linear::solve_report solve(linear::map_view A, std::span<double const> b, std::span<double> x,
                                      linear::krylov_options const& options = {}, linear::map_view M = {}) {
        return GetParam().solve(A, b, x, options, M);
    }
};

INSTANTIATE_TEST_SUITE_P(All, KrylovMethod,
                         testing::Values(method{"bicgstab", &linear::bicgstab}, method{"cg", &linear::cg},
                                         method{"gmres", &gmres}, method{"minres", &linear::minres}),
                         [](auto const& instance) { return instance.param.name; });

}  // namespace

TEST_P(KrylovMethod, AgreesWithAFactorisation) {
    auto const A = square(40);
    linear::cholesky const factor{A};
    auto const b = random_vector(1600, 1);
    std::vector<double> direct(b.size());
    ASSERT_TRUE(linear::direct_solve(factor, A, b, direct, {.rtol = 1e-13}));
    linear::jacobi const jacobi{A};
    for (auto const& M : {linear::map_view{}, linear::map_view{jacobi}}) {
        std::vector<double> x(b.size());
        auto const report = solve(A, b, x, {.rtol = 1e-11}, M);
        EXPECT_EQ(report.reason, stop_reason::converged) << report;
        EXPECT_EQ(report.n_unknowns, 1600u);
        EXPECT_LE(residual_norm(A, x, b), 1e-11 * norm2(b));
        EXPECT_NEAR(report.residual_norm, residual_norm(A, x, b), 100 * epsilon * norm2(b)) << "computed, not assumed";
        // ‖x - direct‖ ≤ ‖A⁻¹‖ (sum of both residuals), and the least eigenvalue of A is 8 sin²(π/80) > 18 / 40².
        double const inverse = 40.0 * 40.0 / 18.0;
        EXPECT_LE(poise_test::distance(x, direct), inverse * 1.01e-11 * norm2(b));
    }
}

TEST_P(KrylovMethod, TakesOneStepWithTheInverse) {
    auto const A = square(12);
    linear::cholesky const factor{A};
    auto const inverse = [&](std::span<double const> r, std::span<double> z) { factor.solve(r, z); };
    auto const b = random_vector(144, 2);
    std::vector<double> x(b.size());
    auto const report = solve(A, b, x, {.rtol = 1e-12}, inverse);
    EXPECT_TRUE(report) << report;
    EXPECT_EQ(report.iterations, 1);
}

TEST_P(KrylovMethod, BeginsWithTheGuessAndReturnsAtOnceWhereItWillDo) {
    auto const A = square(10);
    auto const exact = random_vector(100, 4);
    std::vector<double> b(100);
    linear::multiply(A, exact, b);
    auto x = exact;
    auto const report = solve(A, b, x, {.rtol = 1e-12});
    EXPECT_TRUE(report);
    EXPECT_EQ(report.iterations, 0);
    EXPECT_EQ(x, exact);

    std::vector<double> zero(100), y(100);
    EXPECT_TRUE(solve(A, zero, y));
    EXPECT_EQ(y, zero);
    y = exact;
    EXPECT_TRUE(solve(A, zero, y, {.atol = 1e-10})) << "to 0, from elsewhere";
    std::vector<double> none;
    EXPECT_TRUE(solve(from_dense({}), none, none));
}

TEST_P(KrylovMethod, SolvesAtAnyScale) {
    auto const well = square(12);
    auto const b = random_vector(144, 5);
    std::vector<double> x(b.size());
    auto const expected = solve(well, b, x, {.rtol = 1e-10});
    for (double const of_A : {1e-150, 1.0, 1e150})
        for (double const of_b : {1e-150, 1.0, 1e150}) {
            if (of_A != 1.0 && of_b == of_A) continue;  // pᵀA p is beyond doubles
            auto const A = [&, values = square(12)]() mutable {
                for (double& value : values.values()) value *= of_A;
                return std::move(values);
            }();
            auto scaled = b;
            for (double& value : scaled) value *= of_b;
            std::vector<double> y(b.size());
            auto const report = solve(A, scaled, y, {.rtol = 1e-10});
            EXPECT_TRUE(report) << of_A << ' ' << of_b << ' ' << report;
            EXPECT_NEAR(report.iterations, expected.iterations, 2) << of_A << ' ' << of_b;
        }
}

TEST_P(KrylovMethod, ReportsWhatIsNotFinite) {
    std::vector<double> const b{1, 1};
    std::vector<double> x(2);
    auto const overflows = from_dense({{1e308, 1e308}, {1e308, 1e308}});
    EXPECT_EQ(solve(overflows, std::vector<double>{1e308, 1e308}, x).reason, stop_reason::not_finite);
    x = {0, 0};
    auto const report = solve(nan_everywhere, b, x);
    EXPECT_EQ(report.reason, stop_reason::not_finite);
    EXPECT_NE(message_of<linear::not_converged>([&] { report.or_throw(); }).find("look for NaN"), std::string::npos);
    x = {0, 0};
    EXPECT_EQ(solve(from_dense({{2, 0}, {0, 1}}), b, x, {}, nan_everywhere).reason, stop_reason::not_finite);
    x = {0, 0};
    auto hidden = from_dense({{2, 1, 0}, {1, 2, 1}, {0, 1, 2}});
    hidden.values()[3] = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> y(3);
    EXPECT_EQ(solve(hidden, std::vector<double>{1, 0, 0}, y).reason, stop_reason::not_finite);
}

TEST_P(KrylovMethod, ReportsThatItStagnatesAndWhatIsAttainable) {
    auto const A = square(32);
    auto const b = random_vector(1024, 5);
    std::vector<double> x(b.size());
    auto const report = solve(A, b, x, {.rtol = 0.0});
    EXPECT_EQ(report.reason, stop_reason::stagnated) << report;
    EXPECT_LT(report.residual_norm, 1e-12 * norm2(b));
    EXPECT_GT(report.attainable_residual, epsilon * norm2(b));
    EXPECT_LT(report.residual_norm, 20 * report.attainable_residual);
    EXPECT_NE(message_of<linear::not_converged>([&] { report.or_throw(); }).find("loosen rtol"), std::string::npos);
}

TEST_P(KrylovMethod, StopsAtItsLimitOrWhenItIsAskedTo) {
    auto const A = square(32);
    auto const b = random_vector(1024, 6);
    std::vector<double> x(b.size()), y(b.size());
    auto const limited = solve(A, b, x, {.max_iterations = 7});
    EXPECT_EQ(limited.reason, stop_reason::max_iterations);
    EXPECT_EQ(limited.iterations, 7);
    EXPECT_NEAR(limited.residual_norm, residual_norm(A, x, b), 100 * epsilon * norm2(b));
    EXPECT_NE(message_of<linear::not_converged>([&] { limited.or_throw(); }).find("raise the limit"),
              std::string::npos);

    std::vector<double> seen;
    auto const asked = solve(A, b, y, {.on_iteration = [&](int k, double norm) {
                                 EXPECT_EQ(k, static_cast<int>(seen.size()) + 1);
                                 seen.push_back(norm);
                                 return k < 7;
                             }});
    EXPECT_EQ(asked.reason, stop_reason::max_iterations);
    EXPECT_EQ(seen.size(), 7u);
    EXPECT_EQ(x, y) << "the same bits";
    EXPECT_NEAR(seen.back(), asked.residual_norm, 1e-12 * norm2(b));
    std::vector<double> z(b.size());
    EXPECT_EQ(solve(A, b, z, {.max_iterations = 0}).iterations, 0);
    int n_calls = 0;
    auto const never = solve(A, b, z, {.rtol = 0.0, .on_iteration = [&](int, double norm) {
                                           ++n_calls;
                                           return norm > 1e-15 * norm2(b);
                                       }});
    EXPECT_EQ(never.reason, stop_reason::max_iterations);
    EXPECT_EQ(never.iterations, n_calls) << "not asked again after it said no";
    EXPECT_THROW((void)solve(A, b, y, {.on_iteration = [](int, double) -> bool { throw std::domain_error{"mine"}; }}),
                 std::domain_error);
}

TEST_P(KrylovMethod, AllocatesNothingInAnIteration) {
    auto const A = square(32);
    auto const b = random_vector(1024, 7);
    linear::krylov_workspace workspace;
    auto const allocations = [&](int n_iterations) {
        std::vector<double> x(b.size());
        profile::memory const used;
        auto const report = solve(A, b, x, {.max_iterations = n_iterations, .workspace = &workspace});
        EXPECT_EQ(report.iterations, n_iterations);
        return used.so_far().allocations;
    };
    (void)allocations(50);
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    EXPECT_EQ(allocations(50), allocations(2));
    EXPECT_LE(allocations(2), 2u) << "the name of the method";
}

TEST_P(KrylovMethod, IsNotMisledByWhatAWorkspaceHeld) {
    auto const A = square(8);
    auto const b = random_vector(64, 8);
    linear::krylov_workspace workspace;
    for (std::size_t k = 0; k < 100; ++k)
        for (double& v : workspace.vector(k, 64)) v = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> x(64), y(64);
    EXPECT_TRUE(solve(A, b, x, {.workspace = &workspace}));
    EXPECT_TRUE(solve(A, b, y));
    EXPECT_EQ(x, y);
}

TEST_P(KrylovMethod, RefusesWhatMakesNoSense) {
    auto const A = square(2);
    std::vector<double> b(4, 1.0), x(4), shorter(3);
    std::string const name = GetParam().name;
    EXPECT_EQ(message_of<std::invalid_argument>([&] { (void)solve(A, b, shorter); }),
              name + ": b has 4 entries and x has 3");
    EXPECT_THROW((void)solve(square(3), b, x), std::invalid_argument);
    EXPECT_THROW((void)solve(A, b, x, {.rtol = -1.0}), std::invalid_argument);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { (void)solve(A, b, x, {.max_iterations = -3}); }),
              name + ": max_iterations is -3; give a number >= 0");
    x[2] = std::numeric_limits<double>::infinity();
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)solve(A, b, x); }).find("x[2] is inf"), std::string::npos);
    x[2] = 0.0;
    b[1] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)solve(A, b, x); }).find("b[1] is nan"), std::string::npos);
}
