// SPDX-License-Identifier: MIT
#include "pde/wave_modes.hpp"

#include "core/multiversion.hpp"

#include <bit>
#include <cstdint>

namespace poise::pde::detail {
namespace {

struct turn {
    double sine, cosine;
};

[[gnu::always_inline]] inline turn turn_by(double x) {
    // Adding it leaves whole numbers in the last digits: k = x / (π/2), rounded.
    constexpr double rounder = 0x1.8p52, two_over_pi = 0.63661977236758134308;
    constexpr double half_pi_1 = 1.57079632673412561417e+00, half_pi_2 = 6.07710050630396597660e-11,
                     half_pi_3 = 2.02226624879595063154e-21;
    double const shifted = x * two_over_pi + rounder;
    double const k = shifted - rounder;
    double const r = ((x - k * half_pi_1) - k * half_pi_2) - k * half_pi_3;
    double const z = r * r;
    double const sine = r + r * z *
                                (-1.66666666666666324348e-01 +
                                 z * (8.33333333332248946124e-03 +
                                      z * (-1.98412698298579493134e-04 +
                                           z * (2.75573137070700676789e-06 +
                                                z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)))));
    double const rest = z * z *
                        (4.16666666666666019037e-02 +
                         z * (-1.38888888888741095749e-03 +
                              z * (2.48015872894767294178e-05 +
                                   z * (-2.75573143513906633035e-07 +
                                        z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)))));
    // 1 − z/2 with the digits that rounding takes from it.
    double const half = 0.5 * z, near_one = 1.0 - half;
    double const cosine = near_one + (((1.0 - near_one) - half) + rest);
    auto const quarter = std::bit_cast<std::int64_t>(shifted);
    bool const is_odd = (quarter & 1) != 0;
    double const s = is_odd ? cosine : sine, c = is_odd ? sine : cosine;
    return {(quarter & 2) != 0 ? -s : s, ((quarter + 1) & 2) != 0 ? -c : c};
}

}  // namespace

POISE_MULTIVERSION void turn_modes(double const* omega, double t, double const* u0, double const* v0,
                                   double* __restrict u, double* __restrict v, std::ptrdiff_t n) {
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        double const w = omega[i];
        auto const [sine, cosine] = turn_by(w * t);
        double const drifted = w == 0.0 ? t : sine / (w == 0.0 ? 1.0 : w);
        u[i] = cosine * u0[i] + drifted * v0[i];
        v[i] = cosine * v0[i] - w * sine * u0[i];
    }
}

}  // namespace poise::pde::detail
