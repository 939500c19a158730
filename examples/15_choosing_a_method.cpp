// SPDX-License-Identifier: MIT
// Lesson 15: which method solves this problem fastest, and what would another one cost?
//
// Five problems, each by every method that takes it: what the library chooses stands first. Cold is with nothing at
// hand, warm with the operator, plan, hierarchy or factor that the first solve left in the cache.
//
// Run:      15_choosing_a_method [cells a side, 200]
// Look at:  - constant coefficients: the fast transform is far ahead, cold and warm;
//           - coefficients that jump: the first solve by multigrid costs a part of what a factor does, later ones about
//             the same; its iterations do not grow with the grid, where those of conjugate gradients alone do;
//           - 3D, where a factor is dear; on a grid as coarse as this plain conjugate gradients keep up;
//           - waves, whose matrix has eigenvalues of both signs: none but the LU factorisation is for it;
//           - the largest difference from what was chosen: all methods solve the same equations.
#include <poise/pde.hpp>
#include <poise/profile.hpp>

#include <cmath>
#include <exception>
#include <iomanip>
#include <iostream>
#include <string>
#include <utility>

using namespace poise;

namespace {

using named_method = std::pair<char const*, pde::method>;
named_method const automatic{"automatic", pde::method::automatic}, multigrid{"multigrid", pde::method::multigrid},
    direct{"direct", pde::method::direct}, conjugate_gradients{"conjugate gradients", pde::method::conjugate_gradients};

template <class Problem>
void compare(std::string const& title, Problem const& problem, std::initializer_list<named_method> others) {
    auto const chosen = pde::solve(problem);
    std::cout << '\n' << title << ": " << chosen.report.method << ", because " << chosen.report.chosen << '\n';
    auto const row = [&](named_method const& named) {
        linear::operator_cache cache;
        pde::solve_options const options{.method = named.second, .cache = &cache};
        profile::timer const first;
        auto const [u, report] = pde::solve(problem, options);
        double const cold_s = first.seconds();
        profile::timer const second;
        (void)pde::solve(problem, options);
        double const warm_s = second.seconds();
        double difference = 0.0;
        for (std::size_t i = 0; i < u.values().size(); ++i)
            difference = std::max(difference, std::abs(u.values()[i] - chosen.u.values()[i]));
        std::cout << "  " << std::left << std::setw(22) << named.first << std::right << std::fixed
                  << std::setprecision(2) << std::setw(10) << 1e3 * cold_s << std::setw(10) << 1e3 * warm_s
                  << std::setw(12) << report.iterations << std::scientific << std::setprecision(1) << std::setw(12)
                  << difference << '\n';
    };
    std::cout << "                           cold ms   warm ms  iterations  difference\n";
    row(automatic);
    for (auto const& other : others) row(other);
}

template <std::size_t D>
grid::cartesian<D> box(std::ptrdiff_t n) {
    grid::extents<D> cells;
    cells.fill(n);
    return grid::cartesian<D>{{.cells = cells}};
}

}  // namespace

int main(int n_arguments, char** arguments) try {
    std::ptrdiff_t const n = n_arguments > 1 ? std::stol(arguments[1]) : 200;
    auto const chequers = [](auto... x) { return ((static_cast<int>(5 * x) + ...)) % 2 == 0 ? 1.0 : 1e4; };

    compare("Poisson 2D", pde::poisson<2>{.domain = box<2>(n), .source = 1.0},
            {multigrid, direct, conjugate_gradients});
    compare("chequers of 1 and 10000, 2D", pde::diffusion<2>{.domain = box<2>(n), .kappa = chequers, .source = 1.0},
            {direct, conjugate_gradients});
    compare("chequers of 1 and 10000, 3D",
            pde::diffusion<3>{.domain = box<3>(std::max<std::ptrdiff_t>(n / 8, 2)), .kappa = chequers, .source = 1.0},
            {direct, conjugate_gradients});
    auto const ring = grid::boundary<2>{grid::dirichlet{0.0}}.on(grid::side::x_lower, grid::periodic{});
    compare("around a ring, 2D",
            pde::diffusion<2>{.domain = box<2>(n), .kappa = chequers, .source = 1.0, .boundary = ring},
            {conjugate_gradients});
    compare("five waves across, 2D", pde::helmholtz<2>{.domain = box<2>(n), .shift = -1010.0, .source = 1.0}, {});
} catch (std::exception const& error) {
    std::cerr << error.what() << "\nusage: 15_choosing_a_method [cells a side, 200]\n";
    return 2;
}

// Possibilities for extensions: rtol of 1e-4 and 1e-12, which costs a factor nothing; a sweep over n, to see which line
// grows faster than the number of unknowns; your own coefficients.
