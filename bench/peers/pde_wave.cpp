// SPDX-License-Identifier: MIT
// The wave equation on the unit square, speed 1, walls: what a step takes beside this machine's triad, and the time to
// an error of 1e-4 beside Boost.odeint's steppers on the same right-hand side.
//
// Run: bench_peers_pde_wave [rounds, 5] [largest n, 1023] [n beyond caches, 4095]
#include "pde/leapfrog/leapfrog.hpp"
#include "pde/leapfrog/sweep.hpp"
#include "peers/work_precision.hpp"

#include <poise/pde/wave.hpp>

#include <algorithm>
#include <array>
#include <boost/numeric/odeint.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

using namespace poise;
using poise_bench::thread_cpu_s;
namespace odeint = boost::numeric::odeint;
using std::numbers::pi;

namespace {

// Modes of which the state is made: of the grid of n × n inner nodes they are eigenvectors, so that all is known.
struct mode {
    double k, l, weight;
};
constexpr std::array<mode, 4> modes{{{1, 1, 1.0}, {2, 3, 0.5}, {5, 4, 0.25}, {7, 9, 0.1}}};

double frequency(mode const& m, int n) {
    double const h = 1.0 / (n + 1);
    return 2.0 / h * std::hypot(std::sin(0.5 * m.k * pi * h), std::sin(0.5 * m.l * pi * h));
}
double displacement(double x, double y) {
    double sum = 0.0;
    for (auto const& m : modes) sum += m.weight * std::sin(m.k * pi * x) * std::sin(m.l * pi * y);
    return sum;
}

// Of the nodes inside, x fastest, at t.
std::vector<double> exact(int n, double t) {
    std::vector<double> u(static_cast<std::size_t>(n) * static_cast<std::size_t>(n));
    for (auto const& m : modes) {
        double const now = m.weight * std::cos(frequency(m, n) * t);
        for (int j = 0; j < n; ++j)
            for (int i = 0; i < n; ++i)
                u[static_cast<std::size_t>(j * n + i)] +=
                    now * std::sin(m.k * pi * (i + 1) / (n + 1)) * std::sin(m.l * pi * (j + 1) / (n + 1));
    }
    return u;
}
template <class At>
double error_at(int n, std::vector<double> const& expected, At const& at) {
    double largest = 0.0;
    for (int j = 0; j < n; ++j)
        for (int i = 0; i < n; ++i)
            largest = std::max(largest, std::abs(at(i, j) - expected[static_cast<std::size_t>(j * n + i)]));
    return largest;
}

pde::wave<2> problem(int n, double t) {
    grid::cartesian<2> const square{{.cells = {n + 1, n + 1}, .centering = grid::centering::node}};
    return {.domain = square, .initial = grid::scalar_function<2>{grid::sample(square, displacement)}, .t = {0.0, t}};
}

// out = Δu of rows along x, which compilers vectorise.
void laplacian(int n, double const* u, double* out) {
    double const over_h2 = static_cast<double>(n + 1) * (n + 1);
    std::vector<double> const zeros(static_cast<std::size_t>(n));
    for (int j = 0; j < n; ++j) {
        double const* const row = u + j * n;
        double const* const below = j > 0 ? row - n : zeros.data();
        double const* const above = j < n - 1 ? row + n : zeros.data();
        double* __restrict const to = out + j * n;
        to[0] = over_h2 * (below[0] + above[0] + row[1] - 4.0 * row[0]);
        for (int i = 1; i < n - 1; ++i)
            to[i] = over_h2 * (below[i] + above[i] + row[i - 1] + row[i + 1] - 4.0 * row[i]);
        to[n - 1] = over_h2 * (below[n - 1] + above[n - 1] + row[n - 2] - 4.0 * row[n - 1]);
    }
}

struct outcome {
    double seconds, error;
};
struct rival {
    std::string name;
    std::function<double()> run;  ///< -> error
};

using state = std::vector<double>;

// (u, v)' = (v, Δu), with the tolerance or step that is given.
template <class Stepper>
double by_runge_kutta(int n, state const& expected, Stepper const& stepper, double step) {
    std::size_t const n2 = expected.size();
    state y = exact(n, 0.0);
    y.resize(2 * n2);
    auto const rate = [n, n2](state const& at, state& slope, double) {
        std::copy(at.begin() + static_cast<std::ptrdiff_t>(n2), at.end(), slope.begin());
        laplacian(n, at.data(), slope.data() + n2);
    };
    if constexpr (requires { stepper.stepper(); })
        odeint::integrate_adaptive(stepper, rate, y, 0.0, 1.0, step);
    else
        odeint::integrate_n_steps(stepper, rate, y, 0.0, step, static_cast<std::size_t>(std::lround(1.0 / step)));
    return error_at(n, expected, [&](int i, int j) { return y[static_cast<std::size_t>(j * n + i)]; });
}
// q' = p, p' = Δq.
template <class Stepper>
double by_symplectic(int n, state const& expected, double steps_of_limit) {
    state q = exact(n, 0.0), p(q.size());
    auto const n_steps = static_cast<std::size_t>(std::ceil((n + 1) * std::sqrt(2.0) / steps_of_limit));
    auto both = std::make_pair(std::ref(q), std::ref(p));
    auto const force = [n](state const& at, state& slope) { laplacian(n, at.data(), slope.data()); };
    odeint::integrate_n_steps(Stepper{}, force, both, 0.0, 1.0 / static_cast<double>(n_steps), n_steps);
    return error_at(n, expected, [&](int i, int j) { return q[static_cast<std::size_t>(j * n + i)]; });
}
// Velocity Verlet, q'' = Δq.
double by_velocity_verlet(int n, state const& expected, double steps_of_limit) {
    state q = exact(n, 0.0), p(q.size());
    auto const n_steps = static_cast<std::size_t>(std::ceil((n + 1) * std::sqrt(2.0) / steps_of_limit));
    auto both = std::make_pair(std::ref(q), std::ref(p));
    auto const force = [n](state const& at, state const&, state& slope, double) {
        laplacian(n, at.data(), slope.data());
    };
    odeint::integrate_n_steps(odeint::velocity_verlet<state>{}, force, both, 0.0, 1.0 / static_cast<double>(n_steps),
                              n_steps);
    return error_at(n, expected, [&](int i, int j) { return q[static_cast<std::size_t>(j * n + i)]; });
}

double by_poise(int n, state const& expected, pde::wave<2> const& waves, pde::evolution_options<2> const& options) {
    auto const result = pde::solve(waves, options);
    return error_at(n, expected, [&](int i, int j) { return result.u.back()(i + 1, j + 1); });
}

std::vector<rival> rivals_of(int n, state const& expected, pde::wave<2> const& waves) {
    std::vector<rival> all;
    auto const ours = [&](char const* name, pde::evolution_options<2> const& options) {
        all.push_back({name, [&, n, options] { return by_poise(n, expected, waves, options); }});
    };
    ours("poise, exact in time", {});
    for (double const rtol : {1e-3, 3e-4, 1e-4}) {
        std::string const with = " rtol " + std::to_string(rtol).substr(0, 6);
        all.push_back({"poise, leapfrog" + with, [&, n, rtol] {
                           return by_poise(n, expected, waves, {.rtol = rtol, .method = pde::time_method::leapfrog});
                       }});
        all.push_back({"poise, modified leapfrog" + with, [&, n, rtol] {
                           return by_poise(n, expected, waves,
                                           {.rtol = rtol, .method = pde::time_method::modified_leapfrog});
                       }});
    }
    for (double const part : {1.0, 0.5, 0.25})
        all.push_back({"odeint velocity_verlet, " + std::to_string(part).substr(0, 4) + " of the limit",
                       [&, n, part] { return by_velocity_verlet(n, expected, 0.98 * part); }});
    all.push_back({"odeint symplectic_euler, 0.98",
                   [&, n] { return by_symplectic<odeint::symplectic_euler<state>>(n, expected, 0.98); }});
    for (double const part : {0.78, 0.5})
        all.push_back({"odeint symplectic McLachlan 4, " + std::to_string(part).substr(0, 4), [&, n, part] {
                           return by_symplectic<odeint::symplectic_rkn_sb3a_mclachlan<state>>(n, expected, part * 1.5);
                       }});
    if (n > 300) return all;  // the others take minutes
    for (double const part : {1.3, 0.9})
        all.push_back(
            {"odeint runge_kutta4, " + std::to_string(part).substr(0, 4) + " of leapfrog's limit", [&, n, part] {
                 auto const steps = std::ceil((n + 1) * std::sqrt(2.0) / part);
                 return by_runge_kutta(n, expected, odeint::runge_kutta4<state>{}, 1.0 / steps);
             }});
    for (double const tolerance : {1e-4, 1e-6}) {
        std::string const with = tolerance > 1e-5 ? " 1e-4" : " 1e-6";
        all.push_back({"odeint dopri5" + with, [&, n, tolerance] {
                           return by_runge_kutta(
                               n, expected,
                               odeint::make_controlled<odeint::runge_kutta_dopri5<state>>(tolerance, tolerance), 1e-4);
                       }});
        all.push_back({"odeint fehlberg78" + with, [&, n, tolerance] {
                           return by_runge_kutta(
                               n, expected,
                               odeint::make_controlled<odeint::runge_kutta_fehlberg78<state>>(tolerance, tolerance),
                               1e-4);
                       }});
    }
    return all;
}

void compare(int n, int rounds) {
    auto const expected = exact(n, 1.0);
    auto const waves = problem(n, 1.0);
    auto const rivals = rivals_of(n, expected, waves);
    std::vector<outcome> best(rivals.size(), {1e300, 0.0});
    for (int round = 0; round < rounds; ++round)
        for (std::size_t at = 0; at < rivals.size(); ++at) {
            std::size_t const i = round % 2 == 0 ? at : rivals.size() - 1 - at;
            double const begin = thread_cpu_s();
            double const error = rivals[i].run();
            best[i] = {std::min(best[i].seconds, thread_cpu_s() - begin), error};
        }
    std::printf("%d x %d nodes, t = 1, errors against the exact solution of the grid\n", n, n);
    double ours = 1e300, steps = 1e300, theirs = 1e300;
    for (std::size_t i = 0; i < rivals.size(); ++i) {
        std::printf("  %-46s %10.3f ms  error %.1e\n", rivals[i].name.c_str(), 1e3 * best[i].seconds, best[i].error);
        if (!(best[i].error <= 1e-4)) continue;
        bool const is_ours = rivals[i].name.starts_with("poise");
        double& least = is_ours ? ours : theirs;
        least = std::min(least, best[i].seconds);
        if (is_ours && i > 0) steps = std::min(steps, best[i].seconds);
    }
    std::printf("  to 1e-4: best of odeint / poise %.0f, / poise by steps %.0f\n", theirs / ours, theirs / steps);
}

// GB/s of a = b + s c, and of a = b + s a, which reads what it writes as a step does, over arrays beyond caches: each
// counted as 24 bytes.
std::pair<double, double> triads_gb_s(std::size_t n, int rounds) {
    poise::detail::large_vector<double> a(n, 1.0), b(n, 2.0), c(n, 3.0);
    double least = 1e300, least_in_place = 1e300;
    for (int round = 0; round < rounds; ++round) {
        double* __restrict const to = a.data();
        double begin = thread_cpu_s();
        for (std::size_t i = 0; i < n; ++i) to[i] = b[i] + 0.5 * c[i];
        least = std::min(least, thread_cpu_s() - begin);
        if (a[n / 2] != 3.5) std::abort();
        begin = thread_cpu_s();
        for (std::size_t i = 0; i < n; ++i) to[i] = b[i] + 0.5 * to[i];
        least_in_place = std::min(least_in_place, thread_cpu_s() - begin);
        if (a[n / 2] != 3.75) std::abort();
    }
    double const gigabytes = 24e-9 * static_cast<double>(n);
    return {gigabytes / least, gigabytes / least_in_place};
}

template <std::size_t D>
void sweep(std::ptrdiff_t n, int rounds) {
    using namespace pde::detail;
    grid::cartesian_options<D> options{.centering = grid::centering::node};
    options.cells.fill(n + 1);
    grid::cartesian<D> const domain{options};
    grid::boundary<D> const walls = grid::dirichlet{0.0};
    wave_medium<D> const medium{domain, walls, {}, {1.0}, {}};
    auto const n_unknowns = static_cast<double>(medium.n_unknowns());
    bool const is_large = 16.0 * n_unknowns > 64e6;
    std::size_t const n_steps = is_large ? 32 : static_cast<std::size_t>(3e7 / n_unknowns) + 32;
    std::pair<double, double> triads;
    if (is_large) triads = triads_gb_s(static_cast<std::size_t>(n_unknowns) * 2 / 3, 2 * rounds);
    for (auto const order : {time_order::second, time_order::fourth}) {
        double const limit = order == time_order::second ? 1.9 : 3.3;
        leapfrog<D> const step{medium, limit / std::sqrt(medium.largest_eigenvalue()), order, forcing::none};
        auto older = step.make_state(), newer = step.make_state(), more = step.make_state();
        for (std::size_t i = 0; i < older.size(); i += 97) older[i] = 0.0;
        std::array<double, 2> best{1e300, 1e300};
        for (int round = 0; round < rounds; ++round)
            for (std::size_t is_fused : {0, 1}) {
                double const begin = thread_cpu_s();
                advance(step, {{older.data(), newer.data()}, more.data()}, n_steps,
                        {.max_threads = 1, .n_fused = is_fused == 1 ? 0 : 1});
                best[is_fused] = std::min(best[is_fused], (thread_cpu_s() - begin) / static_cast<double>(n_steps));
            }
        std::printf("%zuD, %td each way, %s order: plain %.3f ns an unknown and step, fused %.3f", D, n,
                    order == time_order::second ? "second" : "fourth", 1e9 * best[0] / n_unknowns,
                    1e9 * best[1] / n_unknowns);
        if (is_large)
            for (auto const& [name, rate] : {std::pair{"triad", triads.first}, {"triad in place", triads.second}}) {
                double const bound = 24.0 * n_unknowns / (rate * 1e9);
                std::printf("; of the rate of %s, %.1f GB/s: plain %.2f, fused %.2f", name, rate, bound / best[0],
                            bound / best[1]);
            }
        std::printf("\n");
    }
}

// What the program that poise replaces was published with: 60² and a Gaussian, to t = 1 and 2.
void original(int rounds) {
    grid::cartesian<2> const square{{.cells = {59, 59}, .centering = grid::centering::node}};
    auto const drop = [](double x, double y) {
        return std::exp(-(std::pow(x - 0.5, 2) + std::pow(y - 0.5, 2)) / 0.02);
    };
    for (double const t : {1.0, 2.0})
        for (auto const method : {pde::time_method::automatic, pde::time_method::leapfrog}) {
            pde::wave<2> const waves{.domain = square, .initial = drop, .t = {0.0, t}};
            double least = 1e300;
            std::string name;
            for (int round = 0; round < 20 * rounds; ++round) {
                double const begin = thread_cpu_s();
                auto const result = pde::solve(waves, {.rtol = 1e-2, .method = method});
                least = std::min(least, thread_cpu_s() - begin);
                name = result.report.method;
            }
            std::printf("60 x 60 nodes to t = %.0f, %s: %.3f ms\n", t, name.c_str(), 1e3 * least);
        }
}

}  // namespace

int main(int n_arguments, char** arguments) {
    int const rounds = n_arguments > 1 ? std::atoi(arguments[1]) : 5;
    int const largest = n_arguments > 2 ? std::atoi(arguments[2]) : 1023;
    int const beyond = n_arguments > 3 ? std::atoi(arguments[3]) : 4095;
    sweep<2>(255, rounds);
    sweep<2>(1023, rounds);
    sweep<2>(beyond, rounds);
    sweep<3>(255, rounds);
    original(rounds);
    compare(255, rounds);
    if (largest > 255) compare(largest, std::max(1, rounds / 3));
}
