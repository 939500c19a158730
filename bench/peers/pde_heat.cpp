// SPDX-License-Identifier: MIT
// The heat equation on a square, four sine modes: the time to reach an error at the end, beside CVODE.
//
// Run: bench_peers_pde_heat [cells a side, 256] [end, 0.1] [rounds, 3] [contrast of kappa, 1]
#include "peers/cvode_krylov.hpp"
#include "peers/work_precision.hpp"

#include <poise/core/reductions.hpp>
#include <poise/grid/field_arithmetic.hpp>
#include <poise/pde/heat.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

using namespace poise_bench;
using namespace poise;

namespace {

struct mode {
    int p, q;
    double amplitude;
};
constexpr std::array<mode, 4> modes{{{1, 1, 1.0}, {2, 3, 0.5}, {5, 4, 0.3}, {7, 9, 0.2}}};

double initial(double x, double y) {
    double sum = 0.0;
    for (auto const& m : modes)
        sum += m.amplitude * std::sin(m.p * std::numbers::pi * x) * std::sin(m.q * std::numbers::pi * y);
    return sum;
}

// The same fluxes as poise's, in one loop over the unknowns: what a user of CVODE writes. kappa: of x-faces and of
// y-faces, over h²; empty where it is 1.
struct semi_discrete {
    int n;  ///< unknowns a side
    double over_h2;
    std::vector<double> kappa_x, kappa_y;

    void operator()(double, double const* u, double* slope) const {
        for (int j = 0; j < n; ++j)
            for (int i = 0; i < n; ++i) {
                std::ptrdiff_t const k = i + std::ptrdiff_t{n} * j;
                double const left = i > 0 ? u[k - 1] : 0.0, right = i + 1 < n ? u[k + 1] : 0.0;
                double const below = j > 0 ? u[k - n] : 0.0, above = j + 1 < n ? u[k + n] : 0.0;
                if (kappa_x.empty()) {
                    slope[k] = over_h2 * (left + right + below + above - 4.0 * u[k]);
                    continue;
                }
                double const* const x = kappa_x.data() + k + j;
                double const* const y = kappa_y.data() + k;
                slope[k] = x[0] * (left - u[k]) + x[1] * (right - u[k]) + y[0] * (below - u[k]) + y[n] * (above - u[k]);
            }
    }
};

double harmonic(double a, double b) { return 2.0 * a * b / (a + b); }

}  // namespace

int main(int n_arguments, char** arguments) {
    int const cells = n_arguments > 1 ? std::atoi(arguments[1]) : 256;
    double const end = n_arguments > 2 ? std::atof(arguments[2]) : 0.1;
    int const rounds = n_arguments > 3 ? std::atoi(arguments[3]) : 3;
    double const contrast = n_arguments > 4 ? std::atof(arguments[4]) : 1.0;
    grid::cartesian<2> const square{{.cells = {cells, cells}, .centering = grid::centering::node}};
    auto const kappa = [=](double x, double y) { return 1.0 + (contrast - 1.0) * x * y; };
    int const n = cells - 1;
    double const h = 1.0 / cells;
    semi_discrete f{n, 1.0 / (h * h), {}, {}};
    if (contrast != 1.0)
        for (int j = 0; j <= n; ++j)
            for (int i = 0; i <= n; ++i) {
                double const x = (i + 1) * h, y = (j + 1) * h;
                if (j < n) f.kappa_x.push_back(harmonic(kappa(x, y), kappa(x - h, y)) / (h * h));
                if (i < n) f.kappa_y.push_back(harmonic(kappa(x, y), kappa(x, y - h)) / (h * h));
            }
    pde::heat<2> problem{.domain = square, .initial = grid::sample(square, initial), .t = {0.0, end}};
    if (contrast != 1.0) problem.kappa = kappa;

    std::vector<double> y0;
    for (int j = 1; j < cells; ++j)
        for (int i = 1; i < cells; ++i) y0.push_back(problem.initial.values()->view()(i, j));
    auto const exact =
        contrast == 1.0 ? pde::solve(problem).u.back() : pde::solve(problem, {.rtol = 1e-9, .atol = 1e-12}).u.back();
    auto const largest = norm_max(exact.values());

    using run = std::function<double(double)>;
    auto const ours = [&](pde::time_method method) -> run {
        return [&, method](double rtol) {
            pde::evolution_options<2> options{.rtol = rtol, .atol = 1e-2 * rtol, .method = method};
            return norm_max(pde::solve(problem, options).u.back() - exact);
        };
    };
    auto const theirs = [&](cvode_linear linear) -> run {
        return [&, linear](double rtol) {
            cvode_large_problem const large{f, y0, 0.0, end, n};
            std::vector<double> y(y0.size());
            if (!cvode_large(large, linear, rtol, 1e-2 * rtol, y)) return std::nan("");
            double error = 0.0;
            for (int j = 0; j < n; ++j)
                for (int i = 0; i < n; ++i)
                    error = std::fmax(error, std::abs(y[static_cast<std::size_t>(i + n * j)] - exact(i + 1, j + 1)));
            return error;
        };
    };
    std::vector<std::string> names{"implicit Runge-Kutta"};
    std::vector<run> rivals{ours(pde::time_method::implicit_runge_kutta)};
    if (contrast == 1.0) {
        names.push_back("exact in time");
        rivals.push_back(ours(pde::time_method::exact));
    }
    if (cells <= 600) {  // beyond, minutes
        names.push_back("CVODE BDF, GMRES");
        rivals.push_back(theirs(cvode_linear::gmres));
    }
    if (cells <= 64) {
        names.push_back("CVODE BDF, banded");
        rivals.push_back(theirs(cvode_linear::banded));
    }
    std::vector<double> tolerances;
    for (double rtol = 1e-2; rtol > 0.9e-6; rtol *= 0.1) tolerances.push_back(rtol);
    auto const curves = measure<run>(rivals, tolerances, rounds);

    std::printf("%d x %d unknowns to t = %g, kappa 1 to %g: ms for an error of 1e-4, 1e-5; the largest u is %.3g\n", n,
                n, end, contrast, largest);
    for (std::size_t i = 0; i < rivals.size(); ++i) {
        std::printf("  %-22s %10.3f %10.3f   ", names[i].c_str(), 1e3 * seconds_for(curves[i], 1e-4),
                    1e3 * seconds_for(curves[i], 1e-5));
        for (auto const& point : curves[i]) std::printf(" %.3g ms: %.1e", 1e3 * point.seconds, point.error);
        std::printf("\n");
    }
}
