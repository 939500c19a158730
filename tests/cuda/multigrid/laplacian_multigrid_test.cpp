// SPDX-License-Identifier: MIT
// linear::laplacian_multigrid on a GPU, beside direct factorisations and fast transforms.
#include "cuda/gpu_needed.hpp"
#include "cuda/multigrid/on_gpu.hpp"
#include "linear/kinds.hpp"
#include "linear/random_vector.hpp"
#include "support/message_of.hpp"
#include "support/mixes_of_sides.hpp"

#include <poise/core/reductions.hpp>
#include <poise/linear/cholesky.hpp>
#include <poise/linear/fast_transform.hpp>
#include <poise/linear/laplacian_multigrid.hpp>
#include <poise/linear/neg_laplacian.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

using namespace poise;
using grid::centering;
using linear::stop_reason;
using poise_test::box;
using poise_test::everywhere;
using poise_test::message_of;
using poise_test::on_gpu;
using poise_test::random_vector;
using poise_test::wall;

namespace {

// The solution by fast transform is that of the same equations to rounding.
template <std::size_t D>
int expect_as_by_transform(grid::cartesian<D> const& domain, grid::condition_kinds<D> const& kinds,
                           double shift = 0.0) {
    auto const levels = on_gpu(domain, kinds, shift);
    auto const b = random_vector(levels.n_unknowns());
    std::vector<double> x(b.size(), 0.0), exact(b.size());
    auto const report = levels.solve(b, x, {.rtol = 1e-11});
    EXPECT_TRUE(report) << report;
    EXPECT_EQ(report.device.name(), "cuda:0");
    auto const by_transform = linear::fast_transform<D>{domain, kinds, shift}.solve(b, exact);
    EXPECT_NEAR(report.removed_mean, by_transform.removed_mean, 1e-14);
    double difference = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) difference = std::max(difference, std::abs(x[i] - exact[i]));
    // The residual that was left, by the inverse's norm, at most some times the largest number of the solution.
    EXPECT_LE(difference, 1e-8 * norm_max(exact)) << report;
    return report.iterations;
}

}  // namespace

TEST(LaplacianMultigridOnGpu, SolvesEveryMixOfSides) {
    POISE_NEED_GPU();
    for (auto const where : {centering::cell, centering::node}) {
        for (unsigned mix = 0; mix < poise_test::n_mixes(1); ++mix)
            EXPECT_LE(expect_as_by_transform(box<1>({300}, where), poise_test::mix_of<1>(mix)), 10);
        for (unsigned mix = 0; mix < poise_test::n_mixes(2); ++mix)
            EXPECT_LE(expect_as_by_transform(box<2>({40, 33}, where), poise_test::mix_of<2>(mix)), 24)
                << "mix " << mix << (where == centering::cell ? " of cells" : " of nodes");
        for (unsigned mix = 0; mix < poise_test::n_mixes(3); mix += 7)
            EXPECT_LE(expect_as_by_transform(box<3>({10, 13, 12}, where), poise_test::mix_of<3>(mix)), 24)
                << "mix " << mix;
    }
}

// Cells of any size, however many: the number of cycles does not grow.
TEST(LaplacianMultigridOnGpu, ConvergesAlikeOnGridsOfAllSizes) {
    POISE_NEED_GPU();
    auto const walls = everywhere<2>(wall);
    for (std::ptrdiff_t const n : {8, 32, 128, 512}) EXPECT_LE(expect_as_by_transform(box<2>({n, n}), walls), 11) << n;
    for (std::ptrdiff_t const n : {8, 16, 32})
        EXPECT_LE(expect_as_by_transform(box<3>({n, n, n}), everywhere<3>(wall)), 14) << n;
}

// Around an odd number of points one sweep's colours do not meet, and cycles gain less there.
TEST(LaplacianMultigridOnGpu, SolvesAroundOddNumbersOfPoints) {
    POISE_NEED_GPU();
    auto const around = everywhere<2>(poise_test::around);
    for (std::ptrdiff_t const n : {1, 2, 3, 5, 7, 63, 125})
        EXPECT_LE(expect_as_by_transform(box<2>({n, n}), around), 40) << n;
    EXPECT_LE(expect_as_by_transform(box<3>({9, 11, 15}), everywhere<3>(poise_test::around)), 40);
}

TEST(LaplacianMultigridOnGpu, SolvesFlatAndLongCells) {
    POISE_NEED_GPU();
    auto const walls = everywhere<2>(wall);
    EXPECT_LE(expect_as_by_transform(box<2>({256, 16}), walls), 14);
    EXPECT_LE(expect_as_by_transform(box<2>({16, 256}), walls), 14);
    EXPECT_LE(expect_as_by_transform(box<3>({32, 32, 32}, centering::node, {1.0, 10.0, 0.2}), everywhere<3>(wall)), 20);
}

TEST(LaplacianMultigridOnGpu, SolvesWithAShift) {
    POISE_NEED_GPU();
    for (double const shift : {1e-3, 1.0, 1e3, 1e7}) {
        (void)expect_as_by_transform(box<2>({60, 50}), everywhere<2>(wall), shift);
        (void)expect_as_by_transform(box<2>({60, 50}), everywhere<2>(poise_test::flux), shift);
        (void)expect_as_by_transform(box<3>({14, 12, 10}), everywhere<3>(poise_test::around), shift);
    }
}

TEST(LaplacianMultigridOnGpu, SolvesOnAStretchedGridAsAFactorDoes) {
    POISE_NEED_GPU();
    std::vector<double> faces{0.0};
    for (int i = 0; i < 40; ++i) faces.push_back(faces.back() + 1.0 + 0.5 * std::sin(0.3 * i));
    grid::cartesian_options<2> options{.upper = {1.0, 40.0}, .cells = {40, 40}, .centering = centering::cell};
    options.faces[0] = faces;
    grid::cartesian<2> const domain{options};
    auto const kinds = everywhere<2>(wall);
    auto const levels = on_gpu(domain, kinds);
    auto const b = random_vector(levels.n_unknowns());
    std::vector<double> x(b.size(), 0.0), exact(b.size());
    auto const report = levels.solve(b, x, {.rtol = 1e-11});
    ASSERT_TRUE(report) << report;
    linear::cholesky{linear::neg_laplacian(domain, kinds)}.solve(b, exact);
    for (std::size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(x[i], exact[i], 1e-9 * norm_max(exact));
}

TEST(LaplacianMultigridOnGpu, BeginsFromAGuess) {
    POISE_NEED_GPU();
    auto const levels = on_gpu(box<2>({90, 70}), everywhere<2>(wall));
    auto const b = random_vector(levels.n_unknowns());
    std::vector<double> x(b.size(), 0.0);
    int const from_zero = levels.solve(b, x).iterations;
    for (double& value : x) value *= 1.0 + 1e-6;
    auto const report = levels.solve(b, x);
    EXPECT_TRUE(report);
    EXPECT_LT(report.iterations, from_zero);
    EXPECT_EQ(levels.solve(b, x).iterations, 0);
}

TEST(LaplacianMultigridOnGpu, HoldsNumbersOfAnySize) {
    POISE_NEED_GPU();
    auto const levels = on_gpu(box<2>({33, 20}), everywhere<2>(wall));
    for (double const size : {1e-300, 1e-30, 1e30, 1e290}) {
        auto b = random_vector(levels.n_unknowns());
        for (double& value : b) value *= size;
        std::vector<double> x(b.size(), 0.0);
        auto const report = levels.solve(b, x);
        EXPECT_TRUE(report) << report;
        auto const more = levels.solve(b, x, {.rtol = 1e-30});
        EXPECT_EQ(more.reason, stop_reason::stagnated);
        EXPECT_LE(more.residual_norm, 10.0 * more.attainable_residual);
        EXPECT_LE(more.attainable_residual, 1e-10 * size);
    }
    std::vector<double> const zero(levels.n_unknowns(), 0.0);
    auto x = random_vector(levels.n_unknowns());
    EXPECT_TRUE(levels.solve(zero, x));
    EXPECT_EQ(norm_max(x), 0.0);
}

TEST(LaplacianMultigridOnGpu, LendsItsMemoryToOneSolveAfterTheOther) {
    POISE_NEED_GPU();
    auto const levels = on_gpu(box<2>({50, 50}), everywhere<2>(wall));
    auto const b = random_vector(levels.n_unknowns()), other = random_vector(levels.n_unknowns(), 2);
    std::vector<double> first(b.size(), 0.0), second(b.size(), 0.0), third(b.size(), 0.0);
    EXPECT_TRUE(levels.solve(b, first));
    EXPECT_TRUE(levels.solve(other, second));
    EXPECT_TRUE(levels.solve(b, third));
    EXPECT_EQ(first, third);
    auto guessed = second;
    EXPECT_TRUE(levels.solve(b, guessed));  // from a guess, and from 0 after it
    std::fill(third.begin(), third.end(), 0.0);
    EXPECT_TRUE(levels.solve(b, third));
    EXPECT_EQ(first, third);
}

TEST(LaplacianMultigridOnGpu, TellsWhatItCannotDo) {
    POISE_NEED_GPU();
    auto const domain = box<2>({20, 20});
    auto const walls = everywhere<2>(wall);
    EXPECT_EQ(
        message_of<std::invalid_argument>([&] {
            linear::laplacian_multigrid<2>{domain, walls, 0.0, {.smoothing_sweeps = 2, .device = device::cuda(0)}};
        }),
        "smoothing_sweeps is 2, and cuda:0 does one before each coarser grid and one after it; leave it out");
    EXPECT_EQ(message_of<std::invalid_argument>([&] {
                  linear::laplacian_multigrid<2>{
                      domain, walls, 0.0, {.cycle = linear::multigrid_cycle::w, .device = device::cuda(0)}};
              }),
              "on cuda:0 cycles are V, after a first one that is F; leave the cycle out");
    auto const levels = on_gpu(domain, walls);
    std::vector<double> b(levels.n_unknowns(), 1.0), x(b.size(), 0.0);
    b[7] = NAN;
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)levels.solve(b, x); }).find("b[7]"), std::string::npos);
    b[7] = 1.0, x[9] = NAN;
    EXPECT_NE(message_of<std::invalid_argument>([&] { (void)levels.solve(b, x); }).find("x[9]"), std::string::npos);
    x[9] = 0.0;
    EXPECT_TRUE(levels.solve(b, x));
    EXPECT_EQ(levels.solve(b, x, {.rtol = 1e-30}).reason, stop_reason::stagnated);
    std::vector<double> y(b.size(), 0.0);
    EXPECT_EQ(levels.solve(b, y, {.max_cycles = 1}).reason, stop_reason::max_iterations);
}
