// SPDX-License-Identifier: MIT
// Lesson 1: how long does a block of code take, and how much of what the machine can do does it use?
//
// The heat equation u_t = u_xx on (0, 1), u = 0 at both ends, by explicit steps on n equal cells:
//     u_i  <-  u_i + r (u_{i-1} - 2 u_i + u_{i+1}),      r = dt / h^2 <= 1/2 for stability.
// The mode sin(2 pi k i / n) is multiplied by g = 1 - 4 r sin^2(pi k / n) in each step, so after m steps the largest
// value is g^m: an answer to check against. A step reads n numbers and writes n (16 n bytes), with 5 n operations.
//
// Run:      01_timing_a_block
// Look at:  - total and self: "steps" spends next to nothing outside of the "step" inside it;
//           - calls, mean and max: one slow step among 2000 is the machine's, not the program's;
//           - the rates: what "step" moved and computed per second. Far below what the memory can do means that the
//             loop waits for something else;
//           - the first line: what measuring itself cost.
#include <poise/profile.hpp>

#include <cmath>
#include <iostream>
#include <numbers>
#include <vector>

using namespace poise;

namespace {

std::vector<double> mode(std::size_t n, std::size_t k) {
    std::vector<double> u(n + 1);
    double const angle = 2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
    for (std::size_t i = 1; i < n; ++i) u[i] = std::sin(angle * static_cast<double>(i));
    return u;
}

void step(double r, std::vector<double> const& u, std::vector<double>& next) {
    profile::scope timing{"step"};  // from here to the end of the block, also where an exception leaves it
    auto const n = static_cast<double>(u.size());
    timing.bytes(16.0 * n).flops(5.0 * n);
    for (std::size_t i = 1; i + 1 < u.size(); ++i) next[i] = u[i] + r * (u[i - 1] - 2.0 * u[i] + u[i + 1]);
}

double largest(std::vector<double> const& u) {
    double most = 0.0;
    for (double const value : u) most = std::max(most, std::abs(value));
    return most;
}

}  // namespace

int main() {
    constexpr std::size_t n = 1 << 15, k = n / 256;
    constexpr int n_steps = 2000;
    constexpr double r = 0.25;

    profile::enable();         // without it, a scope is a branch that is not taken
    profile::timer stopwatch;  // measures and records nothing; for a number that the program itself needs

    auto u = profile::profiled("initial values", mode)(n, k);  // a scope around every call of a function
    auto next = u;
    double const prepared_s = stopwatch.lap();
    {
        profile::scope const timing{"steps"};
        for (int i = 0; i < n_steps; ++i) {
            step(r, u, next);
            u.swap(next);
        }
    }
    double const stepped_s = stopwatch.lap();
    double const found = profile::profiled("largest value", largest)(u);

    double const sine = std::sin(std::numbers::pi * static_cast<double>(k) / static_cast<double>(n));
    std::cout << "largest value " << found << ", expected " << std::pow(1.0 - 4.0 * r * sine * sine, n_steps) << '\n'
              << "by the stopwatch: " << 1e3 * prepared_s << " ms to prepare, " << 1e3 * stepped_s
              << " ms of steps\n\n";

    profile::report const result;  // what was measured up to here
    std::cout << result;
    profile::scope_statistics const& steps = *result.find("steps/step");  // the same as numbers
    std::cout << "\nhalf of the " << steps.calls << " steps took at most " << 1e6 * steps.p50_s << " us, 99 % at most "
              << 1e6 * steps.p99_s << " us\n";
}

// Possibilities for extensions:
//  - Put a scope into the loop over i. The report names a scope that costs more than it should and times only some
//    of its calls from then on: measure blocks of a microsecond or more.
//  - Let n grow until u and next no longer fit into the caches, and watch the bytes per second.
//  - POISE_PROFILE=1 in the environment switches profiling on without enable().
//  - profile::write_trace("trace.json") shows each step on a time axis, at ui.perfetto.dev.
