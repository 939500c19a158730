// SPDX-License-Identifier: MIT
// Lesson 20: make a flow free of divergence: a channel that goes around in x, between walls in y.
//
// Velocities on the faces of cells, u on those across x and v on those across y. −Δp = −div(u, v), with p periodic in x
// and insulated at the walls, and (u, v) − ∇p has no divergence: the step of every incompressible solver that takes its
// time. p is known up to a constant, and its source must have no mean: what enters must leave.
//
// Run:      20_neumann_and_periodic [cells across, 128]
// Look at:  - report.removed_mean: 0 to rounding here; a leak is told with its size, and its flow stays;
//           - the divergence afterwards, which is the residual of the solve.
#include <poise/core/concat.hpp>
#include <poise/grid.hpp>
#include <poise/pde.hpp>

#include <cmath>
#include <exception>
#include <iostream>
#include <numbers>
#include <string>
#include <vector>

using namespace poise;

namespace {

// (i, j): face i across x, or j across y, of cell (i, j); the last face across x is the first one again.
struct flow {
    grid::cartesian<2> channel;
    std::vector<double> u, v;

    explicit flow(grid::cartesian<2> const& cells)
        : channel{cells}, u(static_cast<std::size_t>(nx() * ny())), v(static_cast<std::size_t>(nx() * (ny() + 1))) {}
    std::ptrdiff_t nx() const { return channel.cells()[0]; }
    std::ptrdiff_t ny() const { return channel.cells()[1]; }
    double& across_x(std::ptrdiff_t i, std::ptrdiff_t j) {
        return u[static_cast<std::size_t>((i + nx()) % nx() + nx() * j)];
    }
    double& across_y(std::ptrdiff_t i, std::ptrdiff_t j) { return v[static_cast<std::size_t>(i + nx() * j)]; }

    grid::field<2> divergence() {
        grid::field<2> div{channel};
        for (std::ptrdiff_t j = 0; j < ny(); ++j)
            for (std::ptrdiff_t i = 0; i < nx(); ++i)
                div(i, j) = (across_x(i + 1, j) - across_x(i, j)) / channel.spacing(0) +
                            (across_y(i, j + 1) - across_y(i, j)) / channel.spacing(1);
        return div;
    }
    // Takes out what has divergence; nothing through the walls.
    linear::solve_report project() {
        auto const sides = grid::boundary<2>{grid::neumann{0.0}}.on(grid::side::x_lower, grid::periodic{});
        auto const [p, report] =
            pde::solve(pde::poisson<2>{.domain = channel, .source = -1.0 * divergence(), .boundary = sides});
        for (std::ptrdiff_t j = 0; j < ny(); ++j)
            for (std::ptrdiff_t i = 0; i < nx(); ++i) {
                across_x(i, j) -= (p(i, j) - p((i + nx() - 1) % nx(), j)) / channel.spacing(0);
                if (j > 0) across_y(i, j) -= (p(i, j) - p(i, j - 1)) / channel.spacing(1);
            }
        return report;
    }
};

}  // namespace

int main(int n_arguments, char** arguments) try {
    std::ptrdiff_t const n = n_arguments > 1 ? std::stol(arguments[1]) : 128;
    grid::cartesian<2> const channel{{.upper = {2, 1}, .cells = {2 * n, n}}};
    for (double const leak : {0.0, 0.125}) {
        flow stream{channel};
        for (std::ptrdiff_t j = 0; j < n; ++j)
            for (std::ptrdiff_t i = 0; i < 2 * n; ++i) {
                double const x = static_cast<double>(i) * channel.spacing(0), y = channel.coordinate(1, j);
                stream.across_x(i, j) = 4 * y * (1 - y) + std::sin(std::numbers::pi * x) * y;
                if (j > 0) stream.across_y(i, j) = std::cos(std::numbers::pi * x) * y * (1 - y);
            }
        for (std::ptrdiff_t i = 0; i < 2 * n; ++i) stream.across_y(i, n) = leak;  // through the upper wall
        double const before = grid::norm_max(stream.divergence());
        auto const report = stream.project();
        auto rest = stream.divergence();
        double const mean = grid::integral(rest) / 2.0;
        for (double& value : rest.values()) value -= mean;
        std::cout << "leak " << leak << ": " << report.method << ", mean " << std::round(1e9 * mean) / 1e9
                  << " that no pressure takes out"
                  << (std::abs(mean + report.removed_mean) < 1e-12 ? ", as it said" : "") << "; divergence from "
                  << to_text(before, 3) << " to "
                  << (grid::norm_max(rest) < 1e-9 ? "rounding" : to_text(grid::norm_max(rest), 3)) << '\n';
    }
} catch (std::exception const& error) {
    std::cerr << error.what() << "\nusage: 20_neumann_and_periodic [cells across, 128]\n";
    return 2;
}

// Possibilities for extensions: a time step of Navier–Stokes, with advection and viscosity before each projection; a
// channel that is stretched towards its walls, .faces = {{}, faces}.
