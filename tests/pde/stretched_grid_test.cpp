// SPDX-License-Identifier: MIT
// Grids whose cells differ in width: order of accuracy, agreement of methods, what cannot be done on them.
#include "support/message_of.hpp"

#include <poise/grid/field_arithmetic.hpp>
#include <poise/pde/solve.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>
#include <vector>

using namespace poise;
using grid::centering;
using pde::method;
using poise_test::message_of;

namespace {

// Smooth: widths from 1 - amount to 1 + amount of their mean, the same at both ends, so that the direction may be a
// ring.
std::vector<double> smooth_faces(std::ptrdiff_t n, double amount) {
    std::vector<double> faces;
    for (std::ptrdiff_t i = 0; i <= n; ++i) {
        double const s = static_cast<double>(i) / static_cast<double>(n);
        faces.push_back(s - amount * std::sin(2.0 * std::numbers::pi * s) / (2.0 * std::numbers::pi));
    }
    faces.back() = 1.0;
    return faces;
}
// Not smooth: every second cell is twice as wide, on every grid.
std::vector<double> alternating_faces(std::ptrdiff_t n) {
    std::vector<double> faces{0.0};
    for (std::ptrdiff_t i = 0; i < n; ++i)
        faces.push_back(faces.back() + (i % 2 == 0 ? 2.0 : 4.0) / (3.0 * static_cast<double>(n)));
    faces.back() = 1.0;
    return faces;
}

enum class sides { walls, fluxes, losses, mixed, ring };

// u = sin(2πx + 0.3) cos(2πy + 0.2) + 1 with κ = 2 in x and 0.5 in y, σ = 3.
struct manufactured {
    static constexpr double w = 2.0 * std::numbers::pi;
    static double u(double x, double y) { return std::sin(w * x + 0.3) * std::cos(w * y + 0.2) + 1.0; }
    static double u_x(double x, double y) { return w * std::cos(w * x + 0.3) * std::cos(w * y + 0.2); }
    static double u_y(double x, double y) { return -w * std::sin(w * x + 0.3) * std::sin(w * y + 0.2); }
    static double source(double x, double y) { return (2.0 + 0.5) * w * w * (u(x, y) - 1.0) + 3.0 * u(x, y); }

    static grid::boundary<2> boundary(sides kind) {
        using grid::side;
        auto const flux = [](double sign, double kappa, auto derivative, double coefficient) {
            return grid::robin{coefficient, [=](double x, double y) {
                                   return sign * kappa * derivative(x, y) + coefficient * u(x, y);
                               }};
        };
        auto const neumann = [](double sign, double kappa, auto derivative) {
            return grid::neumann{[=](double x, double y) { return sign * kappa * derivative(x, y); }};
        };
        grid::boundary<2> result = grid::dirichlet{u};
        if (kind == sides::ring) return grid::periodic{};
        if (kind == sides::fluxes || kind == sides::mixed)
            result.on(side::x_upper, neumann(1.0, 2.0, u_x)).on(side::y_lower, neumann(-1.0, 0.5, u_y));
        if (kind == sides::fluxes)
            result.on(side::x_lower, neumann(-1.0, 2.0, u_x)).on(side::y_upper, neumann(1.0, 0.5, u_y));
        if (kind == sides::losses)
            result.on(side::x_lower, flux(-1.0, 2.0, u_x, 1.5)).on(side::y_upper, flux(1.0, 0.5, u_y, 4.0));
        return result;
    }
};

grid::cartesian<2> stretched(std::ptrdiff_t n, centering where, double amount) {
    return grid::cartesian<2>{
        {.centering = where, .faces = {smooth_faces(n, amount), smooth_faces(n + n / 4, -amount)}}};
}

double largest_error(grid::cartesian<2> const& domain, sides kind, method by) {
    pde::diffusion<2> const problem{.domain = domain,
                                    .kappa = pde::orthotropic{2.0, 0.5},
                                    .sigma = 3.0,
                                    .source = manufactured::source,
                                    .boundary = manufactured::boundary(kind)};
    auto const u = pde::solve(problem, {.rtol = 1e-10, .method = by}).u;
    return norm_max(u - grid::sample(domain, manufactured::u));
}

}  // namespace

TEST(StretchedGrid, IsSecondOrder) {
    int n_sequences = 0;
    for (double const amount :
         {0.4, 0.7})  // widest over narrowest 2.3 and 5.7: cycles alone, and beside a Krylov method
        for (auto const where : {centering::cell, centering::node})
            for (auto const kind : {sides::walls, sides::fluxes, sides::losses, sides::mixed, sides::ring})
                for (auto const by : {method::automatic, method::multigrid, method::direct}) {
                    if (by == method::multigrid && kind == sides::ring) continue;
                    std::array<double, 3> errors;
                    for (std::size_t level = 0; level < 3; ++level)
                        errors[level] = largest_error(stretched(32 << level, where, amount), kind, by);
                    EXPECT_NEAR(std::log2(errors[1] / errors[2]), 2.0, 0.1)
                        << amount << (where == centering::cell ? " cells" : " nodes") << static_cast<int>(kind) << ' '
                        << static_cast<int>(by) << ": " << errors[0] << ", " << errors[1] << ", " << errors[2];
                    ++n_sequences;
                }
    EXPECT_EQ(n_sequences, 56);
}

// The truncation error is of first order there, the error is not (Manteuffel & White).
TEST(StretchedGrid, IsSecondOrderWhereWidthsJumpFromCellToCell) {
    for (auto const where : {centering::cell, centering::node}) {
        std::array<double, 3> errors;
        for (std::size_t level = 0; level < 3; ++level) {
            auto const faces = alternating_faces(32 << level);
            errors[level] = largest_error(grid::cartesian<2>{{.centering = where, .faces = {faces, faces}}},
                                          sides::mixed, method::automatic);
        }
        EXPECT_NEAR(std::log2(errors[1] / errors[2]), 2.0, 0.1) << errors[0] << ", " << errors[1] << ", " << errors[2];
    }
}

// Layers in series are exact however wide the cells are, jumps being on faces.
TEST(StretchedGrid, IsExactForLayers) {
    grid::cartesian<1> const rod{{.faces = {{{0.0, 0.01, 0.1, 0.3, 0.35, 0.6, 0.7, 0.95, 1.0}}}}};
    auto const kappa = [](double x) { return x < 0.3 ? 1.0 : x < 0.7 ? 1e4 : 0.01; };
    double const flux = 1.0 / (0.3 / 1.0 + 0.4 / 1e4 + 0.3 / 0.01);
    auto const exact = [&](double x) {
        return flux * (std::min(x, 0.3) + std::clamp(x - 0.3, 0.0, 0.4) / 1e4 + std::max(x - 0.7, 0.0) / 0.01);
    };
    auto const sides = grid::boundary<1>{grid::dirichlet{0.0}}.on(grid::side::x_upper, grid::dirichlet{1.0});
    auto const u = pde::solve(pde::diffusion<1>{.domain = rod, .kappa = kappa, .boundary = sides}, {.rtol = 1e-12}).u;
    for (std::ptrdiff_t i = 0; i < 8; ++i) EXPECT_NEAR(u(i), exact(rod.coordinate(0, i)), 1e-10) << i;
}

// Without walls: mean zero over the box, and the mean of the source is told, both weighted by the cells.
TEST(StretchedGrid, TakesOutTheMeanOfTheBox) {
    for (double const amount : {0.4, 0.7})
        for (auto const where : {centering::cell, centering::node})
            for (auto const& boundary : {grid::boundary<2>{grid::neumann{0.0}}, grid::boundary<2>{grid::periodic{}}}) {
                auto const domain = stretched(20, where, amount);
                auto const source = [](double x, double y) {
                    return 2.0 + std::cos(2.0 * std::numbers::pi * x) * std::cos(2.0 * std::numbers::pi * y) +
                           x * (1 - x);
                };
                auto const [u, report] =
                    pde::solve(pde::poisson<2>{.domain = domain, .source = source, .boundary = boundary});
                double const mean = grid::integral(grid::sample(domain, source));
                EXPECT_NEAR(report.removed_mean, mean, 1e-12);
                EXPECT_NEAR(grid::integral(u), 0.0, 1e-10);
            }
}

TEST(StretchedGrid, SolvesInThreeDimensionsByEveryMethodAlike) {
    auto const x = smooth_faces(11, 0.8), y = alternating_faces(8);
    for (auto const where : {centering::cell, centering::node}) {
        grid::cartesian<3> const domain{
            {.upper = {1, 1, 2}, .cells = {0, 0, 9}, .centering = where, .faces = {x, y, {}}}};
        pde::diffusion<3> const problem{
            .domain = domain,
            .kappa = pde::orthotropic{1.0, [](double a, double, double) { return 1.0 + a; }, 100.0},
            .source = [](double a, double b, double c) { return a + std::sin(b * c); }};
        auto const u = pde::solve(problem, {.rtol = 1e-11, .method = method::direct}).u;
        for (auto const by : {method::multigrid, method::conjugate_gradients}) {
            auto const v = pde::solve(problem, {.rtol = 1e-11, .method = by}).u;
            for (std::size_t i = 0; i < domain.size(); ++i) EXPECT_NEAR(v.values()[i], u.values()[i], 1e-9);
        }
    }
}

TEST(StretchedGrid, AutomaticTakesWhatIsMeasuredToConverge) {
    auto const of = [](double amount, grid::boundary<2> const& boundary) {
        return pde::solve(pde::poisson<2>{
                              .domain = stretched(32, centering::cell, amount), .source = 1.0, .boundary = boundary})
            .report;
    };
    EXPECT_EQ(of(0.4, grid::dirichlet{0.0}).chosen, "constant coefficients on a stretched grid");
    EXPECT_EQ(of(0.4, grid::dirichlet{0.0}).method, "multigrid");
    EXPECT_EQ(of(0.7, grid::dirichlet{0.0}).chosen, "the grid is stretched, and a factor is small");
    EXPECT_EQ(of(0.7, grid::neumann{0.0}).method, "multigrid, conjugate gradients");
    EXPECT_EQ(of(0.4, grid::periodic{}).chosen, "the grid is stretched, periodic and singular");
}

TEST(StretchedGrid, RefusesTheFastTransform) {
    pde::poisson<2> const problem{.domain = stretched(8, centering::cell, 0.4)};
    EXPECT_EQ(message_of<std::invalid_argument>([&] { (void)pde::solve(problem, {.method = method::fast_transform}); }),
              "method is fast_transform, and the cells of a direction differ in width; take method::automatic");
}

// Between what is known by the same mean spacing.
TEST(StretchedGrid, IsKnownToTheCacheByItsFaces) {
    linear::operator_cache cache;
    auto const u_at_middle = [&](std::vector<double> const& faces) {
        auto const s = pde::solve(pde::poisson<1>{.domain = grid::cartesian<1>{{.faces = {faces}}}, .source = 1.0},
                                  {.method = method::direct, .cache = &cache});
        return std::pair{s.u(1), s.report.operator_reused};
    };
    auto const first = u_at_middle({0.0, 0.3, 0.6, 1.0}), other = u_at_middle({0.0, 0.2, 0.6, 1.0});
    EXPECT_NE(first.first, other.first);
    EXPECT_FALSE(other.second);
    EXPECT_TRUE(u_at_middle({0.0, 0.3, 0.6, 1.0}).second);
}

// A layer that is thin beside both of its neighbours: the middle of its three resistances is at 1/2.
TEST(StretchedGrid, IsExactForALayerBesideWideCells) {
    for (double const w : {1e-6, 1e-9, 1e-12}) {
        grid::cartesian<1> const rod{{.faces = {{{-1.0, 0.0, w, 1.0}}}}};
        auto const kappa = [w](double x) { return x > 0.0 && x < w ? 1e-3 * w : 1.0; };
        auto const sides = grid::boundary<1>{grid::dirichlet{0.0}}.on(grid::side::x_upper, grid::dirichlet{1.0});
        auto const u = pde::solve(pde::diffusion<1>{.domain = rod, .kappa = kappa, .boundary = sides}).u;
        EXPECT_NEAR(u(1), 0.5, 1e-3 * w + 1e-12) << w;
    }
}

TEST(StretchedGrid, IsSolvedOnALineWhateverTheWidths) {
    grid::cartesian<1> const line{{.faces = {{{0.0, 1e-9, 3e-9, 0.25, 0.5, 1.0}}}}};
    for (auto const& boundary : {grid::boundary<1>{grid::neumann{0.0}}, grid::boundary<1>{grid::dirichlet{0.0}}}) {
        auto const report =
            pde::solve(pde::poisson<1>{
                           .domain = line, .source = [](double x) { return std::cos(3.0 * x); }, .boundary = boundary})
                .report;
        EXPECT_TRUE(report) << report;
    }
}

// What refuses names a method that does it.
TEST(StretchedGrid, NamesTheMethodThatIsLeft) {
    auto const sides = grid::boundary<2>{grid::neumann{0.0}}.on(grid::side::y_lower, grid::periodic{});
    pde::poisson<2> const problem{.domain = stretched(8, centering::cell, 0.4), .source = 1.0, .boundary = sides};
    EXPECT_NE(message_of<std::invalid_argument>([&] {
                  (void)pde::solve(problem, {.method = method::direct});
              }).find("take method::conjugate_gradients"),
              std::string::npos);
    EXPECT_TRUE(pde::solve(problem, {.method = method::conjugate_gradients}).report);
}
