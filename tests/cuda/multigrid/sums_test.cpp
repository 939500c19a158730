// SPDX-License-Identifier: MIT
#include "cuda/multigrid/sums.hpp"

#include "cuda/host_machine.hpp"
#include "cuda/made_up_gpu.hpp"
#include "linear/random_vector.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

using namespace poise::cuda::detail;
using poise_test::made_up_gpu;
using poise_test::thread_order;

namespace {

// Each point's number, once.
struct number_of_point {
    static constexpr char const* name = "number";
    static constexpr double bytes_of_point = 8;
    grid_view<double> grid;
    double const* numbers;
    double operator()(cell_position const& p) const { return numbers[grid.place(p.x, p.y, p.z)]; }
};

double sum_on_machine(made_up_gpu gpu, int nx, int ny, int nz, std::vector<double> const& numbers) {
    grid_view<double> grid;
    grid.x.n = nx, grid.y.n = ny, grid.z.n = nz;
    std::vector<double> partial(numbers.size() / 16384 + 1, NAN);
    double sum = NAN;
    poise_test::host_machine machine{&gpu};
    point_sums<number_of_point> const sums{grid, {grid, numbers.data()}, partial.data()};
    EXPECT_EQ(static_cast<std::size_t>(sums.n_blocks()), (numbers.size() + 16383) / 16384);
    machine.run(sums);
    machine.run(total<>{partial.data(), sums.n_blocks(), &sum});
    return sum;
}

}  // namespace

// Whole numbers, of which no sum rounds.
TEST(SumsOnGpu, TakeEachPointOnce) {
    for (auto const [nx, ny, nz] : {std::array{1, 1, 1},
                                    {3, 1, 2},
                                    {255, 1, 300},
                                    {256, 4, 40},
                                    {257, 3, 50},
                                    {7, 11, 900},
                                    {1000, 1, 64},
                                    {5, 500, 9},
                                    {1, 1, 40000},
                                    {16384, 1, 1}}) {
        std::vector<double> numbers(static_cast<std::size_t>(nx * ny * nz));
        double expected = 0.0;
        for (std::size_t i = 0; i < numbers.size(); ++i) expected += numbers[i] = static_cast<double>(i % 1009);
        EXPECT_EQ(sum_on_machine({}, nx, ny, nz, numbers), expected) << nx << ' ' << ny << ' ' << nz;
    }
}

TEST(SumsOnGpu, HaveTheSameBitsInBothOrdersOfThreads) {
    auto const numbers = poise_test::random_vector(70 * 31 * 19);
    double const forward = sum_on_machine({.order = thread_order::forward}, 70, 31, 19, numbers);
    EXPECT_EQ(forward, sum_on_machine({.order = thread_order::backward}, 70, 31, 19, numbers));
    double plain = 0.0;
    for (double const each : numbers) plain += each;
    EXPECT_NEAR(forward, plain, 1e-10);
}
