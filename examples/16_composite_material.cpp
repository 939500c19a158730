// SPDX-License-Identifier: MIT
// Lesson 16: how well does a composite conduct, when its grains conduct ten thousand times better than what is between?
//
// −∇·(κ∇u) = 0 with u = 1 on the left and 0 on the right, insulated above and below. What flows through is the
// effective conductivity. Maxwell's formula for few discs, (1 + c)/(1 − c) at area fraction c, knows nothing of grains
// that nearly touch; the solver does.
//
// Run:      16_composite_material [cells a side, 400] [picture, composite.png]
// Look at:  - multigrid's iterations, which do not depend on the jump;
//           - the flow on the left and on the right: what enters leaves, to the tolerance of the solve;
//           - the picture: within a grain u is constant, between two it falls steeply.
#include <poise/grid.hpp>
#include <poise/pde.hpp>

#include <cmath>
#include <exception>
#include <iomanip>
#include <iostream>
#include <numbers>
#include <string>

using namespace poise;

int main(int n_arguments, char** arguments) try {
    std::ptrdiff_t const n = n_arguments > 1 ? std::stol(arguments[1]) : 400;
    std::string const picture = n_arguments > 2 ? arguments[2] : "composite.png";
    grid::cartesian<2> const plate{{.cells = {n, n}}};
    auto const sides = grid::boundary<2>{grid::neumann{0.0}}
                           .on(grid::side::x_lower, grid::dirichlet{1.0})
                           .on(grid::side::x_upper, grid::dirichlet{0.0});

    std::cout << "radius  fraction     jump  iterations  conductivity    Maxwell  in - out\n" << std::fixed;
    for (double const radius : {0.06, 0.10, 0.12})  // of 4 x 4 grains, a quarter apart
        for (double const jump : {1e2, 1e4}) {
            auto const kappa = [=](double x, double y) {
                return std::hypot(std::fmod(x, 0.25) - 0.125, std::fmod(y, 0.25) - 0.125) < radius ? jump : 1.0;
            };
            auto const [u, report] =
                pde::solve(pde::diffusion<2>{.domain = plate, .kappa = kappa, .boundary = sides}, {.rtol = 1e-10});
            // The walls are half a cell from the outer cells, whose κ is 1: a flux of 2 (u_wall − u) / h through h.
            double in = 0.0, out = 0.0;
            for (std::ptrdiff_t j = 0; j < n; ++j) {
                in += 2.0 * (1.0 - u(0, j));
                out += 2.0 * u(n - 1, j);
            }
            double const fraction = 16.0 * std::numbers::pi * radius * radius;
            std::cout << std::setprecision(2) << std::setw(6) << radius << std::setw(10) << fraction
                      << std::setprecision(0) << std::setw(9) << jump << std::setw(12) << report.iterations
                      << std::setprecision(3) << std::setw(14) << in << std::setw(11)
                      << (1.0 + fraction) / (1.0 - fraction) << std::scientific << std::setprecision(0) << std::setw(10)
                      << std::abs(in - out) << std::fixed << '\n';
            if (radius == 0.12 && jump == 1e4)
                grid::write_png(picture, u, {.title = "u between the hot and the cold side"});
        }
    std::cout << "wrote " << picture << '\n';
} catch (std::exception const& error) {
    std::cerr << error.what() << "\nusage: 16_composite_material [cells a side, 400] [picture, composite.png]\n";
    return 2;
}

// Possibilities for extensions: grains at random; the conductivity across, with the sides exchanged; grains that
// insulate; how the gap between two grains sets the conductivity as it closes.
