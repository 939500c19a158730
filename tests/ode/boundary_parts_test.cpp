// SPDX-License-Identifier: MIT
// What boundary-value problems are solved by: polynomials at Gauss points, chains of intervals, meshes, damped Newton.
#include <poise/ode/detail/damped_newton.hpp>
#include <poise/ode/detail/gauss_tableau.hpp>
#include <poise/ode/detail/interval_chain.hpp>
#include <poise/ode/detail/mesh_selection.hpp>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <random>
#include <span>
#include <vector>

using namespace poise::ode::detail;

namespace {

template <std::size_t K>
void expect_exact_polynomials() {
    auto const& tableau = gauss<K>;
    for (std::size_t p = 1; p <= K; ++p) {
        // z_l = c_lᵖ.
        auto const power = static_cast<int>(p);
        double end = 0.0, highest = 0.0;
        for (std::size_t l = 0; l < K; ++l) {
            double const z = std::pow(tableau.c[l], power);
            end += tableau.end[l] * z;
            highest += tableau.highest[l] * z;
        }
        EXPECT_NEAR(end, 1.0, 1e-12) << K << ", power " << p;
        EXPECT_NEAR(highest, p == K ? std::tgamma(static_cast<double>(K + 1)) : 0.0, 1e-7) << K << ", power " << p;
        for (std::size_t j = 0; j < K; ++j) {
            double slope = 0.0;
            for (std::size_t l = 0; l < K; ++l) slope += tableau.slope[j][l] * std::pow(tableau.c[l], power);
            EXPECT_NEAR(slope, power * std::pow(tableau.c[j], power - 1), 1e-11) << K << ", power " << p;
        }
    }
    // A quadrature of order 2K: y' = θᵖ, y(1) = 1/(p + 1), by z with slopes c_jᵖ.
    Eigen::Matrix<double, K, K> slopes;
    for (std::size_t j = 0; j < K; ++j)
        for (std::size_t l = 0; l < K; ++l) slopes(j, l) = tableau.slope[j][l];
    for (std::size_t p = 0; p < 2 * K; ++p) {
        Eigen::Matrix<double, K, 1> right;
        for (std::size_t j = 0; j < K; ++j) right(j) = std::pow(tableau.c[j], static_cast<int>(p));
        Eigen::Matrix<double, K, 1> const z = slopes.partialPivLu().solve(right);
        double end = 0.0;
        for (std::size_t l = 0; l < K; ++l) end += tableau.end[l] * z(l);
        EXPECT_NEAR(end, 1.0 / static_cast<double>(p + 1), 1e-12) << K << ", power " << p;
    }
}

// arctan, from where undamped steps run away; its Jacobian and its corrections are numbers.
struct arcus_tangent {
    double x, d = 0.0, e = 0.0, trial = 0.0, f = 0.0, slope = 1.0;

    newton_outcome linearise() {
        f = std::atan(x);
        slope = 1.0 / (1.0 + x * x);
        return std::isfinite(f) ? newton_outcome::converged : newton_outcome::not_finite;
    }
    void correct() { d = -f / slope; }
    bool move(double lambda) {
        trial = x + lambda * d;
        f = std::atan(trial);
        return true;
    }
    void correct_again() { e = -f / slope; }
    [[nodiscard]] double norm() const { return std::abs(d); }
    [[nodiscard]] double norm_again() const { return std::abs(e); }
    [[nodiscard]] double distance(double share) const { return std::abs(e - share * d); }
    [[nodiscard]] double largest() const { return 1e12 * std::abs(d); }
    [[nodiscard]] double largest_again() const { return 1e12 * std::abs(e); }
    void accept() { x = trial; }
    void finish() { x += d; }
    void finish_again() { x += e; }
    void repeat() { d = e; }
};
// x² + 1, which has no root.
struct no_root : arcus_tangent {
    newton_outcome linearise() {
        f = x * x + 1.0;
        slope = 2.0 * x;
        return slope != 0.0 ? newton_outcome::converged : newton_outcome::singular;
    }
    bool move(double lambda) {
        trial = x + lambda * d;
        f = trial * trial + 1.0;
        return true;
    }
};

}  // namespace

TEST(GaussTableau, IsExactForPolynomials) {
    expect_exact_polynomials<1>();
    expect_exact_polynomials<2>();
    expect_exact_polynomials<3>();
    expect_exact_polynomials<4>();
    expect_exact_polynomials<6>();
    expect_exact_polynomials<8>();
    // Abramowitz & Stegun (1972), table 25.4; the largest of θ (1 − θ)/2.
    EXPECT_DOUBLE_EQ(gauss<4>.c[0], 0.5 - 0.5 * 0.861136311594052575224);
    EXPECT_DOUBLE_EQ(gauss<3>.c[1], 0.5);
    EXPECT_DOUBLE_EQ(gauss<1>.error, 0.125);
}

TEST(IntervalChain, SolvesAsDenseMatricesDo) {
    constexpr std::size_t n = 3;
    std::mt19937 random{24};
    std::uniform_real_distribution<double> uniform{-1.0, 1.0};
    for (std::size_t const m : {1U, 2U, 7U, 40U}) {
        interval_chain<n> fixed{n};
        interval_chain<0> any{n};
        fixed.set_size(m);
        any.set_size(m);
        auto const size = static_cast<Eigen::Index>((m + 1) * n);
        Eigen::MatrixXd A = Eigen::MatrixXd::Zero(size, size);
        Eigen::VectorXd b(size);
        for (std::size_t i = 0; i < m; ++i)
            for (std::size_t r = 0; r < n; ++r) {
                auto const row = static_cast<Eigen::Index>(i * n + r);
                for (std::size_t c = 0; c < n; ++c) {
                    // A component that grows a thousandfold, one that falls, and what mixes them.
                    double const growth = r != c ? 0.1 : r == 0 ? 1e3 : r == 1 ? 1e-3 : 1.0;
                    double const entry = growth * (1.5 + uniform(random));
                    fixed.propagator(i)[r + n * c] = any.propagator(i)[r + n * c] = entry;
                    A(row, static_cast<Eigen::Index>(i * n + c)) = -entry;
                }
                A(row, static_cast<Eigen::Index>((i + 1) * n + r)) = 1.0;
                fixed.defect(i)[r] = any.defect(i)[r] = b(row) = uniform(random);
            }
        std::vector<double> of_begin(n * n), of_end(n * n), right(n);
        std::vector<double> const scales{1.0, 10.0, 0.1};
        for (std::size_t r = 0; r < n; ++r) {
            auto const row = static_cast<Eigen::Index>(m * n + r);
            for (std::size_t c = 0; c < n; ++c) {
                A(row, static_cast<Eigen::Index>(c)) = of_begin[r + n * c] = 1e5 * uniform(random);
                A(row, static_cast<Eigen::Index>(m * n + c)) = of_end[r + n * c] = 1e5 * uniform(random);
            }
            b(row) = right[r] = 1e5 * uniform(random);
        }
        std::vector<double> x((m + 1) * n), y(2 * (m + 1) * n);
        ASSERT_TRUE(fixed.factor(of_begin, of_end, scales));
        ASSERT_TRUE(any.factor(of_begin, of_end, scales));
        fixed.solve(right, x.data(), n);
        any.solve(right, y.data(), 2 * n);
        Eigen::Map<Eigen::VectorXd> const solution{x.data(), size};
        // Backward stable: residuals beside what the matrix makes of the solution.
        double const scale = (A.cwiseAbs() * solution.cwiseAbs() + b.cwiseAbs()).maxCoeff();
        EXPECT_LT((A * solution - b).cwiseAbs().maxCoeff(), 1e-13 * scale) << m;
        for (std::size_t i = 0; i <= m; ++i)
            for (std::size_t c = 0; c < n; ++c)
                EXPECT_NEAR(x[i * n + c], y[2 * i * n + c], 1e-9 * solution.cwiseAbs().maxCoeff());
        // A condition that says nothing, and one that is not finite.
        for (std::size_t c = 0; c < n; ++c) of_begin[n * c] = of_end[n * c] = 0.0;
        EXPECT_FALSE(fixed.factor(of_begin, of_end, scales));
        of_begin[0] = std::numeric_limits<double>::infinity();
        EXPECT_FALSE(fixed.factor(of_begin, of_end, scales));
    }
}

TEST(MeshSelection, SpreadsWhatThereIsEvenly) {
    auto const mesh = equal_mesh(0.0, 2.0, 4);
    EXPECT_EQ(mesh, (std::vector<double>{0.0, 0.5, 1.0, 1.5, 2.0}));
    EXPECT_EQ(halve(coarsen(mesh)), mesh);
    EXPECT_EQ(coarsen(equal_mesh(0.0, 3.0, 3)), (std::vector<double>{0.0, 2.0, 3.0}));
    // Of nothing, and of a constant: even.
    for (double const constant : {0.0, 3.0}) {
        auto const even = equidistribute(mesh, std::vector<double>(5, constant), 8);
        for (std::size_t i = 0; i <= 8; ++i) EXPECT_NEAR(even[i], 0.25 * static_cast<double>(i), 1e-15);
    }
    // Of x on [0, 2] with the mean evenly, a fourth of it: (x + 1/4)² is spread evenly.
    auto const linear = equidistribute(mesh, std::vector<double>{0.0, 0.5, 1.0, 1.5, 2.0}, 16);
    double const total = 2.25 * 2.25 - 0.25 * 0.25;
    for (std::size_t i = 0; i <= 16; ++i)
        EXPECT_NEAR(std::pow(linear[i] + 0.25, 2), 0.0625 + total * static_cast<double>(i) / 16.0, 1e-14);
    // One place that takes all: the mesh rises all the same, to the end.
    auto const spike = equidistribute(mesh, std::vector<double>{0.0, 0.0, 1e100, 0.0, 0.0}, 1000);
    EXPECT_TRUE(std::ranges::is_sorted(spike, std::less_equal{}));
    EXPECT_EQ(spike.back(), 2.0);
    EXPECT_GT(std::ranges::count_if(spike, [](double x) { return x > 0.5 && x < 1.5; }), 800);
}

TEST(DampedNewton, ComesBackFromWhereStepsRunAway) {
    for (double const start : {0.5, 1.5, 10.0, 1e3}) {
        arcus_tangent system{start};
        std::size_t n_iterations = 0;
        damped_newton newton{system, newton_limits{}};
        EXPECT_EQ(newton.run(n_iterations), newton_outcome::converged) << start;
        EXPECT_NEAR(system.x, 0.0, 1e-12);
        EXPECT_LT(n_iterations, 30U);
    }
    std::size_t n_iterations = 0;
    arcus_tangent far{10.0};
    EXPECT_EQ((damped_newton{far, newton_limits{.max_iterations = 2}}.run(n_iterations)),
              newton_outcome::max_iterations);
    EXPECT_EQ(n_iterations, 2U);
    arcus_tangent nowhere{std::numeric_limits<double>::quiet_NaN()};
    EXPECT_EQ((damped_newton{nowhere, newton_limits{}}.run(n_iterations)), newton_outcome::not_finite);
    no_root none{{2.0}};
    auto const outcome = damped_newton{none, newton_limits{}}.run(n_iterations);
    EXPECT_TRUE(outcome == newton_outcome::stagnated || outcome == newton_outcome::max_iterations);
    no_root flat{{0.0}};
    EXPECT_EQ((damped_newton{flat, newton_limits{}}.run(n_iterations)), newton_outcome::singular);
}
