// SPDX-License-Identifier: MIT
#include "linear/kinds.hpp"
#include "linear/random_vector.hpp"
#include "linear/shares.hpp"
#include "support/message_of.hpp"
#include "support/mixes_of_sides.hpp"
#include "support/on_threads.hpp"

#include <poise/core/reductions.hpp>
#include <poise/linear/neg_laplacian.hpp>
#include <poise/linear/operator_cache.hpp>
#include <poise/linear/spectral_transform.hpp>
#include <poise/profile/memory.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace poise;
using grid::centering;
using linear::spectral_transform;
using poise_test::everywhere;
using poise_test::film;
using poise_test::flux;
using poise_test::message_of;
using poise_test::mix_of;
using poise_test::n_mixes;
using poise_test::on_threads;
using poise_test::random_vector;
using poise_test::shares_of;
using poise_test::wall;

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

std::vector<double> times(std::vector<double> a, std::vector<double> const& b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] *= b[i];
    return a;
}

double distance(std::vector<double> a, std::vector<double> const& b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
    return norm2(a);
}

// λ, 1 and 1/(λ + 2) of the operator against the assembled matrix, to what rounding leaves of transforms.
template <std::size_t D>
void expect_functions_of_the_matrix(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds) {
    auto const A = linear::neg_laplacian(grid, kinds, 0.0), shifted = linear::neg_laplacian(grid, kinds, 2.0);
    auto const n = static_cast<std::size_t>(A.n_rows());
    spectral_transform<D> const modes{grid, kinds};
    ASSERT_EQ(modes.n_unknowns(), n);
    auto const shares = shares_of(grid, kinds), u = random_vector(n);
    auto const Mu = times(u, shares);
    std::vector<double> x(n), product(n);
    double const size = 32.0 * epsilon * norm2(u);  // Σ over 2D transforms of about log₂ n roundings, and 1/√share

    modes.apply([](double) { return 1.0; }, Mu, x);
    EXPECT_LE(distance(x, u), size) << "M⁻¹ M u";

    linear::multiply(A, u, product);
    modes.apply([](double lambda) { return lambda; }, Mu, x);
    EXPECT_LE(distance(times(x, shares), product), size * norm_infinity(A)) << "A u";

    linear::multiply(shifted, u, product);
    modes.apply([](double lambda) { return 1.0 / (lambda + 2.0); }, product, x);
    EXPECT_LE(distance(x, u), size * norm_infinity(shifted) / 2.0) << "(A + 2M)⁻¹ (A + 2M) u";
}

grid::cartesian<2> square(std::ptrdiff_t n) { return grid::cartesian<2>{{.cells = {n, n}}}; }

double decay(double lambda) { return std::exp(-0.01 * lambda); }

}  // namespace

TEST(SpectralTransform, HasTheEigenvectorsOfEveryMixOfSides) {
    for (auto const where : {centering::cell, centering::node}) {
        for (unsigned mix = 0; mix < n_mixes(1); ++mix)
            for (std::ptrdiff_t const n : {1, 2, 3, 8, 9, 64, 101}) {
                SCOPED_TRACE("line, mix " + std::to_string(mix) + ", " + std::to_string(n));
                expect_functions_of_the_matrix<1>(
                    grid::cartesian<1>{{.upper = {2.0}, .cells = {n}, .centering = where}}, mix_of<1>(mix));
            }
        for (unsigned mix = 0; mix < n_mixes(2); ++mix)
            for (std::ptrdiff_t const nx : {1, 2, 7, 8, 9, 16, 19, 38})
                for (std::ptrdiff_t const ny : {1, 2, 5, 8, 65, 66}) {
                    SCOPED_TRACE("plane, mix " + std::to_string(mix) + ", " + std::to_string(nx) + " " +
                                 std::to_string(ny));
                    expect_functions_of_the_matrix<2>(
                        grid::cartesian<2>{{.upper = {1.0, 0.3}, .cells = {nx, ny}, .centering = where}},
                        mix_of<2>(mix));
                }
        for (unsigned mix = 0; mix < n_mixes(3); ++mix)
            for (std::ptrdiff_t const nx : {1, 6, 9})
                for (std::ptrdiff_t const ny : {1, 8, 11})
                    for (std::ptrdiff_t const nz : {1, 4, 17}) {
                        SCOPED_TRACE("box, mix " + std::to_string(mix));
                        expect_functions_of_the_matrix<3>(
                            grid::cartesian<3>{{.upper = {1.0, 0.3, 2.0}, .cells = {nx, ny, nz}, .centering = where}},
                            mix_of<3>(mix));
                    }
    }
}

TEST(SpectralTransform, EvolvesAModeByItsEigenvalueAlone) {
    grid::cartesian<2> const nodes{{.cells = {32, 24}, .centering = centering::node}};
    auto const kinds = everywhere<2>(wall);
    spectral_transform<2> const modes{nodes, kinds};
    std::vector<double> u(modes.n_unknowns()), later(u.size());
    double const pi = 3.14159265358979323846;
    for (std::size_t j = 0, i = 0; j < 23; ++j)
        for (std::size_t k = 0; k < 31; ++k, ++i)
            u[i] =
                std::sin(3 * pi * static_cast<double>(k + 1) / 32) * std::sin(2 * pi * static_cast<double>(j + 1) / 24);
    double const sx = std::sin(1.5 * pi / 32), sy = std::sin(pi / 24);
    double const lambda = 4 * 32 * 32 * sx * sx + 4 * 24 * 24 * sy * sy;
    modes.apply(decay, u, later);
    for (std::size_t i = 0; i < u.size(); ++i) EXPECT_NEAR(later[i], decay(lambda) * u[i], 16 * epsilon);
}

TEST(SpectralTransform, GivesSeveralFunctionsOfOneTransform) {
    spectral_transform<3> const modes{grid::cartesian<3>{{.cells = {9, 10, 11}}}, everywhere<3>(flux)};
    auto const b = random_vector(modes.n_unknowns());
    std::vector<double> coefficients(modes.n_coefficients()), scaled(coefficients.size()), x(b.size()), y(b.size());
    modes.forward(b, coefficients);
    for (double const t : {0.0, 0.5, 2.0}) {
        auto const g = [t](double lambda) { return std::exp(-t * lambda); };
        std::size_t n_modes = 0;
        modes.for_each_run([&](auto const& run) {
            n_modes += run.n;
            double const others = modes.eigenvalues(1)[run.mode[1]] + modes.eigenvalues(2)[run.mode[2]];
            for (std::size_t i = 0; i < run.n; ++i)
                scaled[run.place + i] = coefficients[run.place + i] * g(others + modes.eigenvalues(0)[run.mode[0] + i]);
        });
        EXPECT_EQ(n_modes, b.size());
        modes.backward(scaled, x);
        modes.apply(g, b, y);
        EXPECT_EQ(x, y) << t;
    }
}

TEST(SpectralTransform, HasAnEigenvalueZeroOfTheConstantAlone) {
    spectral_transform<2> const insulated{square(12), everywhere<2>(flux)};
    for (std::size_t d = 0; d < 2; ++d) EXPECT_EQ(std::ranges::count(insulated.eigenvalues(d), 0.0), 1);
    spectral_transform<2> const walls{square(12), everywhere<2>(wall)};
    for (std::size_t d = 0; d < 2; ++d) EXPECT_GT(std::ranges::min(walls.eigenvalues(d)), 9.0);
}

TEST(SpectralTransform, WorksInPlace) {
    spectral_transform<2> const modes{square(20), everywhere<2>(wall)};
    auto u = random_vector(modes.n_unknowns());
    std::vector<double> x(u.size());
    modes.apply(decay, u, x);
    modes.apply(decay, u, u);
    EXPECT_EQ(u, x);
}

TEST(SpectralTransform, GivesTheSameBitsOnAnyNumberOfThreads) {
    auto const expect_same = [](auto const& modes) {
        auto const b = random_vector(modes.n_unknowns());
        std::vector<double> one(b.size()), many(b.size());
        on_threads(1, [&] { modes.apply(decay, b, one); });
        for (int const n : {2, 3, 7})
            on_threads(n, [&] {
                modes.apply(decay, b, many);
                EXPECT_EQ(one, many) << n;
            });
    };
    expect_same(spectral_transform<1>{grid::cartesian<1>{{.cells = {30'000}}}, everywhere<1>(flux)});
    expect_same(spectral_transform<2>{square(150), everywhere<2>(wall)});
    expect_same(spectral_transform<3>{grid::cartesian<3>{{.cells = {30, 29, 28}}}, everywhere<3>(flux)});
}

TEST(SpectralTransform, IsUsedByManyThreadsAtOnce) {
    spectral_transform<2> const modes{square(60), everywhere<2>(wall)};
    auto const b = random_vector(modes.n_unknowns());
    std::vector<double> expected(b.size());
    modes.apply(decay, b, expected);
    std::vector<std::vector<double>> results(4, std::vector<double>(b.size()));
    {
        std::vector<std::jthread> threads;
        for (auto& x : results)
            threads.emplace_back([&] {
                for (int i = 0; i < 10; ++i) modes.apply(decay, b, x);
            });
    }
    for (auto const& x : results) EXPECT_EQ(x, expected);
}

TEST(SpectralTransform, AllocatesNothingAfterTheFirstCall) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    spectral_transform<2> const modes{square(50), everywhere<2>(flux)};
    auto const b = random_vector(modes.n_unknowns());
    std::vector<double> x(b.size());
    modes.apply(decay, b, x);
    profile::memory const used;
    modes.apply(decay, b, x);
    EXPECT_EQ(used.so_far().allocations, 0U);
    EXPECT_GE(modes.bytes(), 8 * modes.n_coefficients());
}

TEST(SpectralTransform, IsMovedAndMayHaveNoUnknowns) {
    spectral_transform<1> none{grid::cartesian<1>{{.cells = {1}, .centering = centering::node}}, everywhere<1>(wall)};
    EXPECT_EQ(none.n_unknowns(), 0U);
    EXPECT_EQ(none.n_coefficients(), 0U);
    none.apply(decay, {}, {});
    spectral_transform<1> line{grid::cartesian<1>{{.cells = {5}}}, everywhere<1>(wall)};
    auto const moved = std::move(line);
    EXPECT_EQ(moved.n_unknowns(), 5U);
    EXPECT_EQ(line.n_unknowns(), 0U);  // NOLINT: what is left is defined
    EXPECT_EQ(line.bytes(), 0U);
    line = std::move(none);
    EXPECT_EQ(line.n_unknowns(), 0U);
}

TEST(SpectralTransform, IsCachedForAllShifts) {
    linear::operator_cache cache;
    auto const first = cache.get_spectral(square(8), everywhere<2>(wall));
    auto const second = cache.get_spectral(square(8), everywhere<2>(wall));
    EXPECT_FALSE(first.reused);
    EXPECT_TRUE(second.reused);
    EXPECT_EQ(first.plan, second.plan);
    EXPECT_FALSE(cache.get_spectral(square(8), everywhere<2>(flux)).reused);
    EXPECT_FALSE(cache.get_transform(square(8), everywhere<2>(wall)).reused) << "another plan";
}

TEST(SpectralTransform, SaysWhatIsWrong) {
    spectral_transform<2> const modes{square(4), everywhere<2>(wall)};
    std::vector<double> b(16, 1.0), x(16), few(15), coefficients(modes.n_coefficients());
    EXPECT_EQ(message_of<std::invalid_argument>([&] { modes.apply(decay, few, x); }),
              "the box has 16 unknowns, b 15 and x 16");
    auto const sizes = "the box has 16 unknowns and " + std::to_string(coefficients.size()) + " coefficients, ";
    EXPECT_EQ(message_of<std::invalid_argument>([&] { modes.forward(few, coefficients); }),
              sizes + "b 15 numbers and coefficients " + std::to_string(coefficients.size()));
    EXPECT_EQ(message_of<std::invalid_argument>([&] { modes.backward(few, x); }),
              sizes + "x 16 numbers and coefficients 15");
    std::span<double> const overlapping{coefficients.data(), 16};
    EXPECT_EQ(message_of<std::invalid_argument>([&] { modes.forward(overlapping, coefficients); }),
              "b and coefficients overlap; forward() needs both");
    EXPECT_EQ(message_of<std::invalid_argument>([&] { modes.backward(coefficients, overlapping); }),
              "x and coefficients overlap; backward() needs both");
    b[3] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THROW(modes.apply(decay, b, x), std::invalid_argument);
    grid::cartesian<2> const stretched{{.cells = {0, 2}, .faces = {{{0.0, 0.1, 1.0}, {}}}}};
    EXPECT_EQ(message_of<std::invalid_argument>([&] {
                  spectral_transform<2>{stretched, everywhere<2>(wall)};
              }),
              "spectral_transform: the cells in x differ in width, and its sines are for equal ones");
    EXPECT_NE(message_of<std::invalid_argument>([&] {
                  spectral_transform<2>{square(4), everywhere<2>(film)};
              }).find("side of x is Robin"),
              std::string::npos);
}
