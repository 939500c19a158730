// SPDX-License-Identifier: MIT
// Initial-value problems that are not stiff: the time to reach an error at the end, beside Boost.odeint, and CVODE and
// ARKODE.
//
// Run: bench_peers_ode_nonstiff [rounds, 50] [file of curves]
#include "ode/nonstiff_problems.hpp"
#include "peers/arkode.hpp"
#include "peers/cvode.hpp"
#include "peers/work_precision.hpp"

#include <poise/ode.hpp>

#include <algorithm>
#include <array>
#include <boost/numeric/odeint.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

using namespace poise_bench;
using namespace poise;
namespace odeint = boost::numeric::odeint;

namespace {

using run = std::function<double(double)>;
constexpr std::array<double, 3> errors{1e-4, 1e-6, 1e-8};

struct rival {
    std::string name;
    run solve;
};

// Of the best of one kind over the best of another, summed over the problems.
struct ratio_sum {
    double log = 0.0, least = 1e300;
    int n = 0;
    void add(double ratio) {
        if (std::isnan(ratio)) return;
        log += std::log(ratio);
        least = std::min(least, ratio);
        ++n;
    }
};
ratio_sum beside_odeint, beside_sundials;

template <class Problem>
void compare(int rounds, curve_file& file) {
    constexpr std::size_t n = Problem::y0.size();
    using state = std::array<double, n>;
    auto const exact = ode::solve(ode::problem{Problem{}, Problem::y0, Problem::t}, ode::verner9{},
                                  {.rtol = 1e-14, .atol = 1e-14, .keep = ode::keep::ends})
                           .y.back();
    auto const error_of = [exact](state const& y) {
        double largest = 0.0;
        for (std::size_t i = 0; i < n; ++i)
            largest = std::max(largest, std::abs(y[i] - exact[i]) / (1.0 + std::abs(exact[i])));
        return largest;
    };
    std::vector<rival> rivals;
    auto const ours = [&](auto const& method) {
        rivals.push_back({method.name, [=](double rtol) {
                              auto const solution = ode::solve(ode::problem{Problem{}, Problem::y0, Problem::t}, method,
                                                               {.rtol = rtol,
                                                                .atol = rtol,
                                                                .keep = ode::keep::ends,
                                                                .on_failure = ode::on_failure::return_report});
                              return solution ? error_of(solution.y.back()) : std::nan("");
                          }});
    };
    ours(ode::dormand_prince5{});
    ours(ode::tsitouras5{});
    ours(ode::verner7{});
    ours(ode::verner9{});
    ours(ode::dop853{});
    std::size_t const n_ours = rivals.size();
    auto const theirs = [&](char const* name, auto const& make) {
        rivals.push_back({name, [=](double rtol) {
                              state y = Problem::y0;
                              auto const f = [](state const& at, state& slope, double t) { Problem{}(t, at, slope); };
                              odeint::integrate_adaptive(make(rtol), f, y, Problem::t.begin, Problem::t.end, 1e-3);
                              return error_of(y);
                          }});
    };
    theirs("odeint dopri5",
           [](double tol) { return odeint::make_controlled<odeint::runge_kutta_dopri5<state>>(tol, tol); });
    theirs("odeint rkf78",
           [](double tol) { return odeint::make_controlled<odeint::runge_kutta_fehlberg78<state>>(tol, tol); });
    theirs("odeint Bulirsch-Stoer", [](double tol) { return odeint::bulirsch_stoer<state>(tol, tol); });
    std::size_t const n_with_odeint = rivals.size();
    auto const sundials = [&](std::string name, auto const& integrate) {
        rivals.push_back({std::move(name), [=](double rtol) {
                              std::vector<double> const atol(n, rtol);
                              state y;
                              cvode_problem const problem{
                                  [](double t, double const* at, double* slope) { Problem{}(t, at, slope); }, nullptr,
                                  Problem::y0, Problem::t.begin, Problem::t.end};
                              return integrate(problem, rtol, atol, y) ? error_of(y) : std::nan("");
                          }});
    };
    for (auto const method : {cvode_method::adams, cvode_method::bdf})
        sundials(method == cvode_method::adams ? "CVODE Adams" : "CVODE BDF",
                 [method](auto const& problem, double rtol, auto const& atol, state& y) {
                     return cvode(problem, method, rtol, atol, y);
                 });
    for (int const order : {5, 8})
        sundials("ARKODE ERK " + std::to_string(order),
                 [order](auto const& problem, double rtol, auto const& atol, state& y) {
                     return arkode_erk(problem, order, rtol, atol, y);
                 });
    std::vector<run> runs;
    for (auto const& each : rivals) runs.push_back(each.solve);
    std::vector<double> tolerances;
    // Looser ones let the three bodies collide.
    for (double rtol = 1e-5; rtol > 1e-13; rtol *= 0.31622776601683794) tolerances.push_back(rtol);
    auto const curves = measure(runs, tolerances, rounds);
    for (std::size_t i = 0; i < curves.size(); ++i) file.add(Problem::name, rivals[i].name, curves[i]);
    std::printf("%s, %zu components: ms for an error of 1e-4, 1e-6, 1e-8\n", Problem::name, n);
    for (std::size_t i = 0; i < curves.size(); ++i) {
        std::printf("  %-22s", rivals[i].name.c_str());
        for (double const error : errors) std::printf(" %9.4f", 1e3 * seconds_for(curves[i], error));
        std::printf("\n");
    }
    auto const best = [&](std::size_t from, std::size_t to, double error) {
        double least = std::nan("");
        for (std::size_t i = from; i < to; ++i) least = std::fmin(least, seconds_for(curves[i], error));
        return least;
    };
    std::printf("  best of odeint, of SUNDIALS / ours:");
    for (double const error : errors) {
        double const mine = best(0, n_ours, error);
        double const of_odeint = best(n_ours, n_with_odeint, error) / mine,
                     of_sundials = best(n_with_odeint, curves.size(), error) / mine;
        beside_odeint.add(of_odeint);
        beside_sundials.add(of_sundials);
        std::printf("  %.2f, %.1f", of_odeint, of_sundials);
    }
    std::printf("\n");
}

// What a step of a pair of order 5 takes where f takes nothing: 10⁶ of them, adaptive, no longer than the size that is
// named.
void compare_overhead(int rounds) {
    using state = std::array<double, 3>;
    constexpr double n = 1e6;
    state const y0{1.0, 2.0, 3.0};
    auto const nothing = [](state const& y, state& slope) { slope = {y[1], y[2], y[0]}; };
    auto const quickest = [rounds](auto const& integrate) {
        double least = 1e300, sum = 0.0;
        for (int round = 0; round < rounds; ++round) {
            double const begin = thread_cpu_s();
            sum += integrate();
            least = std::min(least, thread_cpu_s() - begin);
        }
        return std::isfinite(sum) ? 1e9 * least / n : std::nan("");
    };
    ode::problem const problem{[&](double, state const& y, state& slope) { nothing(y, slope); }, y0, {0.0, 1.0}};
    auto const by = [&](auto const& method) {
        return quickest([&] {
            return ode::solve(problem, method,
                              {.rtol = 1e-3,
                               .atol = 1e-3,
                               .largest_step = 1.0 / n,
                               .max_steps = 2'000'000,
                               .keep = ode::keep::ends})
                .y.back()[0];
        });
    };
    double const odeint_ns = quickest([&] {
        state y = y0;
        auto const f = [&](state const& at, state& slope, double) { nothing(at, slope); };
        odeint::integrate_adaptive(odeint::make_controlled<odeint::runge_kutta_dopri5<state>>(1e-3, 1e-3, 1.0 / n), f,
                                   y, 0.0, 1.0, 1.0 / n);
        return y[0];
    });
    std::printf("a step of 3 components whose f takes nothing: %s %.1f ns, %s %.1f ns, odeint dopri5 %.1f ns\n",
                ode::dormand_prince5::name, by(ode::dormand_prince5{}), ode::tsitouras5::name, by(ode::tsitouras5{}),
                odeint_ns);
}

}  // namespace

int main(int n_arguments, char** arguments) {
    int const rounds = n_arguments > 1 ? std::atoi(arguments[1]) : 50;
    curve_file file{n_arguments > 2 ? arguments[2] : nullptr};
    compare<poise_test::lorenz>(rounds, file);
    compare<poise_test::kepler>(rounds, file);
    compare<poise_test::arenstorf>(rounds, file);
    compare<poise_test::pleiades>(rounds, file);
    compare<poise_test::three_bodies>(rounds, file);
    std::printf("geometric means: odeint %.2f (least %.2f), SUNDIALS %.2f (least %.2f)\n",
                std::exp(beside_odeint.log / beside_odeint.n), beside_odeint.least,
                std::exp(beside_sundials.log / beside_sundials.n), beside_sundials.least);
    compare_overhead(std::min(rounds, 5));
}
