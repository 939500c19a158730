// SPDX-License-Identifier: MIT
// The Lorenz equations for many parameters on a GPU and on the processor: steps a second where the states are, and with
// the copies to the GPU and back.
//
// Run: bench_cuda_ensemble [trajectories, 8388608] [fixed steps, 1000] [rounds, 5]
#include <poise/cuda.hpp>
#include <poise/ode/tsitouras5.hpp>
#include <poise/ode/verner7.hpp>
#include <poise/profile/control.hpp>
#include <poise/profile/report.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <vector>

using namespace poise;

namespace {

struct lorenz {
    template <class T, class Y, class P>
    __host__ __device__ void operator()(T const&, Y const& y, Y& dydt, P const& p) const {
        dydt[0] = 10.0 * (y[1] - y[0]);
        dydt[1] = p[0] * y[0] - y[1] - y[0] * y[2];
        dydt[2] = y[0] * y[1] - 8.0 / 3.0 * y[2];
    }
};

double median(std::vector<double> of) {
    std::nth_element(of.begin(), of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2), of.end());
    return of[of.size() / 2];
}

template <class Real, class Method>
void measure(char const* name, Method const& method, ode::ensemble_options<3> const& options, std::size_t n,
             double t_end, int rounds) {
    ode::ensemble const orbits{
        lorenz{}, {0.0, t_end}, n, [n](std::size_t i) {
            return ode::start{{1.0, 0.0, 0.0}, {21.0 * static_cast<double>(i) / static_cast<double>(n)}};
        }};
    std::vector<double> all, inside;
    double n_steps = 0.0;
    for (int round = 0; round <= rounds; ++round) {
        profile::reset();
        auto const result = cuda::solve<Real>(orbits, method, options);
        n_steps = static_cast<double>(result.report.statistics.n_steps + result.report.statistics.n_rejected);
        if (round == 0) continue;  // the first one begins the GPU's work
        all.push_back(result.report.solve_s);
        auto const measured = profile::report().data();
        auto const* const scope = measured.root.find("cuda::solve/integrate");
        inside.push_back(scope != nullptr ? scope->inclusive_s : result.report.solve_s);
    }
    std::printf("%-34s %-8s %9.3f ms, %.3g steps/s; with copies and starts %9.3f ms, %.3g steps/s\n", name,
                options.device.name().c_str(), 1e3 * median(inside), n_steps / median(inside), 1e3 * median(all),
                n_steps / median(all));
}

}  // namespace

int main(int n_arguments, char** arguments) {
    auto const n = static_cast<std::size_t>(n_arguments > 1 ? std::atoll(arguments[1]) : 8'388'608);
    int const n_steps = n_arguments > 2 ? std::atoi(arguments[2]) : 1000;
    int const rounds = n_arguments > 3 ? std::atoi(arguments[3]) : 5;
    profile::enable();
    for (auto const& each : device::all()) std::cout << each << '\n';
    device const best = device::best();
    std::cout << "best: " << best << '\n';
    std::vector<device> devices{device::cpu()};
    if (best.is_cuda()) devices.push_back(best);
    for (auto const& where : devices) {
        // The processor takes double, whatever is asked for, and a part of the trajectories.
        std::size_t const n_here = where.is_cuda() ? n : std::max<std::size_t>(n / 64, 1);
        double const t_end = 1e-3 * n_steps;
        if (where.is_cuda())
            measure<float>("Tsitouras 5(4), fixed step, float", ode::tsitouras5{},
                           {.fixed_step = 1e-3, .device = where}, n_here, t_end, rounds);
        measure<double>("Tsitouras 5(4), fixed step, double", ode::tsitouras5{}, {.fixed_step = 1e-3, .device = where},
                        n_here, t_end, rounds);
        if (where.is_cuda())
            measure<float>("Tsitouras 5(4), rtol 1e-5, float", ode::tsitouras5{},
                           {.rtol = 1e-5, .atol = 1e-5, .device = where}, n_here, 10.0, rounds);
        measure<double>("Tsitouras 5(4), rtol 1e-8, double", ode::tsitouras5{},
                        {.rtol = 1e-8, .atol = 1e-8, .device = where}, n_here, 10.0, rounds);
        measure<double>("Verner 7(6), rtol 1e-8, double", ode::verner7{}, {.rtol = 1e-8, .atol = 1e-8, .device = where},
                        n_here, 10.0, rounds);
    }
}
