// SPDX-License-Identifier: MIT
// Lesson 27: waves on a pond with a shoal that slows them down, and no shore for them to come back from.
//
// ∂²u/∂t² + damping ∂u/∂t = speed² Δu, from a drop. In a box with walls the energy stays; where the sides absorb, and
// a layer before them damps, it leaves with the waves. Over the shoal waves are slow and short, and meet behind it.
//
// Run:      27_waves [cells a side, 240] [picture, waves.png]
// Look at:  - the drift of the energy between walls: rounding, over all the steps;
//           - the energy that is left at the end, with absorbing sides and with the layer too;
//           - the picture: the same pond at six times, the shoal as a square around it.
#include <poise/grid.hpp>
#include <poise/pde.hpp>

#include <cmath>
#include <exception>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

using namespace poise;

namespace {

// Six fields side by side, the later ones to the right and then below.
grid::field<2> tiles(std::vector<grid::field<2>> const& u) {
    std::ptrdiff_t const n = u[0].grid().points()[0];
    grid::field<2> all{grid::cartesian<2>{{.upper = {3.0, 2.0}, .cells = {3 * n, 2 * n}}}};
    for (std::ptrdiff_t tile = 0; tile < 6; ++tile)
        for (std::ptrdiff_t j = 0; j < n; ++j)
            for (std::ptrdiff_t i = 0; i < n; ++i)
                all(tile % 3 * n + i, (1 - tile / 3) * n + j) = u[static_cast<std::size_t>(tile)](i, j);
    return all;
}

}  // namespace

int main(int n_arguments, char** arguments) try {
    std::ptrdiff_t const n = n_arguments > 1 ? std::stol(arguments[1]) : 240;
    std::string const picture = n_arguments > 2 ? arguments[2] : "waves.png";

    // 1. The pond, its shoal and a drop.
    grid::cartesian<2> const pond{{.cells = {n, n}}};
    using grid::side;
    std::vector<side> const shore{side::x_lower, side::x_upper, side::y_lower, side::y_upper};
    pde::wave<2> problem{.domain = pond,
                         .speed = [](double x, double y) { return std::hypot(x - 0.6, y - 0.5) < 0.14 ? 0.7 : 1.0; },
                         .boundary = grid::neumann{0.0},
                         .initial =
                             [](double x, double y) {
                                 double const r2 = (std::pow(x - 0.3, 2) + std::pow(y - 0.5, 2)) / 0.001;
                                 return (1.0 - r2) * std::exp(-r2);
                             },
                         .t = {0.0, 2.0}};
    pde::evolution_options<2> const options{.rtol = 1e-3, .save_at = {0.0, 0.1, 0.25, 0.4, 0.55, 0.75, 1.2}};

    // 2. Walls, sides that absorb, and a layer before them.
    auto const between_walls = pde::solve(problem, options);
    problem.absorbing = shore;
    auto const with_sides = pde::solve(problem, options);
    problem.damping = pde::absorbing_layer<2>(pond, {.sides = shore, .width = 0.2});
    auto const with_layer = pde::solve(problem, options);

    // 3. What is left of the energy.
    std::cout << "energy, of that at the beginning\n   t     walls  absorbing  with a layer\n" << std::fixed;
    for (std::size_t i = 0; i < with_layer.t.size(); ++i) {
        std::cout << std::setprecision(2) << std::setw(5) << with_layer.t[i] << std::setprecision(6);
        for (auto const* each : {&between_walls, &with_sides, &with_layer})
            std::cout << std::setw(11) << each->energy[i] / each->energy[0];
        std::cout << '\n';
    }
    auto const& kept = between_walls.report.conserved[0];
    std::cout << "between walls " << between_walls.report.method << ", the energy "
              << (std::abs(kept.largest_drift) < 1e-10 * kept.first ? "kept to rounding" : "lost") << '\n';

    // 4. Pictures.
    std::vector<grid::outline> shoals;
    for (double const x : {0.0, 1.0, 2.0})
        for (double const y : {0.0, 1.0}) shoals.push_back({{x + 0.46, y + 0.36}, {x + 0.74, y + 0.64}, ""});
    grid::write_png(picture, tiles(with_layer.u),
                    {.title = "t = 0, 0.1, 0.25, then 0.4, 0.55, 0.75", .min = -0.3, .max = 0.3, .outlines = shoals});
    std::cout << "wrote " << picture << '\n';
} catch (std::exception const& error) {
    std::cerr << error.what() << "\nusage: 27_waves [cells a side, 240] [picture, waves.png]\n";
    return 2;
}

// Possibilities for extensions: a source that goes on, source = cos(ωt) at a place; a lens that focuses; 3D.
