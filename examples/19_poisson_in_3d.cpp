// SPDX-License-Identifier: MIT
// Lesson 19: how warm does the middle of a battery get? A box in three dimensions that conducts better along its
// layers.
//
// −∇·(κ∇T) = q with κ = 25 W/(m K) along the layers (x, y) and 1 across (z), q of its losses. The bottom is held at 25
// °C by a cold plate, the other sides are insulated: with numbers for κ a fast transform solves it, layers and all.
//
// Run:      19_poisson_in_3d [cells along the shortest side, 20] [picture, battery.png]
// Look at:  - the time per unknown, which grows with the logarithm of the grid only;
//           - the error, estimated by a grid of half as many cells, falling four times where cells are halved;
//           - the picture: a slice through the middle of the hot spot.
#include <poise/core/concat.hpp>
#include <poise/grid.hpp>
#include <poise/pde.hpp>

#include <cmath>
#include <exception>
#include <iostream>
#include <string>

using namespace poise;

int main(int n_arguments, char** arguments) try {
    std::ptrdiff_t const n = n_arguments > 1 ? std::stol(arguments[1]) : 20;
    std::string const picture = n_arguments > 2 ? arguments[2] : "battery.png";
    // 160 mm x 80 mm x 20 mm; 50 kW/m³ everywhere, and three times that around one tab.
    auto const losses = [](double x, double y, double) {
        return 5e4 * (1.0 + 2.0 * std::exp(-((x - 0.13) * (x - 0.13) + (y - 0.04) * (y - 0.04)) / 4e-4));
    };
    auto const sides = grid::boundary<3>{grid::neumann{0.0}}.on(grid::side::z_lower, grid::dirichlet{25.0});

    for (std::ptrdiff_t const cells : {n / 2, n}) {
        grid::cartesian<3> const cell{{.upper = {0.16, 0.08, 0.02}, .cells = {8 * cells, 4 * cells, cells}}};
        pde::diffusion<3> const battery{
            .domain = cell, .kappa = pde::orthotropic{25.0, 25.0, 1.0}, .source = losses, .boundary = sides};
        auto const [T, report] = pde::solve(battery, {.error_estimate = pde::error_estimate::coarser_grid});
        auto const hottest = grid::extrema(T.values());
        std::cout << cell.size() << " cells: at most " << to_text(hottest.max, 5) << " degrees, error about "
                  << to_text(report.error_estimate, 1) << "; " << report.method << " in "
                  << to_text(1e9 * report.solve_s / static_cast<double>(cell.size()), 2) << " ns a cell\n";
        if (cells != n) continue;
        // What enters is what the cold plate takes: κ (T - 25) over half a cell.
        double taken = 0.0;
        for (std::ptrdiff_t j = 0; j < cell.points()[1]; ++j)
            for (std::ptrdiff_t i = 0; i < cell.points()[0]; ++i)
                taken += (T(i, j, 0) - 25.0) / (0.5 * cell.spacing(2)) * cell.spacing(0) * cell.spacing(1);
        std::cout << "losses of " << to_text(grid::integral(grid::sample(cell, losses)), 6)
                  << " W, of which the plate takes " << to_text(taken, 6) << " W\n";
        grid::write_png(picture, grid::slice(T, 1, 0.04),
                        {.title = "Temperature at y = 40 mm",
                         .unit = "\u00b0C",
                         .contours = 9,
                         .axes = {'x', 'z'},
                         .length_unit = "mm",
                         .length_scale = 1e3});
        std::cout << "wrote " << picture << '\n';
    }
} catch (std::exception const& error) {
    std::cerr << error.what()
              << "\nusage: 19_poisson_in_3d [cells along the shortest side, 20] [picture, battery.png]\n";
    return 2;
}

// Possibilities for extensions: air on the other sides (robin), which takes the matrix and multigrid; a κ that varies
// from layer to layer, pde::orthotropic{25.0, 25.0, field}; grid::write_vti and ParaView for the whole of it.
