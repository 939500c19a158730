// SPDX-License-Identifier: MIT
// Lesson 31: the same ensemble on the processor and on a GPU: one argument is another.
//
// A pendulum that is damped and pushed, theta'' = -sin theta - 0.2 theta' + a cos t / 2, for 20000 strengths a between
// 1 and 3: where does it end after ten periods of the push, and how often has it gone over the top?
//
// Run:      31_ensemble_on_a_gpu                     on the first GPU that works, else on the processor
//           POISE_DEVICE=cpu 31_ensemble_on_a_gpu    on the processor
// Look at:  - f, which is compiled for the processor and for the GPU, by nvcc;
//           - the device: asked for once, named in the report, with the reason where it is not a GPU;
//           - what both found, side by side.
#include <poise/core/concat.hpp>
#include <poise/cuda.hpp>
#include <poise/ode.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <exception>
#include <iostream>
#include <numbers>

using namespace poise;

namespace {

struct pendulum {
    template <class T, class Y, class P>
    __host__ __device__ void operator()(T const& t, Y const& y, Y& dydt, P const& p) const {
        dydt[0] = y[1];
        dydt[1] = 0.5 * p[0] * cos(t) - sin(y[0]) - 0.2 * y[1];
    }
};

}  // namespace

int main() try {
    std::size_t const n = 20'000;
    ode::ensemble const pushed{pendulum{}, {0.0, 20.0 * std::numbers::pi}, n, [n](std::size_t i) {
                                   double const strength = 1.0 + 2.0 * static_cast<double>(i) / static_cast<double>(n);
                                   return ode::start{{0.0, 0.0}, {strength}};
                               }};

    // Step 1: on the processor.
    auto const here = cuda::solve(pushed, ode::dormand_prince5{}, {.rtol = 1e-9, .atol = 1e-9});
    std::cout << here.report << '\n';

    // Step 2: on the best device that there is.
    auto const best = device::best();
    std::cout << "best device: " << best << '\n';
    auto const there = cuda::solve(pushed, ode::dormand_prince5{}, {.rtol = 1e-9, .atol = 1e-9, .device = best});
    std::cout << there.report << "\n\n";

    // Step 3: what both found. Near strengths where the pendulum just comes over the top nothing is certain.
    std::array<std::size_t, 5> over{};
    std::size_t n_alike = 0;
    for (std::size_t i = 0; i < n; ++i) {
        double const turns = std::abs(there.y[i][0]) / (2.0 * std::numbers::pi);
        ++over[std::min<std::size_t>(static_cast<std::size_t>(turns + 0.5), over.size() - 1)];
        if (std::abs(here.y[i][0] - there.y[i][0]) < 1e-3) ++n_alike;
    }
    std::cout << "turns from where it began, and how many pendulums\n";
    for (std::size_t k = 0; k < over.size(); ++k)
        std::cout << k << (k + 1 < over.size() ? "          " : " or more  ") << over[k] << '\n';
    std::cout << "\non both devices the same to 1e-3: "
              << (n_alike == n ? "all" : concat(to_text(100.0 * static_cast<double>(n_alike) / n, 3), " %")) << '\n';
} catch (std::exception const& error) {
    std::cerr << error.what() << '\n';
    return 2;
}

// Possibilities for extensions: cuda::solve<float> at rtol 1e-5; a grid of strengths and dampings, and a picture of it.
