// SPDX-License-Identifier: MIT
// Lesson 22: events: a ball that bounces, until it is too tired to.
//
// y'' = −g between bounces. Where the height passes through zero on its way down, the velocity is turned around and a
// tenth of it is lost; where the ball turns at the top, a second event only takes notes; below a metre it ends.
//
// Run:      22_bouncing_ball [picture.png]
// Look at:  - times of bounces, which are exact to rounding, whatever the steps are;
//           - that solution(t) is before the bounce on its left and after it on its right.
#include <poise/core/concat.hpp>
#include <poise/grid.hpp>
#include <poise/ode.hpp>

#include <array>
#include <cmath>
#include <exception>
#include <iostream>

using namespace poise;

namespace {

constexpr double g = 9.81, kept = 0.9;
using ball = std::array<double, 2>;  // height in m, velocity in m/s
auto const fall = [](double, ball const& y, ball& dydt) { dydt = {y[1], -g}; };

ode::event<ball> const bounce{.g = [](double, ball const& y) { return y[0]; },
                              .crossing = ode::crossing::falling,
                              .change =
                                  [](double, ball& y) {
                                      y = {0.0, -kept * y[1]};
                                  }};
ode::event<ball> const top{.g = [](double, ball const& y) { return y[1]; }, .crossing = ode::crossing::falling};

}  // namespace

int main(int n_arguments, char** arguments) try {
    double highest = 10.0;
    auto const is_tired = [&](double, ball const& y) {
        if (y[1] > 0.0) highest = y[1] * y[1] / (2.0 * g) + y[0];
        return highest > 1.0;
    };
    auto const solution = ode::solve(ode::problem{fall, ball{10.0, 0.0}, {0.0, 100.0}}, ode::tsitouras5{},
                                     {.events = {bounce, top}, .on_step = is_tired});
    double exact = std::sqrt(2.0 * 10.0 / g), flight = 2.0 * exact, worst = 0.0;
    int n_bounces = 0;
    for (auto const& [number, t, y] : solution.events) {
        if (number == 1) {
            std::cout << "up to " << to_text(y[0], 6) << " m at " << to_text(t, 6) << " s\n";
            continue;
        }
        ++n_bounces;
        worst = std::max(worst, std::abs(t - exact));
        exact += flight *= kept;
    }
    std::cout << n_bounces << " bounces, each within " << (worst < 1e-9 ? "a nanosecond" : to_text(worst, 2))
              << " of its time\n"
              << solution.report << '\n';
    if (n_arguments > 1) {
        grid::field<1> height{grid::cartesian<1>{{.upper = {solution.t.back()}, .cells = {2000}}}};
        for (std::ptrdiff_t i = 0; i < 2000; ++i) height(i) = solution(height.grid().coordinate(0, i))[0];
        grid::write_png(arguments[1], height, {.title = "height", .unit = "m", .axes = {'t', 'y'}, .length_unit = "s"});
    }
} catch (std::exception const& error) {
    std::cerr << error.what() << "\nusage: 22_bouncing_ball [picture.png]\n";
    return 2;
}

// Possibilities for extensions: drag, −c v |v|; a floor that moves, g = y − a sin(ω t).
