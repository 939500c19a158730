// SPDX-License-Identifier: MIT
#include "linear/transform/box_transform.hpp"

#include "linear/random_vector.hpp"

#include <gtest/gtest.h>

#include <vector>

using namespace poise;
using namespace poise::linear::detail;
using grid::condition_kind;

namespace {

template <std::size_t D>
std::vector<double> solution_by(transform_kernels const& kernels, grid::cartesian<D> const& grid,
                                grid::condition_kinds<D> const& kinds, solve_norms& norms) {
    box_transform const box{grid, kinds, 0.0, kernels};
    auto const b = poise_test::random_vector(box.n_unknowns(), 7);
    std::vector<double> x(b.size());
    norms = box.solve(b, x, 2);
    return x;
}

template <std::size_t D>
void expect_one_answer(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds) {
    solve_norms first_norms, norms;
    auto const first = solution_by(*usable_kernels().front(), grid, kinds, first_norms);
    for (auto const* kernels : usable_kernels()) {
        EXPECT_EQ(solution_by(*kernels, grid, kinds, norms), first) << kernels->width;
        EXPECT_EQ(norms.residual, first_norms.residual);
        EXPECT_EQ(norms.b, first_norms.b);
        EXPECT_EQ(norms.x, first_norms.x);
    }
}

}  // namespace

// What a processor without wide vectors computes is what one with them computes, to the last bit.
TEST(BoxTransform, GivesTheSameBitsByTheKernelsOfEveryProcessor) {
    auto const D = condition_kind::dirichlet, N = condition_kind::neumann, P = condition_kind::periodic;
    for (auto const where : {grid::centering::cell, grid::centering::node})
        for (std::ptrdiff_t const n : {1, 2, 5, 8, 13, 22, 34, 60, 64}) {
            expect_one_answer<1>(grid::cartesian<1>{{.cells = {n * 40}, .centering = where}}, {D, N});
            expect_one_answer<2>(grid::cartesian<2>{{.cells = {n, 150}, .centering = where}}, {D, D, N, N});
            expect_one_answer<2>(grid::cartesian<2>{{.cells = {n, 64}, .centering = where}}, {N, N, N, N});
            expect_one_answer<2>(grid::cartesian<2>{{.cells = {n, 65}, .centering = where}}, {P, P, P, P});
            expect_one_answer<3>(grid::cartesian<3>{{.cells = {11, n, 33}, .centering = where}}, {P, P, D, N, P, P});
            expect_one_answer<3>(grid::cartesian<3>{{.cells = {n, 12, 70}, .centering = where}}, {N, D, D, N, N, D});
        }
}

TEST(BoxTransform, HasKernelsForEveryProcessor) {
    ASSERT_FALSE(usable_kernels().empty());
    EXPECT_EQ(usable_kernels().back()->width, 2);
}
