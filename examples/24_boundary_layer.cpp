// SPDX-License-Identifier: MIT
// Lesson 24: a boundary-value problem with a layer inside, ε y" + x y' = −ε π² cos πx − πx sin πx, y(−1) = −2, y(1) =
// 0.
//
// What blows towards 0 from both sides, −x, meets there in a layer of width √ε. As a system of first order it is
// y₀' = y₁, y₁' = (… − x y₁)/ε; what is known at both ends is a function of both states. Collocation puts its points
// where the solution bends. The exact one is cos πx + erf(x/√2ε)/erf(1/√2ε).
//
// Run:      24_boundary_layer
// Look at:  - the error against what the report says that it is;
//           - how narrow intervals are at 0, and how few more of them a thinner layer takes;
//           - why shooting fails.
#include <poise/core/concat.hpp>
#include <poise/ode.hpp>

#include <algorithm>
#include <cmath>
#include <exception>
#include <iomanip>
#include <iostream>
#include <numbers>

using namespace poise;

namespace {

auto layer(double epsilon) {
    constexpr double pi = std::numbers::pi;
    ode::differentiable const f{[epsilon](double x, auto const& y, auto& slope) {
        double const source = -epsilon * pi * pi * std::cos(pi * x) - pi * x * std::sin(pi * x);
        slope = {y[1], (source - x * y[1]) / epsilon};
    }};
    ode::differentiable const g{[](auto const& ya, auto const& yb, auto& residual) {
        residual = {ya[0] + 2.0, yb[0]};
    }};
    return ode::boundary_problem{f, g, {-1.0, 1.0}};
}

double exact(double epsilon, double x) {
    double const width = std::sqrt(2.0 * epsilon);
    return std::cos(std::numbers::pi * x) + std::erf(x / width) / std::erf(1.0 / width);
}

}  // namespace

int main() try {
    // 1. Thinner and thinner, each from nothing.
    std::cout << "    epsilon  intervals  narrowest  widest  error     estimate\n";
    for (double const epsilon : {1e-2, 1e-4, 1e-6}) {
        auto const solution = ode::solve(layer(epsilon), {0.0, 0.0}, ode::gauss_collocation{});
        double error = 0.0, narrowest = 2.0, widest = 0.0;
        for (std::size_t i = 0; i + 1 < solution.x.size(); ++i) {
            double const width = solution.x[i + 1] - solution.x[i], middle = solution.x[i] + 0.4 * width;
            narrowest = std::min(narrowest, width);
            widest = std::max(widest, width);
            error = std::max(error, std::abs(solution(middle)[0] - exact(epsilon, middle)));
        }
        std::cout << std::setw(11) << to_text(epsilon, 1) << std::setw(11) << solution.report.n_intervals
                  << std::setw(11) << to_text(narrowest, 1) << std::setw(8) << to_text(widest, 1) << "  "
                  << (error <= 3e-6 ? "<= 3e-6" : "too large") << "   "
                  << (error <= 2.0 * solution.error[0] ? "holds" : "is too small") << '\n';
    }

    // 2. The mesh about the layer, in its own widths.
    double const epsilon = 1e-4;
    auto const solution = ode::solve(layer(epsilon), {0.0, 0.0}, ode::gauss_collocation{});
    for (double const widths : {1.0, 3.0, 10.0}) {
        auto const n =
            std::ranges::count_if(solution.x, [&](double x) { return std::abs(x) <= widths * std::sqrt(epsilon); });
        std::cout << "\nwithin " << widths << " widths of the layer: " << n << " of " << solution.x.size() << " points";
    }

    // 3. From −1 all solutions but one leave at once: an initial-value problem that nobody can solve.
    auto const shot =
        ode::solve(layer(epsilon), {0.0, 0.0}, ode::shooting{}, {.on_failure = ode::on_failure::return_report});
    std::cout << "\n\n" << solution.report << '\n' << shot.report << '\n';
} catch (std::exception const& error) {
    std::cerr << error.what() << "\nusage: 24_boundary_layer\n";
    return 2;
}

// Possibilities for extensions: what does ode::gauss_collocation<6>{} take? Where is the layer for y(−1) = 2, y(1) = 0?
