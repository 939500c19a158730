// SPDX-License-Identifier: MIT
// -∇·(κ∇u) + σu = f with σ < 0: exact answers, other ways to the same answer, eigenvalues, the cache, refusals.
#include "support/expect_message.hpp"
#include "support/message_of.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/memory.hpp>
#include <poise/core/reductions.hpp>
#include <poise/linear/minres.hpp>
#include <poise/linear/neg_diffusion.hpp>
#include <poise/linear/neg_laplacian.hpp>
#include <poise/pde/solve.hpp>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace poise;
using grid::centering;
using grid::side;
using linear::stop_reason;
using pde::method;
using poise_test::expect_message;
using poise_test::message_of;

namespace {

constexpr double pi = std::numbers::pi;
pde::solve_options const keep_report{.on_failure = pde::on_failure::return_report};
grid::cartesian<2> const square{{.cells = {24, 20}}};

// λ of -Δ with u = 0 on the walls of the unit box in D dimensions, n cells a side: sin(πx) … sin(πz).
double lowest_eigenvalue(double n, int dimension) {
    double const s = std::sin(pi / (2.0 * n));
    return dimension * 4.0 * n * n * s * s;
}

}  // namespace

// Insulated and periodic sides have no nullspace with σ ≠ 0: nothing is taken out of the source.
TEST(Indefinite, OfAConstantIsThatConstant) {
    for (auto const where : {centering::cell, centering::node})
        for (grid::boundary<2> const& sides :
             {grid::boundary<2>{grid::neumann{0.0}}, grid::boundary<2>{grid::periodic{}}}) {
            grid::cartesian<2> const box{{.cells = {13, 7}, .centering = where}};
            auto const [u, report] =
                pde::solve(pde::helmholtz<2>{.domain = box, .shift = -3.0, .source = 6.0, .boundary = sides});
            EXPECT_EQ(report.removed_mean, 0.0);
            for (double const value : u.values()) EXPECT_NEAR(value, -2.0, 1e-12);
            // Σ σ = 0, which says nothing: the matrix has an inverse, and u = 1 for f = σ.
            auto const sigma = [](double x, double) { return 20.0 * std::cos(2.0 * pi * x); };
            auto const varying =
                pde::solve(pde::diffusion<2>{.domain = box, .sigma = sigma, .source = sigma, .boundary = sides});
            EXPECT_EQ(varying.report.removed_mean, 0.0);
            for (double const value : varying.u.values()) EXPECT_NEAR(value, 1.0, 1e-11);
        }
}

// Σ shift·u = Σ f between insulated sides, though rounding in the matrix alone would leave ε κ/h² / |shift| of it.
TEST(Indefinite, KeepsTheMeanWhenTheShiftIsSmall) {
    for (double const shift : {-1e-2, -1e-5, -1e-8}) {
        grid::cartesian<2> const box{{.cells = {50, 50}}};
        auto const f = [](double x, double) { return std::cos(pi * x) + 1e-9; };
        auto const u =
            pde::solve(pde::helmholtz<2>{.domain = box, .shift = shift, .source = f, .boundary = grid::neumann{0.0}},
                       keep_report)
                .u;
        EXPECT_NEAR(grid::integral(u), 1e-9 / shift, 2.3e-16 / -shift) << shift;  // the mean of f is summed to ε
    }
}

// The equations in another way: MINRES on the matrix, for κ that varies and σ of both signs.
TEST(Indefinite, AgreesWithMinimalResiduals) {
    auto const kappa = [](double x, double y) { return 1.0 + x * y; };
    auto const sigma = [](double x, double) { return 100.0 * x - 80.0; };
    auto const f = [](double x, double y) { return std::exp(x - y); };
    auto const sides = grid::boundary<2>{grid::dirichlet{0.0}}
                           .on(side::x_upper, grid::neumann{0.0})
                           .on(side::y_lower, grid::robin{2.0, 0.0});
    auto const values = [](auto const& function) { return grid::sample(square, function); };
    auto const A = linear::neg_diffusion<2>(square, sides, values(kappa).values(), values(sigma).values());
    std::vector<double> x(square.size());
    linear::minres(A, values(f).values(), x, {.rtol = 1e-12, .max_iterations = 10'000}).or_throw();
    auto const problem =
        pde::diffusion<2>{.domain = square, .kappa = kappa, .sigma = sigma, .source = f, .boundary = sides};
    for (auto const backend : {linear::cholesky_backend::automatic, linear::cholesky_backend::eigen}) {
        auto const u = pde::solve(problem, {.backend = backend}).u;
        // Residuals of 1e-12 ‖f‖, about 20, over the eigenvalue nearest to 0, which is above 0.1.
        for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(u.values()[i], x[i], 2e-10);
    }
}

// Random κ and σ of both signs, on every kind of side, against a dense factorisation with partial pivoting.
TEST(Indefinite, AgreesWithADenseFactorisation) {
    unsigned const seed = 20261126;
    std::mt19937 random{seed};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int n_indefinite = 0;
    for (int trial = 0; trial < 500; ++trial) {
        auto const n = [&] { return static_cast<std::ptrdiff_t>(1 + random() % 6); };
        grid::cartesian<2> const box{{.cells = {n(), n()}}};
        auto const field_of = [&](auto const& value) {
            grid::field<2> result{box};
            for (double& v : result.values()) v = value();
            return result;
        };
        auto const kappa = field_of([&] { return std::pow(10.0, 2.0 * unit(random) - 1.0); });
        auto sigma = field_of([&] { return 400.0 * (unit(random) - 0.7); });
        sigma.values()[0] = -1.0;
        auto const f = field_of([&] { return unit(random) - 0.5; });
        grid::boundary<2> sides = grid::dirichlet{0.0};
        if (trial % 2 == 1) sides.on(side::x_lower, grid::neumann{0.0});
        if (trial % 3 == 1) sides.on(side::x_upper, grid::robin{1.5, 0.0});
        if (trial % 5 == 1) sides.on(side::y_lower, grid::periodic{});

        auto const matrix =
            linear::to_csr(linear::neg_diffusion<2>(box, sides, kappa.values(), std::as_const(sigma).values()));
        linear::csr_view const A = matrix;
        Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(A.n_rows, A.n_rows);
        for (index_t r = 0; r < A.n_rows; ++r)
            for (index_t e = A.row_start[r]; e < A.row_start[r + 1]; ++e) dense(r, A.columns[e]) += A.values[e];
        Eigen::VectorXd const exact =
            dense.partialPivLu().solve(Eigen::Map<Eigen::VectorXd const>{f.values().data(), A.n_rows});
        n_indefinite +=
            Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>{dense, Eigen::EigenvaluesOnly}.eigenvalues()[0] < 0;

        auto const problem =
            pde::diffusion<2>{.domain = box, .kappa = kappa, .sigma = sigma, .source = f, .boundary = sides};
        for (auto const backend : {linear::cholesky_backend::automatic, linear::cholesky_backend::eigen}) {
            auto const [u, report] = pde::solve(problem, {.backend = backend});
            // Two backward stable solves of at most 36 unknowns.
            double const bound = 36.0 * 2.3e-16 / report.rcond * exact.lpNorm<Eigen::Infinity>();
            for (Eigen::Index i = 0; i < exact.size(); ++i)
                EXPECT_NEAR(u.values()[static_cast<std::size_t>(i)], exact[i], bound) << seed << ", " << trial;
        }
    }
    EXPECT_GT(n_indefinite, 300);
}

TEST(Indefinite, IsTakenByLuAndSaysSo) {
    auto const of_number = pde::solve(pde::helmholtz<2>{.domain = square, .shift = -50.0, .source = 1.0}).report;
    EXPECT_EQ(of_number.method, linear::has_umfpack() ? "LU (UMFPACK)" : "LU (Eigen)");
    EXPECT_EQ(of_number.chosen, "shift is -50, negative: the matrix may be indefinite, so LU");
    EXPECT_GT(of_number.rcond, 1e-6);
    EXPECT_EQ(of_number.remedy, "");
    auto const hole = [](double x, double y) { return x > 0.5 && y > 0.5 ? -2.0 : 1.0; };
    pde::diffusion<2> const problem{.domain = square, .sigma = hole, .source = 1.0};
    EXPECT_EQ(pde::solve(problem).report.chosen,
              "sigma is -2 at (0.520833, 0.525), negative: the matrix may be indefinite, so LU");
    auto const named =
        pde::solve(problem, {.method = method::direct, .backend = linear::cholesky_backend::eigen}).report;
    EXPECT_EQ(named.method, "LU (Eigen)");
    EXPECT_EQ(named.chosen, "");
    // -0 is not negative.
    EXPECT_EQ(pde::solve(pde::helmholtz<2>{.domain = square, .shift = -0.0, .source = 1.0}).report.method,
              "fast transform");
}

TEST(Indefinite, IsRefusedByMethodsForDefiniteMatrices) {
    auto const hole = [](double x, double y) { return x > 0.5 && y > 0.5 ? -2.0 : 1.0; };
    for (auto const& [by, name] : {std::pair{method::multigrid, "multigrid"},
                                   {method::conjugate_gradients, "conjugate_gradients"},
                                   {method::fast_transform, "fast_transform"}}) {
        EXPECT_EQ(message_of<std::invalid_argument>([&, by = by] {
                      (void)pde::solve(pde::helmholtz<2>{.domain = square, .shift = -50.0}, {.method = by});
                  }),
                  concat("method is ", name,
                         ", which is for positive definite matrices, and shift is -50; take method::direct, which is "
                         "LU then"));
        if (by == method::fast_transform) continue;  // σ varies, which it says first
        expect_message<std::invalid_argument>(
            [&, by = by] { (void)pde::solve(pde::diffusion<2>{.domain = square, .sigma = hole}, {.method = by}); },
            "and sigma is -2 at (0.520833, 0.525); take method::direct");
    }
    expect_message<std::invalid_argument>(
        [] {
            (void)pde::solve(pde::helmholtz<2>{.domain = square, .shift = -50.0},
                             {.backend = linear::cholesky_backend::cholmod});
        },
        "backend is CHOLMOD, which factors positive definite matrices, and shift is -50; take ");
}

// On an eigenvalue of the grid, and 1e-13 of it beside it, there is no answer, whatever the residual says. At ten times
// the distance there is a digit more.
TEST(Indefinite, SaysWhichEigenvalueIsTooNear) {
    auto const check = [](auto const& problem, double eigenvalue) {
        for (double const off : {0.0, 1e-16, -1e-14}) {
            auto near = problem;
            near.shift = -eigenvalue * (1.0 + off);
            auto const report = pde::solve(near, keep_report).report;
            EXPECT_EQ(report.reason, stop_reason::breakdown) << off;
            EXPECT_LT(report.rcond, 2.3e-16);
            auto const message = message_of<linear::not_converged>([&] { (void)pde::solve(near); });
            EXPECT_NE(message.find(concat("shift is ", near.shift, ", ")), std::string::npos) << message;
            EXPECT_NE(message.find(concat("from minus the eigenvalue ", to_text(eigenvalue).substr(0, 12))),
                      std::string::npos)
                << message;
            EXPECT_NE(message.find(" of -Laplacian on this grid: of the solution about 0 digits are determined; "
                                   "change shift"),
                      std::string::npos)
                << message;
        }
        auto apart = problem;
        apart.shift = -eigenvalue - 1.0;
        EXPECT_TRUE(pde::solve(apart).report);
    };
    auto const f1 = [](double x) { return 1.0 + x; };
    auto const f2 = [](double x, double y) { return x + y * y; };
    auto const f3 = [](double x, double y, double z) { return x + y * z; };
    check(pde::helmholtz<1>{.domain = grid::cartesian<1>{{.cells = {200}}}, .source = f1}, lowest_eigenvalue(200, 1));
    for (auto const where : {centering::cell, centering::node})
        check(pde::helmholtz<2>{.domain = grid::cartesian<2>{{.cells = {40, 40}, .centering = where}}, .source = f2},
              lowest_eigenvalue(40, 2));
    check(pde::helmholtz<3>{.domain = grid::cartesian<3>{{.cells = {10, 10, 10}}}, .source = f3},
          lowest_eigenvalue(10, 3));
}

TEST(Indefinite, SaysThatTheConstantIsTooNear) {
    pde::helmholtz<2> const problem{.domain = square, .shift = -1e-14, .source = 1.0, .boundary = grid::neumann{0.0}};
    expect_message<linear::not_converged>([&] { (void)pde::solve(problem); },
                                          "shift is -1e-14, 1e-14 from minus the eigenvalue 0 of -Laplacian");
}

// A pivot of exactly 0 is a report too, of u = 0.
TEST(Indefinite, ReportsAMatrixWithoutFactors) {
    grid::cartesian<2> const one{{.cells = {1, 1}}};
    pde::diffusion<2> const problem{.domain = one, .kappa = 2.0, .sigma = -16.0, .source = 3.0};
    auto const [u, report] = pde::solve(problem, keep_report);
    EXPECT_EQ(report.reason, stop_reason::breakdown);
    EXPECT_EQ(report.residual_norm, 3.0);
    EXPECT_EQ(report.rcond, 0.0);
    EXPECT_EQ(u.values()[0], 0.0);
    expect_message<linear::not_converged>([&] { (void)pde::solve(problem); },
                                          "sigma is -16, 0 from minus the eigenvalue 16 of -div(kappa grad)");
}

// Where the coefficients vary or a side is Robin the eigenvalue has no formula; rcond tells all the same.
TEST(Indefinite, TellsNearSingularityWithoutAFormula) {
    double const eigenvalue = lowest_eigenvalue(40, 2);
    grid::cartesian<2> const box{{.cells = {40, 40}}};
    auto const f = [](double x, double y) { return x + y * y; };
    pde::diffusion<2> const problem{
        .domain = box, .kappa = [](double, double) { return 3.0; }, .sigma = -3.0 * eigenvalue, .source = f};
    auto const message = message_of<linear::not_converged>([&] { (void)pde::solve(problem); });
    EXPECT_NE(message.find("; rcond is "), std::string::npos) << message;
    EXPECT_NE(message.find(": of the solution about 0 digits are determined; change sigma"), std::string::npos);
}

// Half of the digits are gone: the residual may converge, and the report says so all the same.
TEST(Indefinite, WarnsBesideAnEigenvalueThoughTheResidualIsSmall) {
    grid::cartesian<2> const box{{.cells = {40, 40}}};
    auto const odd = [](double x, double y) { return std::sin(2.0 * pi * x) * std::sin(pi * y); };  // orthogonal to it
    double const eigenvalue = lowest_eigenvalue(40, 2);
    auto const report =
        pde::solve(pde::helmholtz<2>{.domain = box, .shift = -eigenvalue * (1.0 + 1e-10), .source = odd}, keep_report)
            .report;
    EXPECT_TRUE(report) << report;
    EXPECT_LT(report.rcond, 1e-8);
    EXPECT_NE(report.remedy.find("from minus the eigenvalue 19.729"), std::string::npos) << report.remedy;
}

TEST(Indefinite, IsWarmForTheSameCoefficients) {
    linear::operator_cache cache;
    pde::solve_options const options{.cache = &cache};
    auto const problem = [](double shift, double value) {
        return pde::helmholtz<2>{.domain = square,
                                 .shift = shift,
                                 .source = [=](double x, double) { return value + x; },
                                 .boundary = grid::dirichlet{value}};
    };
    auto const cold = pde::solve(problem(-50.0, 1.0), options);
    EXPECT_FALSE(cold.report.operator_reused);
    EXPECT_GT(cold.report.assembly_s, 0.0);
    EXPECT_GT(cold.report.factorisation_s, 0.0);
    auto const warm = pde::solve(problem(-50.0, 1.0), options);
    EXPECT_TRUE(warm.report.operator_reused);
    EXPECT_EQ(warm.report.assembly_s, 0.0);
    EXPECT_EQ(warm.report.factorisation_s, 0.0);
    EXPECT_TRUE(std::ranges::equal(cold.u.values(), warm.u.values()));
    EXPECT_TRUE(pde::solve(problem(-50.0, 2.0), options).report.operator_reused);
    EXPECT_FALSE(pde::solve(problem(-51.0, 1.0), options).report.operator_reused);
    EXPECT_EQ(cache.statistics().misses, 2U);
    EXPECT_EQ(cache.statistics().hits, 2U);
}

TEST(Indefinite, GivesTheSameBitsOnManyThreads) {
    linear::operator_cache cache;
    auto const solve = [&] {
        return pde::solve(pde::helmholtz<2>{.domain = square, .shift = -70.0, .source = 1.0}, {.cache = &cache}).u;
    };
    auto const alone = solve();
    cache.clear();
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] { EXPECT_TRUE(std::ranges::equal(solve().values(), alone.values())); });
    threads.clear();
    EXPECT_EQ(cache.statistics().misses, 2U);
}

// The factors of 160³ unknowns take 48 GiB at least.
TEST(Indefinite, RefusesWhatMemoryDoesNotHold) {
    if (available_memory_bytes() >= std::uint64_t{48} << 30) GTEST_SKIP() << "this machine could hold it";
    grid::cartesian<3> const large{{.cells = {160, 160, 160}}};
    expect_message<not_enough_memory>([&] { (void)pde::solve(pde::helmholtz<3>{.domain = large, .shift = -1.0}); },
                                      "the factored operator of 4096000 unknowns needs");
}
