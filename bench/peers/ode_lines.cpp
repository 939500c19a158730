// SPDX-License-Identifier: MIT
// Partial differential equations on a line as systems of 1000 equations: the time to reach an error at the end, beside
// CVODE with a banded matrix and with GMRES.
//
// Run: bench_peers_ode_lines [rounds, 3]
#include "peers/cvode_krylov.hpp"
#include "peers/work_precision.hpp"

#include <poise/ode.hpp>
#include <poise/pde/heat.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

using namespace poise_bench;
using namespace poise;

namespace {

using run = std::function<double(double)>;

constexpr std::size_t n = 1000;
constexpr double h = 1.0 / (n + 1), pi = std::numbers::pi;

// u' = nu u_xx - carried u u_x by central differences, u = 0 on both ends.
struct line {
    double nu, carried;

    void operator()(double, auto const& u, auto& slope) const {
        double const second = nu / (h * h), first = carried / (4.0 * h);
        auto const at = [&](std::size_t i, auto const& below, auto const& above) {
            slope[i] = second * (below - 2.0 * u[i] + above) - first * (above * above - below * below);
        };
        auto const zero = 0.0 * u[0];
        at(0, zero, u[1]);
        for (std::size_t i = 1; i + 1 < n; ++i) at(i, u[i - 1], u[i + 1]);
        at(n - 1, u[n - 2], zero);
    }
};

double largest_difference(auto const& u, auto const& v) {
    double most = 0.0;
    for (std::size_t i = 0; i < n; ++i) most = std::max(most, std::abs(u[i] - v[i]));
    return most;
}

void compare(char const* name, line const& f, std::vector<double> const& y0, double end, int rounds) {
    ode::problem const problem{f, y0, {0.0, end}};
    ode::jacobian_structure const tridiagonal = ode::banded{1, 1};
    auto const exact =
        ode::solve(problem, ode::radau{}, {.rtol = 1e-11, .atol = 1e-12, .jacobian = tridiagonal}).y.back();
    auto const ours = [&](auto const& method) -> run {
        return [&, method](double rtol) {
            auto const solution = ode::solve(
                problem, method,
                {.rtol = rtol, .atol = rtol, .max_steps = 1'000'000, .keep = ode::keep::ends, .jacobian = tridiagonal});
            return largest_difference(solution.y.back(), exact);
        };
    };
    auto const theirs = [&](cvode_linear linear) -> run {
        return [&, linear](double rtol) {
            auto const plain = [&](double t, double const* y, double* slope) { f(t, y, slope); };
            cvode_large_problem const large{plain, y0, 0.0, end, 1};
            std::vector<double> y(n);
            return cvode_large(large, linear, rtol, rtol, y) ? largest_difference(y, exact) : std::nan("");
        };
    };
    std::vector<std::string> names{"rodas5p",           "radau",           "bdf", "esdirk4", "rkl2",
                                   "CVODE BDF, banded", "CVODE BDF, GMRES"};
    std::vector<run> rivals{ours(ode::rodas5p{}),       ours(ode::radau{}), ours(ode::bdf{}),
                            ours(ode::esdirk4{}),       ours(ode::rkl2{}),  theirs(cvode_linear::banded),
                            theirs(cvode_linear::gmres)};
    if (f.carried == 0.0) {
        names.push_back("pde::heat");
        rivals.push_back([&](double) {
            grid::cartesian<1> const nodes{{.cells = {n + 1}, .centering = grid::centering::node}};
            grid::field<1> initial{nodes};
            for (std::size_t i = 0; i < n; ++i) initial.values()[i + 1] = y0[i];
            auto const u =
                pde::solve(pde::heat<1>{.domain = nodes, .kappa = f.nu, .initial = initial, .t = {0.0, end}});
            return largest_difference(u.u.back().values().subspan(1, n), exact);
        });
    }
    auto const curves = measure<run>(rivals, {1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8}, rounds);
    std::printf("%s, %zu unknowns: ms for an error of 1e-4, 1e-6\n", name, n);
    for (std::size_t i = 0; i < rivals.size(); ++i) {
        std::printf("  %-18s %9.3f %9.3f   ", names[i].c_str(), 1e3 * seconds_for(curves[i], 1e-4),
                    1e3 * seconds_for(curves[i], 1e-6));
        for (auto const& point : curves[i]) std::printf(" %.3g ms: %.1e", 1e3 * point.seconds, point.error);
        std::printf("\n");
    }
}

}  // namespace

int main(int n_arguments, char** arguments) {
    int const rounds = n_arguments > 1 ? std::atoi(arguments[1]) : 3;
    std::vector<double> burgers(n), heat(n);
    for (std::size_t i = 0; i < n; ++i) {
        double const x = static_cast<double>(i + 1) * h;
        burgers[i] = std::sin(2 * pi * x) + 0.5 * std::sin(pi * x);
        heat[i] = std::sin(pi * x) + 0.5 * std::sin(3 * pi * x) + 0.2 * std::sin(10 * pi * x);
    }
    compare("Burgers, nu = 5e-3, t = 1", {5e-3, 1.0}, burgers, 1.0, rounds);
    compare("heat, t = 0.1", {1.0, 0.0}, heat, 0.1, rounds);
}
