// SPDX-License-Identifier: MIT
// Lesson 26: a plate whose edge is heated and cooled by turns: how far in does the rhythm reach?
//
// capacity ∂u/∂t = ∇·(κ∇u) on 20 cm × 10 cm of steel with a strip of brass. The left edge is held at 20 °C ± 15,
// the upper one loses heat to air of 20 °C by a film, the others are insulated. In a thick wall the rhythm would fall
// by e every √(κ P / π capacity), P its period, and come late by as much as it falls.
//
// Run:      26_heating_a_plate [cells along x, 160] [series, plate.pvd] [picture, plate.png]
// Look at:  - the swing at the edge, 5 cm and 10 cm in: it falls, and lags;
//           - the steps: as long as the rhythm allows, 10⁴ times what an explicit method could take;
//           - the balance: what the plate holds against what came in through its sides;
//           - the series in ParaView, a file for each saved time.
#include <poise/core/concat.hpp>
#include <poise/grid.hpp>
#include <poise/pde.hpp>

#include <cmath>
#include <exception>
#include <iomanip>
#include <iostream>
#include <numbers>
#include <string>
#include <vector>

using namespace poise;

int main(int n_arguments, char** arguments) try {
    std::ptrdiff_t const n = n_arguments > 1 ? std::stol(arguments[1]) : 160;
    std::string const series_path = n_arguments > 2 ? arguments[2] : "plate.pvd";
    std::string const picture = n_arguments > 3 ? arguments[3] : "plate.png";

    // 1. The plate: nodes, so that its edge is among the points. Metres, seconds, kelvins.
    grid::cartesian<2> const plate{{.upper = {0.2, 0.1}, .cells = {n, n / 2}, .centering = grid::centering::node}};
    auto const is_brass = [](double, double y) { return y > 0.04 && y < 0.06; };
    auto const kappa = [=](double x, double y) { return is_brass(x, y) ? 110.0 : 16.0; };      // W/(m K)
    auto const capacity = [=](double x, double y) { return is_brass(x, y) ? 3.2e6 : 3.9e6; };  // J/(m³ K)

    // 2. What changes with time: one edge.
    double const period = 1200.0, film = 25.0;  // s, W/(m² K)
    auto const edge = [=](double t) { return 20.0 + 15.0 * std::sin(2.0 * std::numbers::pi * t / period); };
    auto const sides = [=](double t) {
        return grid::boundary<2>{grid::neumann{0.0}}
            .on(grid::side::x_lower, grid::dirichlet{edge(t)})
            .on(grid::side::y_upper, grid::robin{film, film * 20.0});
    };

    // 3. Four periods; the last one is kept, every eighth of it.
    pde::heat<2> const problem{.domain = plate,
                               .kappa = kappa,
                               .capacity = capacity,
                               .boundary = sides,
                               .initial = 20.0,
                               .t = {0.0, 4.0 * period}};
    pde::evolution_options<2> options{.rtol = 1e-5, .atol = 1e-5};
    for (int eighth = 0; eighth <= 8; ++eighth) options.save_at.push_back((3.0 + eighth / 8.0) * period);
    auto const result = pde::solve(problem, options);

    // 4. The rhythm at three places in the brass.
    grid::vti_series series{series_path, {.name = "T"}};
    std::cout << std::fixed << std::setprecision(1) << "     t    edge    5 cm   10 cm\n";
    for (std::size_t i = 0; i < result.t.size(); ++i) {
        series.add(result.t[i], result.u[i]);
        std::cout << std::setw(6) << result.t[i];
        for (double const x : {0.0, 0.05, 0.1}) std::cout << std::setw(8) << grid::interpolate(result.u[i], {x, 0.05});
        std::cout << '\n';
    }
    grid::write_png(picture, result.u[2], {.title = "the plate at the edge's warmest, °C"});

    // 5. What it took, and whether the heat is all there. For each metre of thickness.
    auto const& report = result.report;
    auto const& heat = report.conserved.at(0);
    std::cout << '\n'
              << report.method << " (" << report.chosen << "): " << report.n_steps << " steps, the longest "
              << report.largest_step << " s\nheat content " << to_text(heat.first / 1e6, 5) << " MJ + supplied "
              << to_text(heat.supplied / 1e6, 3) << " MJ = " << to_text(heat.last / 1e6, 5) << " MJ"
              << (std::abs(heat.largest_drift) < 1e-6 * heat.last ? ", to six digits" : ", but for a drift") << '\n'
              << "wrote " << series_path << " and " << picture << '\n';
} catch (std::exception const& error) {
    std::cerr << error.what()
              << "\nusage: 26_heating_a_plate [cells along x, 160] [series, plate.pvd] [picture, plate.png]\n";
    return 2;
}

// Possibilities for extensions: a strip that crosses the plate; the edge heated by a flux instead of held; numbers for
// κ and capacity: what does the report choose then?
