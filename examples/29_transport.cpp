// SPDX-License-Identifier: MIT
// Lesson 29: what a flow carries: a shock that forms, and a slotted cylinder that is turned once.
//
// ∂u/∂t + ∇·F(u) = 0, F = u²/2 in the first part (Burgers), F = velocity·u in the second. Each scheme has its price:
// upwind smears, central oscillates, limiters keep what is there between its bounds, WENO5 is sharp and nearly does.
//
// Run:      29_transport [cells a side, 160] [picture, transport.png]
// Look at:  - the steepest slope, which is a shock's from t = 1/2π on, and the amount, which stays through it;
//           - least and largest value after the turn: 0 and 1 at the beginning;
//           - how much of the cylinder is where it was, and the picture of all four.
#include <poise/core/concat.hpp>
#include <poise/grid.hpp>
#include <poise/pde.hpp>

#include <algorithm>
#include <cmath>
#include <exception>
#include <iomanip>
#include <iostream>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

using namespace poise;
using pde::advection_scheme;

int main(int n_arguments, char** arguments) try {
    std::ptrdiff_t const n = n_arguments > 1 ? std::stol(arguments[1]) : 160;
    std::string const picture = n_arguments > 2 ? arguments[2] : "transport.png";
    double const pi = std::numbers::pi;

    // 1. A wave that overtakes itself.
    pde::burgers<1> const wave{.domain = grid::cartesian<1>{{.cells = {400}}},
                               .boundary = grid::periodic{},
                               .initial = [=](double x) { return 0.5 + std::sin(2.0 * pi * x); },
                               .t = {0.0, 0.5}};
    auto const steep = pde::solve(wave, {.rtol = 1e-3, .save_at = {0.0, 0.1, 0.15, 0.2}});
    std::cout << "   t   steepest slope  amount\n" << std::fixed;
    for (std::size_t i = 0; i < steep.t.size(); ++i) {
        double slope = 0.0;
        for (int k = 0; k < 399; ++k) slope = std::max(slope, 400.0 * (steep.u[i](k) - steep.u[i](k + 1)));
        std::cout << std::setprecision(2) << std::setw(5) << steep.t[i] << std::setprecision(0) << std::setw(12)
                  << slope << std::setprecision(6) << std::setw(14) << grid::integral(steep.u[i]) << '\n';
    }

    // 2. Zalesak's cylinder, one turn around the middle.
    pde::advection_diffusion<2> turn{.domain = grid::cartesian<2>{{.cells = {n, n}}},
                                     .velocity = {[=](double, double y) { return 2.0 * pi * (0.5 - y); },
                                                  [=](double x, double) { return 2.0 * pi * (x - 0.5); }},
                                     .initial =
                                         [](double x, double y) {
                                             bool const is_slot = std::abs(x - 0.5) < 0.03 && y < 0.85;
                                             return std::hypot(x - 0.5, y - 0.75) < 0.18 && !is_slot ? 1.0 : 0.0;
                                         },
                                     .t = {0.0, 1.0}};
    std::ptrdiff_t const half = n / 2;  // of the box, around the cylinder
    grid::field<2> all{grid::cartesian<2>{{.upper = {2.0, 0.5}, .cells = {4 * half, half}}}};
    std::cout << "\nscheme          least    largest   off by   drift\n";
    std::ptrdiff_t tile = 0;
    for (auto const& [scheme, name] :
         {std::pair{advection_scheme::upwind, "upwind"}, std::pair{advection_scheme::central, "central"},
          std::pair{advection_scheme::limited, "van Leer"}, std::pair{advection_scheme::weno5, "WENO5"}}) {
        turn.scheme = scheme;
        auto const turned = pde::solve(turn, {.rtol = 1e-2, .save_at = {0.0, 1.0}});
        auto const [u, range] = std::pair{turned.u.back(), grid::extrema(turned.u.back().values())};
        double moved = 0.0;
        for (std::size_t i = 0; i < u.values().size(); ++i)
            moved += std::abs(u.values()[i] - turned.u.front().values()[i]) * turn.domain.cell_measure();
        auto const& amount = turned.report.conserved.at(0);
        std::cout << std::left << std::setw(12) << name << std::right << std::setprecision(3) << std::setw(9)
                  << range.min << std::setw(11) << range.max << std::setw(8) << 100.0 * moved / amount.first << " %  "
                  << (std::abs(amount.largest_drift) < 1e-13 ? "rounding" : "more than rounding") << '\n';
        for (std::ptrdiff_t j = 0; j < half; ++j)
            for (std::ptrdiff_t i = 0; i < half; ++i) all(tile * half + i, j) = u(n / 4 + i, n - half + j);
        ++tile;
    }
    grid::write_png(picture, all, {.title = "after a turn: upwind, central, van Leer, WENO5", .min = -0.2, .max = 1.2});
    std::cout << "wrote " << picture << '\n';
} catch (std::exception const& error) {
    std::cerr << error.what() << "\nusage: 29_transport [cells a side, 160] [picture, transport.png]\n";
    return 2;
}

// Possibilities for extensions: superbee, which squares what is round; a viscosity that the grid resolves; 3D.
