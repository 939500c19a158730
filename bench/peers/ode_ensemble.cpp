// SPDX-License-Identifier: MIT
// An ensemble: the Lorenz equations for 4096 values of rho until t = 10, beside loops over Boost.odeint and CVODE.
//
// Run: bench_peers_ode_ensemble [rounds, 10]
#include "peers/cvode.hpp"

#include <poise/ode.hpp>
#include <poise/task/parallel_for.hpp>

#include <algorithm>
#include <array>
#include <boost/numeric/odeint.hpp>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

using namespace poise;
namespace odeint = boost::numeric::odeint;

namespace {

using state = std::array<double, 3>;
constexpr std::size_t n = 4096;
constexpr double rtol = 1e-6, atol = 1e-6;

auto const lorenz = [](auto const&, auto const& y, auto& dydt, auto const& p) {
    dydt[0] = 10.0 * (y[1] - y[0]);
    dydt[1] = y[0] * (p[0] - y[2]) - y[1];
    dydt[2] = y[0] * y[1] - 8.0 / 3.0 * y[2];
};
double rho(std::size_t i) { return 28.0 * static_cast<double>(i) / static_cast<double>(n - 1); }
ode::ensemble const trajectories{lorenz, {0.0, 10.0}, n, [](std::size_t i) {
                                     return ode::start{{1.0, 0.0, 0.0}, {rho(i)}};
                                 }};

double seconds(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Dormand & Prince's method and Adams' leave errors of 4e-6 at a tolerance of 1e-6, Verner's of order 7 at this one.
constexpr double tolerance_for_their_error = 3e-5;

template <class Method = ode::tsitouras5>
std::vector<state> by_poise(ode::instruction_set instructions, std::size_t threads, double tolerance = rtol) {
    return ode::solve(trajectories, Method{},
                      {.rtol = tolerance, .atol = tolerance, .threads = threads, .instructions = instructions})
        .y;
}
std::vector<state> by_poise_loop() {
    std::vector<state> ends;
    for (std::size_t i = 0; i < n; ++i) {
        std::array<double, 1> const p{rho(i)};
        auto const f = [&](double t, state const& y, state& dydt) { lorenz(t, y, dydt, p); };
        ends.push_back(ode::solve(ode::problem{f, state{1.0, 0.0, 0.0}, {0.0, 10.0}}, ode::tsitouras5{},
                                  {.rtol = rtol, .atol = atol, .keep = ode::keep::ends})
                           .y.back());
    }
    return ends;
}
std::vector<state> by_odeint() {
    std::vector<state> ends;
    for (std::size_t i = 0; i < n; ++i) {
        state y{1.0, 0.0, 0.0};
        std::array<double, 1> const p{rho(i)};
        auto const f = [&](state const& at, state& dydt, double t) { lorenz(t, at, dydt, p); };
        odeint::integrate_adaptive(odeint::make_controlled<odeint::runge_kutta_dopri5<state>>(atol, rtol), f, y, 0.0,
                                   10.0, 1e-3);
        ends.push_back(y);
    }
    return ends;
}
// A function of C has no parameters of its own.
double rho_of_cvode;
std::vector<state> by_cvode() {
    std::vector<state> ends;
    std::vector<double> const tolerances(3, atol);
    state const y0{1.0, 0.0, 0.0};
    poise_bench::cvode_problem const problem{[](double, double const* y, double* dydt) {
                                                 dydt[0] = 10.0 * (y[1] - y[0]);
                                                 dydt[1] = y[0] * (rho_of_cvode - y[2]) - y[1];
                                                 dydt[2] = y[0] * y[1] - 8.0 / 3.0 * y[2];
                                             },
                                             nullptr, y0, 0.0, 10.0};
    for (std::size_t i = 0; i < n; ++i) {
        state y{};
        rho_of_cvode = rho(i);
        if (!poise_bench::cvode(problem, poise_bench::cvode_method::adams, rtol, tolerances, y)) y.fill(std::nan(""));
        ends.push_back(y);
    }
    return ends;
}

struct rival {
    std::string name;
    std::function<std::vector<state>()> solve;
    double cpu_s = 1e300;  // of the calling thread
    double wall_s = 1e300;
    double error = 0.0;
};

// Half of the trajectories end closer to what a tight tolerance gives; relative to 1 + |y|.
double median_error(std::vector<state> const& ends, std::vector<state> const& exact) {
    std::vector<double> errors;
    for (std::size_t i = 0; i < n; ++i) {
        double largest = 0.0;
        for (std::size_t d = 0; d < 3; ++d)
            largest = std::max(largest, std::abs(ends[i][d] - exact[i][d]) / (1.0 + std::abs(exact[i][d])));
        errors.push_back(largest);
    }
    std::ranges::nth_element(errors, errors.begin() + n / 2);
    return errors[n / 2];
}

}  // namespace

int main(int n_arguments, char** arguments) {
    int const rounds = n_arguments > 1 ? std::atoi(arguments[1]) : 10;
    std::vector<rival> rivals;
    rivals.push_back({"poise, at their error",
                      [] { return by_poise<ode::verner7>(ode::instruction_set::best, 1, tolerance_for_their_error); }});
    for (auto const each : {ode::instruction_set::avx512, ode::instruction_set::avx2, ode::instruction_set::sse2})
        if (ode::is_available(each))
            rivals.push_back({std::string{"poise, "} + ode::to_string(each), [each] { return by_poise(each, 1); }});
    std::size_t const n_alone = rivals.size();
    if (task::available_threads() > 1)
        rivals.push_back({"poise, two threads", [] { return by_poise(ode::instruction_set::best, 2); }});
    rivals.push_back({"poise, one by one", by_poise_loop});
    rivals.push_back({"odeint dopri5", by_odeint});
    rivals.push_back({"CVODE Adams", by_cvode});
    auto const exact = ode::solve(trajectories, ode::verner9{}, {.rtol = 1e-13, .atol = 1e-13}).y;
    for (int round = 0; round < rounds; ++round)
        for (auto& each : rivals) {
            // It takes as long as all the others together.
            if (each.name == "CVODE Adams" && round >= 3) continue;
            double const cpu = seconds(CLOCK_THREAD_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
            auto const ends = each.solve();
            each.wall_s = std::min(each.wall_s, seconds(CLOCK_MONOTONIC) - wall);
            each.cpu_s = std::min(each.cpu_s, seconds(CLOCK_THREAD_CPUTIME_ID) - cpu);
            each.error = median_error(ends, exact);
        }
    std::printf("%-22s %12s %12s %14s %16s\n", "", "us CPU", "us wall", "median error", "beside the first");
    for (auto const& each : rivals)
        std::printf("%-22s %12.3f %12.3f %14.1e %14.2f x\n", each.name.c_str(), 1e6 * each.cpu_s / n,
                    1e6 * each.wall_s / n, each.error, each.cpu_s / rivals.front().cpu_s);
    if (task::available_threads() > 1)
        std::printf("two threads: %.2f times as fast as one\n", rivals[1].wall_s / rivals[n_alone].wall_s);
}
