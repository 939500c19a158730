// SPDX-License-Identifier: MIT
// Lesson 17: one body, many loads: what is prepared once, and what each further load costs.
//
// A plate with a stiff frame, heated at one of 36 places after the other: the matrix and its hierarchy, or its factor,
// are the same for all. The cache finds them by the values of the coefficients; nothing has to be passed on by hand. As
// the problem is linear, the answer to any mixture of loads is the mixture of the answers.
//
// Run:      17_many_right_hand_sides [cells a side, 300]
// Look at:  - the first solve of each method against the later ones;
//           - from how many loads on a factor pays;
//           - what the cache says it saved;
//           - the mixture, which agrees with the solve for all loads at once.
#include <poise/grid.hpp>
#include <poise/pde.hpp>
#include <poise/profile.hpp>

#include <cmath>
#include <exception>
#include <iomanip>
#include <iostream>
#include <vector>

using namespace poise;

int main(int n_arguments, char** arguments) try {
    std::ptrdiff_t const n = n_arguments > 1 ? std::stol(arguments[1]) : 300;
    grid::cartesian<2> const plate{{.cells = {n, n}}};
    auto const frame = [](double x, double y) {
        return std::fmod(6 * x, 1.0) < 0.2 || std::fmod(6 * y, 1.0) < 0.2 ? 50.0 : 1.0;
    };
    auto const heater = [](double a, double b) {
        return [=](double x, double y) { return std::exp(-((x - a) * (x - a) + (y - b) * (y - b)) / 0.002); };
    };
    auto const problem = [&](grid::scalar_function<2> source) {
        return pde::diffusion<2>{.domain = plate, .kappa = frame, .source = std::move(source)};
    };

    std::cout << std::fixed << std::setprecision(2);
    for (auto const by : {pde::method::multigrid, pde::method::direct}) {
        linear::operator_cache cache;
        pde::solve_options const options{.rtol = 1e-10, .method = by, .cache = &cache};
        grid::field<2> mixture{plate};
        double first_s = 0.0, later_s = 0.0;
        for (int load = 0; load < 36; ++load) {
            profile::timer const taken;
            auto const u = pde::solve(problem(heater((load % 6 + 0.5) / 6, (load / 6 + 0.5) / 6)), options).u;
            (load == 0 ? first_s : later_s) += taken.seconds();
            for (std::size_t i = 0; i < u.values().size(); ++i) mixture.values()[i] += u.values()[i];
        }
        auto const all = pde::solve(problem([&](double x, double y) {
                                        double sum = 0.0;
                                        for (int load = 0; load < 36; ++load)
                                            sum += heater((load % 6 + 0.5) / 6, (load / 6 + 0.5) / 6)(x, y);
                                        return sum;
                                    }),
                                    options);
        double difference = 0.0;
        for (std::size_t i = 0; i < mixture.values().size(); ++i)
            difference = std::max(difference, std::abs(mixture.values()[i] - all.u.values()[i]));
        auto const statistics = cache.statistics();
        std::cout << all.report.method << "\n  first load " << 1e3 * first_s << " ms, each later one "
                  << 1e3 * later_s / 35 << " ms\n  the cache: " << statistics.misses << " built, " << statistics.hits
                  << " found, " << 1e3 * statistics.saved_s
                  << " ms saved\n  mixture of answers - answer to the mixture: "
                  << (difference < 1e-9 * grid::extrema(all.u.values()).max ? "less than 1e-9 of it" : "too much")
                  << '\n';
    }
} catch (std::exception const& error) {
    std::cerr << error.what() << "\nusage: 17_many_right_hand_sides [cells a side, 300]\n";
    return 2;
}

// Possibilities for extensions: the loads as tasks of an executor (lesson 8), which share the operator too; a frame
// that changes, and what that costs; a cache too small to keep the factor (operator_cache_options::max_bytes).
