// SPDX-License-Identifier: MIT
// Reaction and diffusion on squares: the time to reach an error at the end, beside CVODE.
//
// Run: bench_peers_pde_reactions [rounds, 3]
#include "peers/cvode_krylov.hpp"
#include "peers/work_precision.hpp"

#include <poise/grid/field.hpp>
#include <poise/pde/reaction_diffusion.hpp>
#include <poise/pde/reactions.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

using namespace poise_bench;
using namespace poise;

namespace {

using run = std::function<double(double)>;

// Σ of the four neighbours less four times the middle, of one plane: what a user of CVODE writes, a line at a time and
// without branches within it.
template <bool IsPeriodic>
void laplacian(int n, double factor, double const* u, double* out) {
    for (int j = 0; j < n; ++j) {
        double const* const here = u + std::ptrdiff_t{n} * j;
        double const* const below = j > 0 ? here - n : (IsPeriodic ? u + std::ptrdiff_t{n} * (n - 1) : here);
        double const* const above = j + 1 < n ? here + n : (IsPeriodic ? u : here);
        double* const to = out + std::ptrdiff_t{n} * j;
        for (int i = 1; i + 1 < n; ++i)
            to[i] = factor * (here[i - 1] + here[i + 1] + below[i] + above[i] - 4.0 * here[i]);
        double const before = IsPeriodic ? here[n - 1] : here[0], after = IsPeriodic ? here[0] : here[n - 1];
        to[0] = factor * (before + here[1] + below[0] + above[0] - 4.0 * here[0]);
        to[n - 1] = factor * (here[n - 2] + after + below[n - 1] + above[n - 1] - 4.0 * here[n - 1]);
    }
}

struct contest {
    char const* name;
    int n;
    double error;  ///< at which times are compared
    std::vector<double> jumps;
    std::vector<double> tolerances;
    std::function<void(double, double const*, double*)> f;
};

template <std::size_t S>
double error_of(pde::species_fields<2> const& u, pde::species_fields<2> const& exact) {
    double error = 0.0;
    for (std::size_t s = 0; s < S; ++s)
        for (std::size_t i = 0; i < u[s].values().size(); ++i)
            error = std::max(error, std::abs(u[s].values()[i] - exact[s].values()[i]));
    return error;
}

template <std::size_t S>
void compare(pde::reaction_diffusion<2, S> problem, contest const& at, int rounds) {
    for (std::size_t s = 0; s < S; ++s) {  // evaluated once for all
        std::vector<double> values(problem.domain.size());
        problem.initial[s].evaluate(problem.domain, values);
        problem.initial[s] = grid::field<2>{problem.domain, std::move(values)};
    }
    auto const options = [&](pde::time_method method, double rtol) {
        pde::species_options<2> result;
        result.rtol = rtol;
        result.atol = 1e-2 * rtol;
        result.discontinuities = at.jumps;
        result.method = method;
        result.max_steps = 1'000'000;
        return result;
    };
    auto const exact = pde::solve(problem, options(pde::time_method::exponential, 1e-9)).u.back();
    std::size_t const n_unknowns = S * problem.domain.size();
    std::vector<double> y0;
    for (std::size_t s = 0; s < S; ++s) {
        auto const values = problem.initial[s].values()->values();
        y0.insert(y0.end(), values.begin(), values.end());
    }
    auto const ours = [&](pde::time_method method) -> run {
        return [&, method](double rtol) {
            return error_of<S>(pde::solve(problem, options(method, rtol)).u.back(), exact);
        };
    };
    run const theirs = [&](double rtol) {
        std::vector<double> y = y0, end(n_unknowns);
        double t = problem.t.begin;
        auto stops = at.jumps;
        stops.push_back(problem.t.end);
        for (double const stop : stops) {
            cvode_large_problem const large{at.f, y, t, stop, 0};
            if (!cvode_large(large, cvode_linear::gmres, rtol, 1e-2 * rtol, end)) return std::nan("");
            y = end;
            t = stop;
        }
        double error = 0.0;
        for (std::size_t i = 0; i < y.size(); ++i)
            error =
                std::max(error, std::abs(y[i] - exact[i / problem.domain.size()].values()[i % problem.domain.size()]));
        return error;
    };
    auto const report = pde::solve(problem, options(pde::time_method::automatic, 1e-3)).report;
    std::vector<std::string> const names{"poise", "CVODE BDF, GMRES"};
    auto const curves = measure<run>({ours(pde::time_method::automatic), theirs}, at.tolerances, rounds);
    std::printf("%s, %d x %d, %zu unknowns to t = %g: ms for an error of %g\n  (%s; %s)\n", at.name, at.n, at.n,
                n_unknowns, problem.t.end, at.error, report.method.c_str(), report.chosen.c_str());
    double const mine = seconds_for(curves[0], at.error);
    for (std::size_t i = 0; i < curves.size(); ++i) {
        double const seconds = seconds_for(curves[i], at.error);
        std::printf("  %-18s %10.2f  %6.1f   ", names[i].c_str(), 1e3 * seconds, seconds / mine);
        for (auto const& point : curves[i]) std::printf(" %.3g ms: %.1e", 1e3 * point.seconds, point.error);
        std::printf("\n");
    }
}

void allen_cahn(int rounds) {
    constexpr int n = 255;
    constexpr double pi = std::numbers::pi;
    double const factor = 1e-4 * n * n;
    pde::reaction_diffusion<2> const problem{.domain = grid::cartesian<2>{{.cells = {n, n}}},
                                             .diffusivity = 1e-4,
                                             .reaction = pde::allen_cahn_reaction{},
                                             .boundary = grid::neumann{0.0},
                                             .initial =
                                                 [](double x, double y) {
                                                     return 0.4 * std::sin(6 * pi * x) * std::cos(4 * pi * y) +
                                                            0.1 * std::cos(10 * pi * x * y);
                                                 },
                                             .t = {0.0, 5.0}};
    auto const f = [=](double, double const* u, double* slope) {
        laplacian<false>(n, factor, u, slope);
        for (int i = 0; i < n * n; ++i) slope[i] += u[i] - u[i] * u[i] * u[i];
    };
    compare(problem, {"Allen-Cahn", n, 3e-4, {}, {1e-2, 1e-3, 1e-4, 1e-5, 1e-6}, f}, rounds);
}

void gray_scott(int rounds) {
    constexpr int n = 256;
    double const width = 2.5, over_h2 = n * n / (width * width), feed = 0.04, kill = 0.06;
    auto const bump = [](double x, double y) {
        return std::exp(-80 * ((x - 1.25) * (x - 1.25) + (y - 1.2) * (y - 1.2)));
    };
    pde::reaction_diffusion<2, 2> const problem{
        .domain = grid::cartesian<2>{{.upper = {width, width}, .cells = {n, n}}},
        .diffusivity = {2e-5, 1e-5},
        .reaction = pde::gray_scott_reaction{feed, kill},
        .boundary = grid::periodic{},
        .initial = {[=](double x, double y) { return 1 - 0.5 * bump(x, y); },
                    [=](double x, double y) { return 0.25 * bump(x, y); }},
        .t = {0.0, 1000.0}};
    auto const f = [=](double, double const* y, double* slope) {
        constexpr int all = n * n;
        laplacian<true>(n, 2e-5 * over_h2, y, slope);
        laplacian<true>(n, 1e-5 * over_h2, y + all, slope + all);
        for (int i = 0; i < all; ++i) {
            double const u = y[i], v = y[all + i], product = u * v * v;
            slope[i] += feed * (1.0 - u) - product;
            slope[all + i] += product - (feed + kill) * v;
        }
    };
    compare(problem, {"Gray-Scott", n, 2e-3, {}, {1e-3, 1e-4, 1e-5, 1e-6}, f}, rounds);
}

// The source of Hairer & Wanner (1996), §IV.10, which comes on at t = 1.1.
void brusselator(int rounds) {
    constexpr int n = 64;
    auto const source = [](double x, double y, double t) {
        return t >= 1.1 && (x - 0.3) * (x - 0.3) + (y - 0.6) * (y - 0.6) <= 0.01 ? 5.0 : 0.0;
    };
    pde::reaction_diffusion<2, 2> const problem{
        .domain = grid::cartesian<2>{{.cells = {n, n}}},
        .diffusivity = 10.0,
        .reaction = pde::brusselator_reaction{.a = 1.0, .b = 3.4},
        .source = {pde::source_in_time<2>{source}, pde::source_in_time<2>{0.0}},
        .boundary = grid::periodic{},
        .initial = {[](double, double y) { return 22 * std::pow(y * (1 - y), 1.5); },
                    [](double x, double) { return 27 * std::pow(x * (1 - x), 1.5); }},
        .t = {0.0, 11.5}};
    std::vector<double> on;
    for (int j = 0; j < n; ++j)
        for (int i = 0; i < n; ++i) on.push_back(source((i + 0.5) / n, (j + 0.5) / n, 2.0));
    auto const f = [=](double t, double const* y, double* slope) {
        constexpr int all = n * n;
        laplacian<true>(n, 10.0 * n * n, y, slope);
        laplacian<true>(n, 10.0 * n * n, y + all, slope + all);
        for (int i = 0; i < all; ++i) {
            double const u = y[i], v = y[all + i], product = u * u * v;
            slope[i] += 1.0 + product - 4.4 * u + (t >= 1.1 ? on[static_cast<std::size_t>(i)] : 0.0);
            slope[all + i] += 3.4 * u - product;
        }
    };
    compare(problem, {"Brusselator", n, 5e-4, {1.1}, {1e-4, 1e-5, 1e-6, 1e-7}, f}, rounds);
}

}  // namespace

int main(int n_arguments, char** arguments) {
    int const rounds = n_arguments > 1 ? std::atoi(arguments[1]) : 3;
    allen_cahn(rounds);
    gray_scott(rounds);
    brusselator(rounds);
}
