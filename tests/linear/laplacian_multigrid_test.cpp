// SPDX-License-Identifier: MIT
#include "linear/kinds.hpp"
#include "linear/random_vector.hpp"
#include "support/message_of.hpp"
#include "support/on_threads.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/reductions.hpp>
#include <poise/linear/cholesky.hpp>
#include <poise/linear/direct_solve.hpp>
#include <poise/linear/fast_transform.hpp>
#include <poise/linear/laplacian_multigrid.hpp>
#include <poise/linear/neg_laplacian.hpp>
#include <poise/profile/memory.hpp>
#include <poise/task/graph.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

using namespace poise;
using grid::centering;
using grid::condition_kind;
using linear::multigrid_cycle;
using linear::multigrid_precision;
using linear::stop_reason;
using poise_test::everywhere;
using poise_test::message_of;
using poise_test::on_threads;
using poise_test::random_vector;

namespace {

constexpr auto wall = condition_kind::dirichlet, mirror = condition_kind::neumann;
constexpr double infinity = std::numeric_limits<double>::infinity();

// Every mix of walls and mirrors, a bit for each side.
template <std::size_t D>
grid::condition_kinds<D> mix_of(unsigned mix) {
    grid::condition_kinds<D> kinds;
    for (std::size_t side = 0; side < 2 * D; ++side) kinds[side] = (mix >> side & 1U) != 0 ? mirror : wall;
    return kinds;
}

template <std::size_t D>
grid::extents<D> cube(std::ptrdiff_t n) {
    grid::extents<D> cells;
    cells.fill(n);
    return cells;
}

// The residual that is reported is that of the assembled matrix, and meets the tolerance: two sums in different order
// differ by rounding, ε ‖A‖ ‖x‖, which is not the residual's to see on these grids.
template <std::size_t D>
int cycles_of(grid::cartesian<D> const& box, grid::condition_kinds<D> const& kinds, double shift = 0.0,
              linear::laplacian_multigrid_options const& options = {}) {
    linear::laplacian_multigrid<D> const levels{box, kinds, shift, options};
    auto b = random_vector(levels.n_unknowns());
    std::vector<double> x(b.size(), 0.0), r(b.size());
    auto const report = levels.solve(b, x);
    EXPECT_TRUE(report) << report;
    auto const A = linear::neg_laplacian(box, kinds, shift);
    if (report.removed_mean != 0.0) {
        auto const shifted = linear::neg_laplacian(box, kinds, 1.0);  // its rows sum to the shares
        std::vector<double> const ones(b.size(), 1.0);
        std::vector<double> shares(b.size());
        linear::multiply(shifted, ones, shares);
        for (std::size_t i = 0; i < b.size(); ++i) b[i] -= report.removed_mean * shares[i];
        EXPECT_NEAR(dot(shares, x), 0.0, 1e-12 * static_cast<double>(b.size()) * norm_max(x));
    }
    linear::residual(A, x, b, r);
    double const rounding = 10.0 * std::numeric_limits<double>::epsilon() * linear::norm_infinity(A) * norm2(x);
    EXPECT_NEAR(norm2(r), report.residual_norm, rounding + 1e-15 * norm2(b));
    EXPECT_LE(norm2(r), report.tolerance + rounding);
    return report.iterations;
}

}  // namespace

TEST(LaplacianMultigrid, TakesTheSameCyclesOnEveryGridInThePlane) {
    for (auto const where : {centering::node, centering::cell})
        for (std::ptrdiff_t const n : {16, 33, 64, 100, 257})
            for (unsigned mix = 0; mix < 16; ++mix) {
                grid::cartesian<2> const box{{.cells = {n, n + 3}, .centering = where}};
                EXPECT_LE(cycles_of(box, mix_of<2>(mix)), 6) << n << " mix " << mix;
            }
}

TEST(LaplacianMultigrid, TakesTheSameCyclesOnEveryGridInSpace) {
    for (auto const where : {centering::node, centering::cell})
        for (std::ptrdiff_t const n : {8, 15, 32})
            for (unsigned mix = 0; mix < 64; mix += 7) {
                grid::cartesian<3> const box{{.cells = {n + 2, n, n + 1}, .centering = where}};
                EXPECT_LE(cycles_of(box, mix_of<3>(mix)), mix == 63 ? 8 : 7) << n << " mix " << mix;
            }
    EXPECT_LE(cycles_of(grid::cartesian<3>{{.cells = cube<3>(96)}}, everywhere<3>(wall)), 6);
}

TEST(LaplacianMultigrid, DoesNotMindFlatCellsNorFlatBoxes) {
    for (double const aspect : {1.4, 2.0, 3.0, 5.0, 10.0, 100.0, 1000.0}) {
        grid::cartesian<2> const wide{{.upper = {aspect, 1.0}, .cells = {90, 128}, .centering = centering::node}};
        EXPECT_LE(cycles_of(wide, everywhere<2>(wall)), 7) << aspect;
        grid::cartesian<2> const tall{{.upper = {1.0, aspect}, .cells = {128, 90}}};
        EXPECT_LE(cycles_of(tall, mix_of<2>(0b1011)), 7) << aspect;
        grid::cartesian<3> const box{{.upper = {1.0, aspect, 1.0 / aspect}, .cells = {24, 31, 20}}};
        EXPECT_LE(cycles_of(box, everywhere<3>(wall)), 7) << aspect;
        grid::cartesian<3> const rod{{.upper = {1.0, 1.0, aspect}, .cells = {24, 31, 20}}};
        EXPECT_LE(cycles_of(rod, everywhere<3>(wall)), 7) << aspect;
    }
}

TEST(LaplacianMultigrid, SolvesSmallAndThinProblems) {
    for (std::ptrdiff_t n = 1; n < 10; ++n)
        for (std::ptrdiff_t m = 1; m < 10; ++m)
            for (unsigned mix = 0; mix < 16; mix += 3) {
                grid::cartesian<2> const box{{.cells = {n, m}}};
                (void)cycles_of(box, mix_of<2>(mix));
                (void)cycles_of(grid::cartesian<3>{{.cells = {n, 2, m}}}, mix_of<3>(mix * 5));
            }
    for (std::ptrdiff_t const n : {1, 2, 3, 30, 31, 1000}) {
        (void)cycles_of(grid::cartesian<1>{{.cells = {n}}}, mix_of<1>(0));
        (void)cycles_of(grid::cartesian<1>{{.cells = {n}}}, mix_of<1>(3));
        (void)cycles_of(grid::cartesian<2>{{.cells = {n, 1}}}, mix_of<2>(2));
    }
}

TEST(LaplacianMultigrid, TakesShifts) {
    grid::cartesian<2> const box{{.cells = {70, 64}}};
    for (double const shift : {1e-3, 1.0, 1e3, 1e5, 1e8}) {
        EXPECT_LE(cycles_of(box, everywhere<2>(mirror), shift), 7) << shift;
        EXPECT_LE(cycles_of(box, everywhere<2>(wall), shift), 7) << shift;
    }
}

// Σ b = shift Σ shares x is the sum of all equations, of which the residual shows nothing.
TEST(LaplacianMultigrid, KnowsTheConstantThatATinyShiftHolds) {
    grid::cartesian<2> const box{{.cells = {50, 41}}};
    for (double const shift : {1e-12, 1e-6, 1e-2}) {
        linear::laplacian_multigrid<2> const levels{box, everywhere<2>(mirror), shift};
        auto b = random_vector(levels.n_unknowns());
        std::vector<double> x(b.size(), 0.0);
        double const mean = sum(b) / static_cast<double>(b.size());
        for (double& value : b) value += 1e-3 * shift - mean;  // a mean of x of 1e-3
        ASSERT_TRUE(levels.solve(b, x)) << shift;
        // Rounding leaves ε Σ|b| of Σ b.
        EXPECT_NEAR(sum(x) / static_cast<double>(x.size()), sum(b) / static_cast<double>(b.size()) / shift,
                    1e-16 / shift + 1e-12)
            << shift;
    }
}

TEST(LaplacianMultigrid, TakesEveryCycleAndNumberOfSweepsInEitherPrecision) {
    grid::cartesian<3> const box{{.cells = {32, 28, 37}, .centering = centering::node}};
    for (auto const precision : {multigrid_precision::single_precision, multigrid_precision::double_precision}) {
        int last = 100;
        for (int const sweeps : {1, 2, 4}) {
            int const v = cycles_of(box, mix_of<3>(5), 0.0, {multigrid_cycle::v, sweeps, precision});
            int const w = cycles_of(box, mix_of<3>(5), 0.0, {multigrid_cycle::w, sweeps, precision});
            int const f = cycles_of(box, mix_of<3>(5), 0.0, {multigrid_cycle::f, sweeps, precision});
            EXPECT_LE(w, f);
            EXPECT_LE(f, v);
            EXPECT_LT(v, last) << "more sweeps, fewer cycles";
            last = v;
        }
    }
}

// A cycle in single precision is one in double precision to its digits: the same number of cycles.
TEST(LaplacianMultigrid, FindsTheEigenvectorOfALargeGrid) {
    std::ptrdiff_t const n = 1500;
    grid::cartesian<2> const box{{.cells = {n, n}, .centering = centering::node}};
    linear::laplacian_multigrid<2> const levels{box, everywhere<2>(wall)};
    double const h = 1.0 / static_cast<double>(n);
    double const eigenvalue = 2.0 * std::pow(2.0 / h * std::sin(std::numbers::pi * h / 2.0), 2);
    std::vector<double> b(levels.n_unknowns()), x(b.size(), 0.0);
    auto const side = static_cast<std::size_t>(n - 1);
    for (std::size_t j = 0; j < side; ++j)
        for (std::size_t i = 0; i < side; ++i)
            b[j * side + i] = std::sin(std::numbers::pi * static_cast<double>(i + 1) * h) *
                              std::sin(std::numbers::pi * static_cast<double>(j + 1) * h);
    auto const report = levels.solve(b, x);
    EXPECT_TRUE(report) << report;
    EXPECT_LE(report.iterations, 8);
    // The residual is at most 10⁻⁸ of b, of which the smallest eigenvalue makes the same part of x.
    for (std::size_t i = 0; i < x.size(); i += 997) EXPECT_NEAR(x[i] * eigenvalue, b[i], 1e-8 * norm2(b));
}

TEST(LaplacianMultigrid, AgreesWithAFactorisation) {
    grid::cartesian<3> const box{{.upper = {1.0, 2.0, 0.5}, .cells = {14, 17, 11}}};
    auto const kinds = mix_of<3>(0b100110);
    auto const A = linear::neg_laplacian(box, kinds, 3.0);
    linear::laplacian_multigrid<3> const levels{box, kinds, 3.0};
    auto const b = random_vector(levels.n_unknowns());
    std::vector<double> x(b.size(), 0.0), y(b.size());
    ASSERT_TRUE(levels.solve(b, x, {.rtol = 1e-12}));
    linear::cholesky{A}.solve(b, y);
    // λ_min > 3 is the shift, so that ‖x − y‖ ≤ 10⁻¹² ‖b‖ / 3.
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], y[i], 1e-12 * norm2(b));
}

TEST(LaplacianMultigrid, GivesTheSameBitsOnAnyNumberOfThreads) {
    grid::cartesian<3> const box{{.cells = {40, 37, 130}}};
    grid::cartesian<2> const plane{{.cells = {300, 301}, .centering = centering::node}};
    for (int const sweeps : {1, 2, 3}) {
        linear::laplacian_multigrid<3> const in_space{
            box, mix_of<3>(1), 0.0, {.cycle = multigrid_cycle::f, .smoothing_sweeps = sweeps}};
        linear::laplacian_multigrid<2> const in_plane{plane, mix_of<2>(2), 0.0, {.smoothing_sweeps = sweeps}};
        auto const compare = [](auto const& levels) {
            auto const b = random_vector(levels.n_unknowns());
            std::vector<double> one(b.size(), 0.0);
            auto const report = levels.solve(b, one, {.max_threads = 1});
            EXPECT_TRUE(report);
            for (std::size_t const n_threads : {2, 3, 5, 9}) {
                std::vector<double> many(b.size(), 0.0);
                auto const again = levels.solve(b, many, {.max_threads = n_threads});
                EXPECT_EQ(one, many) << n_threads;
                EXPECT_EQ(report.residual_norm, again.residual_norm);
            }
        };
        on_threads(9, [&] {
            compare(in_space);
            compare(in_plane);
        });
    }
}

TEST(LaplacianMultigrid, IsUsedByManyThreadsAtOnce) {
    linear::laplacian_multigrid<2> const levels{grid::cartesian<2>{{.cells = {90, 90}}}, everywhere<2>(wall)};
    auto const b = random_vector(levels.n_unknowns());
    std::vector<double> expected(b.size(), 0.0);
    levels.solve(b, expected).or_throw();
    std::vector<std::vector<double>> results(4, std::vector<double>(b.size()));
    {
        std::vector<std::jthread> threads;
        for (auto& x : results)
            threads.emplace_back([&] {
                for (int i = 0; i < 20; ++i) {
                    std::ranges::fill(x, 0.0);
                    levels.solve(b, x).or_throw();
                }
            });
    }
    for (auto const& x : results) EXPECT_EQ(x, expected);
}

TEST(LaplacianMultigrid, AllocatesNothingAfterTheFirstSolve) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    for (unsigned const mix : {0U, 15U}) {
        linear::laplacian_multigrid<2> const levels{grid::cartesian<2>{{.cells = {200, 200}}}, mix_of<2>(mix)};
        auto const b = random_vector(levels.n_unknowns());
        std::vector<double> x(b.size(), 0.0);
        on_threads(2, [&] {
            (void)levels.solve(b, x, {.max_threads = 2});
            std::ranges::fill(x, 0.0);
            profile::memory const used;
            auto const report = levels.solve(b, x, {.max_threads = 2});
            EXPECT_EQ(used.so_far().allocations, 0U);
            EXPECT_TRUE(report);
        });
    }
}

TEST(LaplacianMultigrid, ContinuesFromAnInitialGuess) {
    grid::cartesian<2> const box{{.cells = {64, 64}}};
    linear::laplacian_multigrid<2> const levels{box, everywhere<2>(wall)};
    auto const b = random_vector(levels.n_unknowns());
    std::vector<double> x(b.size(), 0.0);
    ASSERT_TRUE(levels.solve(b, x));
    auto const solved = x;
    EXPECT_EQ(levels.solve(b, x).iterations, 0);
    EXPECT_EQ(x, solved);
    for (double& value : x) value *= 1.0 + 1e-4;
    auto const report = levels.solve(b, x);
    EXPECT_TRUE(report);
    EXPECT_LE(report.iterations, 4);
    auto far = random_vector(b.size(), 2);
    for (double& value : far) value *= 1e30;
    auto const from_far = levels.solve(b, far, {.rtol = 1e-2});
    EXPECT_TRUE(from_far) << from_far << ": cycles are linear, and the residual falls to any";
}

TEST(LaplacianMultigrid, TakesNumbersOfAnySize) {
    for (double const length : {1e-140, 1e-20, 1e20, 1e140})
        for (double const size : {1e-300, 1e-160, 1e160}) {
            grid::cartesian<2> const box{{.upper = {length, length}, .cells = {40, 40}}};
            linear::laplacian_multigrid<2> const levels{box, everywhere<2>(wall)};
            auto b = random_vector(levels.n_unknowns());
            for (double& value : b) value *= size;
            std::vector<double> x(b.size(), 0.0);
            double const expected = size * length * length;
            if (expected > 1e300 || expected < 1e-290) continue;  // x is none that double has, or has few digits of
            auto const report = levels.solve(b, x);
            EXPECT_TRUE(report) << report << " length " << length << " size " << size;
            EXPECT_GT(norm_max(x), 1e-4 * expected);
            EXPECT_LT(norm_max(x), expected);
        }
}

TEST(LaplacianMultigrid, LeavesZeroForNoRightHandSide) {
    linear::laplacian_multigrid<2> const levels{grid::cartesian<2>{{.cells = {20, 20}}}, everywhere<2>(wall)};
    std::vector<double> const b(levels.n_unknowns(), 0.0);
    std::vector<double> x(b.size(), 3.0);
    auto const report = levels.solve(b, x);
    EXPECT_TRUE(report);
    EXPECT_EQ(report.residual_norm, 0.0);
    EXPECT_EQ(x, b);
}

TEST(LaplacianMultigrid, HasNothingToDoWithoutUnknowns) {
    linear::laplacian_multigrid<2> const levels{grid::cartesian<2>{{.cells = {1, 5}, .centering = centering::node}},
                                                everywhere<2>(wall)};
    EXPECT_EQ(levels.n_unknowns(), 0U);
    EXPECT_EQ(levels.n_levels(), 0U);
    EXPECT_TRUE(levels.solve({}, {}));
}

TEST(LaplacianMultigrid, SaysWhyItStopped) {
    linear::laplacian_multigrid<2> const levels{grid::cartesian<2>{{.cells = {60, 60}}}, everywhere<2>(wall)};
    auto const b = random_vector(levels.n_unknowns());
    std::vector<double> x(b.size(), 0.0);
    auto const few = levels.solve(b, x, {.max_cycles = 3});
    EXPECT_EQ(few.reason, stop_reason::max_iterations);
    EXPECT_EQ(few.iterations, 3);
    EXPECT_LT(few.residual_norm, 1e-2 * norm2(b));
    EXPECT_EQ(levels.solve(b, x, {.max_cycles = 0}).residual_norm, few.residual_norm);
    auto const exact = levels.solve(b, x, {.rtol = 0.0});
    EXPECT_EQ(exact.reason, stop_reason::stagnated);
    EXPECT_LE(exact.residual_norm, 4.0 * exact.attainable_residual);
    EXPECT_LE(exact.iterations, 30);
    std::vector<double> const huge(b.size(), 1e308);
    EXPECT_EQ(levels.solve(huge, x).reason, stop_reason::not_finite) << "whose norm is more than double holds";
    EXPECT_TRUE(levels.solve(b, x)) << "afterwards it is usable";
}

// Workspaces are used again: nothing of what was not finite may stay in them. Rows of 50 points fill whole vectors.
// A small shift of a problem without walls: cycles settle where the constant that it holds is not found yet.
TEST(LaplacianMultigrid, StagnatesWhereRoundingDoesAndNotBefore) {
    for (std::ptrdiff_t const n : {16, 20, 35}) {
        grid::cartesian<2> const strip{{.upper = {1e-3, 10.0}, .cells = {n, 35}}};
        linear::laplacian_multigrid<2> const levels{strip, everywhere<2>(mirror), 0.01};
        for (double const scale : {0.0, 1e6}) {
            auto const b = random_vector(levels.n_unknowns(), 3);
            auto x = random_vector(levels.n_unknowns(), 4);
            for (double& value : x) value *= scale;
            auto const report = levels.solve(b, x, {.rtol = 1e-12});
            EXPECT_LE(report.residual_norm, std::max(report.tolerance, 20.0 * report.attainable_residual)) << report;
        }
    }
}

TEST(LaplacianMultigrid, ForgetsABadGuess) {
    for (auto const precision : {multigrid_precision::single_precision, multigrid_precision::double_precision})
        for (std::ptrdiff_t const n : {31, 32, 48, 50}) {
            linear::laplacian_multigrid<2> const levels{
                grid::cartesian<2>{{.cells = {n, n}}}, everywhere<2>(wall), 0.0, {.precision = precision}};
            auto const b = random_vector(levels.n_unknowns());
            std::vector<double> x(b.size(), 0.0);
            x[n] = std::nan("");
            EXPECT_EQ(message_of<std::invalid_argument>([&] { (void)levels.solve(b, x); }),
                      concat("x[", n, "] is nan; every value must be finite"));
            std::vector<double> far(b.size(), 1e40);  // more than single precision holds
            (void)levels.solve(b, far, {.max_cycles = 3});
            std::ranges::fill(x, 0.0);
            EXPECT_TRUE(levels.solve(b, x)) << n;
        }
}

TEST(LaplacianMultigrid, TakesTheConstantOutOfAGuess) {
    grid::cartesian<2> const box{{.cells = {100, 90}}};
    for (double const shift : {0.0, 1e-30, 1e-14}) {
        linear::laplacian_multigrid<2> const levels{box, everywhere<2>(mirror), shift};
        auto b = random_vector(levels.n_unknowns());
        double const mean = sum(b) / static_cast<double>(b.size());
        for (double& value : b) value -= mean;
        b[0] -= sum(b);
        std::vector<double> x(b.size(), 1e15);
        EXPECT_TRUE(levels.solve(b, x)) << shift;
    }
}

TEST(LaplacianMultigrid, HasNoMemoryForThreadsWithoutWork) {
    linear::laplacian_multigrid<1> const line{grid::cartesian<1>{{.cells = {100'000}}}, everywhere<1>(wall)};
    std::vector<double> const b(line.n_unknowns(), 1.0);
    std::vector<double> x(b.size(), 0.0);
    on_threads(9, [&] {
        (void)line.solve(b, x, {.max_threads = 1});
        auto const bytes = line.bytes();
        (void)line.solve(b, x, {.max_threads = 9});
        EXPECT_EQ(line.bytes(), bytes);
    });
}

TEST(LaplacianMultigrid, TellsItsBytes) {
    grid::cartesian<2> const plane{{.cells = {512, 512}}};
    linear::laplacian_multigrid<2> const levels{plane, everywhere<2>(wall), 0.0, {}};
    auto const before = levels.bytes();
    EXPECT_LT(before, 13U * levels.n_unknowns());
    std::vector<double> const b(levels.n_unknowns(), 1.0);
    std::vector<double> x(b.size(), 0.0);
    (void)levels.solve(b, x, {.max_threads = 1});
    EXPECT_NEAR(static_cast<double>(levels.bytes()), static_cast<double>(before), 0.05 * static_cast<double>(before));
    linear::laplacian_multigrid<3> const in_space{grid::cartesian<3>{{.cells = {64, 64, 64}}}, everywhere<3>(wall)};
    EXPECT_LT(in_space.bytes(), 17U * in_space.n_unknowns());
}

TEST(LaplacianMultigrid, IsEmptyWhereItWasMovedFrom) {
    linear::laplacian_multigrid<2> levels{grid::cartesian<2>{{.cells = {4, 4}}}, everywhere<2>(wall)};
    auto const other = std::move(levels);
    EXPECT_EQ(other.n_unknowns(), 16U);
    EXPECT_EQ(levels.n_unknowns(), 0U);  // NOLINT(bugprone-use-after-move): that is what is tested
    std::vector<double> none;
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)levels.solve(none, none); }).find("moved from"),
              std::string::npos);
}

TEST(LaplacianMultigrid, RefusesWhatItCannotSolve) {
    grid::cartesian<2> const box{{.cells = {4, 4}}};
    auto const refusal = [&](grid::condition_kinds<2> const& kinds, double shift,
                             linear::laplacian_multigrid_options const& options) {
        return message_of<std::invalid_argument>([&] { linear::laplacian_multigrid<2>{box, kinds, shift, options}; });
    };
    EXPECT_EQ(refusal({wall, wall, condition_kind::periodic, condition_kind::periodic}, 0.0, {}),
              "laplacian_multigrid: the direction y is periodic, which it has no grids for on a processor; take "
              "linear::fast_transform");
    EXPECT_EQ(refusal({wall, condition_kind::robin, wall, wall}, 0.0, {}),
              "the upper side of x is Robin, and its kind does not tell the coefficient; linear::neg_diffusion takes "
              "the boundary itself");
    EXPECT_EQ(refusal(everywhere<2>(wall), infinity, {}), "shift is inf; -Laplacian + shift needs a finite shift");
    EXPECT_EQ(refusal(everywhere<2>(wall), -2.0, {}),
              "shift is -2; laplacian_multigrid, whose coarse grids do not hold waves, needs a shift >= 0: take an lu "
              "of neg_laplacian()");
    EXPECT_EQ(refusal(everywhere<2>(wall), 0.0, {.smoothing_sweeps = -1}),
              "smoothing_sweeps is -1; a cycle needs at least 1, and 0 leaves the number open");

    linear::laplacian_multigrid<2> const levels{box, everywhere<2>(wall)};
    std::vector<double> b(16, 1.0), x(16, 0.0), shorter(15);
    auto const refused = [&](std::span<double const> right, std::span<double> at,
                             linear::laplacian_multigrid_solve_options const& options = {}) {
        return message_of<std::invalid_argument>([&] { (void)levels.solve(right, at, options); });
    };
    EXPECT_EQ(refused(shorter, x), "the box has 16 unknowns, b 15 and x 16");
    EXPECT_EQ(refused(b, b), "b and x overlap; multigrid needs both");
    EXPECT_EQ(refused(b, x, {.max_cycles = -1}), "max_cycles is -1; give a number >= 0");
    EXPECT_NE(refused(b, x, {.rtol = -1.0}).find("rtol is -1"), std::string::npos);
    x[7] = std::nan("");
    EXPECT_EQ(refused(b, x), "x[7] is nan; every value must be finite");
    x[7] = 0.0;
    b[3] = infinity;
    EXPECT_EQ(refused(b, x), "b[3] is inf; every value must be finite");
}
