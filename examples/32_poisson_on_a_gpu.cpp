// SPDX-License-Identifier: MIT
// Lesson 32: the same problem on the processor and on a GPU: one argument is another.
//
// A heated plate: -Laplacian u = q, q = 50 in a small square and 0 elsewhere, u = 0 around it, and one of its sides
// insulated. On ever finer grids: from what size on does a GPU pay?
//
// Run:      32_poisson_on_a_gpu                    on the first GPU that works, else on the processor
//           POISE_DEVICE=cpu 32_poisson_on_a_gpu   on the processor
// Look at:  - .device, the one argument; there is no other build for machines without a GPU;
//           - the report, which names the device, and the reason where best() found no GPU;
//           - the times: the first solve there sets its grids up, later ones find them in the operator cache;
//           - 32_poisson_on_a_gpu.png, the plate.
#include <poise/core/concat.hpp>
#include <poise/grid.hpp>
#include <poise/pde.hpp>
#include <poise/profile/timer.hpp>

#include <cstddef>
#include <exception>
#include <iomanip>
#include <iostream>

using namespace poise;

namespace {

pde::poisson<2> plate(std::ptrdiff_t n) {
    grid::cartesian<2> const square{{.lower = {0.0, 0.0}, .upper = {1.0, 1.0}, .cells = {n, n}}};
    return {.domain = square,
            .source = [](double x, double y) { return x > 0.6 && x < 0.8 && y > 0.2 && y < 0.5 ? 50.0 : 0.0; },
            .boundary = grid::boundary<2>{grid::dirichlet{0.0}}.on(grid::side::x_lower, grid::neumann{0.0})};
}

double ms_of_solve(std::ptrdiff_t n, pde::solve_options const& options) {
    profile::timer const taken;
    (void)pde::solve(plate(n), options);
    return 1e3 * taken.seconds();
}

}  // namespace

int main() try {
    // Step 1: by name. Who names a GPU that cannot be used is told why, and gets no other device.
    try {
        auto const named = device::cuda(0);
        std::cout << "asked for cuda:0: " << named << '\n';
    } catch (device_unavailable const& why) {
        std::cout << "asked for cuda:0: not there, " << to_string(why.fault()) << '\n';
    }

    // Step 2: the best that there is, and the same problem on both.
    auto const best = device::best();
    auto const here = pde::solve(plate(512), {.rtol = 1e-10});
    auto const there = pde::solve(plate(512), {.rtol = 1e-10, .device = best});
    std::cout << here.report << '\n' << there.report << '\n';
    std::cout << "largest u " << to_text(norm_max(here.u), 3) << ", on both the same to "
              << (norm_max(here.u - there.u) < 1e-8 ? "1e-8" : "less than 1e-8") << "\n\n";

    // Step 3: where it pays. Times hold the source's evaluation, and copies to the GPU and back.
    std::cout << "    cells    processor ms    " << best.name() << " ms, first    again\n" << std::fixed;
    for (std::ptrdiff_t n = 64; n <= 1024; n *= 2) {
        (void)ms_of_solve(n, {});
        double const on_processor = ms_of_solve(n, {}), first = ms_of_solve(n, {.device = best});
        std::cout << std::setw(5) << n << "^2" << std::setprecision(2) << std::setw(16) << on_processor << std::setw(20)
                  << first << std::setw(9) << ms_of_solve(n, {.device = best}) << '\n';
    }

    grid::write_png("32_poisson_on_a_gpu.png", there.u, {.title = concat("u, on ", best.name())});
    std::cout << "\nwrote 32_poisson_on_a_gpu.png\n";
} catch (std::exception const& error) {
    std::cerr << error.what() << '\n';
    return 2;
}

// Possibilities for extensions: a cube; a shift, and what it does to the number of cycles; a fixed rtol of 1e-4.
