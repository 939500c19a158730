// SPDX-License-Identifier: MIT
// A solution of which everything is known, for observed orders of accuracy.
#pragma once

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/grid/scalar_function.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace poise_test {

template <std::size_t D, class F>
poise::grid::scalar_function<D> of_point(F f) {
    if constexpr (D == 1) return [f](double x) { return f(poise::grid::point<1>{x}); };
    if constexpr (D == 2) return [f](double x, double y) { return f(poise::grid::point<2>{x, y}); };
    if constexpr (D == 3) return [f](double x, double y, double z) { return f(poise::grid::point<3>{x, y, z}); };
}

// Boxes that are no cubes, with cells that are none, of odd numbers of unknowns and of even ones.
template <std::size_t D>
poise::grid::cartesian<D> box(std::ptrdiff_t n, poise::grid::centering where) {
    poise::grid::cartesian_options<D> options{.centering = where};
    for (std::size_t d = 0; d < D; ++d) {
        options.lower[d] = -0.1 * static_cast<double>(d);
        options.upper[d] = 1.0 + 0.2 * static_cast<double>(d);
        options.cells[d] = n + static_cast<std::ptrdiff_t>(d) * n / 4;
    }
    return poise::grid::cartesian<D>{options};
}

// u = Π sin(w_d x_d + p_d), one period long where the box is periodic: otherwise no side, no symmetry and no data of it
// is special. -Δu = Σ w_d² u.
template <std::size_t D>
struct manufactured {
    std::array<double, 3> w{2.0, 1.5, 2.5}, p{0.3, 0.7, 0.2};

    manufactured(poise::grid::cartesian<D> const& domain, poise::grid::condition_kinds<D> const& kinds) {
        for (std::size_t d = 0; d < D; ++d)
            if (kinds[2 * d] == poise::grid::condition_kind::periodic)
                w[d] = 2.0 * std::numbers::pi / (domain.upper()[d] - domain.lower()[d]);
    }
    double u(poise::grid::point<D> const& x) const {
        double product = 1.0;
        for (std::size_t d = 0; d < D; ++d) product *= std::sin(w[d] * x[d] + p[d]);
        return product;
    }
    double derivative(std::size_t along, poise::grid::point<D> const& x) const {
        double product = w[along] * std::cos(w[along] * x[along] + p[along]);
        for (std::size_t d = 0; d < D; ++d)
            if (d != along) product *= std::sin(w[d] * x[d] + p[d]);
        return product;
    }
    double neg_laplacian(poise::grid::point<D> const& x) const {
        double sum = 0.0;
        for (std::size_t d = 0; d < D; ++d) sum += w[d] * w[d];
        return sum * u(x);
    }
    // kappa: of each direction, of the flux that a Neumann side gives
    poise::grid::boundary<D> sides(poise::grid::condition_kinds<D> const& kinds,
                                   poise::grid::point<D> const& kappa = poise::grid::uniform_point<D>(1.0)) const {
        poise::grid::boundary<D> result = poise::grid::dirichlet{0.0};
        for (std::size_t s = 0; s < 2 * D; ++s) {
            std::size_t const d = s / 2;
            double const outward = s % 2 == 0 ? -kappa[d] : kappa[d];
            poise::grid::condition<D> side;
            side.kind = kinds[s];
            if (kinds[s] == poise::grid::condition_kind::neumann)
                side.value = of_point<D>(
                    [*this, d, outward](poise::grid::point<D> const& x) { return outward * derivative(d, x); });
            else if (kinds[s] == poise::grid::condition_kind::dirichlet)
                side.value = of_point<D>([*this](poise::grid::point<D> const& x) { return u(x); });
            result.on(static_cast<poise::grid::side>(s), side);
        }
        return result;
    }
};

}  // namespace poise_test
