// SPDX-License-Identifier: MIT
#include "linear/matrices.hpp"
#include "support/message_of.hpp"

#include <poise/core/concat.hpp>
#include <poise/grid/stencil.hpp>
#include <poise/linear/neg_laplacian.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

using namespace poise;
using grid::centering;
using grid::condition_kind;
using poise_test::message_of;
using poise_test::to_dense;
using dense = std::vector<std::vector<double>>;

namespace {

constexpr auto D = condition_kind::dirichlet;
constexpr auto N = condition_kind::neumann;
constexpr auto P = condition_kind::periodic;

// The definition, entry by entry: Σ_d K_d ⊗ (shares of the other directions) + shift · shares.
template <std::size_t Dim>
dense by_definition(grid::cartesian<Dim> const& grid, grid::condition_kinds<Dim> const& kinds, double shift) {
    auto const axes = grid::axis_stencils(grid, kinds);
    std::size_t n = 1;
    for (auto const& axis : axes) n *= static_cast<std::size_t>(axis.n);
    auto const index = [&](std::size_t row) {
        std::array<std::ptrdiff_t, Dim> i;
        for (std::size_t d = 0; d < Dim; ++d) {
            i[d] = static_cast<std::ptrdiff_t>(row % static_cast<std::size_t>(axes[d].n));
            row /= static_cast<std::size_t>(axes[d].n);
        }
        return i;
    };
    dense A(n, std::vector<double>(n));
    for (std::size_t r = 0; r < n; ++r)
        for (std::size_t c = 0; c < n; ++c) {
            auto const i = index(r), j = index(c);
            std::size_t n_different = 0, along = 0;
            for (std::size_t d = 0; d < Dim; ++d)
                if (i[d] != j[d]) ++n_different, along = d;
            double shares = 1.0;
            for (std::size_t d = 0; d < Dim; ++d) shares *= axes[d].share(i[d]);
            if (n_different == 0) {
                A[r][c] = shift * shares;
                for (std::size_t d = 0; d < Dim; ++d) A[r][c] += axes[d].diagonal(i[d]) * shares / axes[d].share(i[d]);
            } else if (n_different == 1 && std::abs(i[along] - j[along]) == 1) {
                A[r][c] = -axes[along].coupling * shares / axes[along].share(i[along]);
            }
            // Around a periodic direction, where two points are neighbours twice; one has none.
            for (std::size_t d = 0; d < Dim; ++d) {
                bool const elsewhere = n_different == 0 || (n_different == 1 && along == d);
                if (!axes[d].periodic || axes[d].n == 1 || !elsewhere) continue;
                std::ptrdiff_t const last = axes[d].n - 1;
                double const value = -axes[d].coupling * shares / axes[d].share(i[d]);
                if (i[d] == 0 && j[d] == last) A[r][c] += value;
                if (i[d] == last && j[d] == 0) A[r][c] += value;
            }
        }
    return A;
}

template <std::size_t Dim>
void expect_same(linear::csr_matrix const& A, dense const& B) {
    linear::require_valid(A);
    linear::require_symmetric(A);
    auto const given = to_dense(A);
    ASSERT_EQ(given.size(), B.size());
    for (std::size_t r = 0; r < B.size(); ++r)
        for (std::size_t c = 0; c < B.size(); ++c)
            EXPECT_NEAR(given[r][c], B[r][c], 4e-16 * std::abs(B[r][r])) << Dim << "D (" << r << ", " << c << ")";
}

}  // namespace

TEST(NegLaplacian, IsTheTextbookMatrixOnFourNodes) {  // h = 1/4: three unknowns between two known nodes
    grid::cartesian<1> const g{{.cells = {4}, .centering = centering::node}};
    EXPECT_EQ(to_dense(linear::neg_laplacian(g, {D, D})), (dense{{32, -16, 0}, {-16, 32, -16}, {0, -16, 32}}));
}

TEST(NegLaplacian, MirrorsDirichletAndDropsNeumannOnCells) {  // h = 1/2
    grid::cartesian<1> const g{{.cells = {2}}};
    EXPECT_EQ(to_dense(linear::neg_laplacian(g, {D, N}, 1.0)), (dense{{4 + 8 + 1, -4}, {-4, 4 + 1}}));
}

TEST(NegLaplacian, HalvesTheNodesOnNeumannSides) {  // h = 1/2
    grid::cartesian<1> const g{{.cells = {2}, .centering = centering::node}};
    EXPECT_EQ(to_dense(linear::neg_laplacian(g, {N, N}, 2.0)),
              (dense{{4 + 1, -4, 0}, {-4, 8 + 2, -4}, {0, -4, 4 + 1}}));
}

TEST(NegLaplacian, IsFivePointInTwoDimensions) {
    grid::cartesian<2> const g{{.cells = {3, 3}, .centering = centering::node}};
    EXPECT_EQ(to_dense(linear::neg_laplacian(g, {D, D, D, D})),
              (dense{{36, -9, -9, 0}, {-9, 36, 0, -9}, {-9, 0, 36, -9}, {0, -9, -9, 36}}));
}

TEST(NegLaplacian, IsItsDefinitionForEveryMixOfSides) {
    for (auto const where : {centering::cell, centering::node})
        for (unsigned mix = 0; mix < 64; ++mix) {
            auto const kind = [&](unsigned s) { return (mix >> s & 1) != 0 ? D : N; };
            double const shift = mix % 3;
            grid::cartesian<1> const g1{{.lower = {-1}, .upper = {2}, .cells = {5}, .centering = where}};
            grid::condition_kinds<1> const k1{kind(0), kind(1)};
            expect_same<1>(linear::neg_laplacian(g1, k1, shift), by_definition(g1, k1, shift));
            grid::cartesian<2> const g2{{.upper = {1, 3}, .cells = {4, 3}, .centering = where}};
            grid::condition_kinds<2> const k2{kind(0), kind(1), kind(2), kind(3)};
            expect_same<2>(linear::neg_laplacian(g2, k2, shift), by_definition(g2, k2, shift));
            grid::cartesian<3> const g3{{.upper = {1, 2, 3}, .cells = {3, 2, 4}, .centering = where}};
            grid::condition_kinds<3> const k3{kind(0), kind(1), kind(2), kind(3), kind(4), kind(5)};
            expect_same<3>(linear::neg_laplacian(g3, k3, shift), by_definition(g3, k3, shift));
        }
}

TEST(NegLaplacian, GoesAroundPeriodicDirections) {
    grid::cartesian<1> const ring{{.cells = {4}}};
    EXPECT_EQ(to_dense(linear::neg_laplacian(ring, {P, P})),
              (dense{{32, -16, 0, -16}, {-16, 32, -16, 0}, {0, -16, 32, -16}, {-16, 0, -16, 32}}));
    for (auto const where : {centering::cell, centering::node})
        for (std::ptrdiff_t const n : {1, 2, 3, 4})
            for (std::ptrdiff_t const m : {1, 2, 3, 5}) {
                grid::cartesian<2> const plane{{.upper = {1, 3}, .cells = {n, m}, .centering = where}};
                for (grid::condition_kinds<2> const kinds :
                     {grid::condition_kinds<2>{P, P, P, P}, {P, P, D, N}, {N, N, P, P}})
                    expect_same<2>(linear::neg_laplacian(plane, kinds, 0.5), by_definition(plane, kinds, 0.5));
                grid::cartesian<3> const box{{.upper = {1, 2, 3}, .cells = {m, n, 3}, .centering = where}};
                for (grid::condition_kinds<3> const kinds :
                     {grid::condition_kinds<3>{P, P, P, P, P, P}, {D, D, P, P, N, N}, {N, D, D, D, P, P}})
                    expect_same<3>(linear::neg_laplacian(box, kinds, 0.5), by_definition(box, kinds, 0.5));
            }
}

// A ring of one cell, however thin, adds nothing and takes no digit from the other directions.
TEST(NegLaplacian, IsThatOfTheOtherDirectionsAroundARingOfOneCell) {
    for (auto const where : {centering::cell, centering::node})
        for (double const width : {1e-100, 1e-9, 1.0}) {
            grid::cartesian<1> const line{{.upper = {3.0}, .cells = {5}, .centering = where}};
            auto const expected = to_dense(linear::neg_laplacian(line, {D, N}, 0.3));
            grid::cartesian<2> const flat{{.upper = {width, 3.0}, .cells = {1, 5}, .centering = where}};
            EXPECT_EQ(to_dense(linear::neg_laplacian(flat, {P, P, D, N}, 0.3)), expected);
            grid::cartesian<3> const thin{{.upper = {width, 3.0, width}, .cells = {1, 5, 1}, .centering = where}};
            EXPECT_EQ(to_dense(linear::neg_laplacian(thin, {P, P, D, N, P, P}, 0.3)), expected);
        }
}

TEST(NegLaplacian, RefusesADirectionThatIsPeriodicOnOneSide) {
    grid::cartesian<2> const plane{{.cells = {4, 4}}};
    EXPECT_EQ(message_of<std::invalid_argument>([&] {
                  (void)linear::neg_laplacian(plane, {D, P, D, D});
              }),
              "x is periodic on its upper side only; it has to be on both");
}

TEST(NegLaplacian, CoversTheThinnestGrids) {
    for (auto const where : {centering::cell, centering::node})
        for (std::ptrdiff_t nx : {1, 2, 3})
            for (std::ptrdiff_t ny : {1, 2, 3}) {
                grid::cartesian<2> const g{{.cells = {nx, ny}, .centering = where}};
                for (grid::condition_kinds<2> const kinds :
                     {grid::condition_kinds<2>{D, D, D, D}, {N, N, N, N}, {D, N, N, D}}) {
                    auto const A = linear::neg_laplacian(g, kinds, 1.0);
                    EXPECT_EQ(static_cast<std::size_t>(A.n_rows()), linear::n_unknowns(g, kinds));
                    expect_same<2>(A, by_definition(g, kinds, 1.0));
                }
            }
}

TEST(NegLaplacian, HasTheConstantsInItsNullspaceUnderNeumann) {
    grid::cartesian<3> const g{{.cells = {4, 5, 6}, .centering = centering::node}};
    auto const A = linear::neg_laplacian(g, {N, N, N, N, N, N});
    std::vector<double> const ones(static_cast<std::size_t>(A.n_rows()), 1.0);
    std::vector<double> image(ones.size());
    linear::multiply(A, ones, image);
    for (double const value : image) EXPECT_NEAR(value, 0.0, 8 * 2.3e-16 * 2 * (16 + 25 + 36));
}

// The shift moves the diagonal by the share of a cell, whatever its sign.
TEST(NegLaplacian, TakesANegativeShift) {
    grid::cartesian<1> const g{{.upper = {4.0}, .cells = {2}, .centering = centering::node}};  // h = 2, 1/h² = 1/4
    EXPECT_EQ(to_dense(linear::neg_laplacian(g, {N, N}, -2.0)),
              (dense{{0.25 - 1, -0.25, 0}, {-0.25, 0.5 - 2, -0.25}, {0, -0.25, 0.25 - 1}}));
}

TEST(NegLaplacian, RefusesABadShift) {
    grid::cartesian<1> const g{{.cells = {2}}};
    for (auto const& [shift, text] : {std::pair{std::numeric_limits<double>::quiet_NaN(), "nan"},
                                      {std::numeric_limits<double>::infinity(), "inf"},
                                      {-std::numeric_limits<double>::infinity(), "-inf"}})
        EXPECT_EQ(message_of<std::invalid_argument>([&, shift = shift] {
                      (void)linear::neg_laplacian(g, {D, D}, shift);
                  }),
                  concat("shift is ", text, "; -Laplacian + shift needs a finite shift"));
}

TEST(NegLaplacian, RefusesMoreUnknownsThanIndicesCount) {  // 50000² overflows 32 bits to a negative number
    grid::cartesian<2> const g{{.cells = {50000, 50000}}};
    auto const message = message_of<std::invalid_argument>([&] { (void)linear::neg_laplacian(g, {D, D, D, D}); });
    EXPECT_NE(message.find("number of unknowns 50000 x 50000 exceeds"), std::string::npos) << message;
}

TEST(NegLaplacian, RefusesSpacingsThatDoubleCannotSquare) {
    for (double const length : {1e-160, 1e160}) {
        grid::cartesian<2> const g{{.upper = {1.0, length}, .cells = {2, 2}}};
        auto const message = message_of<std::invalid_argument>([&] { (void)linear::neg_laplacian(g, {D, D, D, D}); });
        EXPECT_NE(message.find("the spacing in y is 5e"), std::string::npos) << message;
    }
}
