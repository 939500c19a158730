// SPDX-License-Identifier: MIT
// The bodies of measure() and compare() under Google Benchmark, of which nothing is included here.
#pragma once

#include <poise/profile/body.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

namespace poise::profile {

/// What one call does, for the rates that Google Benchmark prints; 0 prints none.
struct work_per_call {
    std::int64_t items = 0;
    std::int64_t bytes = 0;
};

namespace detail {

template <class State>
void set_rates(State& state, work_per_call const& work) {
    auto const calls = static_cast<std::int64_t>(state.iterations());
    if (work.items != 0) state.SetItemsProcessed(calls * work.items);
    if (work.bytes != 0) state.SetBytesProcessed(calls * work.bytes);
}

}  // namespace detail

/// f as a function that Google Benchmark can run, results going to keep():
/// benchmark::RegisterBenchmark("dense", profile::as_benchmark(dense));
/// The loop is Google Benchmark's own `for (auto _ : state)`, inlined around f. Cost: none of its own.
template <class F>
requires(!std::same_as<std::remove_cvref_t<F>, body> && std::invocable<std::decay_t<F>&>)
    [[nodiscard]] auto as_benchmark(F&& f, work_per_call work = {}) {
    return [f = std::decay_t<F>(std::forward<F>(f)), work](auto& state) mutable {
        for ([[maybe_unused]] auto _ : state) {
            if constexpr (std::is_void_v<std::invoke_result_t<std::decay_t<F>&>>) {
                std::invoke(f);
                clobber_memory();
            } else {
                keep(std::invoke(f));
            }
        }
        detail::set_rates(state, work);
    };
}

/// The same of a body, whose type is erased: all iterations are one batch, so that a call costs nothing more.
[[nodiscard]] inline auto as_benchmark(body f, work_per_call work = {}) {
    return [f = std::move(f), work](auto& state) {
        auto const calls = state.max_iterations;
        while (state.KeepRunningBatch(calls)) f(static_cast<std::uint64_t>(calls));
        detail::set_rates(state, work);
    };
}

/// Registers what compare() takes: register_benchmarks(bodies, [](auto&&... a) {
///     return benchmark::RegisterBenchmark(std::forward<decltype(a)>(a)...); });
/// register_one: called with each name (char const*) and its function. What it returns comes back in the same order:
/// pointers on which ->Unit(benchmark::kMicrosecond) and the like can be set.
template <class Register>
auto register_benchmarks(std::vector<named_body> const& bodies, Register&& register_one, work_per_call work = {}) {
    using Registered = decltype(register_one(bodies.front().name.c_str(), as_benchmark(bodies.front().body, work)));
    std::vector<Registered> registered;
    registered.reserve(bodies.size());
    for (named_body const& one : bodies)
        registered.push_back(register_one(one.name.c_str(), as_benchmark(one.body, work)));
    return registered;
}

}  // namespace poise::profile
