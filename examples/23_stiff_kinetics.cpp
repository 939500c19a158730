// SPDX-License-Identifier: MIT
// Lesson 23: a stiff problem: three species that react over eleven decades of time (Robertson).
//
// y₂ is made slowly and used up at once: a transient of 10⁻⁴ that an explicit method has to resolve for ever, and that
// a Rosenbrock method steps over. Its Jacobian comes from f itself, called with numbers that carry derivatives.
//
// Run:      23_stiff_kinetics
// Look at:  - steps of the explicit method until its budget is spent, and how far it came;
//           - atol of each component: y₂ is 10⁻⁵ at most, and 10⁻¹³ in the end.
#include <poise/core/concat.hpp>
#include <poise/ode.hpp>

#include <cmath>
#include <exception>
#include <iomanip>
#include <iostream>

using namespace poise;

namespace {

struct kinetics {
    template <class Time, class State, class Slope>
    void operator()(Time const&, State const& y, Slope& dydt) const {
        auto const slow = 0.04 * y[0], fast = 3e7 * y[1] * y[1], back = 1e4 * y[1] * y[2];
        dydt[0] = back - slow;
        dydt[1] = slow - back - fast;
        dydt[2] = fast;
    }
};

}  // namespace

int main() try {
    ode::problem const robertson{ode::differentiable{kinetics{}}, {1.0, 0.0, 0.0}, {0.0, 1e11}};
    auto const solution = ode::solve(robertson, ode::rodas5p{}, {.rtol = 1e-7, .atol = {1e-10, 1e-16, 1e-10}});
    std::cout << solution.report << "\n\n         t           A           B           C         sum - 1\n";
    for (double t = 1e-4; t < 2e11; t *= 1e3) {
        auto const y = solution(std::min(t, 1e11));
        double const lost = std::abs(y[0] + y[1] + y[2] - 1.0);
        std::cout << std::setw(10) << to_text(t, 2) << std::setw(12) << to_text(y[0], 4) << std::setw(12)
                  << to_text(y[1], 4) << std::setw(12) << to_text(y[2], 4) << std::setw(16)
                  << (lost < 1e-12 ? "rounding" : to_text(lost, 1)) << '\n';
    }
    auto const explicit_one =
        ode::solve(robertson, ode::tsitouras5{},
                   {.max_steps = 100'000, .keep = ode::keep::ends, .on_failure = ode::on_failure::return_report});
    std::cout << '\n' << explicit_one.report << '\n';
} catch (std::exception const& error) {
    std::cerr << error.what() << "\nusage: 23_stiff_kinetics\n";
    return 2;
}

// Possibilities for extensions: the same by differences, without ode::differentiable: what does the report say then?
