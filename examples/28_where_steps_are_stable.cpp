// SPDX-License-Identifier: MIT
// Lesson 28: where steps are stable: what a method makes of y' = λy, and what that asks of a step.
//
// A step multiplies y by R(hλ). Where |R| > 1 an error grows from step to step, however small it was: the region where
// it does not is a method's, the eigenvalues are the problem's, and h is what has to bring them together.
//
// Run:      28_where_steps_are_stable [prefix of the picture]
// Look at:  - the steps that two explicit methods may take on Robertson's kinetics, and what they take;
//           - regions.png: |R| of five methods, dark where a mode decays; the last two are dark on all of the left.
#include <poise/core/concat.hpp>
#include <poise/grid/png.hpp>
#include <poise/ode.hpp>

#include <algorithm>
#include <array>
#include <complex>
#include <exception>
#include <iostream>
#include <string>

using namespace poise;

namespace {

struct kinetics {
    template <class Time, class State, class Slope>
    void operator()(Time const&, State const& y, Slope& dydt) const {
        dydt[0] = -0.04 * y[0] + 1e4 * y[1] * y[2];
        dydt[2] = 3e7 * y[1] * y[1];
        dydt[1] = -dydt[0] - dydt[2];
    }
};

// 1. What a method may do on a problem at a point, and what it does from there on.
template <class Method>
void report(Method const& method, std::array<double, 3> const& y, ode::stiffness const& rates) {
    double const stable = largest_stable_step(method, rates);
    auto const run = ode::solve(ode::problem{ode::differentiable{kinetics{}}, y, {0.0, 10.0}}, method,
                                {.rtol = 1e-4, .atol = {1e-8, 1e-12, 1e-8}, .keep = ode::keep::ends});
    std::cout << method.name << ": stable up to h = " << to_text(stable, 2) << ", takes "
              << to_text(10.0 / static_cast<double>(run.statistics.n_steps), 2) << " on average\n";
}

// 2. |R| over [-8, 4] × [-6, 6], at most 1.5, of one method in the picture of all.
template <class Method>
void paint(Method const& method, double left, grid::field<2>& picture) {
    grid::for_each_point(picture.grid(), [&](std::size_t i, grid::point<2> const& x) {
        if (x[0] < left || x[0] >= left + 12.0) return;
        std::complex<double> const z{x[0] - left - 8.0, x[1]};
        picture.values()[i] = std::min(1.5, std::abs(stability_function(method, z)));
    });
}

}  // namespace

int main(int n_arguments, char** arguments) try {
    std::array const y{0.7, 1e-5, 0.3};
    auto const rates = ode::stiffness_of(ode::differentiable{kinetics{}}, 0.0, y);
    std::cout << "rates from " << to_text(rates.slowest, 2) << " to " << to_text(rates.fastest, 2) << " a second\n";
    report(ode::tsitouras5{}, y, rates);
    report(ode::verner7{}, y, rates);
    report(ode::rodas5p{}, y, rates);
    report(ode::esdirk4{}, y, rates);

    std::string const prefix = n_arguments > 1 ? arguments[1] : "";
    grid::field<2> picture{grid::cartesian<2>{{.lower = {0, -6}, .upper = {60, 6}, .cells = {1200, 240}}}};
    paint(ode::bogacki_shampine3{}, 0.0, picture);
    paint(ode::tsitouras5{}, 12.0, picture);
    paint(ode::verner7{}, 24.0, picture);
    paint(ode::rodas5p{}, 36.0, picture);
    paint(ode::esdirk4{}, 48.0, picture);
    grid::write_png(prefix + "regions.png", picture,
                    {.title = "|R(z)|: Bogacki-Shampine 3, Tsitouras 5, Verner 7, Rodas5P, ESDIRK 4",
                     .width_pixels = 1600,
                     .contours = 2});
    std::cout << prefix << "regions.png: stable below the upper of the two lines, |R| = 1\n";
} catch (std::exception const& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
