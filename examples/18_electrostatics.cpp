// SPDX-License-Identifier: MIT
// Lesson 18: the potential and the field of a charged capacitor in a grounded case, with a dielectric between its
// plates.
//
// −∇·(ε∇φ) = ρ, φ = 0 on the case, lengths in units of the case, charges in units that make ε 1 in air. The plates are
// thin and carry ±1; edges are steep, so cells are small around them. E = −∇φ.
//
// Run:      18_electrostatics [cells a side, 160] [picture, capacitor.png]
// Look at:  - Gauss's law: what leaves through the case is the charge within, which is 0;
//           - the energy, by ½∫ρφ and by ½∫ε|E|², which differ by what differences of φ do not see;
//           - a dielectric of 5 lowers the voltage, but not five times: the field at the edges is outside of it.
#include <poise/core/concat.hpp>
#include <poise/grid.hpp>
#include <poise/pde.hpp>

#include <cmath>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

using namespace poise;

namespace {

// Narrow cells in the middle, where the plates are: u = sinh(s), widest over narrowest 2.3.
std::vector<double> faces(std::ptrdiff_t n) {
    std::vector<double> places;
    for (std::ptrdiff_t i = 0; i <= n; ++i) {
        double const s = 3.0 * (static_cast<double>(i) / static_cast<double>(n) - 0.5);
        places.push_back(0.5 + 0.5 * std::sinh(s) / std::sinh(1.5));
    }
    places.front() = 0.0, places.back() = 1.0;
    return places;
}

constexpr double half_width = 0.2, half_gap = 0.05, thickness = 0.02;
bool is_between(double x, double y) { return std::abs(x - 0.5) < half_width && std::abs(y - 0.5) < half_gap; }
// One sign on each plate.
double charge(double x, double y) {
    double const above = std::abs(y - 0.5) - half_gap;
    bool const is_plate = std::abs(x - 0.5) < half_width && above > 0.0 && above < thickness;
    return is_plate ? std::copysign(1.0, y - 0.5) : 0.0;
}

}  // namespace

int main(int n_arguments, char** arguments) try {
    std::ptrdiff_t const n = n_arguments > 1 ? std::stol(arguments[1]) : 160;
    std::string const picture = n_arguments > 2 ? arguments[2] : "capacitor.png";
    grid::cartesian<2> const box{{.faces = {faces(n), faces(n)}}};
    std::cout << box.size() << " cells, " << to_text(box.width(0, n / 2), 2) << " wide in the middle and "
              << to_text(box.width(0, 0), 2) << " at the case\n";

    auto rho = grid::sample(box, charge);
    rho *= 2.0 / grid::norm_l1(rho);  // each plate carries 1, however many cells it has
    for (double const dielectric : {1.0, 5.0}) {
        auto const epsilon = [=](double x, double y) { return is_between(x, y) ? dielectric : 1.0; };
        auto const [phi, report] =
            pde::solve(pde::diffusion<2>{.domain = box, .kappa = epsilon, .source = rho}, {.rtol = 1e-10});
        auto const E = grid::gradient(phi);  // of the other sign
        auto const eps = grid::sample(box, epsilon);
        double field_energy = 0.0, out = 0.0;
        for (auto const& component : E)
            for (std::ptrdiff_t j = 0; j < n; ++j)
                for (std::ptrdiff_t i = 0; i < n; ++i)
                    field_energy +=
                        0.5 * eps(i, j) * component(i, j) * component(i, j) * box.width(0, i) * box.width(1, j);
        for (std::ptrdiff_t i = 0; i < n; ++i)  // φ / (half a cell) through each side of the case
            for (double const flux : {phi(i, 0), phi(i, n - 1), phi(0, i), phi(n - 1, i)})
                out += 2.0 * flux / box.width(1, 0) * box.width(0, i);
        double const energy = 0.5 * grid::inner_product(rho, phi);
        double const voltage = grid::interpolate(phi, {0.5, 0.56}) - grid::interpolate(phi, {0.5, 0.44});
        std::cout << "dielectric " << dielectric << ": voltage " << to_text(voltage, 3) << ", energy "
                  << to_text(energy, 3) << " by charges and " << to_text(field_energy, 3) << " by fields, "
                  << (std::abs(out) < 1e-8 ? "no" : "some") << " net flux through the case; " << report.method << '\n';
        if (dielectric > 1.0)
            grid::write_png(picture, phi,
                            {.title = "Potential of a capacitor", .map = grid::colour_map::viridis, .contours = 19});
    }
    std::cout << "wrote " << picture << '\n';
} catch (std::exception const& error) {
    std::cerr << error.what() << "\nusage: 18_electrostatics [cells a side, 160] [picture, capacitor.png]\n";
    return 2;
}

// Possibilities for extensions: plates nearer to each other, and the capacitance beside ε·width/gap; a case that is
// insulated (neumann) on one side; the force on a plate, by the energy at two distances.
