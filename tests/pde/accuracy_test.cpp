// SPDX-License-Identifier: MIT
// Observed order of accuracy: dimension × centring × kinds of side, with inhomogeneous data everywhere.
#include <poise/pde/solve.hpp>

#include <gtest/gtest.h>

#include <cmath>

using namespace poise;
using grid::centering;

namespace {

// u = Π sin(w_d x_d + p_d): no side, no symmetry and no data of it is special. -Δu = Σ w_d² u.
template <std::size_t D>
struct manufactured {
    static constexpr std::array<double, 3> w{2.0, 1.5, 2.5}, p{0.3, 0.7, 0.2};
    static double u(grid::point<D> const& x) {
        double product = 1.0;
        for (std::size_t d = 0; d < D; ++d) product *= std::sin(w[d] * x[d] + p[d]);
        return product;
    }
    static double derivative(std::size_t along, grid::point<D> const& x) {
        double product = w[along] * std::cos(w[along] * x[along] + p[along]);
        for (std::size_t d = 0; d < D; ++d)
            if (d != along) product *= std::sin(w[d] * x[d] + p[d]);
        return product;
    }
    static double neg_laplacian(grid::point<D> const& x) {
        double sum = 0.0;
        for (std::size_t d = 0; d < D; ++d) sum += w[d] * w[d];
        return sum * u(x);
    }
};

template <std::size_t D, class F>
grid::scalar_function<D> of_point(F f) {
    if constexpr (D == 1) return [f](double x) { return f(grid::point<1>{x}); };
    if constexpr (D == 2) return [f](double x, double y) { return f(grid::point<2>{x, y}); };
    if constexpr (D == 3) return [f](double x, double y, double z) { return f(grid::point<3>{x, y, z}); };
}

// Bit s of `neumann` makes side s Neumann.
template <std::size_t D>
grid::boundary<D> sides(unsigned neumann) {
    using exact = manufactured<D>;
    grid::boundary<D> b = grid::dirichlet{0.0};
    for (std::size_t s = 0; s < 2 * D; ++s) {
        std::size_t const d = s / 2;
        double const outward = s % 2 == 0 ? -1.0 : 1.0;
        grid::condition<D> side;
        bool const flux = (neumann >> s & 1) != 0;
        side.kind = flux ? grid::condition_kind::neumann : grid::condition_kind::dirichlet;
        if (flux)
            side.value =
                of_point<D>([d, outward](grid::point<D> const& x) { return outward * exact::derivative(d, x); });
        else
            side.value = of_point<D>([](grid::point<D> const& x) { return exact::u(x); });
        b.on(static_cast<grid::side>(s), side);
    }
    return b;
}

template <std::size_t D>
double largest_error(std::ptrdiff_t n, centering where, unsigned neumann, double shift) {
    using exact = manufactured<D>;
    grid::cartesian_options<D> box{.centering = where};
    for (std::size_t d = 0; d < D; ++d) {
        box.lower[d] = -0.1 * static_cast<double>(d);
        box.upper[d] = 1.0 + 0.2 * static_cast<double>(d);
        box.cells[d] = n + static_cast<std::ptrdiff_t>(d) * n / 4;
    }
    grid::cartesian<D> const domain{box};
    pde::helmholtz<D> const problem{.domain = domain,
                                    .shift = shift,
                                    .source = of_point<D>([shift](grid::point<D> const& x) {
                                        return exact::neg_laplacian(x) + shift * exact::u(x);
                                    }),
                                    .boundary = sides<D>(neumann)};
    auto const solution = pde::solve(problem);
    double largest = 0.0;
    grid::for_each_point(domain, [&](std::size_t i, grid::point<D> const& x) {
        largest = std::max(largest, std::abs(solution.u.values()[i] - exact::u(x)));
    });
    return largest;
}

// Four refinements; the slope of the last one, where the leading term dominates.
template <std::size_t D>
void expect_second_order(std::ptrdiff_t coarsest, double shift) {
    for (auto const where : {centering::cell, centering::node})
        for (unsigned neumann = 0; neumann < (1u << (2 * D)); ++neumann) {
            if (shift == 0.0 && neumann + 1 == (1u << (2 * D))) continue;  // singular
            if (D == 3 && neumann % 7 != 0) continue;  // nine mixes of the 64: each kind stands on each side in some
            double const h4 = largest_error<D>(coarsest * 4, where, neumann, shift);
            double const h8 = largest_error<D>(coarsest * 8, where, neumann, shift);
            double const order = std::log2(h4 / h8);
            EXPECT_NEAR(order, 2.0, 0.1) << D << "D, " << (where == centering::cell ? "cells" : "nodes")
                                         << ", Neumann sides " << neumann << ", shift " << shift << ", errors " << h4
                                         << " and " << h8;
        }
}

}  // namespace

TEST(Accuracy, IsSecondOrderInOneDimension) {
    expect_second_order<1>(16, 0.0);
    expect_second_order<1>(16, 5.0);
}
TEST(Accuracy, IsSecondOrderInTwoDimensions) {
    expect_second_order<2>(8, 0.0);
    expect_second_order<2>(8, 5.0);
}
TEST(Accuracy, IsSecondOrderInThreeDimensions) { expect_second_order<3>(3, 1.0); }

TEST(Accuracy, FallsByFourThroughFourRefinements) {
    double coarser = largest_error<2>(8, centering::cell, 0b0010, 0.0);
    for (std::ptrdiff_t const n : {16, 32, 64, 128}) {
        double const finer = largest_error<2>(n, centering::cell, 0b0010, 0.0);
        EXPECT_NEAR(std::log2(coarser / finer), 2.0, 0.1) << n;
        coarser = finer;
    }
}
