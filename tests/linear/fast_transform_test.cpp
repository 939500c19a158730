// SPDX-License-Identifier: MIT
#include "linear/kinds.hpp"
#include "linear/random_vector.hpp"
#include "linear/shares.hpp"
#include "support/message_of.hpp"
#include "support/mixes_of_sides.hpp"
#include "support/on_threads.hpp"

#include <poise/core/reductions.hpp>
#include <poise/linear/cholesky.hpp>
#include <poise/linear/fast_transform.hpp>
#include <poise/linear/neg_laplacian.hpp>
#include <poise/profile/memory.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

using namespace poise;
using grid::centering;
using grid::condition_kind;
using linear::stop_reason;
using poise_test::around;
using poise_test::everywhere;
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

// The residual by the assembled matrix is what rounding leaves of a backward stable method.
template <std::size_t D>
void expect_solves(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds, double shift) {
    auto const A = linear::neg_laplacian(grid, kinds, shift);
    auto const n = static_cast<std::size_t>(A.n_rows());
    auto b = random_vector(n);
    std::vector<double> x(n), r(n);
    linear::fast_transform<D> const plan{grid, kinds, shift};
    ASSERT_EQ(plan.n_unknowns(), n);
    auto const report = plan.solve(b, x, {.rtol = 1.0, .max_refinements = 0});
    if (report.removed_mean != 0.0) {
        auto const shares = shares_of(grid, kinds);
        for (std::size_t i = 0; i < n; ++i) b[i] -= report.removed_mean * shares[i];
        EXPECT_NEAR(dot(shares, x), 0.0, 1e-13 * static_cast<double>(n) * (norm_max(x) + 1e-300));
    }
    linear::residual(A, x, b, r);
    double const allowed = 10.0 * epsilon * (norm_infinity(A) * norm2(x) + norm2(b));
    EXPECT_LE(norm2(r), allowed);
    EXPECT_LE(report.residual_norm, allowed) << "as reported";
}

std::string name_of(auto const& cells, unsigned mix, centering where) {
    std::string text = where == centering::cell ? "cells" : "nodes";
    for (auto const n : cells) text += " " + std::to_string(n);
    return text + ", mix " + std::to_string(mix);
}

grid::cartesian<2> square(std::ptrdiff_t n) { return grid::cartesian<2>{{.cells = {n, n}}}; }

}  // namespace

TEST(FastTransform, SolvesEveryMixOfSidesOnALine) {
    for (auto const where : {centering::cell, centering::node})
        for (unsigned mix = 0; mix < n_mixes(1); ++mix)
            for (std::ptrdiff_t const n : {1, 2, 3, 7, 8, 9, 64, 1024, 1025, 1026, 2100})
                for (double const shift : {0.0, 0.7, 1e4}) {
                    SCOPED_TRACE(name_of(std::array{n}, mix, where));
                    grid::cartesian<1> const line{{.upper = {2.0}, .cells = {n}, .centering = where}};
                    expect_solves<1>(line, mix_of<1>(mix), shift);
                }
}

TEST(FastTransform, SolvesEveryMixOfSidesAndEveryLengthInThePlane) {
    for (auto const where : {centering::cell, centering::node})
        for (unsigned mix = 0; mix < n_mixes(2); ++mix)
            for (std::ptrdiff_t const nx : {1, 2, 3, 5, 6, 7, 8, 9, 11, 16, 17, 22, 24, 26, 34, 38, 49, 60, 76})
                for (std::ptrdiff_t const ny : {1, 2, 7, 9, 64, 65, 66, 130}) {
                    SCOPED_TRACE(name_of(std::array{nx, ny}, mix, where));
                    grid::cartesian<2> const plane{{.upper = {1.0, 0.3}, .cells = {nx, ny}, .centering = where}};
                    expect_solves<2>(plane, mix_of<2>(mix), (nx + ny) % 2 == 0 ? 0.0 : 0.5);
                }
}

TEST(FastTransform, SolvesEveryMixOfSidesInABox) {
    for (auto const where : {centering::cell, centering::node})
        for (unsigned mix = 0; mix < n_mixes(3); ++mix)
            for (std::ptrdiff_t const nx : {1, 6, 9})
                for (std::ptrdiff_t const ny : {1, 8, 11})
                    for (std::ptrdiff_t const nz : {1, 3, 32, 34, 65}) {
                        SCOPED_TRACE(name_of(std::array{nx, ny, nz}, mix, where));
                        grid::cartesian<3> const box{
                            {.upper = {1.0, 0.3, 2.0}, .cells = {nx, ny, nz}, .centering = where}};
                        expect_solves<3>(box, mix_of<3>(mix), (nx + nz) % 2 == 0 ? 0.0 : 0.5);
                    }
}

TEST(FastTransform, SolvesEveryNumberOfCells) {
    for (std::ptrdiff_t n = 1; n <= 300; ++n) {
        SCOPED_TRACE(n);
        expect_solves<2>(grid::cartesian<2>{{.cells = {n, 9}, .centering = centering::node}}, everywhere<2>(wall), 0.0);
        expect_solves<2>(grid::cartesian<2>{{.cells = {n, 9}}}, mix_of<2>(1), 0.0);
        expect_solves<2>(grid::cartesian<2>{{.cells = {n, 9}}}, mix_of<2>(4), 0.0);
    }
}

TEST(FastTransform, SolvesFlatAndTallCells) {
    for (double const aspect : {1e-6, 1e-3, 1e3, 1e6})
        for (unsigned mix = 0; mix < n_mixes(2); ++mix) {
            SCOPED_TRACE(aspect);
            expect_solves<2>(grid::cartesian<2>{{.upper = {1.0, aspect}, .cells = {40, 70}}}, mix_of<2>(mix), 0.0);
        }
}

TEST(FastTransform, AgreesWithAFactorisation) {
    grid::cartesian<3> const box{{.upper = {1.0, 2.0, 0.5}, .cells = {20, 15, 12}}};
    auto const kinds = mix_of<3>(1 + 5 * 2);
    auto const A = linear::neg_laplacian(box, kinds, 2.0);
    auto const b = random_vector(static_cast<std::size_t>(A.n_rows()));
    std::vector<double> x(b.size()), y(b.size());
    linear::cholesky{A}.solve(b, y);
    linear::fast_transform<3>{box, kinds, 2.0}.solve(b, x).or_throw();
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], y[i], 1e-12 * norm_max(y));
}

// The worst that rounding may do to a smooth solution: the answer is known to the last bits, the grid is large.
TEST(FastTransform, FindsAnEigenvectorOnALargeGrid) {
    std::size_t const n = 1500;
    linear::fast_transform<2> const plan{square(n), everywhere<2>(wall)};
    auto const wave = [](std::size_t i) { return std::sin(std::numbers::pi * (static_cast<double>(i) + 0.5) / n); };
    double const s = std::sin(std::numbers::pi / (2.0 * n));
    double const eigenvalue = 8.0 * s * s * n * n;
    std::vector<double> b(n * n), x(n * n);
    for (std::size_t j = 0; j < n; ++j)
        for (std::size_t i = 0; i < n; ++i) b[i + n * j] = eigenvalue * wave(i) * wave(j);
    plan.solve(b, x).or_throw();
    double worst = 0.0;
    for (std::size_t j = 0; j < n; ++j)
        for (std::size_t i = 0; i < n; ++i) worst = std::max(worst, std::abs(x[i + n * j] - wave(i) * wave(j)));
    EXPECT_LE(worst, 10.0 * n * epsilon);
}

// Where a box is thin in the last direction, rounding leaves a residual that no tolerance allows, and the solution is
// as good as that of the box without the direction.
TEST(FastTransform, KeepsWhatAThinDirectionLivesOn) {
    linear::fast_transform<2> const flat{square(32), everywhere<2>(wall)};
    auto const b = random_vector(flat.n_unknowns());
    std::vector<double> expected(b.size());
    flat.solve(b, expected).or_throw();
    for (condition_kind const kind : {flux, around})
        for (std::ptrdiff_t const nz : {1, 2, 3, 15, 16, 17, 40})
            for (double const thickness : {1e-2, 1e-6, 1e-8, 1e-10}) {
                grid::cartesian<3> const film{{.upper = {1.0, 1.0, thickness}, .cells = {32, 32, nz}}};
                linear::fast_transform<3> const plan{film, {wall, wall, wall, wall, kind, kind}};
                std::vector<double> layers, x(plan.n_unknowns());
                for (std::ptrdiff_t k = 0; k < nz; ++k) layers.insert(layers.end(), b.begin(), b.end());
                auto const report = plan.solve(layers, x);
                EXPECT_TRUE(report || report.reason == stop_reason::stagnated) << report;
                double worst = 0.0;
                for (std::size_t i = 0; i < x.size(); ++i)
                    worst = std::max(worst, std::abs(x[i] - expected[i % expected.size()]));
                EXPECT_LE(worst, 1e-12 * norm_max(expected)) << nz << " layers in " << thickness;
            }
}

// A ring of one cell is a direction that is not there: its spacing costs no digit, and its residual no tolerance.
TEST(FastTransform, LosesNothingToARingOfOneCell) {
    grid::cartesian<2> const plane{{.upper = {1.0, 2.0}, .cells = {20, 70}}};
    auto const kinds = mix_of<2>(1);
    linear::fast_transform<2> const flat{plane, kinds, 0.5};
    auto const b = random_vector(flat.n_unknowns());
    std::vector<double> expected(b.size()), x(b.size());
    flat.solve(b, expected).or_throw();
    for (double const width : {1e-100, 1e-6, 1e6})
        for (std::size_t const ring : {0U, 1U, 2U}) {
            grid::cartesian_options<3> options;
            grid::condition_kinds<3> all;
            for (std::size_t d = 0, rest = 0; d < 3; ++d) {
                options.upper[d] = d == ring ? width : plane.upper()[rest];
                options.cells[d] = d == ring ? 1 : plane.cells()[rest];
                for (std::size_t end = 0; end < 2; ++end) all[2 * d + end] = d == ring ? around : kinds[2 * rest + end];
                rest += d != ring;
            }
            linear::fast_transform<3> const plan{grid::cartesian<3>{options}, all, 0.5};
            auto const report = plan.solve(b, x, {.rtol = 1e-12});
            EXPECT_TRUE(report) << width << ' ' << ring << ": " << report;
            for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], expected[i], 1e-12 * norm_max(expected));
        }
}

TEST(FastTransform, GivesTheSameBitsOnAnyNumberOfThreads) {
    grid::cartesian<3> const box{{.cells = {40, 37, 130}}};
    linear::fast_transform<3> const plan{box, mix_of<3>(1)};
    auto const b = random_vector(plan.n_unknowns());
    std::vector<double> one(b.size()), many(b.size());
    auto const report = plan.solve(b, one, {.max_threads = 1});
    on_threads(9, [&] {
        for (std::size_t const n_threads : {2, 3, 5, 9}) {
            auto const again = plan.solve(b, many, {.max_threads = n_threads});
            EXPECT_EQ(one, many) << n_threads;
            EXPECT_EQ(report.residual_norm, again.residual_norm);
        }
    });
}

TEST(FastTransform, IsUsedByManyThreadsAtOnce) {
    linear::fast_transform<2> const plan{square(90), everywhere<2>(wall)};
    auto const b = random_vector(plan.n_unknowns());
    std::vector<double> expected(b.size());
    plan.solve(b, expected).or_throw();
    std::vector<std::vector<double>> results(4, std::vector<double>(b.size()));
    {
        std::vector<std::jthread> threads;
        for (auto& x : results)
            threads.emplace_back([&] {
                for (int i = 0; i < 20; ++i) plan.solve(b, x).or_throw();
            });
    }
    for (auto const& x : results) EXPECT_EQ(x, expected);
}

TEST(FastTransform, AllocatesNothingAfterTheFirstSolve) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    linear::fast_transform<2> const plan{square(50), everywhere<2>(flux)};
    auto const b = random_vector(plan.n_unknowns());
    std::vector<double> x(b.size());
    (void)plan.solve(b, x);
    profile::memory const used;
    auto const report = plan.solve(b, x);
    EXPECT_LE(used.so_far().allocations, 1U) << "but for the report's name of the method";
    EXPECT_TRUE(report);
}

TEST(FastTransform, AllocatesNothingOnSeveralThreadsNorForNoRightHandSide) {
    if (!profile::hooks_in_effect()) GTEST_SKIP() << "the sanitizers own the heap";
    linear::fast_transform<2> const plan{square(200), everywhere<2>(wall)};
    auto const b = random_vector(plan.n_unknowns());
    std::vector<double> const none(b.size(), 0.0);
    std::vector<double> x(b.size());
    on_threads(2, [&] {
        (void)plan.solve(b, x, {.max_threads = 2});
        profile::memory const used;
        for (auto const& right : {std::span{b}, std::span{b}, std::span{none}})
            EXPECT_TRUE(plan.solve(right, x, {.max_threads = 2}));
        EXPECT_EQ(used.so_far().allocations, 0U);
    });
}

TEST(FastTransform, TakesNoMoreThreadsThanThereAre) {
    grid::cartesian<2> const tall{{.cells = {20, 2000}}};  // 32 strips, which 32 threads could share
    auto const bytes_after = [&](std::size_t max_threads) {
        linear::fast_transform<2> const plan{tall, everywhere<2>(wall)};
        std::vector<double> const b(plan.n_unknowns(), 1.0);
        std::vector<double> x(b.size());
        (void)plan.solve(b, x, {.max_threads = max_threads});
        return plan.bytes();
    };
    on_threads(2, [&] {
        EXPECT_EQ(bytes_after(1000), bytes_after(2));
        EXPECT_EQ(bytes_after(0), bytes_after(2));
        EXPECT_LT(bytes_after(1), bytes_after(2));
    });
}

TEST(FastTransform, IsEmptyWhereItWasMovedFrom) {
    linear::fast_transform<2> plan{square(4), everywhere<2>(wall)};
    auto const moved = std::move(plan);
    EXPECT_EQ(moved.n_unknowns(), 16U);
    EXPECT_EQ(plan.n_unknowns(), 0U);  // NOLINT(bugprone-use-after-move): what is left is specified
    EXPECT_EQ(plan.bytes(), 0U);
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)plan.solve({}, {}); }).find("was moved from"),
              std::string::npos);
}

TEST(FastTransform, TakesWhatNoSolutionHasOutOfASingularProblem) {
    linear::fast_transform<2> const plan{square(30), everywhere<2>(flux)};
    auto b = random_vector(plan.n_unknowns());
    double const mean = sum(b) / static_cast<double>(b.size());
    std::vector<double> x(b.size()), y(b.size());
    auto const report = plan.solve(b, x);
    EXPECT_TRUE(report) << report;
    EXPECT_NEAR(report.removed_mean, mean, 1e-15);
    EXPECT_NEAR(sum(x), 0.0, 1e-12);
    for (double& v : b) v += 3.0;  // changes what is removed, and nothing else
    auto const moved = plan.solve(b, y);
    EXPECT_NEAR(moved.removed_mean, mean + 3.0, 1e-14);
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], y[i], 1e-12);
}

TEST(FastTransform, LeavesZeroForNoRightHandSide) {
    linear::fast_transform<2> const plan{square(20), everywhere<2>(wall)};
    std::vector<double> const b(plan.n_unknowns(), 0.0);
    std::vector<double> x(b.size(), 7.0);
    auto const report = plan.solve(b, x);
    EXPECT_TRUE(report);
    EXPECT_EQ(report.residual_norm, 0.0);
    EXPECT_EQ(norm_max(x), 0.0);
}

TEST(FastTransform, SolvesForNumbersWhoseSquaresAreNone) {
    linear::fast_transform<2> const plan{square(20), everywhere<2>(wall)};
    auto const b = random_vector(plan.n_unknowns());
    std::vector<double> x(b.size()), scaled_x(b.size());
    plan.solve(b, x).or_throw();
    for (double const scale : {0x1p-600, 0x1p600}) {
        auto scaled = b;
        for (double& v : scaled) v *= scale;
        plan.solve(scaled, scaled_x).or_throw();
        for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(scaled_x[i], x[i] * scale);
    }
}

TEST(FastTransform, HasNothingToDoWithoutUnknowns) {
    grid::cartesian<2> const known{{.cells = {1, 5}, .centering = centering::node}};
    linear::fast_transform<2> const plan{known, everywhere<2>(wall)};
    EXPECT_EQ(plan.n_unknowns(), 0U);
    EXPECT_TRUE(plan.solve({}, {}));
}

TEST(FastTransform, SaysWhyItStopped) {
    linear::fast_transform<2> const plan{square(64), everywhere<2>(wall)};
    auto const b = random_vector(plan.n_unknowns());
    std::vector<double> x(b.size());
    EXPECT_EQ(plan.solve(b, x).reason, stop_reason::converged);
    auto const stagnated = plan.solve(b, x, {.rtol = 1e-18, .max_refinements = 50});
    EXPECT_EQ(stagnated.reason, stop_reason::stagnated);
    EXPECT_GT(stagnated.attainable_residual, 0.0);
    EXPECT_LE(stagnated.residual_norm, 4.0 * stagnated.attainable_residual);
    std::vector<double> const huge(b.size(), 1e308);
    EXPECT_EQ(plan.solve(huge, x).reason, stop_reason::not_finite);
}

TEST(FastTransform, RefusesWhatItCannotSolve) {
    linear::fast_transform<2> const plan{square(4), everywhere<2>(wall)};
    std::vector<double> b(16, 1.0), x(16);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { (void)plan.solve(std::span{b}.first(9), x); }),
              "the box has 16 unknowns, b 9 and x 16");
    EXPECT_EQ(message_of<std::invalid_argument>([&] { (void)plan.solve(b, b); }),
              "b and x overlap; a fast transform needs both");
    EXPECT_THROW((void)plan.solve(b, x, {.rtol = -1.0}), std::invalid_argument);
    for (double const bad : {std::nan(""), HUGE_VAL}) {
        b[5] = bad;
        EXPECT_NE(message_of<std::invalid_argument>([&] { (void)plan.solve(b, x); }).find("b[5]"), std::string::npos);
    }
    EXPECT_NE(message_of<std::invalid_argument>([&] {
                  (void)linear::fast_transform<2>{square(4), {wall, wall, around, wall}};
              }).find("y is periodic on its lower side only"),
              std::string::npos);
    EXPECT_EQ(message_of<std::invalid_argument>([&] {
                  (void)linear::fast_transform<2>{square(4), {}, -1.0};
              }),
              "shift is -1; a fast transform, whose sweeps do not pivot, needs a shift >= 0: take an lu of "
              "neg_laplacian()");
    EXPECT_THROW((linear::fast_transform<2>{square(4), {}, std::nan("")}), std::invalid_argument);
    grid::cartesian<2> const tiny{{.upper = {1e-200, 1.0}, .cells = {4, 4}}};
    EXPECT_THROW((linear::fast_transform<2>{tiny, {}}), std::invalid_argument);
    grid::cartesian<2> const uneven{{.upper = {1e-150, 1e100}, .cells = {4, 4}}};
    EXPECT_NE(message_of<std::invalid_argument>([&] {
                  (void)linear::fast_transform<2>{uneven, {}};
              }).find("overflows"),
              std::string::npos);
    // Waves across of an eigenvalue that is 0 beside 1/h² of the last direction: not one of them is the constant.
    grid::cartesian<2> const film{{.upper = {1e130, 1e-150}, .cells = {4, 4}}};
    for (auto const& kinds : {everywhere<2>(flux), everywhere<2>(around), everywhere<2>(wall)})
        EXPECT_NE(message_of<std::invalid_argument>([&] {
                      (void)linear::fast_transform<2>{film, kinds};
                  }).find("the spacings differ too much: an eigenvalue of "),
                  std::string::npos);
    grid::cartesian<1> const long_line{{.cells = {std::ptrdiff_t{1} << 40}}};
    EXPECT_NE(message_of<std::invalid_argument>([&] {
                  (void)linear::fast_transform<1>{long_line, {}};
              }).find("1099511627776 cells in x"),
              std::string::npos);
}

TEST(FastTransform, SolvesManyAsOneByOne) {
    linear::fast_transform<2> const plan{grid::cartesian<2>{{.cells = {21, 17}}}, everywhere<2>(wall)};
    std::size_t const n = plan.n_unknowns();
    for (std::size_t const n_rhs : {0, 1, 3, 10}) {
        auto b = random_vector(n * n_rhs);
        std::vector<double> x(b.size()), expected(b.size());
        auto const reports = plan.solve_many(b, x, n_rhs);
        ASSERT_EQ(reports.size(), n_rhs);
        for (std::size_t k = 0; k < n_rhs; ++k) {
            auto const alone = plan.solve(std::span{b}.subspan(k * n, n), std::span{expected}.subspan(k * n, n));
            EXPECT_TRUE(reports[k]) << reports[k];
            EXPECT_EQ(reports[k].residual_norm, alone.residual_norm);
        }
        EXPECT_EQ(x, expected);
    }
    std::vector<double> b(2 * n), x(2 * n);
    b[n + 3] = std::nan("");
    EXPECT_EQ(message_of<std::invalid_argument>([&] { (void)plan.solve_many(b, x, 2); }).find("right-hand side 1: b"),
              0U);
    EXPECT_EQ(message_of<std::invalid_argument>([&] { (void)plan.solve_many(b, x, 3); }),
              "the box has 357 unknowns, and for 3 right-hand sides b has 714 numbers and x 714");
}

TEST(FastTransform, TellsItsBytes) {
    linear::fast_transform<2> const plan{square(200), everywhere<2>(wall)};
    std::size_t const before = plan.bytes();
    EXPECT_GT(before, 200 * 3 * sizeof(double));
    EXPECT_LE(before, 2 * sizeof(double) * plan.n_unknowns());
    std::vector<double> const b(plan.n_unknowns(), 1.0);
    std::vector<double> x(b.size());
    (void)plan.solve(b, x, {.max_threads = 1});
    EXPECT_EQ(plan.bytes(), before) << "the memory of one solve is counted from the start";
    on_threads(3, [&] { (void)plan.solve(b, x, {.max_threads = 3}); });
    EXPECT_GT(plan.bytes(), before);
}

// Across, the constant has the eigenvalue 0, which walls along the lines leave regular whatever their spacing.
TEST(FastTransform, SolvesForTheConstantAcrossWhateverTheSpacingAlongTheLines) {
    for (double const length : {1e-150, 1e150})
        for (auto const kind : {flux, around}) {
            grid::cartesian<2> const box{{.upper = {length, length}, .cells = {6, 40}}};
            linear::fast_transform<2> const plan{box, {kind, kind, wall, wall}};
            std::vector<double> const b(plan.n_unknowns(), 1.0 / length / length);
            std::vector<double> x(b.size());
            plan.solve(b, x).or_throw();
            EXPECT_NEAR(norm_max(x), 0.125, 1e-4);
        }
}

// The mean of the solution is what the shift makes of the mean of the source, however small the shift.
TEST(FastTransform, KeepsTheMeanWhereNoSideIsAWall) {
    for (auto const where : {centering::cell, centering::node})
        for (double const shift : {1e-300, 1e-15, 1e-6, 1.0})
            for (unsigned const mix : {18U, 19U, 23U, 24U}) {
                grid::cartesian<2> const box{{.cells = {30, 90}, .centering = where}};
                auto const kinds = mix_of<2>(mix);
                linear::fast_transform<2> const plan{box, kinds, shift};
                std::vector<double> const b = shares_of(box, kinds);
                std::vector<double> x(b.size());
                auto const report = plan.solve(b, x);
                // Of a solution that large, rounding may leave a residual that no tolerance on b allows.
                EXPECT_TRUE(report || report.reason == stop_reason::stagnated) << report;
                for (double const value : x) EXPECT_NEAR(value * shift, 1.0, 1e-12) << shift;
            }
}
