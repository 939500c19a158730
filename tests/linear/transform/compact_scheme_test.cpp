// SPDX-License-Identifier: MIT
#include "linear/transform/compact_scheme.hpp"

#include "linear/random_vector.hpp"
#include "linear/transform/box_transform.hpp"
#include "support/message_of.hpp"
#include "support/mixes_of_sides.hpp"

#include <poise/core/reductions.hpp>
#include <poise/grid/stencil.hpp>
#include <poise/linear/fast_transform.hpp>
#include <poise/task/executor.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using namespace poise;
using namespace poise::linear::detail;
using grid::centering;
using grid::condition_kind;
using linear::stop_reason;
using poise_test::around;
using poise_test::flux;
using poise_test::message_of;
using poise_test::mix_of;
using poise_test::n_mixes;
using poise_test::random_vector;
using poise_test::wall;

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr linear::fast_transform_setup fourth_order{.scheme = linear::scheme::compact_fourth_order};

// The scheme by its definition: one direction after the other, nothing multiplied out.
template <std::size_t D>
class scheme_by_directions {
public:
    scheme_by_directions(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds, double shift)
        : axes_{grid::axis_stencils(grid, kinds)}, shift_{shift} {}

    std::vector<double> apply(std::vector<double> const& u) const {
        std::vector<double> Au(u.size());
        for (std::size_t d = 0; d <= D; ++d) {  // the last for the shift
            auto term = u;
            for (std::size_t e = 0; e < D; ++e) {
                auto const K = times_K(term, e);
                if (e == d) {
                    term = K;
                    continue;
                }
                auto const shares = times_shares(term, e);
                for (std::size_t i = 0; i < u.size(); ++i) term[i] = shares[i] - K[i] / axes_[e].coupling / 12.0;
            }
            for (std::size_t i = 0; i < u.size(); ++i) Au[i] += d == D ? shift_ * term[i] : term[i];
        }
        return Au;
    }

    std::vector<double> shares() const {
        std::size_t n = 1;
        for (auto const& axis : axes_) n *= static_cast<std::size_t>(axis.n);
        std::vector<double> result(n, 1.0);
        for (std::size_t d = 0; d < D; ++d) result = times_shares(result, d);
        return result;
    }

    // What second order has is above it: no eigenvalue of B is above 1.
    double norm_bound() const {
        double norm = shift_;
        for (auto const& axis : axes_) norm += axis.periodic && axis.n == 1 ? 0.0 : 5.0 * axis.coupling;
        return norm;
    }

private:
    std::ptrdiff_t line_of(std::size_t i, std::size_t d) const {
        return static_cast<std::ptrdiff_t>(i) / stride(d) % axes_[d].n;
    }
    std::ptrdiff_t stride(std::size_t d) const {
        std::ptrdiff_t stride = 1;
        for (std::size_t e = 0; e < d; ++e) stride *= axes_[e].n;
        return stride;
    }
    std::vector<double> times_shares(std::vector<double> u, std::size_t d) const {
        for (std::size_t i = 0; i < u.size(); ++i) u[i] *= axes_[d].share(line_of(i, d));
        return u;
    }
    std::vector<double> times_K(std::vector<double> const& u, std::size_t d) const {
        auto const& axis = axes_[d];
        std::vector<double> result(u.size());
        if (axis.periodic && axis.n == 1) return result;
        for (std::size_t i = 0; i < u.size(); ++i) {
            std::ptrdiff_t const line = line_of(i, d);
            result[i] = axis.diagonal(line) * u[i];
            for (std::ptrdiff_t const step : {-1, 1}) {
                bool const inside = line + step >= 0 && line + step < axis.n;
                if (!inside && !axis.periodic) continue;
                std::ptrdiff_t const lines = inside ? step : -step * (axis.n - 1);
                result[i] -=
                    axis.coupling * u[static_cast<std::size_t>(static_cast<std::ptrdiff_t>(i) + lines * stride(d))];
            }
        }
        return result;
    }

    std::array<grid::axis_stencil, D> axes_;
    double shift_;
};

// The residual by the definition is what rounding leaves of a backward stable method, and as reported.
template <std::size_t D>
void expect_solves(grid::cartesian<D> const& grid, unsigned mix, double shift) {
    std::string text = grid.centering() == centering::cell ? "cells" : "nodes";
    for (std::size_t d = 0; d < D; ++d) text += ' ' + std::to_string(grid.cells()[d]);
    SCOPED_TRACE(text + ", mix " + std::to_string(mix) + ", shift " + std::to_string(shift));
    auto const kinds = mix_of<D>(mix);
    linear::fast_transform<D> const plan{grid, kinds, shift, fourth_order};
    auto b = random_vector(plan.n_unknowns());
    std::vector<double> x(b.size());
    auto const report = plan.solve(b, x, {.rtol = 1.0, .max_refinements = 0});
    EXPECT_TRUE(report) << report;
    scheme_by_directions<D> const scheme{grid, kinds, shift};
    auto const shares = scheme.shares();
    for (std::size_t i = 0; i < b.size(); ++i) b[i] -= report.removed_mean * shares[i];
    bool const is_singular = shift == 0.0 && std::ranges::count(kinds, wall) == 0;
    if (is_singular)
        EXPECT_NEAR(dot(shares, x), 0.0, 1e-13 * static_cast<double>(x.size()) * (norm_max(x) + 1e-300));
    else
        EXPECT_EQ(report.removed_mean, 0.0);
    auto r = scheme.apply(x);
    for (std::size_t i = 0; i < r.size(); ++i) r[i] = b[i] - r[i];
    double const allowed = 10.0 * epsilon * (scheme.norm_bound() * norm2(x) + norm2(b));
    EXPECT_LE(norm2(r), allowed);
    EXPECT_LE(report.residual_norm, allowed) << "as reported";
}

template <std::size_t D, class Visitor>
void for_each_kind(Visitor const& visit) {
    for (auto const where : {centering::cell, centering::node})
        for (unsigned mix = 0; mix < n_mixes(D); ++mix) visit(where, mix);
}

}  // namespace

// A shift of 1e4 makes the stiffness negative on the coarser grids.
TEST(CompactScheme, SolvesOnALine) {
    for_each_kind<1>([](centering where, unsigned mix) {
        for (std::ptrdiff_t const n : {1, 2, 3, 7, 8, 9, 64, 1024, 1025, 1026, 2100})
            for (double const shift : {0.0, 0.7, 1e4})
                expect_solves<1>(grid::cartesian<1>{{.upper = {2.0}, .cells = {n}, .centering = where}}, mix, shift);
    });
}

TEST(CompactScheme, SolvesInThePlane) {
    for_each_kind<2>([](centering where, unsigned mix) {
        for (std::ptrdiff_t const nx : {1, 2, 3, 6, 7, 8, 9, 11, 16, 17, 34, 60})
            for (std::ptrdiff_t const ny : {1, 2, 3, 9, 64, 65, 66, 130})
                for (double const shift : {0.0, 0.5, 1e5})
                    expect_solves<2>(grid::cartesian<2>{{.upper = {1.0, 0.3}, .cells = {nx, ny}, .centering = where}},
                                     mix, shift);
    });
}

TEST(CompactScheme, SolvesInABox) {
    for_each_kind<3>([](centering where, unsigned mix) {
        for (std::ptrdiff_t const nx : {1, 2, 6, 9})
            for (std::ptrdiff_t const ny : {1, 8, 11})
                for (std::ptrdiff_t const nz : {1, 3, 32, 34, 65})
                    expect_solves<3>(
                        grid::cartesian<3>{{.upper = {1.0, 0.3, 2.0}, .cells = {nx, ny, nz}, .centering = where}}, mix,
                        (nx + nz) % 2 == 0 ? 0.0 : 0.5);
    });
}

// The highest waves across a cube around which everything goes have no stiffness along the lines.
TEST(CompactScheme, SolvesWhereNothingHoldsTheLinesTogether) {
    EXPECT_GT(compact_stiffness(12.0), 0.0);
    EXPECT_LT(compact_stiffness(12.0), 1e-17);
    for (auto const where : {centering::cell, centering::node})
        for (std::ptrdiff_t const n : {2, 4, 8, 34})
            for (unsigned along_lines = 0; along_lines < 5; ++along_lines)
                expect_solves<3>(grid::cartesian<3>{{.cells = {n, n, n}, .centering = where}},
                                 4 + 5 * 4 + 25 * along_lines, 0.0);
}

TEST(CompactScheme, SolvesOnFlatAndTallCells) {
    for (double const aspect : {1e-6, 1e-3, 0.5, 2.0, 1e3, 1e6})
        for (unsigned mix = 0; mix < n_mixes(2); ++mix) {
            SCOPED_TRACE(aspect);
            expect_solves<2>(
                grid::cartesian<2>{{.upper = {1.0, aspect}, .cells = {40, 70}, .centering = centering::node}}, mix,
                0.0);
            expect_solves<3>(
                grid::cartesian<3>{{.upper = {1.0, 1.0, aspect}, .cells = {14, 15, 40}, .centering = centering::node}},
                mix, 0.0);
        }
}

TEST(CompactScheme, GivesTheSameBitsByTheKernelsOfEveryProcessor) {
    for (std::ptrdiff_t const n : {1, 2, 9, 13, 34})
        for (unsigned const mix : {0, 24, 124, 7, 38, 93}) {
            grid::cartesian<3> const box{
                {.upper = {1.0, 1.0, 3.0}, .cells = {n, 12, 40}, .centering = centering::node}};
            solve_norms first_norms;
            std::vector<double> first;
            for (auto const* kernels : usable_kernels()) {
                box_transform const plan{box, mix_of<3>(mix), 0.0, *kernels, linear::scheme::compact_fourth_order};
                auto const b = random_vector(plan.n_unknowns(), 7);
                std::vector<double> x(b.size());
                auto const norms = plan.solve(b, x, 2);
                if (kernels == usable_kernels().front()) {
                    first = x;
                    first_norms = norms;
                }
                EXPECT_EQ(x, first) << kernels->width;
                EXPECT_EQ(norms.residual, first_norms.residual) << kernels->width;
                EXPECT_EQ(norms.x, first_norms.x) << kernels->width;
            }
        }
}

TEST(CompactScheme, GivesTheSameBitsOnTwoThreads) {
    grid::cartesian<3> const box{{.cells = {41, 37, 130}, .centering = centering::node}};
    linear::fast_transform<3> const plan{box, mix_of<3>(1 + 5 * 4), 0.3, fourth_order};
    auto const b = random_vector(plan.n_unknowns());
    std::vector<double> one(b.size()), two(b.size());
    auto const report = plan.solve(b, one, {.max_threads = 1});
    task::graph graph;
    (void)graph.add("on two",
                    [&] { EXPECT_EQ(plan.solve(b, two, {.max_threads = 2}).residual_norm, report.residual_norm); });
    auto const run = task::executor{{.threads = 2}}.run(graph);
    EXPECT_TRUE(run) << run.failures();
    EXPECT_EQ(one, two);
}

TEST(CompactScheme, SaysWhatItIsAndWhyItStopped) {
    grid::cartesian<2> const square{{.cells = {64, 64}, .centering = centering::node}};
    linear::fast_transform<2> const plan{square, {}, 0.0, fourth_order};
    auto const b = random_vector(plan.n_unknowns());
    std::vector<double> x(b.size());
    auto const converged = plan.solve(b, x);
    EXPECT_EQ(converged.reason, stop_reason::converged);
    EXPECT_EQ(converged.method, "fast transform, fourth order");
    auto const stagnated = plan.solve(b, x, {.rtol = 1e-18, .max_refinements = 50});
    EXPECT_EQ(stagnated.reason, stop_reason::stagnated);
    EXPECT_LE(stagnated.residual_norm, 4.0 * stagnated.attainable_residual);
    std::vector<double> const huge(b.size(), 1e308);
    EXPECT_EQ(plan.solve(huge, x).reason, stop_reason::not_finite);
}

TEST(CompactScheme, TakesTheMeanOutOfASingularProblem) {
    grid::cartesian<2> const torus{{.upper = {1.0, 2.0}, .cells = {31, 70}}};
    linear::fast_transform<2> const plan{torus, mix_of<2>(24), 0.0, fourth_order};
    auto b = random_vector(plan.n_unknowns());
    double const mean = sum(b) / static_cast<double>(b.size());
    std::vector<double> x(b.size()), y(b.size());
    EXPECT_NEAR(plan.solve(b, x).removed_mean, mean, 1e-15);
    for (double& value : b) value += 3.0;
    EXPECT_NEAR(plan.solve(b, y).removed_mean, mean + 3.0, 1e-14);
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], y[i], 1e-12);
}

// A tiny shift holds the constant, and loses none of it, though no residual of so large a solution is small.
TEST(CompactScheme, KeepsTheConstantOfATinyShift) {
    grid::cartesian<2> const torus{{.cells = {32, 70}}};
    linear::fast_transform<2> const plan{torus, mix_of<2>(24), 1e-12, fourth_order};
    std::vector<double> const b(plan.n_unknowns(), 1.0);
    std::vector<double> x(b.size());
    EXPECT_EQ(plan.solve(b, x).reason, stop_reason::stagnated);
    for (double const value : x) EXPECT_NEAR(value, 1e12, 1e-12 * 1e12);
}

TEST(CompactScheme, RefusesWhatItIsNotFor) {
    auto const refusal = [](grid::cartesian<2> const& grid, double shift) {
        return message_of<std::invalid_argument>([&] {
            (void)linear::fast_transform<2>{grid, {}, shift, fourth_order};
        });
    };
    EXPECT_NE(refusal(grid::cartesian<2>{{.cells = {0, 4}, .faces = {{{0.0, 0.1, 1.0}, {}}}}}, 0.0)
                  .find("the cells in x differ in width"),
              std::string::npos);
    EXPECT_NE(refusal(grid::cartesian<2>{{.cells = {4, 4}}}, -1.0).find("shift is -1"), std::string::npos);
}
