// SPDX-License-Identifier: MIT
// Lesson 7: a benchmark that does not lie, and the same bodies under Google Benchmark.
//
// y = A x with A = -Laplace on 64 x 64 cells: about five entries a row, each of which takes a multiplication and an
// addition, and moves 12 bytes (8 of the value, 4 of the column). Poise's product against Eigen's.
//
// Run:      07_writing_a_benchmark [--benchmark_...]
// Look at:  - what a body returns: the result goes to keep(), so that the compiler has to compute it;
//           - what is made outside of the bodies: only what is to be measured is inside;
//           - measure() against compare(): the first gives a time, the second a verdict;
//           - the rates under Google Benchmark, which come from work_per_call.
#include <poise/linear.hpp>
#include <poise/linear/eigen.hpp>
#include <poise/profile.hpp>
#include <poise/profile/benchmark.hpp>

#include <benchmark/benchmark.h>

#include <iostream>
#include <utility>
#include <vector>

using namespace poise;

int main(int argc, char** argv) {
    constexpr std::ptrdiff_t n = 64;
    grid::cartesian<2> const square{{.lower = {0, 0}, .upper = {1, 1}, .cells = {n, n}}};
    auto const A = linear::neg_laplacian(square, grid::boundary<2>{grid::dirichlet{0.0}}.kinds());
    auto const A_eigen = linear::as_eigen(A);
    Eigen::VectorXd const x = Eigen::VectorXd::LinSpaced(n * n, -1.0, 1.0);
    Eigen::VectorXd y{n * n}, y_eigen{n * n};

    // The bodies: what is done, and nothing else. y.data() keeps the whole product: what it points to counts as read.
    auto const poise_product = [&] {
        linear::multiply(A, linear::as_span(x), linear::as_span(y));
        return y.data();
    };
    auto const eigen_product = [&] {
        y_eigen.noalias() = A_eigen * x;
        return y_eigen.data();
    };
    poise_product(), eigen_product();
    std::cout << "largest difference " << (y - y_eigen).lpNorm<Eigen::Infinity>() << "\n\n";

    // Under the profiler.
    std::vector<profile::named_body> const bodies{{"poise", poise_product}, {"eigen", eigen_product}};
    std::cout << profile::measure(poise_product, {.name = "poise"}) << '\n'
              << profile::measure(eigen_product, {.name = "eigen"}) << "\n\n"
              << profile::compare(bodies, {.name = "sparse product", .min_effect = 0.02, .max_time_s = 1.0}) << '\n'
              << std::flush;

    // Under Google Benchmark: the very same.
    profile::work_per_call const work{.items = static_cast<std::int64_t>(2 * A.n_entries()),
                                      .bytes = static_cast<std::int64_t>(12 * A.n_entries())};
    auto const register_one = [](auto&&... arguments) {
        return benchmark::RegisterBenchmark(std::forward<decltype(arguments)>(arguments)...);
    };
    for (auto* const one : profile::register_benchmarks(bodies, register_one, work)) one->Unit(benchmark::kMicrosecond);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
}

// Possibilities for extensions:
//  - Leave out "return y.data()", and look at what the compiler leaves of the loop when multiply() is inline.
//  - n = 1024: A no longer fits into the caches. Which of the two rates stays, items or bytes?
//  - --benchmark_repetitions=10 --benchmark_enable_random_interleaving=true: the spread of the same numbers.
