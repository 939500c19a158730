// SPDX-License-Identifier: MIT
// What looking for a GPU costs: at every call, and at the first one of a process.
#include <poise/core/device.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <iostream>

int main(int n_arguments, char** arguments) {
    auto const begin = std::chrono::steady_clock::now();
    auto const best = poise::device::best();
    std::chrono::duration<double, std::milli> const first = std::chrono::steady_clock::now() - begin;
    std::cout << best << "\nfirst call: " << first.count() << " ms\n";
    benchmark::RegisterBenchmark("device::best", [](benchmark::State& state) {
        for (auto _ : state) benchmark::DoNotOptimize(poise::device::best());
    });
    benchmark::Initialize(&n_arguments, arguments);
    benchmark::RunSpecifiedBenchmarks();
}
