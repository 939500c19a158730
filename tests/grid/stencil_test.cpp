// SPDX-License-Identifier: MIT
#include <poise/grid/stencil.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace poise::grid {
namespace {

constexpr auto d = condition_kind::dirichlet;
constexpr auto n = condition_kind::neumann;

// Four cells on [0, 2]: h = 1/2, 1/h² = 4, 1/h = 2. All exact in binary.
axis_stencil stencil_of(centering where, condition_kind lower, condition_kind upper, std::ptrdiff_t cells = 4) {
    cartesian<1> const grid{{.upper = {0.5 * static_cast<double>(cells)}, .cells = {cells}, .centering = where}};
    return axis_stencils<1>(grid, {lower, upper})[0];
}

std::vector<double> diagonal_of(axis_stencil const& axis) {
    std::vector<double> values;
    for (std::ptrdiff_t i = 0; i < axis.n; ++i) values.push_back(axis.diagonal(i));
    return values;
}
std::vector<double> shares_of(axis_stencil const& axis) {
    std::vector<double> values;
    for (std::ptrdiff_t i = 0; i < axis.n; ++i) values.push_back(axis.share(i));
    return values;
}

TEST(Stencil, PutsTheWayToTheFaceAndARobinSideInSeries) {
    auto const on_nodes = stencil_of(centering::node, n, condition_kind::robin);
    EXPECT_EQ(robin_side(on_nodes, 1, 5.0, 3.0).diagonal, 6.0);
    EXPECT_EQ(robin_side(on_nodes, 1, 5.0, 3.0).data_factor, 2.0);
    auto const on_cells = stencil_of(centering::cell, n, condition_kind::robin);
    for (double const coefficient : {0.0, 1.0, 12.0, 20.0, 1e200, 1e308}) {  // 2κ/h = 12
        auto const part = robin_side(on_cells, 1, 3.0, coefficient);
        double const series = coefficient == 0.0 ? 0.0 : 1.0 / (1.0 / 12.0 + 1.0 / coefficient);
        EXPECT_NEAR(part.diagonal, 2.0 * series, 1e-14 * 24.0);
        EXPECT_NEAR(part.data_factor * coefficient, part.diagonal, 1e-14 * 24.0);
    }
    EXPECT_EQ(robin_side(on_cells, 1, 3.0, 0.0).data_factor, 2.0);
}

TEST(Stencil, RowsOnCellsByHand) {
    auto const walls = stencil_of(centering::cell, d, d);
    EXPECT_EQ(walls.n, 4);
    EXPECT_EQ(walls.first_point, 0);
    EXPECT_EQ(walls.coupling, 4.0);
    EXPECT_EQ(diagonal_of(walls), (std::vector<double>{12, 8, 8, 12}));
    EXPECT_EQ(shares_of(walls), std::vector<double>(4, 1.0));
    EXPECT_EQ(walls.data_factor, (std::array{8.0, 8.0}));

    auto const insulated = stencil_of(centering::cell, n, n);
    EXPECT_EQ(diagonal_of(insulated), (std::vector<double>{4, 8, 8, 4}));
    EXPECT_EQ(shares_of(insulated), std::vector<double>(4, 1.0));
    EXPECT_EQ(insulated.data_factor, (std::array{2.0, 2.0}));
}

TEST(Stencil, RowsAroundAPeriodicDirectionByHand) {
    for (auto const where : {centering::cell, centering::node}) {
        auto const ring = stencil_of(where, condition_kind::periodic, condition_kind::periodic);
        EXPECT_TRUE(ring.periodic);
        EXPECT_EQ(ring.n, 4);
        EXPECT_EQ(ring.first_point, 0);
        EXPECT_EQ(diagonal_of(ring), std::vector<double>(4, 8.0));
        EXPECT_EQ(shares_of(ring), std::vector<double>(4, 1.0));
        EXPECT_EQ(ring.data_factor, (std::array{0.0, 0.0}));
    }
}

TEST(Stencil, RowsOnNodesByHand) {
    auto const walls = stencil_of(centering::node, d, d);
    EXPECT_EQ(walls.n, 3);
    EXPECT_EQ(walls.first_point, 1);
    EXPECT_EQ(diagonal_of(walls), (std::vector<double>{8, 8, 8}));
    EXPECT_EQ(shares_of(walls), std::vector<double>(3, 1.0));
    EXPECT_EQ(walls.data_factor, (std::array{4.0, 4.0}));

    auto const insulated = stencil_of(centering::node, n, n);
    EXPECT_EQ(insulated.n, 5);
    EXPECT_EQ(insulated.first_point, 0);
    EXPECT_EQ(diagonal_of(insulated), (std::vector<double>{4, 8, 8, 8, 4}));
    EXPECT_EQ(shares_of(insulated), (std::vector<double>{0.5, 1, 1, 1, 0.5}));
    EXPECT_EQ(insulated.data_factor, (std::array{2.0, 2.0}));

    auto const mixed = stencil_of(centering::node, d, n);
    EXPECT_EQ(mixed.n, 4);
    EXPECT_EQ(mixed.first_point, 1);
    EXPECT_EQ(diagonal_of(mixed), (std::vector<double>{8, 8, 8, 4}));
    EXPECT_EQ(shares_of(mixed), (std::vector<double>{1, 1, 1, 0.5}));
    EXPECT_EQ(stencil_of(centering::node, n, d).first_point, 0);
}

TEST(Stencil, OneCell) {
    EXPECT_EQ(diagonal_of(stencil_of(centering::cell, d, d, 1)), std::vector<double>{16});
    EXPECT_EQ(diagonal_of(stencil_of(centering::cell, n, n, 1)), std::vector<double>{0});
    EXPECT_EQ(shares_of(stencil_of(centering::cell, n, n, 1)), std::vector<double>{1});
    auto const ring = stencil_of(centering::cell, condition_kind::periodic, condition_kind::periodic, 1);
    EXPECT_EQ(diagonal_of(ring), std::vector<double>{0});
    EXPECT_EQ(shares_of(ring), std::vector<double>{1});
    EXPECT_EQ(stencil_of(centering::node, d, d, 1).n, 0);
    EXPECT_EQ(diagonal_of(stencil_of(centering::node, d, n, 1)), std::vector<double>{4});
    EXPECT_EQ(shares_of(stencil_of(centering::node, d, n, 1)), std::vector<double>{0.5});
}

// K u - M f - data for a given u, -u'' = f and sides. The off-diagonal entries are -coupling on both sides of the
// diagonal, so K is symmetric by construction; what is left to test is that its rows are those of -d²/dx².
std::vector<double> defects(cartesian<1> const& grid, condition_kinds<1> const& kinds, auto const& u, auto const& slope,
                            double f) {
    axis_stencil const axis = axis_stencils<1>(grid, kinds)[0];
    std::vector<double> defect;
    for (std::ptrdiff_t i = 0; i < axis.n; ++i) {
        auto const value = [&](std::ptrdiff_t k) { return u(grid.coordinate(0, axis.first_point + k)); };
        double row = axis.diagonal(i) * value(i) - axis.share(i) * f;
        if (i > 0) row -= axis.coupling * value(i - 1);
        if (i < axis.n - 1) row -= axis.coupling * value(i + 1);
        for (std::size_t end = 0; end < 2; ++end) {
            if (i != (end == 0 ? 0 : axis.n - 1)) continue;
            double const x = end == 0 ? grid.lower()[0] : grid.upper()[0];
            double const outwards = end == 0 ? -slope(x) : slope(x);
            row -= axis.data_factor[end] * (kinds[end] == d ? u(x) : outwards);
        }
        defect.push_back(row);
    }
    return defect;
}

// Linear u: every row of every mix of sides holds. Entries are below 1e3, so rounding stays below 1e-12.
TEST(Stencil, IsExactForLinearFunctions) {
    auto const u = [](double x) { return 3.0 - 2.0 * x; };
    auto const slope = [](double) { return -2.0; };
    for (auto const where : {centering::cell, centering::node})
        for (auto const& kinds : {condition_kinds<1>{d, d}, {d, n}, {n, d}, {n, n}})
            for (std::ptrdiff_t const cells : {1, 2, 7}) {
                cartesian<1> const grid{{.lower = {-1}, .upper = {0.5}, .cells = {cells}, .centering = where}};
                for (double const defect : defects(grid, kinds, u, slope, 0.0)) EXPECT_NEAR(defect, 0.0, 1e-12);
            }
}

// Quadratic u: exact too, on nodes everywhere and on cells beside a Neumann side; a Dirichlet side on cells leaves the
// 1/4·u'' of its mirrored value, which the solution, one order better at the boundary, does not see.
TEST(Stencil, DefectsForQuadraticFunctionsByHand) {
    auto const u = [](double x) { return x * x; };
    auto const slope = [](double x) { return 2.0 * x; };
    for (auto const where : {centering::cell, centering::node})
        for (auto const& kinds : {condition_kinds<1>{d, d}, {d, n}, {n, d}, {n, n}}) {
            cartesian<1> const grid{{.lower = {-1}, .upper = {1}, .cells = {6}, .centering = where}};
            auto const defect = defects(grid, kinds, u, slope, -2.0);
            for (std::size_t i = 0; i < defect.size(); ++i) {
                bool const beside_wall = (i == 0 && kinds[0] == d) || (i + 1 == defect.size() && kinds[1] == d);
                double const expected = where == centering::cell && beside_wall ? 0.5 : 0.0;
                EXPECT_NEAR(defect[i], expected, 1e-12) << "row " << i;
            }
        }
}

TEST(Stencil, InsulatedRowsSumToZero) {
    for (auto const where : {centering::cell, centering::node}) {
        auto const axis = stencil_of(where, n, n, 9);
        for (std::ptrdiff_t i = 0; i < axis.n; ++i) {
            double const neighbours = (i > 0 ? axis.coupling : 0.0) + (i < axis.n - 1 ? axis.coupling : 0.0);
            EXPECT_EQ(axis.diagonal(i), neighbours) << "row " << i;
        }
    }
}

TEST(Stencil, SharesFillTheBox) {
    // Shares times h add up to the box, less the half cells of the nodes that are known.
    for (auto const& [kinds, known] : {std::pair{condition_kinds<1>{n, n}, 0.0}, {{d, n}, 0.5}, {{d, d}, 1.0}}) {
        double cells = 0.0;
        double nodes = 0.0;
        for (double const share : shares_of(stencil_of(centering::cell, kinds[0], kinds[1]))) cells += share;
        for (double const share : shares_of(stencil_of(centering::node, kinds[0], kinds[1]))) nodes += share;
        EXPECT_EQ(cells, 4.0);
        EXPECT_EQ(nodes, 4.0 - known);
    }
}

TEST(Stencil, KeepsDirectionsApart) {
    cartesian<3> const grid{{.upper = {1, 1, 1}, .cells = {2, 4, 8}, .centering = centering::node}};
    auto const axes = axis_stencils<3>(grid, {d, d, n, d, n, n});
    EXPECT_EQ(axes[0].n, 1);
    EXPECT_EQ(axes[1].n, 4);
    EXPECT_EQ(axes[2].n, 9);
    EXPECT_EQ(axes[0].coupling, 4.0);
    EXPECT_EQ(axes[1].coupling, 16.0);
    EXPECT_EQ(axes[2].coupling, 64.0);
    EXPECT_EQ(axes[1].first_point, 0);
    EXPECT_EQ(axes[1].end_share, (std::array{0.0, 0.5}));
}

// Widths 1, 2, 1 and 4: mean 2. In units of 1/(2·distance).
TEST(Stencil, RowsOfCellsThatDifferByHand) {
    auto const of = [](centering where, condition_kind lower, condition_kind upper) {
        cartesian<1> const grid{{.centering = where, .faces = {{{0.0, 1.0, 3.0, 4.0, 8.0}}}}};
        return axis_stencils<1>(grid, {lower, upper})[0];
    };
    auto const cells = of(centering::cell, d, n);  // 1.5, 1.5 and 2.5 apart, the wall 0.5
    EXPECT_EQ(cells.couplings, (std::vector<double>{1.0 / 3, 1.0 / 3, 1.0 / 5}));
    EXPECT_EQ(shares_of(cells), (std::vector<double>{0.5, 1, 0.5, 2}));
    EXPECT_EQ(cells.distance_parts,
              (std::vector<std::array<double, 2>>{{1.0 / 3, 2.0 / 3}, {2.0 / 3, 1.0 / 3}, {1.0 / 5, 4.0 / 5}}));
    EXPECT_EQ(cells.end_part, (std::array{1.0, 0.0}));
    EXPECT_EQ(cells.data_factor, (std::array{1.0, 0.5}));
    EXPECT_EQ(cells.coupling_range(), (std::pair{1.0 / 5, 0.5}));

    auto const nodes = of(centering::node, d, n);
    EXPECT_EQ(nodes.n, 4);
    EXPECT_EQ(nodes.couplings, (std::vector<double>{1.0 / 4, 1.0 / 2, 1.0 / 8}));
    EXPECT_EQ(shares_of(nodes), (std::vector<double>{0.75, 0.75, 1.25, 1}));
    EXPECT_EQ(nodes.end_part, (std::array{0.5, 0.0}));

    auto const ring = of(centering::node, condition_kind::periodic, condition_kind::periodic);
    EXPECT_EQ(ring.couplings, (std::vector<double>{1.0 / 2, 1.0 / 4, 1.0 / 2, 1.0 / 8}));
    EXPECT_EQ(shares_of(ring), (std::vector<double>{1.25, 0.75, 0.75, 1.25}));
    EXPECT_EQ(ring.end_part, (std::array{1.0 / 8, 1.0 / 8}));
}

}  // namespace
}  // namespace poise::grid
