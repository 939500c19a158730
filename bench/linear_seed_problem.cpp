// SPDX-License-Identifier: MIT
// −Δu = f with a Gaussian charge on [−1,1]², n × n nodes including the boundary: cold, warm, and Eigen on the same.
// Usage: linear_seed_problem [--alone] [--rounds R] [n …]; --alone leaves Eigen out.
#include "alternate.hpp"

#include <poise/core/concat.hpp>
#include <poise/pde/solve.hpp>

#include <Eigen/SparseCholesky>
#include <Eigen/SparseCore>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace {

using namespace poise;
using poise_bench::median;

double charge(double x, double y) { return std::exp(-(x * x + y * y) / (2 * 0.1 * 0.1)); }

pde::poisson<2> seed_problem(std::ptrdiff_t nodes) {
    grid::cartesian<2> const square{
        {.lower = {-1, -1}, .upper = {1, 1}, .cells = {nodes - 1, nodes - 1}, .centering = grid::centering::node}};
    return {.domain = square, .source = charge, .boundary = grid::dirichlet{0.0}};
}

// What a user of Eigen writes: triplets, SimplicialLDLT with its AMD ordering, solve.
double with_eigen(std::ptrdiff_t nodes) {
    auto const n = static_cast<int>(nodes - 2);
    double const h = 2.0 / static_cast<double>(nodes - 1);
    std::vector<Eigen::Triplet<double>> triplets;
    triplets.reserve(static_cast<std::size_t>(5 * n * n));
    Eigen::VectorXd b(n * n);
    for (int j = 0; j < n; ++j)
        for (int i = 0; i < n; ++i) {
            int const row = i + n * j;
            triplets.emplace_back(row, row, 4 / (h * h));
            if (i > 0) triplets.emplace_back(row, row - 1, -1 / (h * h));
            if (i + 1 < n) triplets.emplace_back(row, row + 1, -1 / (h * h));
            if (j > 0) triplets.emplace_back(row, row - n, -1 / (h * h));
            if (j + 1 < n) triplets.emplace_back(row, row + n, -1 / (h * h));
            b(row) = charge(-1 + h * (i + 1), -1 + h * (j + 1));
        }
    Eigen::SparseMatrix<double> A(n * n, n * n);
    A.setFromTriplets(triplets.begin(), triplets.end());
    Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> const solver{A};
    return solver.solve(b).maxCoeff();
}

void measure(std::ptrdiff_t nodes, std::size_t n_rounds, bool alone) {
    auto const problem = seed_problem(nodes);
    linear::operator_cache cold_cache, warm_cache;
    std::vector<double> assembly, saved;
    double largest = 0.0, largest_eigen = 0.0;
    auto const cold = [&] {
        cold_cache.clear();
        return poise_bench::seconds_of([&] {
            auto const solution = pde::solve(problem, {.cache = &cold_cache});
            assembly.push_back(solution.report.assembly_s);
            largest = grid::extrema(solution.u.values()).max;
        });
    };
    auto const warm = [&] {
        warm_cache.clear();
        (void)pde::solve(problem, {.cache = &warm_cache});
        double const before = warm_cache.statistics().saved_s;
        double const seconds = poise_bench::seconds_of([&] { (void)pde::solve(problem, {.cache = &warm_cache}); });
        saved.push_back(warm_cache.statistics().saved_s - before);
        return seconds;
    };
    bool const with_rival = !alone && nodes <= 512;  // SimplicialLDLT takes half a minute for 1024²
    std::vector<std::function<double()>> bodies{cold, warm};
    if (with_rival)
        bodies.push_back([&] { return poise_bench::seconds_of([&] { largest_eigen = with_eigen(nodes); }); });
    auto const seconds = poise_bench::alternate(bodies, n_rounds);

    double const cold_s = median(seconds[0]), warm_s = median(seconds[1]);
    std::printf("%6td %10.3f %10.3f %7.1f %% %10.3f %9.1f %10.3f ", nodes, 1e3 * cold_s, 1e3 * median(assembly),
                100 * median(assembly) / cold_s, 1e3 * warm_s, cold_s / warm_s, 1e3 * median(saved));
    if (with_rival)
        std::printf("%10.3f %7.1f", 1e3 * median(seconds[2]), median(seconds[2]) / cold_s);
    else
        std::printf("%10s %7s", "-", "-");
    std::printf(" %8.1f %%\n", 100 * poise_bench::mad(seconds[0]) / cold_s);
    if (with_rival && std::abs(largest - largest_eigen) > 1e-10 * largest)
        std::printf("the solutions differ: %g %g\n", largest, largest_eigen);
}

}  // namespace

int main(int n_arguments, char** arguments) {
    std::vector<std::ptrdiff_t> sizes;
    std::size_t n_rounds = 0;
    bool alone = false;
    for (int a = 1; a < n_arguments; ++a) {
        std::string_view const text = arguments[a];
        if (text == "--alone") {
            alone = true;
            continue;
        }
        bool const is_rounds = text == "--rounds" && a + 1 < n_arguments;
        std::string_view const number = is_rounds ? arguments[++a] : text;
        std::ptrdiff_t value = 0;
        if (std::from_chars(number.data(), number.data() + number.size(), value).ptr != number.data() + number.size() ||
            value < 3) {
            std::fprintf(
                stderr,
                "usage: linear_seed_problem [--alone] [--rounds R] [n ...]; n is a number of nodes, 3 or more\n");
            return 2;
        }
        if (is_rounds)
            n_rounds = static_cast<std::size_t>(value);
        else
            sizes.push_back(value);
    }
    if (sizes.empty()) sizes = {40, 60, 80, 100, 256, 512, 1024};
    std::printf("times in ms, medians; MAD of cold\n%6s %10s %10s %9s %10s %9s %10s %10s %7s %10s\n", "nodes", "cold",
                "assembly", "share", "warm", "cold/warm", "saved", "Eigen", "ratio", "MAD");
    for (auto const nodes : sizes)
        measure(nodes, n_rounds != 0 ? n_rounds : nodes <= 128 ? 101 : nodes <= 512 ? 15 : 5, alone);
}
