// SPDX-License-Identifier: MIT
// Lesson 2: how much memory does a block of code take: in how many pieces, how much at most, how much is left?
//
// A vector that grows by push_back doubles its room whenever it is full. Up to n = 2^k numbers of 8 bytes it allocates
// k + 1 times, 8 (1 + 2 + 4 + ... + 2^k) = 16 n - 8 bytes in all, and holds 8 n + 8 n / 2 while the last half is
// copied. With reserve(n) it is one allocation of 8 n bytes. (malloc rounds each of them up by a few bytes.)
//
// Run:      02_memory_of_a_block
// Look at:  - peak against retained: what does not stay is still memory that the machine must have;
//           - allocations in the report: a scope's own and those of the scopes inside, peak per call;
//           - heap, library and resident memory: three numbers, none of which is the sum of the others;
//           - the places that allocate, found by taking a stack about every 512 KiB.
// The program must be linked to poise::allocation_hooks: without it, the numbers say what is missing.
#include <poise/pde.hpp>
#include <poise/profile.hpp>

#include <cstddef>
#include <iostream>
#include <vector>

using namespace poise;

namespace {

std::vector<double> squares(std::size_t n, bool reserved) {
    std::vector<double> x;
    if (reserved) x.reserve(n);
    for (std::size_t i = 0; i < n; ++i) x.push_back(static_cast<double>(i * i));
    return x;
}

double solve(std::ptrdiff_t n, double shift) {
    grid::cartesian<2> const square{{.lower = {0, 0}, .upper = {1, 1}, .cells = {n, n}}};
    pde::helmholtz<2> const problem{.domain = square, .shift = shift, .source = 1.0, .boundary = grid::dirichlet{0.0}};
    return grid::extrema(pde::solve(problem, {.method = pde::method::direct}).u.values()).max;
}

}  // namespace

int main() {
    constexpr std::size_t n = 1 << 20;

    // A block, whether profiling is on or not.
    for (bool const reserved : {false, true}) {
        profile::memory const used;
        auto const x = squares(n, reserved);
        std::cout << (reserved ? "reserved: " : "growing:  ") << used.so_far() << '\n';
        profile::keep(x.data());
    }

    // Every scope of a program. The factorisation has scopes of its own, and tells what CHOLMOD takes by malloc.
    profile::enable({.memory = true});
    double hottest = 0.0;
    {
        profile::scope const timing{"growing vectors"};
        for (int i = 0; i < 20; ++i) hottest += squares(n / 16, false).back();
    }
    {
        profile::scope const timing{"two operators"};
        for (double const shift : {0.0, 100.0}) hottest = solve(200, shift);
    }
    profile::report const result;
    std::cout << '\n' << result << "\nlargest value of the last solution: " << hottest << '\n';

    for (char const* const name : {"growing vectors", "two operators"})
        std::cout << name << ": " << result.find(name)->allocations << " allocations, at most "
                  << (result.find(name)->peak_bytes >> 10) << " KiB above what was there before\n";
}

// Possibilities for extensions:
//  - squares(n, true): what does the peak of "growing vectors" become, and what its number of allocations?
//  - Solve with shift 0.0 twice. The second solve has its operator from the cache: which scopes no longer allocate?
//  - profile::take_timeline().memory is the heap over time; write_html() draws it below the timeline.
//  - heaptrack shows the same for programs without hooks, at some twenty-five times the price of an allocation.
