// SPDX-License-Identifier: MIT
// −Δu = f with a Gaussian charge on [−1,1]^D, n^D nodes including the boundary: solved as pde::solve chooses and by a
// factorisation, cold and warm, and by Eigen.
// Usage: linear_seed_problem [--alone] [--dimension D] [--rounds R] [n …]; --alone leaves out all but what is chosen.
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

auto const charge = [](auto... x) { return std::exp(-((x * x) + ...) / (2 * 0.1 * 0.1)); };

template <std::size_t D>
pde::poisson<D> seed_problem(std::ptrdiff_t nodes) {
    grid::extents<D> cells;
    cells.fill(nodes - 1);
    grid::cartesian<D> const box{{.lower = grid::uniform_point<D>(-1.0),
                                  .upper = grid::uniform_point<D>(1.0),
                                  .cells = cells,
                                  .centering = grid::centering::node}};
    return {.domain = box, .source = charge, .boundary = grid::dirichlet{0.0}};
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

// Solves of one problem by one method, with caches of their own.
template <std::size_t D>
struct solver {
    pde::poisson<D> const& problem;
    pde::method method;
    linear::operator_cache cold_cache{}, warm_cache{};
    double largest = 0.0;

    double cold() {
        cold_cache.clear();
        return poise_bench::seconds_of([&] {
            auto const solution = pde::solve(problem, {.method = method, .cache = &cold_cache});
            largest = grid::extrema(solution.u.values()).max;
        });
    }
    double warm() {
        warm_cache.clear();
        (void)pde::solve(problem, {.method = method, .cache = &warm_cache});
        return poise_bench::seconds_of([&] { (void)pde::solve(problem, {.method = method, .cache = &warm_cache}); });
    }
};

template <std::size_t D>
void measure(std::ptrdiff_t nodes, std::size_t n_rounds, bool alone) {
    auto const problem = seed_problem<D>(nodes);
    solver<D> chosen{problem, pde::method::automatic}, factored{problem, pde::method::direct};
    double largest_eigen = 0.0;
    // A factorisation in 3D and SimplicialLDLT on 1024² take half a minute.
    bool const with_factor = !alone && (D == 2 || nodes <= 40), with_eigen_too = !alone && D == 2 && nodes <= 512;
    std::vector<std::function<double()>> bodies{[&] { return chosen.cold(); }, [&] { return chosen.warm(); }};
    if (with_factor) {
        bodies.push_back([&] { return factored.cold(); });
        bodies.push_back([&] { return factored.warm(); });
    }
    if (with_eigen_too)
        bodies.push_back([&] { return poise_bench::seconds_of([&] { largest_eigen = with_eigen(nodes); }); });
    auto const seconds = poise_bench::alternate(bodies, n_rounds);
    std::printf("%6td", nodes);
    for (std::size_t i = 0; i < 5; ++i)
        if (i < seconds.size())
            std::printf(" %10.3f", 1e3 * median(seconds[i]));
        else
            std::printf(" %10s", "-");
    std::printf(" %8.1f %%\n", 100 * poise_bench::mad(seconds[0]) / median(seconds[0]));
    auto const expect_same = [&](double other) {
        if (std::abs(chosen.largest - other) > 1e-9 * chosen.largest)
            std::printf("the solutions differ: %g %g\n", chosen.largest, other);
    };
    if (with_factor) expect_same(factored.largest);
    if (with_eigen_too) expect_same(largest_eigen);
}

}  // namespace

int main(int n_arguments, char** arguments) {
    std::vector<std::ptrdiff_t> sizes;
    std::size_t n_rounds = 0;
    std::ptrdiff_t dimension = 2;
    bool alone = false;
    for (int a = 1; a < n_arguments; ++a) {
        std::string_view const text = arguments[a];
        if (text == "--alone") {
            alone = true;
            continue;
        }
        bool const is_rounds = text == "--rounds" && a + 1 < n_arguments;
        bool const is_dimension = text == "--dimension" && a + 1 < n_arguments;
        std::string_view const number = is_rounds || is_dimension ? arguments[++a] : text;
        std::ptrdiff_t value = 0;
        bool const is_number =
            std::from_chars(number.data(), number.data() + number.size(), value).ptr == number.data() + number.size();
        if (!is_number || (is_dimension ? value != 2 && value != 3 : value < 3)) {
            std::fprintf(stderr,
                         "usage: linear_seed_problem [--alone] [--dimension 2|3] [--rounds R] [n ...]; n is a number "
                         "of nodes, 3 or more\n");
            return 2;
        }
        if (is_rounds)
            n_rounds = static_cast<std::size_t>(value);
        else if (is_dimension)
            dimension = value;
        else
            sizes.push_back(value);
    }
    if (sizes.empty())
        sizes = dimension == 2 ? std::vector<std::ptrdiff_t>{40, 60, 80, 100, 256, 512, 1024}
                               : std::vector<std::ptrdiff_t>{20, 30, 40};
    std::printf("times in ms, medians; MAD of the first\n%6s %10s %10s %10s %10s %10s %10s\n", "nodes", "cold", "warm",
                "factor", "warm", "Eigen", "MAD");
    for (auto const nodes : sizes) {
        bool const is_small = dimension == 2 ? nodes <= 128 : nodes <= 32;
        std::size_t const rounds = n_rounds != 0 ? n_rounds : is_small ? 101 : nodes <= 512 ? 15 : 5;
        dimension == 2 ? measure<2>(nodes, rounds, alone) : measure<3>(nodes, rounds, alone);
    }
}
