// SPDX-License-Identifier: MIT
// What counting costs: increments of one counter on one and on all threads beside an atomic addition; values recorded
// in one histogram; results that memoize() has already.
#include "alternate.hpp"

#include <poise/profile/memoize.hpp>
#include <poise/profile/metrics.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

namespace {

// Seconds per call of the slowest of n_threads that call body(i) for i < n_calls at the same time.
template <class Body>
double seconds_per_call(unsigned n_threads, std::uint64_t n_calls, Body const& body) {
    std::atomic<unsigned> n_ready{0};
    std::vector<double> seconds(n_threads);
    auto const loop = [=] {
        // Copies that stay in registers: what the body refers to is not looked up at every call.
        auto const call = body;
        std::uint64_t const n = n_calls;
        for (std::uint64_t i = 0; i < n; ++i) call(i);
    };
    auto const run = [&](unsigned thread) {
        body(0);  // the first touch
        ++n_ready;
        while (n_ready < n_threads) {  // spinning: who yields here is not on a core when the others begin
        }
        seconds[thread] = poise_bench::seconds_of(loop);
    };
    std::vector<std::thread> others;
    for (unsigned t = 1; t < n_threads; ++t) others.emplace_back(run, t);
    run(0);
    for (auto& thread : others) thread.join();
    return std::ranges::max(seconds) / static_cast<double>(n_calls);
}

struct contender {
    std::string name;
    std::function<double()> body;
};

void print(std::vector<contender> const& contenders) {
    std::vector<std::function<double()>> bodies;
    for (auto const& c : contenders) bodies.push_back(c.body);
    auto const seconds = poise_bench::alternate(bodies, 101);
    for (std::size_t c = 0; c < contenders.size(); ++c)
        std::printf("%-52s min %8.2f ns   median %8.2f ns\n", contenders[c].name.c_str(),
                    1e9 * std::ranges::min(seconds[c]), 1e9 * poise_bench::median(seconds[c]));
}

}  // namespace

int main() {
    auto& registry = poise::profile::metrics();
    auto* const counter = &registry.counter("bench.events");
    auto* const histogram = &registry.histogram("bench.seconds");
    std::atomic<std::uint64_t> plain{0};
    auto const remembered = poise::memoize([](int n) { return 2.0 * n; }, {.name = "bench"});
    unsigned const all = std::max(2U, std::thread::hardware_concurrency());
    std::vector<contender> contenders;
    for (unsigned const n : {1U, all}) {
        std::string const on = " on " + std::to_string(n) + (n == 1 ? " thread" : " threads");
        contenders.push_back(
            {"empty loop" + on,
             [=] { return seconds_per_call(n, 1'000'000, [](std::uint64_t i) { asm volatile("" ::"r"(i)); }); }});
        contenders.push_back({"counter.add()" + on, [=] {
                                  return seconds_per_call(n, 1'000'000, [counter](std::uint64_t) { counter->add(); });
                              }});
        contenders.push_back({"atomic fetch_add, relaxed," + on, [=, &plain] {
                                  return seconds_per_call(n, 1'000'000, [&](std::uint64_t) {
                                      plain.fetch_add(1, std::memory_order_relaxed);
                                  });
                              }});
        contenders.push_back({"histogram.record()" + on, [=] {
                                  return seconds_per_call(n, 200'000, [histogram](std::uint64_t i) {
                                      histogram->record(1e-6 * static_cast<double>(1 + i % 1000));
                                  });
                              }});
        contenders.push_back({"memoize, hit of a double," + on, [=] {
                                  return seconds_per_call(n, 20'000, [remembered](std::uint64_t i) {
                                      double const result = remembered(static_cast<int>(i % 64));
                                      asm volatile("" ::"x"(result));
                                  });
                              }});
    }
    print(contenders);
}
