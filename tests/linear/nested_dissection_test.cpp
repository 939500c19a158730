// SPDX-License-Identifier: MIT
#include <poise/grid/cartesian.hpp>
#include <poise/linear/cholesky.hpp>
#include <poise/linear/neg_laplacian.hpp>
#include <poise/linear/nested_dissection.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace poise;

namespace {

void expect_permutation(std::vector<index_t> order, std::size_t size) {
    std::vector<index_t> all(size);
    std::iota(all.begin(), all.end(), 0);
    std::ranges::sort(order);
    EXPECT_EQ(order, all);
}

}  // namespace

TEST(NestedDissection, IsAPermutation) {
    expect_permutation(linear::nested_dissection<1>({17}), 17);
    for (std::ptrdiff_t nx : {1, 2, 5, 6, 31, 100})
        for (std::ptrdiff_t ny : {1, 3, 7, 64}) {
            expect_permutation(linear::nested_dissection<2>({nx, ny}), static_cast<std::size_t>(nx * ny));
            expect_permutation(linear::nested_dissection<3>({nx, ny, 5}), static_cast<std::size_t>(nx * ny * 5));
        }
    EXPECT_TRUE(linear::nested_dissection<2>({0, 5}).empty());
}

TEST(NestedDissection, EliminatesTheSeparatorLast) {  // 15 × 9: the first cut is the column x = 7
    auto const order = linear::nested_dissection<2>({15, 9});
    for (std::size_t k = order.size() - 9; k < order.size(); ++k) EXPECT_EQ(order[k] % 15, 7);
}

TEST(NestedDissection, KeepsAOneDimensionalOrder) {
    EXPECT_EQ(linear::nested_dissection<1>({4}), (std::vector<index_t>{0, 1, 2, 3}));
}

// George (1973): at most 31/4 n² log₂ n entries for n × n unknowns, to leading order.
TEST(NestedDissection, KeepsTheFactorWithinGeorgesBound) {
    for (std::ptrdiff_t n : {31, 63, 127}) {
        grid::cartesian<2> const g{{.cells = {n, n}}};
        grid::condition_kinds<2> const kinds{};
        auto const A = linear::neg_laplacian(g, kinds);
        auto const order = linear::nested_dissection<2>({n, n});
        linear::cholesky const factor{A, {.backend = linear::cholesky_backend::eigen, .ordering = order}};
        double const size = static_cast<double>(n);
        EXPECT_LT(static_cast<double>(factor.n_entries()), 7.75 * size * size * std::log2(size)) << n;
    }
}
