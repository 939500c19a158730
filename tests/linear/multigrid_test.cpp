// SPDX-License-Identifier: MIT
#include "linear/kinds.hpp"
#include "linear/random_vector.hpp"
#include "support/message_of.hpp"

#include <poise/core/error.hpp>
#include <poise/core/reductions.hpp>
#include <poise/linear/cg.hpp>
#include <poise/linear/cholesky.hpp>
#include <poise/linear/multigrid.hpp>
#include <poise/linear/neg_diffusion.hpp>
#include <poise/profile/memory.hpp>
#include <poise/task/executor.hpp>
#include <poise/task/graph.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

using namespace poise;
using grid::condition_kind;
using poise_test::everywhere;
using poise_test::message_of;
using poise_test::random_vector;

namespace {

template <std::size_t D, class Kappa>
linear::stencil_matrix<D> matrix_of(grid::extents<D> const& cells, Kappa const& kappa,
                                    grid::point<D> const& upper = grid::uniform_point<D>(1.0),
                                    condition_kind kind = condition_kind::dirichlet, double sigma = 0.0) {
    grid::cartesian<D> const domain{{.upper = upper, .cells = cells}};
    std::vector<double> k(domain.size());
    std::vector<double> const s(domain.size(), sigma);
    grid::for_each_point(domain, [&](std::size_t i, grid::point<D> const& x) { k[i] = kappa(x); });
    return linear::neg_diffusion(domain, everywhere<D>(kind), std::span<double const>{k}, std::span<double const>{s});
}
auto const one = [](auto const&) { return 1.0; };

// Iterations of conjugate gradients to 1e-8; the report is of a residual that was computed.
template <std::size_t D>
int iterations(linear::stencil_matrix<D> const& A) {
    auto const b = random_vector(A.n_unknowns());
    std::vector<double> x(b.size());
    auto const report = linear::cg(A, b, x, {.rtol = 1e-8, .max_iterations = 400}, linear::multigrid<D>{A});
    // Where κ jumps by 10⁸, rounding leaves more than that.
    EXPECT_TRUE(report || report.residual_norm <= report.attainable_residual) << report;
    return report.iterations;
}

template <std::size_t D>
grid::extents<D> cube(std::ptrdiff_t n) {
    grid::extents<D> cells;
    cells.fill(n);
    return cells;
}

// tolerance: rounding of a cycle, some tens of operations a point on each of a few levels.
template <std::size_t D>
void expect_symmetric_positive(linear::stencil_matrix<D> const& A, linear::multigrid_options const& options = {},
                               double tolerance = 1e-12) {
    linear::multigrid<D> const M{A, options};
    auto const r = random_vector(A.n_unknowns(), 2), s = random_vector(A.n_unknowns(), 3);
    std::vector<double> Mr(r.size()), Ms(r.size());
    M(r, Mr);
    M(s, Ms);
    EXPECT_GT(dot(r, Mr), 0.0);
    EXPECT_NEAR(dot(s, Mr), dot(r, Ms), tolerance * norm2(r) * norm2(Ms));
}

}  // namespace

TEST(Multigrid, IsSymmetricAndPositiveForAnyExtentsAndCoefficients) {
    std::mt19937 random{5};
    std::uniform_real_distribution<double> exponent{-4.0, 4.0}, gentle{-1.0, 1.0};
    auto const rough = [&](auto const&) { return std::pow(10.0, exponent(random)); };
    auto const uneven = [&](auto const&) { return std::pow(10.0, gentle(random)); };
    linear::multigrid_options const twice{.precision = linear::multigrid_precision::double_precision};
    linear::multigrid_options const single{.precision = linear::multigrid_precision::single_precision};
    linear::multigrid_options const two_sweeps{.smoothing_sweeps = 2,
                                               .precision = linear::multigrid_precision::double_precision};
    for (std::ptrdiff_t const nx : {1, 2, 3, 4, 9, 30})
        for (std::ptrdiff_t const ny : {1, 2, 5, 17, 40}) {
            SCOPED_TRACE(testing::Message() << nx << " x " << ny);
            expect_symmetric_positive(matrix_of<1>({nx * ny}, rough), twice);
            expect_symmetric_positive(matrix_of<2>({nx, ny}, rough), twice);
            expect_symmetric_positive(matrix_of<2>({nx, ny}, rough), two_sweeps);
            expect_symmetric_positive(matrix_of<3>({nx, ny, 7}, rough), twice);
            expect_symmetric_positive(matrix_of<3>({nx, ny, 7}, uneven), single, 1e-5);
            expect_symmetric_positive(matrix_of<3>({5, nx, ny}, rough, {1.0, 30.0, 1.0}, condition_kind::neumann, 0.1),
                                      twice);
        }
}

// Of a singular matrix every grid's is singular, and the cycle is symmetric, however rough κ is.
TEST(Multigrid, IsSymmetricWithoutWallsToo) {
    linear::multigrid_options const twice{.precision = linear::multigrid_precision::double_precision};
    for (double const decades : {2.0, 4.0, 8.0}) {
        SCOPED_TRACE(testing::Message() << decades << " decades");
        std::mt19937 random{7};
        std::uniform_real_distribution<double> exponent{0.0, decades};
        auto const rough = [&](auto const&) { return std::pow(10.0, exponent(random)); };
        for (auto const& cells : {grid::extents<2>{150, 141}, grid::extents<2>{31, 200}})
            expect_symmetric_positive(matrix_of<2>(cells, rough, {1.0, 1.0}, condition_kind::neumann), twice, 1e-10);
        expect_symmetric_positive(matrix_of<3>({21, 30, 24}, rough, {1.0, 1.0, 1.0}, condition_kind::neumann), twice,
                                  1e-10);
    }
}

// Nothing couples points across the walls, and all of them around their ends.
TEST(Multigrid, FindsItsWayAroundWalls) {
    auto A = matrix_of<2>({90, 80}, one, {1.0, 1.0}, condition_kind::neumann);
    auto const nx = static_cast<std::size_t>(A.n()[0]);
    auto const at = [&](std::size_t x, std::size_t y) { return y * nx + x; };
    auto const cut = [&](std::size_t d, std::size_t i, std::size_t beyond) {
        A.diagonal()[i] -= A.coupling(d)[i];
        A.diagonal()[beyond] -= std::exchange(A.coupling(d)[i], 0.0);
    };
    for (std::size_t x = 0; x < 70; ++x) cut(1, at(x, 20), at(x, 21));
    for (std::size_t x = 11; x < nx; ++x) cut(1, at(x, 47), at(x, 48));
    for (std::size_t y = 30; y < 40; ++y)
        for (std::size_t x : {30U, 31U, 33U}) cut(0, at(x, y), at(x + 1, y));
    expect_symmetric_positive(A, {.precision = linear::multigrid_precision::double_precision}, 1e-10);
    auto b = random_vector(A.n_unknowns());
    double const mean = sum(b) / static_cast<double>(b.size());
    for (double& v : b) v -= mean;
    std::vector<double> x(b.size());
    auto const report = linear::cg(A, b, x, {}, linear::multigrid{A});
    EXPECT_TRUE(report) << report;
    EXPECT_LE(report.iterations, 25);
}

// What holds x in place may be little beside the rest; only what is lost in rounding is taken for nothing.
TEST(Multigrid, IsNotMisledByWeakAnchors) {
    auto const expect_solved = [](linear::stencil_matrix<2> const& A) {
        std::vector<double> b(A.n_unknowns()), x(b.size()), solution = random_vector(b.size());
        A(solution, b);
        auto const report = linear::cg(A, b, x, {.rtol = 1e-10, .max_iterations = 100}, linear::multigrid<2>{A});
        EXPECT_TRUE(report) << report;
    };
    for (double const weak : {1e-3, 1e-6, 1e-9, 1e-11}) {
        SCOPED_TRACE(weak);
        for (std::ptrdiff_t const n : {4, 20, 60}) {
            auto const is_rim = [](auto const& x) { return std::min({x[0], 1.0 - x[0], x[1], 1.0 - x[1]}) < 1e-9; };
            expect_solved(matrix_of<2>({n, n}, [&](auto const& x) { return is_rim(x) ? weak : 1.0; }));
            auto pinned = matrix_of<2>({n, n}, one, {1.0, 1.0}, condition_kind::neumann);
            pinned.diagonal()[7] *= 1.0 + weak;
            expect_solved(pinned);
        }
    }
}

// The caller may know what rounding hides.
TEST(Multigrid, IsToldOfTheNullspace) {
    auto A = matrix_of<2>({40, 30}, one, {1.0, 1.0}, condition_kind::neumann);
    for (double& d : A.diagonal()) d *= 1.0 + 1e-13;
    auto const r = random_vector(A.n_unknowns());
    std::vector<double> z(r.size());
    linear::multigrid<2>{A, {.nullspace = linear::multigrid_nullspace::constants}}(r, z);
    EXPECT_NEAR(sum(z), 0.0, 1e-12 * norm2(z));
    linear::multigrid<2>{A, {.nullspace = linear::multigrid_nullspace::nothing}}(r, z);
    EXPECT_GT(std::abs(sum(z)), 1e6 * std::abs(sum(r)));
}

TEST(Multigrid, TakesNumbersOfAnySize) {
    auto const scaled = [](linear::stencil_matrix<2> A, double by) {
        for (double& value : A.diagonal()) value *= by;
        for (std::size_t d = 0; d < 2; ++d)
            for (double& value : A.coupling(d)) value *= by;
        return A;
    };
    auto const A = matrix_of<2>({30, 20}, one);
    double const largest = norm_max(A.diagonal());
    auto const ones = random_vector(A.n_unknowns());
    std::vector<double> r(ones.size()), z(ones.size()), expected(ones.size());
    linear::multigrid<2>{A}(ones, expected);
    for (double const by : {0x1p1023 / largest, 0x1p-1021 / largest}) {
        for (std::size_t i = 0; i < r.size(); ++i) r[i] = by * ones[i];
        linear::multigrid<2>{scaled(A, by)}(r, z);
        for (std::size_t i = 0; i < r.size(); ++i) ASSERT_NEAR(z[i], expected[i], 1e-5 * norm_max(expected)) << by;
    }
    for (std::size_t i = 0; i < r.size(); ++i) r[i] = 0x1p-1070 * ones[i];  // subnormal, of four binary digits
    linear::multigrid<2>{scaled(A, 0x1p-900)}(r, z);
    for (std::size_t i = 0; i < r.size(); ++i) ASSERT_NEAR(z[i], 0x1p-170 * expected[i], 0.1 * 0x1p-170) << i;
}

// A cycle is the same operations in single precision; what rounding adds is little beside what the cycle gives.
TEST(Multigrid, InSinglePrecisionIsTheCycleInDoubleToItsDigits) {
    auto const chequers = [](auto const& x) {
        return (static_cast<int>(5 * x[0]) + static_cast<int>(5 * x[1])) % 2 != 0 ? 1e3 : 1.0;
    };
    for (double const scale : {1.0, 1e-150, 1e150}) {
        auto A = matrix_of<2>({70, 41}, chequers);
        for (double& value : A.diagonal()) value *= scale;
        for (std::size_t d = 0; d < 2; ++d)
            for (double& value : A.coupling(d)) value *= scale;
        auto r = random_vector(A.n_unknowns());
        for (double& value : r) value *= 1e100;
        std::vector<double> single(r.size()), twice(r.size());
        linear::multigrid<2>{A, {.precision = linear::multigrid_precision::single_precision}}(r, single);
        linear::multigrid<2>{A, {.precision = linear::multigrid_precision::double_precision}}(r, twice);
        for (std::size_t i = 0; i < r.size(); ++i) ASSERT_NEAR(single[i], twice[i], 1e-4 * norm_max(twice)) << scale;
        EXPECT_NE(single, twice);
    }
}

TEST(Multigrid, TakesAsManyIterationsInSinglePrecision) {
    for (double const jump : {1.0, 1e2, 1e4}) {
        auto const A = matrix_of<2>({130, 121}, [=](auto const& x) { return x[0] * x[1] < 0.2 ? jump : 1.0; });
        auto const b = random_vector(A.n_unknowns());
        std::vector<double> x(b.size()), y(b.size());
        auto const single = linear::cg(
            A, b, x, {}, linear::multigrid<2>{A, {.precision = linear::multigrid_precision::single_precision}});
        auto const twice = linear::cg(
            A, b, y, {}, linear::multigrid<2>{A, {.precision = linear::multigrid_precision::double_precision}});
        EXPECT_TRUE(single) << single;
        EXPECT_LE(single.iterations, twice.iterations + 1) << jump;
    }
}

// Where they meet, strips are done after both: the bits do not tell how many there were.
TEST(Multigrid, GivesTheSameBitsOnAnyNumberOfThreads) {
    auto const grains = [](auto const& x) {
        double square = 0.0;
        for (double const t : x) square += std::pow(std::fmod(t, 0.05) - 0.025, 2);
        return square < 1e-4 ? 1e4 : 1.0;
    };
    auto const expect_same = [](auto const& A, auto options) {
        auto const r = random_vector(A.n_unknowns());
        std::vector<double> one_thread(r.size()), several(r.size());
        options.max_threads = 1;
        linear::multigrid{A, options}(r, one_thread);
        options.max_threads = 4;
        task::graph alone;
        alone.add("cycle", [&] { linear::multigrid{A, options}(r, several); });
        ASSERT_TRUE((task::executor{{.threads = 4}}.run(alone)));
        EXPECT_EQ(one_thread, several);
    };
    for (int const sweeps : {1, 2})
        for (auto const precision :
             {linear::multigrid_precision::single_precision, linear::multigrid_precision::double_precision}) {
            linear::multigrid_options const options{.smoothing_sweeps = sweeps, .precision = precision};
            expect_same(matrix_of<2>({301, 302}, grains), options);
            expect_same(matrix_of<2>({200, 201}, one, {1.0, 30.0}), options);  // x is halved alone
            expect_same(matrix_of<2>({200, 201}, one, {30.0, 1.0}), options);  // y is
            expect_same(matrix_of<2>({301, 100}, one, {1.0, 1.0}, condition_kind::neumann), options);
            expect_same(matrix_of<3>({31, 30, 65}, grains), options);
            expect_same(matrix_of<3>({31, 30, 64}, one, {1.0, 1.0, 30.0}), options);
            expect_same(matrix_of<1>({30'000}, one), options);
        }
}

TEST(Multigrid, TakesTheSameIterationsOnEveryGrid) {
    for (std::ptrdiff_t const n : {20, 31, 32, 33, 64, 100, 127, 200, 255, 256})
        EXPECT_LE(iterations(matrix_of<2>(cube<2>(n), one)), 10) << n;
    for (std::ptrdiff_t const n : {8, 15, 16, 17, 31, 40})
        EXPECT_LE(iterations(matrix_of<3>(cube<3>(n), one)), 10) << n;
    for (std::ptrdiff_t const n : {50, 1000, 20'000}) EXPECT_LE(iterations(matrix_of<1>({n}, one)), 10) << n;
}

TEST(Multigrid, DoesNotMindFlatCellsNorFlatBoxes) {
    for (double const aspect : {1e-3, 0.1, 0.3, 3.0, 10.0, 100.0, 1000.0}) {
        EXPECT_LE(iterations(matrix_of<2>({128, 100}, one, {1.0, aspect})), 13) << aspect;
        EXPECT_LE(iterations(matrix_of<3>({32, 20, 24}, one, {1.0, aspect, std::sqrt(aspect)})), 16) << aspect;
        EXPECT_LE(iterations(matrix_of<2>({400, 3}, one, {1.0, aspect})), 13) << aspect;
    }
}

// Layers, chequers and islands of a few cells, at sizes at which no coarser grid fits them.
TEST(Multigrid, DoesNotMindJumps) {
    for (double const jump : {10.0, 1e2, 1e4, 1e6, 1e8}) {
        auto const layers = [=](auto const& x) { return x[0] + x[1] < 0.77 ? 1.0 : jump; };
        auto const chequers = [=](auto const& x) {
            int sum = 0;
            for (double const t : x) sum += static_cast<int>(7 * t);
            return sum % 2 != 0 ? jump : 1.0;
        };
        auto const is_grain = [](auto const& x) {
            double square = 0.0;
            for (double const t : x) square += std::pow(std::fmod(t, 0.25) - 0.125, 2);
            return square < 0.0064;
        };
        auto const grains = [=](auto const& x) { return is_grain(x) ? jump : 1.0; };
        auto const holes = [=](auto const& x) { return is_grain(x) ? 1.0 / jump : 1.0; };
        for (std::ptrdiff_t const n : {50, 63, 64, 101, 128}) {
            EXPECT_LE(iterations(matrix_of<2>(cube<2>(n), layers)), 14) << n << ", " << jump;
            EXPECT_LE(iterations(matrix_of<2>(cube<2>(n), chequers)), 16) << n << ", " << jump;
            EXPECT_LE(iterations(matrix_of<2>(cube<2>(n), grains)), 16) << n << ", " << jump;
            EXPECT_LE(iterations(matrix_of<2>(cube<2>(n), holes)), 14) << n << ", " << jump;
        }
        for (std::ptrdiff_t const n : {25, 32, 40}) {
            EXPECT_LE(iterations(matrix_of<3>(cube<3>(n), layers)), 14) << n << ", " << jump;
            EXPECT_LE(iterations(matrix_of<3>(cube<3>(n), chequers)), 18) << n << ", " << jump;
            EXPECT_LE(iterations(matrix_of<3>(cube<3>(n), grains)), 20) << n << ", " << jump;
            EXPECT_LE(iterations(matrix_of<3>(cube<3>(n), holes)), 14) << n << ", " << jump;
        }
    }
}

TEST(Multigrid, LeadsToTheAnswerOfAFactorisation) {
    auto const kappa = [](grid::point<2> const& x) { return std::exp(3.0 * std::sin(20.0 * x[0] * x[1])); };
    auto const A = matrix_of<2>({70, 55}, kappa);
    auto const b = random_vector(A.n_unknowns());
    std::vector<double> x(b.size()), y(b.size());
    linear::cg(A, b, x, {.rtol = 1e-13}, linear::multigrid<2>{A}).or_throw();
    linear::cholesky{linear::to_csr(A)}.solve(b, y);
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], y[i], 1e-10 * norm_max(y));
}

TEST(Multigrid, SolvesSmallProblemsAtOnce) {
    for (std::ptrdiff_t const n : {1, 2, 5, 10}) {
        auto const A = matrix_of<2>(cube<2>(n), one);
        auto const b = random_vector(A.n_unknowns());
        std::vector<double> x(b.size()), Ax(b.size());
        linear::multigrid<2> const M{A};
        EXPECT_EQ(M.n_levels(), 1U);
        M(b, x);
        A(x, Ax);
        for (std::size_t i = 0; i < b.size(); ++i) EXPECT_NEAR(Ax[i], b[i], 1e-12);
    }
    linear::multigrid<2> const nothing{linear::stencil_matrix<2>{{0, 5}}};
    nothing({}, {});
    EXPECT_EQ(nothing.n_unknowns(), 0U);
}

TEST(Multigrid, SolvesSingularProblemsThatHaveASolution) {
    auto const expect_solved = [](auto const& A) {
        auto b = random_vector(A.n_unknowns());
        double const mean = sum(b) / static_cast<double>(b.size());
        for (double& v : b) v -= mean;
        std::vector<double> x(b.size());
        auto const report = linear::cg(A, b, x, {.max_iterations = 40}, linear::multigrid{A});
        EXPECT_TRUE(report) << report;
    };
    for (double const jump : {1.0, 1e3, 1e5}) {
        auto const halves = [=](auto const& x) { return x[0] + x[1] < 0.77 ? 1.0 : jump; };
        auto const chequers = [=](auto const& x) {
            return (static_cast<int>(7 * x[0]) + static_cast<int>(7 * x[1])) % 2 != 0 ? jump : 1.0;
        };
        for (std::ptrdiff_t const n : {20, 100, 201}) {
            expect_solved(matrix_of<2>({n, n}, halves, {1.0, 1.0}, condition_kind::neumann));
            expect_solved(matrix_of<2>({n, n}, chequers, {1.0, 1.0}, condition_kind::neumann));
        }
        expect_solved(matrix_of<3>({20, 17, 12}, halves, {1.0, 1.0, 1.0}, condition_kind::neumann));
    }
}

TEST(Multigrid, IsUsedByManyThreadsAtOnceAndGivesTheSameBits) {
    auto const A = matrix_of<2>({60, 70}, one);
    linear::multigrid<2> const M{A};
    auto const r = random_vector(A.n_unknowns());
    std::vector<double> expected(r.size());
    M(r, expected);
    std::vector<std::vector<double>> results(4, std::vector<double>(r.size()));
    {
        std::vector<std::jthread> threads;
        for (auto& z : results)
            threads.emplace_back([&] {
                for (int i = 0; i < 20; ++i) M(r, z);
            });
    }
    for (auto const& z : results) EXPECT_EQ(z, expected);
}

TEST(Multigrid, AllocatesNothingAfterTheFirstCycle) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    auto const A = matrix_of<3>({20, 21, 22}, one);
    linear::multigrid<3> const M{A};
    auto const r = random_vector(A.n_unknowns());
    std::vector<double> z(r.size());
    M(r, z);
    profile::memory const used;
    M(r, z);
    EXPECT_EQ(used.so_far().allocations, 0U);
}

TEST(Multigrid, AllocatesNothingOnSeveralThreads) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    auto const A = matrix_of<2>({300, 250}, one);
    linear::multigrid<2> const M{A, {.max_threads = 2}};
    auto const r = random_vector(A.n_unknowns());
    std::vector<double> z(r.size());
    for (int warm_up = 0; warm_up < 3; ++warm_up) M(r, z);
    profile::memory const used;
    for (int cycle = 0; cycle < 10; ++cycle) M(r, z);
    EXPECT_EQ(used.so_far().allocations, 0U);
}

TEST(Multigrid, CountsItsBytes) {
    auto const A = matrix_of<2>({64, 64}, one);
    linear::multigrid<2> const M{A, {.max_threads = 1}};
    std::size_t const expected = M.bytes();
    // Inverses, row sums and two couplings, and what a cycle works in, of the finest grid alone.
    EXPECT_GT(expected, (4 + 2) * A.n_unknowns() * sizeof(float));
    std::vector<double> const r(A.n_unknowns());
    std::vector<double> z(r.size());
    M(r, z);
    std::size_t const found = M.bytes();
    EXPECT_GE(found, expected);
    EXPECT_LT(found, expected + expected / 4);  // and a thread's rows
    M(r, z);
    EXPECT_EQ(M.bytes(), found);
}

TEST(Multigrid, RefusesWhatItCannotUse) {
    auto const said = [](linear::stencil_matrix<2> const& A, linear::multigrid_options const& options = {}) {
        return message_of<std::invalid_argument>([&] { linear::multigrid<2>{A, options}; });
    };
    auto A = matrix_of<2>({4, 4}, one);
    EXPECT_EQ(said(A, {.smoothing_sweeps = 0}), "smoothing_sweeps is 0; a cycle needs at least 1");
    EXPECT_EQ(said(linear::stencil_matrix<2>{{4, 4}, {false, true}}),
              "multigrid: y is periodic; it can be solved by another method");
    linear::multigrid<2> const M{A};
    std::vector<double> r(16), z(15);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { M(r, z); }),
              "multigrid: of 16 unknowns, for vectors of 16 and 15");
    A.coupling(1)[2] = -1.0;
    EXPECT_NE(said(A).find("the coupling of unknown 2 in y is -1"), std::string::npos);
    A.coupling(1)[2] = std::nan("");
    EXPECT_NE(said(A).find("is nan"), std::string::npos);
    A.coupling(1)[2] = 1.0;
    A.diagonal()[3] = 0.0;
    EXPECT_EQ(said(A), "multigrid: A(3, 3) is 0; it must be positive, with a finite inverse");
    auto wide = matrix_of<2>({4, 4}, one);
    wide.diagonal()[0] = 1e60;
    EXPECT_NE(message_of<poise::error>([&] {
                  linear::multigrid<2>{wide, {.precision = linear::multigrid_precision::single_precision}};
              }).find("take double_precision"),
              std::string::npos);
    auto indefinite = matrix_of<2>({30, 30}, one);
    for (double& d : indefinite.diagonal()) d -= 3000.0;
    EXPECT_THROW((linear::multigrid<2>{indefinite}), poise::error);
}

TEST(Multigrid, AndMatricesAreEmptyWhereTheyWereMovedFrom) {
    auto A = matrix_of<2>(cube<2>(8), one);
    linear::multigrid<2> M{A};
    auto const B = std::move(A);
    auto const N = std::move(M);
    EXPECT_EQ(B.n_unknowns(), 64U);
    EXPECT_EQ(N.n_unknowns(), 64U);
    // NOLINTBEGIN(bugprone-use-after-move): what is promised of it
    EXPECT_EQ(A.n_unknowns(), 0U);
    EXPECT_EQ(A.n(), (grid::extents<2>{0, 0}));
    EXPECT_EQ(linear::to_csr(A).n_rows(), 0);
    EXPECT_EQ(linear::norm_infinity(A), 0.0);
    A({}, {});
    EXPECT_EQ(linear::multigrid<2>{A}.n_unknowns(), 0U);
    EXPECT_EQ(M.n_unknowns() + M.n_levels() + M.bytes(), 0U);
    EXPECT_THROW(M({}, {}), std::invalid_argument);
    // NOLINTEND(bugprone-use-after-move)
    A = B;
    EXPECT_EQ(A.n_unknowns(), 64U);
}
