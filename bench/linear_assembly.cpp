// SPDX-License-Identifier: MIT
// Assembly of the 2D five-point matrix beside the time that writing its CSR arrays once takes.
#include <poise/linear/neg_laplacian.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>

namespace {

using namespace poise;

grid::cartesian<2> square(benchmark::State const& state) {
    return grid::cartesian<2>{{.cells = {state.range(0), state.range(0)}}};
}

void count_bytes(benchmark::State& state, std::size_t bytes) {
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(bytes));
}

// The floor: memory of the same sizes, taken and written front to back with numbers that need no computing.
void write_arrays(benchmark::State& state) {
    auto const shape = linear::neg_laplacian(square(state), grid::condition_kinds<2>{});
    for (auto _ : state) {
        linear::csr_matrix A{static_cast<std::size_t>(shape.n_rows()), static_cast<std::size_t>(shape.n_cols()),
                             shape.n_entries()};
        std::ranges::fill(A.row_start(), 1);
        std::ranges::fill(A.columns(), 1);
        std::ranges::fill(A.values(), 1.0);
        benchmark::DoNotOptimize(A.values().data());
        benchmark::ClobberMemory();
    }
    count_bytes(state, shape.bytes());
}

void assemble(benchmark::State& state) {
    auto const grid = square(state);
    std::size_t bytes = 0;
    for (auto _ : state) {
        auto A = linear::neg_laplacian(grid, grid::condition_kinds<2>{});
        benchmark::DoNotOptimize(A.values().data());
        benchmark::ClobberMemory();
        bytes = A.bytes();
    }
    count_bytes(state, bytes);
}

}  // namespace

BENCHMARK(write_arrays)->Name("linear_csr/write_once")->Arg(78)->Arg(256)->Arg(1024)->Arg(2048);
BENCHMARK(assemble)->Name("linear_csr/neg_laplacian")->Arg(78)->Arg(256)->Arg(1024)->Arg(2048);
BENCHMARK_MAIN();
