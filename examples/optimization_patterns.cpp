// SPDX-License-Identifier: MIT
// Nine patterns of the trade, each before and after, compared where it runs. docs/optimization-guide.md explains them.
//
// usage: optimization_patterns [check | NAME]    check: compares the results alone, not the times; NAME: one of them
#include <poise/poise.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace poise;

namespace {

struct pattern {
    std::string name;
    std::function<double()> before, after;  // the same number, but for rounding
};

std::vector<double> waves(std::size_t n) {
    std::vector<double> x(n);
    for (std::size_t i = 0; i < n; ++i) x[i] = std::sin(0.001 * static_cast<double>(i + 1));
    return x;
}

// A sum in one variable waits for each addition, in the order written; sum() adds in lanes, in an order of its own.
pattern vectorisation() {
    auto const x = waves(4096);
    return {"vectorisation",
            [x] {
                double sum = 0.0;
                for (double const value : x) sum += value;
                return sum;
            },
            [x] { return sum(x); }};
}

// A row of -Δ in 2D has five entries; the dense one stores and multiplies zeros.
pattern sparsity() {
    grid::cartesian<2> const square{{.lower = {0, 0}, .upper = {1, 1}, .cells = {24, 24}}};
    grid::boundary<2> const zero = grid::dirichlet{0.0};
    auto const sparse = std::make_shared<linear::csr_matrix const>(linear::neg_laplacian(square, zero.kinds()));
    auto const n = static_cast<std::size_t>(sparse->n_rows());
    std::vector<double> dense(n * n);
    auto const A = sparse->view();
    for (std::size_t row = 0, k = 0; row < n; ++row)
        for (; k < static_cast<std::size_t>(A.row_start[row + 1]); ++k)
            dense[row * n + static_cast<std::size_t>(A.columns[k])] = A.values[k];
    auto const x = waves(n);
    return {"sparsity",
            [=, y = std::vector<double>(n)]() mutable {
                for (std::size_t row = 0; row < n; ++row) y[row] = dot(std::span{dense}.subspan(row * n, n), x);
                return norm_max(y);
            },
            [=, y = std::vector<double>(n)]() mutable {
                linear::multiply(*sparse, x, y);
                return norm_max(y);
            }};
}

double solve_with(linear::operator_cache& cache) {
    grid::cartesian<2> const square{{.lower = {0, 0}, .upper = {1, 1}, .cells = {48, 48}}};
    pde::poisson<2> const problem{.domain = square,
                                  .source = [](double x, double y) { return x * (1 - x) + y * (1 - y); },
                                  .boundary = grid::dirichlet{0.0}};
    return norm_max(pde::solve(problem, {.method = pde::method::direct, .cache = &cache}).u.values());
}

// The operator is assembled and factored once for every solve, or once.
pattern caching() {
    auto const kept = std::make_shared<linear::operator_cache>();
    return {"caching",
            [] {
                linear::operator_cache fresh;
                return solve_with(fresh);
            },
            [kept] { return solve_with(*kept); }};
}

// x with x + exp(x) = t, by Newton's method: 64 different t, asked for 1024 times.
double root(double t) {
    double x = t > 1.0 ? std::log(t) : 0.0;
    for (int i = 0; i < 20; ++i) x -= (x + std::exp(x) - t) / (1.0 + std::exp(x));
    return x;
}
pattern memoisation() {
    auto const ask = [](auto const& answer) {
        double sum = 0.0;
        for (int i = 0; i < 1024; ++i) sum += answer(0.25 * (i % 64));
        return sum;
    };
    auto const known = std::make_shared<single_flight_cache<double, double>>(std::size_t{1} << 20);
    return {"memoisation", [ask] { return ask(root); },
            [ask, known] {
                return ask([&](double t) {
                    return *known
                                ->get(
                                    t, [&] { return root(t); }, [](double) { return sizeof(double); })
                                .value;
                });
            }};
}

double integrate(std::size_t part) {
    double sum = 0.0;
    for (int i = 0; i < 50'000; ++i) sum += std::sin(1e-4 * (static_cast<double>(part) + i));
    return sum;
}

// Eight integrals that do not know of each other: one after the other, or as tasks on two threads.
pattern parallelism() {
    constexpr std::size_t n_parts = 8;
    auto const executor = std::make_shared<task::executor>(task::executor_options{.threads = 2});
    return {"parallelism",
            [] {
                double sum = 0.0;
                for (std::size_t part = 0; part < n_parts; ++part) sum += integrate(part);
                return sum;
            },
            [executor] {
                task::graph g;
                auto const parts = g.map("integrate", n_parts, [](std::size_t part) { return integrate(part); });
                auto const total = g.add(
                    "sum",
                    [](task::collection<double> const& all) {
                        double sum = 0.0;
                        for (std::size_t part = 0; part < all.size(); ++part) sum += all[part];
                        return sum;
                    },
                    parts);
                return executor->run(g)[total].value();
            }};
}

std::vector<double> scaled(double factor, std::vector<double> const& x) {
    std::vector<double> y(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = factor * x[i];
    return y;
}
std::vector<double> added(std::vector<double> const& x, std::vector<double> const& y) {
    std::vector<double> z(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) z[i] = x[i] + y[i];
    return z;
}

// u + dt·f: as an expression of new vectors, or into u itself.
pattern in_place_work() {
    auto const f = waves(4096);
    return {"in-place work",
            [f] {
                std::vector<double> u(f.size(), 1.0);
                for (int step = 0; step < 10; ++step) u = added(u, scaled(0.01, f));
                return u.back();
            },
            [f] {
                std::vector<double> u(f.size(), 1.0);
                for (int step = 0; step < 10; ++step)
                    for (std::size_t i = 0; i < u.size(); ++i) u[i] += 0.01 * f[i];
                return u.back();
            }};
}

double second_differences(std::span<double const> x, std::vector<double>& work) {
    work.clear();
    for (std::size_t i = 1; i + 1 < x.size(); ++i) work.push_back(x[i - 1] - 2.0 * x[i] + x[i + 1]);
    return norm_max(work);
}

// The same work in a vector that is made and grown at every call, or in one that has had its size since the first.
pattern preallocation() {
    auto const x = waves(32);
    return {"preallocation",
            [x] {
                std::vector<double> work;
                return second_differences(x, work);
            },
            [x, work = std::vector<double>{}]() mutable { return second_differences(x, work); }};
}

double mean_of_copy(std::vector<double> x) { return sum(x) / static_cast<double>(x.size()); }
double mean_of_view(std::span<double const> x) { return sum(x) / static_cast<double>(x.size()); }

// The rows of a table by value, or as spans on it.
pattern views() {
    constexpr std::size_t n_rows = 64, n_columns = 128;
    auto const table = waves(n_rows * n_columns);
    return {"views",
            [table] {
                double largest = 0.0;
                for (std::size_t row = 0; row < n_rows; ++row) {
                    auto const begin = table.begin() + static_cast<std::ptrdiff_t>(row * n_columns);
                    largest = std::max(largest, mean_of_copy({begin, begin + n_columns}));
                }
                return largest;
            },
            [table] {
                double largest = 0.0;
                for (std::size_t row = 0; row < n_rows; ++row)
                    largest = std::max(largest, mean_of_view(std::span{table}.subspan(row * n_columns, n_columns)));
                return largest;
            }};
}

// Unrolling by hand what the compiler unrolls: more lines, the same time.
pattern when_not() {
    auto const x = waves(4096);
    return {"when not to optimise",
            [x, y = std::vector<double>(x.size())]() mutable {
                for (std::size_t i = 0; i < x.size(); ++i) y[i] = 2.0 * x[i] + 1.0;
                return y.back();
            },
            [x, y = std::vector<double>(x.size())]() mutable {
                for (std::size_t i = 0; i < x.size(); i += 4) {
                    y[i] = 2.0 * x[i] + 1.0;
                    y[i + 1] = 2.0 * x[i + 1] + 1.0;
                    y[i + 2] = 2.0 * x[i + 2] + 1.0;
                    y[i + 3] = 2.0 * x[i + 3] + 1.0;
                }
                return y.back();
            }};
}

}  // namespace

int main(int argc, char** argv) {
    std::string_view const asked = argc > 1 ? argv[1] : "";
    // Five per cent repay no more lines and no more to explain.
    profile::compare_options worth_it{.min_effect = 0.05, .max_time_s = 2.0};
    bool good = true;
    for (auto const& make :
         {vectorisation, sparsity, caching, memoisation, parallelism, in_place_work, preallocation, views, when_not}) {
        pattern const p = make();
        if (!asked.empty() && asked != "check" && asked != p.name) continue;
        double const expected = p.before();
        bool const agree = std::abs(p.after() - expected) <= 1e-9 * std::abs(expected);
        good = good && agree;
        if (!agree || asked == "check") std::cout << p.name << ": results " << (agree ? "agree\n" : "DIFFER\n");
        worth_it.name = p.name;
        if (asked != "check")
            std::cout << profile::compare({{"before", p.before}, {"after", p.after}}, worth_it) << '\n';
    }
    return good ? 0 : 1;
}
