// SPDX-License-Identifier: MIT
// Lesson 21: an initial-value problem, by every explicit method: what a digit costs.
//
// A planet on an ellipse of eccentricity 1/2: r'' = −r/|r|³, ten revolutions. The error at the end is known, because
// the planet is where it was. Tolerances bound what a step adds; the orbit carries it on, so errors are larger.
//
// Run:      21_following_an_orbit [picture.png]
// Look at:  - evaluations of f for the same tolerance: an order more is worth a digit;
//           - the report, which says where and why an integration ended.
#include <poise/core/concat.hpp>
#include <poise/grid.hpp>
#include <poise/ode.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <iomanip>
#include <iostream>
#include <numbers>

using namespace poise;

namespace {

constexpr double revolution = 2.0 * std::numbers::pi;
auto const gravity = [](double, auto const& y, auto& dydt) {
    double const cube = std::pow(y[0] * y[0] + y[1] * y[1], 1.5);
    dydt = {y[2], y[3], -y[0] / cube, -y[1] / cube};
};
ode::problem const planet{gravity, {0.5, 0.0, 0.0, std::sqrt(3.0)}, {0.0, 10.0 * revolution}};

template <class Method>
void follow(Method const& method) {
    std::cout << std::left << std::setw(22) << Method::name << std::right;
    for (double const rtol : {1e-5, 1e-8, 1e-11}) {
        auto const solution = ode::solve(planet, method, {.rtol = rtol, .atol = rtol, .keep = ode::keep::ends});
        double error = 0.0;
        for (std::size_t i = 0; i < 4; ++i) error = std::max(error, std::abs(solution.y.back()[i] - planet.y0[i]));
        std::cout << std::setw(10) << solution.statistics.n_evaluations << std::setw(10) << to_text(error, 1);
    }
    std::cout << '\n';
}

}  // namespace

int main(int n_arguments, char** arguments) try {
    std::cout << "evaluations, error:         rtol 1e-5           rtol 1e-8          rtol 1e-11\n";
    follow(ode::bogacki_shampine3{});
    follow(ode::dormand_prince5{});
    follow(ode::tsitouras5{});
    follow(ode::verner7{});
    follow(ode::verner9{});
    follow(ode::dop853{});

    auto const orbit = ode::solve(planet, ode::verner7{}, {.rtol = 1e-9});
    std::cout << orbit.report << "\nx after 2.5 revolutions: " << to_text(orbit(2.5 * revolution)[0], 8) << '\n';
    if (n_arguments > 1) {
        grid::field<1> distance{grid::cartesian<1>{{.upper = {10.0}, .cells = {2000}}}};
        for (std::ptrdiff_t i = 0; i < 2000; ++i) {
            auto const y = orbit(revolution * distance.grid().coordinate(0, i));
            distance(i) = std::hypot(y[0], y[1]);
        }
        grid::write_png(arguments[1], distance, {.title = "distance from the sun, over revolutions"});
    }
} catch (std::exception const& error) {
    std::cerr << error.what() << "\nusage: 21_following_an_orbit [picture.png]\n";
    return 2;
}

// Possibilities for extensions: another eccentricity; the energy and the angular momentum over a thousand revolutions.
