// SPDX-License-Identifier: MIT
// Newton's systems by products: to their tolerances, or with a word why not.
#include <poise/core/reductions.hpp>
#include <poise/ode/detail/newton_gmres.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <span>
#include <stdexcept>
#include <vector>

using namespace poise;
using poise::ode::detail::newton_gmres;
using outcome = newton_gmres::outcome;

namespace {

using vector = std::vector<double>;

// J, dense; shift·I − J is not singular.
struct matrix {
    std::size_t n;
    vector entries = vector(n * n);

    void operator()(std::span<double const> v, std::span<double> to) const {
        for (std::size_t i = 0; i < n; ++i) {
            to[i] = 0.0;
            for (std::size_t j = 0; j < n; ++j) to[i] += entries[i * n + j] * v[j];
        }
    }
};
matrix random_matrix(std::size_t n, double size) {
    std::mt19937 random{7};
    std::uniform_real_distribution<double> any{-size, size};
    matrix J{n};
    for (double& entry : J.entries) entry = any(random);
    return J;
}
vector random_vector(std::size_t n) {
    std::mt19937 random{11};
    std::uniform_real_distribution<double> any{-1.0, 1.0};
    vector x(n);
    for (double& value : x) value = any(random);
    return x;
}

// The root of the mean square of (b − (shift·I − J) x) / (shift w).
double residual(matrix const& J, double shift, vector const& w, vector const& b, vector const& x) {
    vector Jx(J.n);
    J(x, Jx);
    double sum = 0.0;
    for (std::size_t i = 0; i < J.n; ++i) {
        double const r = (b[i] - shift * x[i] + Jx[i]) / (shift * w[i]);
        sum += r * r;
    }
    return std::sqrt(sum / static_cast<double>(J.n));
}

}  // namespace

TEST(NewtonGmres, SolvesToTheToleranceOfTheWeights) {
    constexpr std::size_t n = 30;
    auto J = random_matrix(n, 0.5);
    vector w(n);
    for (std::size_t i = 0; i < n; ++i) w[i] = std::pow(10.0, static_cast<double>(i % 7) - 9.0);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) J.entries[i * n + j] *= w[i] / w[j];
    for (double const shift : {3.0, 40.0, -40.0})
        for (double const tolerance : {1e-1, 1e-4, 1e-9}) {
            newton_gmres gmres{ode::matrix_free{.most_products = 100}, n};
            vector b(n), x(n);
            for (std::size_t i = 0; i < n; ++i) b[i] = 100.0 * random_vector(n)[i] * shift * w[i];
            x = b;
            ASSERT_EQ(gmres.solve(shift, w, tolerance, J, x), outcome::solved);
            EXPECT_LE(residual(J, shift, w, b, x), tolerance * (1.0 + 1e-6));
            EXPECT_LE(gmres.n_products(), n);
        }
}

TEST(NewtonGmres, TakesOneProductWhereThePreconditionerIsTheInverse) {
    constexpr std::size_t n = 50;
    auto const times_minus_1000 = [](std::span<double const> v, std::span<double> to) {
        for (std::size_t i = 0; i < v.size(); ++i) to[i] = -1000.0 * static_cast<double>(i) * v[i];
    };
    double shift = 0.0;
    ode::matrix_free const how{.precondition =
                                   [&](std::span<double const> r, std::span<double> z) {
                                       for (std::size_t i = 0; i < r.size(); ++i)
                                           z[i] = r[i] / (shift + 1000.0 * static_cast<double>(i));
                                   },
                               .prepare = [&](double, std::span<double const>, double now) { shift = now; }};
    newton_gmres gmres{how, n};
    vector const w(n, 1e-6), b = random_vector(n);
    gmres.prepare(0.0, b, 17.0);
    vector x = b;
    ASSERT_EQ(gmres.solve(17.0, w, 1e-3, times_minus_1000, x), outcome::solved);
    EXPECT_EQ(gmres.n_products(), 1u);
    for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(x[i], b[i] / (17.0 + 1000.0 * static_cast<double>(i)), 1e-12);
}

TEST(NewtonGmres, BearsAPreconditionerThatChangesFromCallToCall) {
    constexpr std::size_t n = 40;
    auto const J = random_matrix(n, 1.0);
    int n_calls = 0;
    ode::matrix_free const how{.precondition =
                                   [&](std::span<double const> r, std::span<double> z) {
                                       double const factor = ++n_calls % 2 == 0 ? 0.02 : 0.3;
                                       for (std::size_t i = 0; i < n; ++i) z[i] = factor * (1.0 + r[i] * r[i]) * r[i];
                                   },
                               .most_products = 40};
    newton_gmres gmres{how, n};
    vector const w(n, 1.0), b = random_vector(n);
    vector x = b;
    ASSERT_EQ(gmres.solve(15.0, w, 1e-8, J, x), outcome::solved);
    EXPECT_LE(residual(J, 15.0, w, b, x), 1.01e-8);
    EXPECT_EQ(static_cast<std::size_t>(n_calls), gmres.n_products());
}

TEST(NewtonGmres, SaysWhereProductsAreNotEnoughAndLeavesWhatItHas) {
    constexpr std::size_t n = 200;
    auto const second_difference = [](std::span<double const> v, std::span<double> to) {
        for (std::size_t i = 0; i < n; ++i)
            to[i] = 1e5 * ((i > 0 ? v[i - 1] : 0.0) - 2.0 * v[i] + (i + 1 < n ? v[i + 1] : 0.0));
    };
    newton_gmres gmres{ode::matrix_free{.most_products = 5}, n};
    vector const w(n, 1.0), b(n, 1e6);
    vector x = b;
    EXPECT_EQ(gmres.solve(1.0, w, 1e-6, second_difference, x), outcome::too_slow);
    EXPECT_EQ(gmres.n_products(), 5u);
    EXPECT_NE(x, b);
    // A tenth is enough for Newton's iteration to go on.
    auto const small = [](std::span<double const> v, std::span<double> to) {
        for (std::size_t i = 0; i < n; ++i) to[i] = i % 2 == 0 ? 0.05 * v[i] : -0.05 * v[i];
    };
    newton_gmres one{ode::matrix_free{.most_products = 1}, n};
    x = b;
    EXPECT_EQ(one.solve(1.0, w, 1e-9, small, x), outcome::reduced);
}

TEST(NewtonGmres, EndsWhereTheSpaceIsClosedOrTheMatrixSingular) {
    auto const identity = [](std::span<double const> v, std::span<double> to) {
        for (std::size_t i = 0; i < v.size(); ++i) to[i] = v[i];
    };
    vector const w(3, 1.0);
    newton_gmres gmres{ode::matrix_free{}, 3};
    vector x{1.0, 2.0, 3.0};
    EXPECT_EQ(gmres.solve(2.0, w, 1e-12, identity, x), outcome::solved);
    EXPECT_NEAR(x[2], 3.0, 1e-15);
    EXPECT_EQ(gmres.n_products(), 1u);
    x = {1.0, 2.0, 3.0};
    EXPECT_EQ(gmres.solve(1.0, w, 1e-12, identity, x), outcome::too_slow) << "1·I − I is 0";
    x = {0.0, 0.0, 0.0};
    EXPECT_EQ(gmres.solve(1.0, w, 1e-12, identity, x), outcome::solved);
    EXPECT_EQ(x, (vector{0.0, 0.0, 0.0}));
}

// J with an eigenvalue that is the shift: rounding alone is left of it.
TEST(NewtonGmres, DoesNotTakeRoundingForASolution) {
    constexpr std::size_t n = 5;
    std::array<double, n> const eigenvalues{2.0, 0.5, -1.0, -3.0, 0.1};
    std::mt19937 random{5};
    std::uniform_real_distribution<double> any{-1.0, 1.0};
    vector const w(n, 1.0);
    for (int run = 0; run < 100; ++run) {
        // A reflection on both sides.
        vector v(n);
        for (double& value : v) value = any(random);
        double const square = dot(v, v);
        matrix J{n};
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                for (std::size_t k = 0; k < n; ++k) {
                    auto const q = [&](std::size_t a, std::size_t b) {
                        return (a == b ? 1.0 : 0.0) - 2.0 * v[a] * v[b] / square;
                    };
                    J.entries[i * n + j] += q(i, k) * eigenvalues[k] * q(j, k);
                }
        vector b(n);
        for (double& value : b) value = any(random);
        newton_gmres gmres{ode::matrix_free{}, n};
        auto x = b;
        bool const is_solved = gmres.solve(2.0, w, 1e-3, J, x) == outcome::solved;
        EXPECT_TRUE(!is_solved || residual(J, 2.0, w, b, x) < 1e-2);
    }
}

TEST(NewtonGmres, MeetsWhatIsNotFinite) {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    vector const w(3, 1.0);
    auto const to_nan = [&](std::span<double const>, std::span<double> to) { to[0] = to[1] = to[2] = nan; };
    newton_gmres gmres{ode::matrix_free{}, 3};
    vector x{1.0, 2.0, 3.0};
    EXPECT_EQ(gmres.solve(1.0, w, 1e-3, to_nan, x), outcome::not_finite);
    auto const half = [](std::span<double const> v, std::span<double> to) {
        for (std::size_t i = 0; i < v.size(); ++i) to[i] = 0.5 * v[i];
    };
    x = {1.0, nan, 3.0};
    EXPECT_EQ(gmres.solve(1.0, w, 1e-3, half, x), outcome::not_finite);
    newton_gmres preconditioned{ode::matrix_free{.precondition = to_nan}, 3};
    x = {1.0, 2.0, 3.0};
    EXPECT_EQ(preconditioned.solve(1.0, w, 1e-3, half, x), outcome::not_finite);
}

TEST(NewtonGmres, KnowsAPreconditionerThatHasGrownOld) {
    constexpr std::size_t n = 60;
    auto const J = random_matrix(n, 1.0);
    newton_gmres gmres{ode::matrix_free{.most_products = 60}, n};
    vector const w(n, 1.0), b = random_vector(n);
    EXPECT_FALSE(gmres.is_stale()) << "nothing was solved";
    gmres.prepare(0.0, b, 1e4);
    vector x = b;
    ASSERT_EQ(gmres.solve(1e4, w, 1e-8, J, x), outcome::solved);
    EXPECT_FALSE(gmres.is_stale());
    x = b;
    ASSERT_EQ(gmres.solve(9.0, w, 1e-8, J, x), outcome::solved);
    EXPECT_TRUE(gmres.is_stale());
    gmres.prepare(0.0, b, 9.0);
    EXPECT_FALSE(gmres.is_stale());
}

TEST(NewtonGmres, RefusesToTakeNoProducts) {
    EXPECT_THROW((newton_gmres{ode::matrix_free{.most_products = 0}, 3}), std::invalid_argument);
}
