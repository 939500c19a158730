// SPDX-License-Identifier: MIT
// Lesson 4: how do time and memory of a factorisation grow with the grid?
//
// -Laplace(u) = 1 on the unit square, N = n^2 unknowns. Nested dissection promises a factorisation in O(N^1.5)
// operations with O(N log N) entries (George, 1973), and so a solve with the factor in O(N log N). A measured t = c N^p
// is a straight line of slope p in logarithms; least squares over the grids give p and its standard error.
//
// Run:      04_scaling_of_the_solvers [FOLDER [LARGEST]]     FOLDER: out/profiling; LARGEST n: 512, at least 128
// Look at:  - the exponents, smaller than promised as long as overhead and caches rule the small grids, and their
//             errors: one that is not small against the exponent says that the points are on no line;
//           - warm: a solve with the operator from the cache; above N log N once the factor leaves the caches.
#include <poise/poise.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

using namespace poise;

namespace {

using costs = std::array<double, 5>;  // unknowns, assemble ms, factorise ms, warm ms, peak MiB

// Three solves with a fresh operator and ten with a kept one, each kind in a scope; the report has the times
// afterwards.
costs measure(std::ptrdiff_t n) {
    grid::cartesian<2> const square{{.lower = {0, 0}, .upper = {1, 1}, .cells = {n, n}}};
    pde::poisson<2> const problem{.domain = square, .source = 1.0, .boundary = grid::dirichlet{0.0}};
    linear::operator_cache cache;
    auto const name = "n = " + std::to_string(n);
    for (int i = 0; i < 13; ++i) {
        if (i < 3) cache.clear();
        profile::scope const timing_grid{name};
        profile::scope const timing{std::string{i < 3 ? "cold" : "warm"}};
        profile::keep(pde::solve(problem, {.method = pde::method::direct, .cache = &cache}).u.values().data());
    }
    profile::report const now;
    auto const& cold = *now.find(name + "/cold");  // of which the shortest call: interruptions only make one longer
    auto const& build = *cold.find("pde::solve/build operator");
    return {static_cast<double>(n * n), 1e3 * build.find("assemble")->min_s, 1e3 * build.find("factorise")->min_s,
            1e3 * now.find(name + "/warm")->min_s, static_cast<double>(cold.peak_bytes) / (1 << 20)};
}

// p of y = c N^p and its standard error.
std::string exponent(std::vector<costs> const& grids, std::size_t column) {
    double m = double(grids.size()), x = 0, y = 0, xx = 0, xy = 0, yy = 0;
    for (costs const& g : grids) {
        double const u = std::log(g[0]), v = std::log(g[column]);
        x += u, y += v, xx += u * u, xy += u * v, yy += v * v;
    }
    double const sxx = xx - x * x / m, sxy = xy - x * y / m, syy = yy - y * y / m, p = sxy / sxx;
    std::ostringstream text;
    text << std::fixed << std::setprecision(2) << p << " ± " << std::sqrt(std::max(0.0, syy / sxx - p * p) / (m - 2.0));
    return text.str();
}

}  // namespace

int main(int argc, char** argv) {
    std::filesystem::path const folder = argc > 1 ? argv[1] : "out/profiling";
    std::filesystem::create_directories(folder);
    long const largest = std::max(128L, argc > 2 ? std::atol(argv[2]) : 512);  // a line needs three points
    profile::enable({.memory = true});

    std::cout << "  unknowns  assemble, ms  factorise, ms      warm, ms     peak, MiB\n" << std::fixed;
    std::vector<costs> grids;
    for (std::ptrdiff_t n = 32; n <= largest; n *= 2) {
        costs const& g = grids.emplace_back(measure(n));
        std::cout << std::setprecision(0) << std::setw(10) << g[0] << std::setprecision(3);
        for (std::size_t column = 1; column < g.size(); ++column) std::cout << std::setw(14) << g[column];
        std::cout << '\n';
    }
    for (std::size_t column = 1; column < 5; ++column)
        std::cout << (column == 1 ? "exponent  " : "") << std::setw(15) << exponent(grids, column);

    auto const last = std::ssize(grids) - 1;
    grid::field<1> line{grid::cartesian<1>{
        {.lower = {5.0}, .upper = {5.0 + double(last)}, .cells = {last}, .centering = grid::centering::node}}};
    for (std::size_t i = 0; i < grids.size(); ++i) line.values()[i] = std::log10(grids[i][2]);
    grid::write_png((folder / "scaling.png").string(), line,
                    {.title = "log10 of the milliseconds to factorise over log2 of n"});
    std::cout << "\n\nWritten: " << (folder / "scaling.png").string() << '\n';
}
