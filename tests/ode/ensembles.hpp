// SPDX-License-Identifier: MIT
// Ensembles that several tests look at. The types are the same everywhere, as every one of them is compiled for every
// instruction set.
#pragma once

#include <poise/ode.hpp>
#include <poise/task.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <functional>
#include <vector>

namespace poise_test {

struct lorenz_of_rho {
    template <class T, class Y, class D, class P>
    void operator()(T const&, Y const& y, D& dydt, P const& p) const {
        dydt = {10.0 * (y[1] - y[0]), y[0] * (p[0] - y[2]) - y[1], y[0] * y[1] - 8.0 / 3.0 * y[2]};
    }
};
struct decay_of_rate {
    template <class T, class Y, class D, class P>
    void operator()(T const&, Y const& y, D& dydt, P const& p) const {
        dydt[0] = -p[0] * y[0];
    }
};
template <std::size_t N>
using starts = std::function<poise::ode::start<N, 1>(std::size_t)>;
using lorenz_ensemble = poise::ode::ensemble<lorenz_of_rho, starts<3>>;
using decay_ensemble = poise::ode::ensemble<decay_of_rate, starts<1>>;

inline poise::ode::start<3, 1> rho(std::size_t i) {
    return {{1.0, 0.0, 0.0}, {28.0 * static_cast<double>(i) / 1000.0}};
}
inline poise::ode::start<1, 1> rate(std::size_t i) { return {{1.0}, {0.1 + 0.01 * static_cast<double>(i)}}; }

inline std::vector<poise::ode::instruction_set> available() {
    using poise::ode::instruction_set;
    std::vector<instruction_set> all;
    for (auto const each :
         {instruction_set::portable, instruction_set::sse2, instruction_set::avx2, instruction_set::avx512})
        if (poise::ode::is_available(each)) all.push_back(each);
    return all;
}

template <std::size_t N>
bool is_same(std::vector<std::array<double, N>> const& a, std::vector<std::array<double, N>> const& b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(a[0])) == 0);
}

// With as many threads, if the machine can give them.
template <class Body>
auto with_threads(int threads, Body const& body) {
    poise::task::graph g;
    auto const done = g.add("solve", body);
    return poise::task::executor{{.threads = threads}}.run(g)[done].value();
}

}  // namespace poise_test
