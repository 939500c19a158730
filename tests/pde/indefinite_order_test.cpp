// SPDX-License-Identifier: MIT
// Observed order of accuracy with σ < 0: dimension × centring × kinds of side, with inhomogeneous data everywhere.
#include "pde/manufactured.hpp"
#include "support/mixes_of_sides.hpp"

#include <poise/linear/neg_diffusion.hpp>
#include <poise/pde/solve.hpp>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

using namespace poise;
using grid::centering;
using grid::condition_kind;
using poise_test::around;
using poise_test::film;
using poise_test::flux;
using poise_test::mix_of;
using poise_test::n_mixes;
using poise_test::of_point;
using poise_test::wall;

namespace {

// Every way for a direction to end, and three that lose something on the way.
constexpr std::array<poise_test::ends_of_direction, 8> ends{{{wall, wall},
                                                             {flux, wall},
                                                             {wall, flux},
                                                             {flux, flux},
                                                             {around, around},
                                                             {film, wall},
                                                             {flux, film},
                                                             {film, film}}};
constexpr double film_coefficient = 1.5;

template <std::size_t D>
grid::cartesian<D> box(std::ptrdiff_t n, centering where) {
    grid::cartesian_options<D> options{.centering = where};
    for (std::size_t d = 0; d < D; ++d) {
        options.upper[d] = 1.0 + 0.2 * static_cast<double>(d);
        options.cells[d] = n + static_cast<std::ptrdiff_t>(d) * n / 4;
    }
    return grid::cartesian<D>{options};
}

grid::condition<1> homogeneous(condition_kind kind) {
    if (kind == film) return grid::robin{film_coefficient, 0.0};
    grid::condition<1> side;
    side.kind = kind;
    return side;
}

// Eigenvalues of -d²/dx² on 48 cells of a direction.
std::vector<double> eigenvalues_along(double length, std::array<condition_kind, 2> const& kinds) {
    grid::cartesian<1> const line{{.upper = {length}, .cells = {48}}};
    grid::boundary<1> sides = grid::dirichlet{0.0};
    for (std::size_t end = 0; end < 2; ++end) sides.on(static_cast<grid::side>(end), homogeneous(kinds[end]));
    std::vector<double> const ones(48, 1.0), zeros(48, 0.0);
    auto const A = linear::neg_diffusion<1>(line, sides, ones, zeros);
    Eigen::MatrixXd full = Eigen::MatrixXd::Zero(48, 48);
    for (Eigen::Index i = 0; i < 48; ++i) {
        auto const next = (i + 1) % 48;
        full(i, i) = A.diagonal()[static_cast<std::size_t>(i)];
        full(i, next) = full(next, i) = -A.coupling(0)[static_cast<std::size_t>(i)];
    }
    Eigen::VectorXd const found =
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>{full, Eigen::EigenvaluesOnly}.eigenvalues();
    return {found.begin(), found.end()};
}

// -shift in the middle of the first gap between eigenvalues that is wider than 4: the matrix is indefinite, and no
// eigenvalue comes near when the grid is refined.
template <std::size_t D>
double shift_in_a_gap(grid::cartesian<D> const& domain, grid::condition_kinds<D> const& kinds) {
    std::vector<double> sums{0.0};
    for (std::size_t d = 0; d < D; ++d) {
        std::vector<double> more;
        for (double const lambda : eigenvalues_along(domain.upper()[d], {kinds[2 * d], kinds[2 * d + 1]}))
            for (double const sum : sums)
                if (sum + lambda < 100.0) more.push_back(sum + lambda);
        sums = more;
    }
    std::ranges::sort(sums);
    std::size_t i = 1;
    while (sums.at(i) - sums[i - 1] < 4.0) ++i;
    return -0.5 * (sums[i] + sums[i - 1]);
}

// u = Π sin(w_d x_d + p_d), one period long where the box is periodic: otherwise no side, no symmetry and no data of it
// is special. -Δu = Σ w_d² u.
template <std::size_t D>
struct manufactured {
    std::array<double, 3> w{2.0, 1.5, 2.5}, p{0.3, 0.7, 0.2};

    manufactured(grid::cartesian<D> const& domain, grid::condition_kinds<D> const& kinds) {
        for (std::size_t d = 0; d < D; ++d)
            if (kinds[2 * d] == around) w[d] = 2.0 * std::numbers::pi / domain.upper()[d];
    }
    double u(grid::point<D> const& x) const {
        double product = 1.0;
        for (std::size_t d = 0; d < D; ++d) product *= std::sin(w[d] * x[d] + p[d]);
        return product;
    }
    double derivative(std::size_t along, grid::point<D> const& x) const {
        double product = w[along] * std::cos(w[along] * x[along] + p[along]);
        for (std::size_t d = 0; d < D; ++d)
            if (d != along) product *= std::sin(w[d] * x[d] + p[d]);
        return product;
    }
    double neg_laplacian(grid::point<D> const& x) const {
        double sum = 0.0;
        for (std::size_t d = 0; d < D; ++d) sum += w[d] * w[d];
        return sum * u(x);
    }
    grid::boundary<D> sides(grid::condition_kinds<D> const& kinds) const {
        grid::boundary<D> result = grid::dirichlet{0.0};
        for (std::size_t s = 0; s < 2 * D; ++s) {
            std::size_t const d = s / 2;
            double const outward = s % 2 == 0 ? -1.0 : 1.0, own = kinds[s] == wall ? 1.0 : 0.0;
            double const coefficient = kinds[s] == film ? film_coefficient : 0.0;
            grid::condition<D> side;
            side.kind = kinds[s];
            side.coefficient = coefficient;
            if (kinds[s] != around)
                side.value = of_point<D>([*this, d, outward, own, coefficient](grid::point<D> const& x) {
                    return (own + coefficient) * u(x) + (own == 1.0 ? 0.0 : outward * derivative(d, x));
                });
            result.on(static_cast<grid::side>(s), side);
        }
        return result;
    }
};

template <std::size_t D>
double largest_error(std::ptrdiff_t n, centering where, grid::condition_kinds<D> const& kinds, double shift) {
    auto const domain = box<D>(n, where);
    manufactured<D> const exact{domain, kinds};
    auto const [u, report] = pde::solve(pde::helmholtz<D>{
        .domain = domain,
        .shift = shift,
        .source = of_point<D>([&](grid::point<D> const& x) { return exact.neg_laplacian(x) + shift * exact.u(x); }),
        .boundary = exact.sides(kinds)});
    EXPECT_EQ(report.method.substr(0, 2), "LU");
    double largest = 0.0;
    grid::for_each_point(domain, [&](std::size_t i, grid::point<D> const& x) {
        largest = std::max(largest, std::abs(u.values()[i] - exact.u(x)));
    });
    return largest;
}

// Four grids, each twice as fine as the one before.
template <std::size_t D>
int expect_second_order(std::ptrdiff_t coarsest, unsigned every = 1) {
    int n_sequences = 0;
    for (auto const where : {centering::cell, centering::node})
        for (unsigned mix = 0; mix < n_mixes(D, ends); mix += every) {
            auto const kinds = mix_of<D>(mix, ends);
            double const shift = shift_in_a_gap(box<D>(coarsest, where), kinds);
            std::array<double, 4> errors;
            for (int level = 0; level < 4; ++level)
                errors[static_cast<std::size_t>(level)] = largest_error<D>(coarsest << level, where, kinds, shift);
            EXPECT_NEAR(std::log2(errors[2] / errors[3]), 2.0, 0.1)
                << D << "D, " << (where == centering::cell ? "cells" : "nodes") << ", mix " << mix << ", shift "
                << shift << ", errors " << errors[0] << ", " << errors[1] << ", " << errors[2] << ", " << errors[3];
            ++n_sequences;
        }
    return n_sequences;
}

}  // namespace

TEST(IndefiniteAccuracy, IsSecondOrderInOneDimension) { EXPECT_EQ(expect_second_order<1>(32), 16); }
TEST(IndefiniteAccuracy, IsSecondOrderInTwoDimensions) { EXPECT_EQ(expect_second_order<2>(8), 128); }
TEST(IndefiniteAccuracy, IsSecondOrderInThreeDimensions) { EXPECT_EQ(expect_second_order<3>(3, 170), 8); }

// u = sin(x+0.3) sin(1.5y+0.7), κ = 1 + x y/2, σ from -40 to 20: walls, fluxes and films in every place.
TEST(IndefiniteAccuracy, IsSecondOrderForCoefficientsThatVary) {
    auto const u = [](double x, double y) { return std::sin(x + 0.3) * std::sin(1.5 * y + 0.7); };
    auto const ux = [](double x, double y) { return std::cos(x + 0.3) * std::sin(1.5 * y + 0.7); };
    auto const uy = [](double x, double y) { return 1.5 * std::sin(x + 0.3) * std::cos(1.5 * y + 0.7); };
    auto const kappa = [](double x, double y) { return 1.0 + 0.5 * x * y; };
    auto const sigma = [](double x, double) { return 60.0 * x - 40.0; };
    auto const source = [&](double x, double y) {
        return kappa(x, y) * 3.25 * u(x, y) - 0.5 * y * ux(x, y) - 0.5 * x * uy(x, y) + sigma(x, y) * u(x, y);
    };
    int n_sequences = 0;
    for (auto const where : {centering::cell, centering::node})
        for (unsigned mix = 0; mix < 81; mix += 2) {
            grid::boundary<2> sides = grid::dirichlet{u};
            unsigned rest = mix;
            for (std::size_t s = 0; s < 4; ++s, rest /= 3) {
                double const c = rest % 3 == 2 ? film_coefficient : 0.0;
                auto const value = [&, s, c](double x, double y) {
                    double const sign = s % 2 == 0 ? -1.0 : 1.0;
                    return sign * kappa(x, y) * (s < 2 ? ux(x, y) : uy(x, y)) + c * u(x, y);
                };
                if (rest % 3 == 1) sides.on(static_cast<grid::side>(s), grid::neumann{value});
                if (rest % 3 == 2) sides.on(static_cast<grid::side>(s), grid::robin{c, value});
            }
            std::array<double, 2> errors{};
            for (std::size_t level = 0; level < 2; ++level) {
                std::ptrdiff_t const n = 40 << level;
                grid::cartesian<2> const domain{{.cells = {n, n + n / 4}, .centering = where}};
                auto const found = pde::solve(pde::diffusion<2>{
                    .domain = domain, .kappa = kappa, .sigma = sigma, .source = source, .boundary = sides});
                grid::for_each_point(domain, [&](std::size_t i, grid::point<2> const& x) {
                    errors[level] = std::max(errors[level], std::abs(found.u.values()[i] - u(x[0], x[1])));
                });
            }
            EXPECT_NEAR(std::log2(errors[0] / errors[1]), 2.0, 0.1)
                << (where == centering::cell ? "cells" : "nodes") << ", mix " << mix << ", errors " << errors[0] << ", "
                << errors[1];
            ++n_sequences;
        }
    EXPECT_EQ(n_sequences, 82);
}
