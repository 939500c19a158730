// SPDX-License-Identifier: MIT
// Lesson 25: an equation whose parameters are known to lie somewhere: thousands of trajectories, and what they have in
// common.
//
// An epidemic: of a population the share s is still to be infected, i is ill, s' = -beta s i, i' = beta s i - gamma i.
// A day's contacts beta and the rate gamma of recovery are only known to be between bounds; 20000 pairs fill these
// evenly. How many are ill after so many days, and how many will never have been?
//
// Run:      25_ensemble
// Look at:  - one equation, written once, for numbers of any type: ode::solve computes with those of 16 trajectories;
//           - statistics and a histogram, while nothing is kept of the trajectories' states on their way;
//           - a loop over single problems, which takes the same steps and many times as long.
#include <poise/core/concat.hpp>
#include <poise/ode.hpp>
#include <poise/profile/timer.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <iomanip>
#include <iostream>
#include <string>

using namespace poise;

namespace {

auto const epidemic = [](auto const&, auto const& y, auto& dydt, auto const& p) {
    auto const infected = p[0] * y[0] * y[1];
    dydt = {-infected, infected - p[1] * y[1]};
};
// Evenly over the rectangle, without chance: multiples of two irrational numbers (Roberts 2018).
auto const parameters = [](std::size_t i) {
    double const k = static_cast<double>(i) + 0.5, u = k * 0.7548776662466927, v = k * 0.5698402909980532;
    return ode::start{{0.999, 0.001}, {0.25 + 0.2 * (u - std::floor(u)), 0.1 + 0.05 * (v - std::floor(v))}};
};

}  // namespace

int main() try {
    // Step 1: all of them at once.
    ode::ensemble const towns{epidemic, {0.0, 200.0}, 20'000, parameters};
    auto const result = ode::solve(towns, ode::tsitouras5{},
                                   {.save_at = {20, 40, 60, 80, 100, 200},
                                    .keep = ode::keep_saved::none,
                                    .histograms = {{.component = 0, .lower = 0.0, .upper = 0.35, .n_bins = 7}}});
    std::cout << result.report << "\n\n";

    // Step 2: what they have in common.
    auto const& found = result.distribution;
    std::cout << "day   ill: mean  deviation   least    most\n" << std::fixed << std::setprecision(4);
    for (std::size_t time = 0; time < found.times().size(); ++time)
        std::cout << std::setw(3) << static_cast<int>(found.times()[time]) << std::setw(12) << found.mean(time, 1)
                  << std::setw(11) << std::sqrt(found.variance(time, 1)) << std::setw(8) << found.min(time, 1)
                  << std::setw(8) << found.max(time, 1) << '\n';
    auto const& spared = found.histogram(found.times().size() - 1);
    std::cout << "\nnever infected, and how many towns\n";
    for (std::size_t bin = 0; bin < spared.counts.size(); ++bin)
        std::cout << std::setprecision(2) << spared.edge(bin) << " - " << spared.edge(bin + 1) << std::setw(6)
                  << spared.counts[bin] << ' ' << std::string((spared.counts[bin] + 99) / 100, '#') << '\n';

    // Step 3: the same, one by one.
    profile::timer const taken;
    double largest = 0.0;
    for (std::size_t i = 0; i < towns.size(); ++i) {
        auto const [y0, p] = towns.start(i);
        auto const f = [&p](double t, auto const& y, auto& dydt) { epidemic(t, y, dydt, p); };
        auto const one =
            ode::solve(ode::problem{f, y0, towns.t()}, ode::tsitouras5{}, {.keep = ode::keep::ends}).y.back();
        largest = std::max(largest, std::abs(one[0] - result.y[i][0]));
    }
    std::cout << "\none by one " << to_text(taken.seconds() / result.report.solve_s, 3)
              << " times as long; the largest difference is below 1e-6: " << std::boolalpha << (largest < 1e-6) << '\n';
} catch (std::exception const& error) {
    std::cerr << error.what() << '\n';
    return 2;
}

// Possibilities for extensions: a sink that writes trajectories to a file; rates that change with the season, by t.
