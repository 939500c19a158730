// SPDX-License-Identifier: MIT
// Lesson 30: spots that grow, divide and fill a dish (Gray and Scott's reaction).
//
// u feeds v: u + 2v → 3v; u comes in at a rate, v goes out at another. Both diffuse, u twice as fast. From one spot of
// v come two, four, many, until the dish is full of them: a pattern that nothing but the two numbers below decides.
//
// Run:      30_gray_scott [cells a side, 160] [end of time, 6000] [picture, gray_scott.png]
// Look at:  - the picture: v at six moments, the first row from left to right, then the second;
//           - the method, and why: diffusion is not fast enough beside the reaction to be worth transforms;
//           - the evaluations: some ten stages a step, all of them in one sweep over memory;
//           - the amounts: u is used up where v is.
#include <poise/core/concat.hpp>
#include <poise/grid.hpp>
#include <poise/pde.hpp>

#include <cmath>
#include <exception>
#include <iomanip>
#include <iostream>
#include <string>

using namespace poise;

int main(int n_arguments, char** arguments) try {
    std::ptrdiff_t const n = n_arguments > 1 ? std::stol(arguments[1]) : 160;
    double const end = n_arguments > 2 ? std::stod(arguments[2]) : 6000.0;
    std::string const picture = n_arguments > 3 ? arguments[3] : "gray_scott.png";

    // 1. A dish that goes on where it ends, u everywhere, and a spot of v a little off its middle.
    double const width = 1.6;
    grid::cartesian<2> const dish{{.upper = {width, width}, .cells = {n, n}}};
    auto const spot = [=](double x, double y) {
        double const a = x - 0.5 * width, b = y - 0.47 * width;
        return std::exp(-300.0 * (a * a + 1.5 * b * b));
    };
    pde::reaction_diffusion<2, 2> const problem{.domain = dish,
                                                .diffusivity = {2e-5, 1e-5},
                                                .reaction = pde::gray_scott_reaction{.feed = 0.034, .kill = 0.063},
                                                .boundary = grid::periodic{},
                                                .initial = {[=](double x, double y) { return 1.0 - 0.5 * spot(x, y); },
                                                            [=](double x, double y) { return 0.25 * spot(x, y); }},
                                                .t = {0.0, end}};

    // 2. Six moments, each twice as late as the one before it or so.
    pde::species_options<2> options{.rtol = 1e-3, .atol = 1e-5};
    for (double const part : {0.0, 0.06, 0.12, 0.25, 0.5}) options.save_at.push_back(part * end);
    auto const result = pde::solve(problem, options);

    // 3. Side by side, and how much of the dish is spots.
    grid::field<2> all{grid::cartesian<2>{{.upper = {3.0 * width, 2.0 * width}, .cells = {3 * n, 2 * n}}}};
    std::cout << "     t   v in all   v > 0.1\n" << std::fixed;
    for (std::size_t moment = 0; moment < result.t.size(); ++moment) {
        auto const& v = result.u[moment][1];
        auto const column = static_cast<std::ptrdiff_t>(moment % 3), row = static_cast<std::ptrdiff_t>(1 - moment / 3);
        double covered = 0.0;
        for (std::ptrdiff_t j = 0; j < n; ++j)
            for (std::ptrdiff_t i = 0; i < n; ++i) {
                all(column * n + i, row * n + j) = v(i, j);
                covered += v(i, j) > 0.1 ? 1.0 : 0.0;
            }
        std::cout << std::setw(6) << std::setprecision(0) << result.t[moment] << std::setw(11) << std::setprecision(4)
                  << grid::integral(v) << std::setw(8) << std::setprecision(1)
                  << 100.0 * covered / static_cast<double>(n * n) << " %\n";
    }
    grid::write_png(picture, all, {.title = "v at six moments"});

    // 4. What it took.
    auto const& report = result.report;
    std::cout << '\n'
              << report.method << " (" << report.chosen << "):\n"
              << report.n_steps << " steps, " << report.n_evaluations << " evaluations of " << report.n_unknowns
              << " unknowns\nwrote " << picture << '\n';
} catch (std::exception const& error) {
    std::cerr << error.what()
              << "\nusage: 30_gray_scott [cells a side, 160] [end of time, 6000] [picture, gray_scott.png]\n";
    return 2;
}

// Possibilities for extensions: feed = 0.03 and kill = 0.057 make a maze; feed that grows along x (a reaction may take
// the place as well) shows many patterns in one dish; three dimensions.
