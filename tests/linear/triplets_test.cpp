// SPDX-License-Identifier: MIT
#include "linear/triplets.hpp"

#include "matrices.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace poise::linear::detail {
namespace {

struct entry {
    index_t row, column;
    double value;
};

triplets list_of(std::size_t n_rows, std::size_t n_cols, std::vector<entry> const& entries) {
    triplets list{entries.size()};
    list.n_rows = n_rows;
    list.n_cols = n_cols;
    for (std::size_t e = 0; e < entries.size(); ++e) {
        list.rows[e] = entries[e].row;
        list.columns[e] = entries[e].column;
        list.values[e] = entries[e].value;
    }
    return list;
}

TEST(Triplets, KeepsEmptyRowsAndZeros) {
    auto const A = to_csr(list_of(4, 3, {{2, 1, 0.0}, {0, 2, 5.0}}), mirror_image::none);
    require_valid(A);
    EXPECT_EQ(A.n_entries(), 2U);
    EXPECT_EQ(poise_test::to_dense(A), (std::vector<std::vector<double>>{{0, 0, 5}, {0, 0, 0}, {0, 0, 0}, {0, 0, 0}}));
    EXPECT_EQ(to_csr(list_of(0, 0, {}), mirror_image::none).n_rows(), 0);
}

// 1 + 2⁻⁵³ − 1 is 0 from left to right and 2⁻⁵³ from right to left.
TEST(Triplets, AddsUpInTheOrderOfTheList) {
    double const small = 0x1p-53;
    auto const A = to_csr(list_of(2, 2, {{1, 0, 1}, {1, 1, 3}, {1, 0, small}, {1, 0, -1}}), mirror_image::same);
    auto const B = to_csr(list_of(2, 2, {{1, 1, 3}, {1, 0, -1}, {1, 0, 1}, {1, 0, small}}), mirror_image::same);
    EXPECT_EQ(poise_test::to_dense(A), (std::vector<std::vector<double>>{{0, 0}, {0, 3}}));
    EXPECT_EQ(poise_test::to_dense(B), (std::vector<std::vector<double>>{{0, small}, {small, 3}}));
    EXPECT_EQ(A.n_entries(), 3U);
}

TEST(Triplets, AgreesWithDenseSumsOfRandomLists) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 random{seed};
        std::size_t const n = 1 + random() % 8;
        auto const mirror = static_cast<mirror_image>(random() % 3);
        std::vector<entry> entries(random() % 40);
        std::vector<std::vector<double>> dense(n, std::vector<double>(n));
        for (auto& [row, column, value] : entries) {
            row = static_cast<index_t>(random() % n), column = static_cast<index_t>(random() % n);
            value = static_cast<double>(random() % 9) - 4.0;  // whole numbers: every order gives the same sum
            dense[row][column] += value;
            if (mirror != mirror_image::none && row != column)
                dense[column][row] += mirror == mirror_image::same ? value : -value;
        }
        auto const A = to_csr(list_of(n, n, entries), mirror);
        ASSERT_NO_THROW(require_valid(A)) << "seed " << seed;
        EXPECT_EQ(poise_test::to_dense(A), dense) << "seed " << seed;
        if (mirror != mirror_image::same) continue;
        EXPECT_NO_THROW(require_symmetric(A)) << "seed " << seed;
    }
}

}  // namespace
}  // namespace poise::linear::detail
