// SPDX-License-Identifier: MIT
#include "pde/transport/flux_rows.hpp"

#include "core/multiversion.hpp"

#include <cmath>

namespace poise::pde::detail {
namespace {

[[gnu::always_inline]] inline double larger(double a, double b) { return a > b ? a : b; }

// At the face above c, from the cells a to e.
[[gnu::always_inline]] inline double weno_z(double a, double b, double c, double d, double e) {
    double const bend0 = a - 2.0 * b + c, bend1 = b - 2.0 * c + d, bend2 = c - 2.0 * d + e;
    double const slope0 = a - 4.0 * b + 3.0 * c, slope1 = b - d, slope2 = 3.0 * c - 4.0 * d + e;
    double const beta0 = 13.0 / 12.0 * bend0 * bend0 + 0.25 * slope0 * slope0;
    double const beta1 = 13.0 / 12.0 * bend1 * bend1 + 0.25 * slope1 * slope1;
    double const beta2 = 13.0 / 12.0 * bend2 * bend2 + 0.25 * slope2 * slope2;
    double const tau = std::abs(beta0 - beta2);
    double const least = 1e-20 * (beta0 + beta1 + beta2) + 1e-300;  // nothing but a guard of the divisions
    double const r0 = tau / (beta0 + least), r1 = tau / (beta1 + least), r2 = tau / (beta2 + least);
    double const w0 = 0.1 + 0.1 * (r0 * r0), w1 = 0.6 + 0.6 * (r1 * r1), w2 = 0.3 + 0.3 * (r2 * r2);
    double const q0 = 2.0 * a - 7.0 * b + 11.0 * c, q1 = 5.0 * c - b + 2.0 * d, q2 = 2.0 * c + 5.0 * d - e;
    return (w0 * q0 + w1 * q1 + w2 * q2) / (6.0 * (w0 + w1 + w2));
}

template <limiter Limiter>
[[gnu::always_inline]] inline double slope_between(double a, double b) {
    auto const least = [](double x, double y) { return std::abs(x) < std::abs(y) ? x : y; };
    double const product = a * b;
    double slope;
    if constexpr (Limiter == limiter::minmod) {
        slope = least(a, b);
    } else if constexpr (Limiter == limiter::van_leer) {
        slope = 2.0 * product / (product > 0.0 ? a + b : 1.0);
    } else {
        double const x = least(2.0 * a, b), y = least(a, 2.0 * b);
        slope = std::abs(x) > std::abs(y) ? x : y;
    }
    return product > 0.0 ? slope : 0.0;
}

template <transported What, advection_scheme Scheme, limiter Limiter>
[[gnu::always_inline]] inline double low_order(double a, double u1, double u2, double u3, double u4) {
    double left = u2, right = u3;
    if constexpr (Scheme == advection_scheme::limited) {
        left = u2 + 0.5 * slope_between<Limiter>(u2 - u1, u3 - u2);
        right = u3 - 0.5 * slope_between<Limiter>(u3 - u2, u4 - u3);
    }
    if constexpr (What == transported::by_itself)
        return Scheme == advection_scheme::central ? 0.25 * (u2 * u2 + u3 * u3) : godunov_flux(left, right);
    else
        return a * (Scheme == advection_scheme::central ? 0.5 * (u2 + u3) : a > 0.0 ? left : right);
}

template <transported What, advection_scheme Scheme, limiter Limiter, bool IsNumber>
[[gnu::always_inline]] inline void low_order_row(flux_row const& row) {
    double const *u1 = row.u[1], *u2 = row.u[2], *u3 = row.u[3], *u4 = row.u[4], *faces = row.on_faces;
    double* __restrict flux = row.flux;
    double const velocity = row.velocity, kappa = row.kappa;
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < row.n; ++i) {
        double const a = IsNumber ? velocity : faces[i];
        flux[i] = low_order<What, Scheme, Limiter>(a, u1[i], u2[i], u3[i], u4[i]) - kappa * (u3[i] - u2[i]);
    }
}

// Of velocities that are numbers the side is the same for all faces.
template <bool IsForwards>
[[gnu::always_inline]] inline void weno_row_of_number(flux_row const& row) {
    double const *u0 = row.u[0], *u1 = row.u[1], *u2 = row.u[2], *u3 = row.u[3], *u4 = row.u[4], *u5 = row.u[5];
    double* __restrict flux = row.flux;
    double const velocity = row.velocity;
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < row.n; ++i)
        flux[i] = velocity *
                  (IsForwards ? weno_z(u0[i], u1[i], u2[i], u3[i], u4[i]) : weno_z(u5[i], u4[i], u3[i], u2[i], u1[i]));
}

[[gnu::always_inline]] inline void weno_row_of_values(flux_row const& row) {
    double const *u0 = row.u[0], *u1 = row.u[1], *u2 = row.u[2], *u3 = row.u[3], *u4 = row.u[4], *u5 = row.u[5];
    double const *a0 = row.in_cells[0], *a1 = row.in_cells[1], *a2 = row.in_cells[2], *a3 = row.in_cells[3],
                 *a4 = row.in_cells[4], *a5 = row.in_cells[5];
    double* __restrict flux = row.flux;
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < row.n; ++i) {
        double const v0 = a0[i] * u0[i], v1 = a1[i] * u1[i], v2 = a2[i] * u2[i], v3 = a3[i] * u3[i], v4 = a4[i] * u4[i],
                     v5 = a5[i] * u5[i];
        double const speed = a2[i] + a3[i];
        bool const forwards = speed > 0.0;
        double const biased =
            weno_z(forwards ? v0 : v5, forwards ? v1 : v4, forwards ? v2 : v3, forwards ? v3 : v2, forwards ? v4 : v1);
        double const neither = (37.0 * (v2 + v3) - 8.0 * (v1 + v4) + (v0 + v5)) / 60.0;
        flux[i] = speed == 0.0 ? neither : biased;
    }
}

// Where all six cells move one way, from there; else by Lax and Friedrichs' splitting, with the largest speed among
// them. At a maximum of u the splitting has a part without first and second derivatives, which would cost an order.
[[gnu::always_inline]] inline void weno_row_of_burgers(flux_row const& row) {
    double const *u0 = row.u[0], *u1 = row.u[1], *u2 = row.u[2], *u3 = row.u[3], *u4 = row.u[4], *u5 = row.u[5];
    double* __restrict flux = row.flux;
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < row.n; ++i) {
        double const most = larger(larger(larger(u0[i], u5[i]), larger(u1[i], u4[i])), larger(u2[i], u3[i]));
        double const least = -larger(larger(larger(-u0[i], -u5[i]), larger(-u1[i], -u4[i])), larger(-u2[i], -u3[i]));
        bool const forwards = least >= 0.0, backwards = most <= 0.0;
        double const speed = forwards || backwards ? 0.0 : 0.5 * larger(most, -least);
        double const of_up = forwards ? 0.5 : backwards ? 0.0 : 0.25, of_down = 0.5 - of_up;
        auto const part = [](double u, double of_square, double of_u) { return of_square * (u * u) + of_u * u; };
        double const up = weno_z(part(u0[i], of_up, speed), part(u1[i], of_up, speed), part(u2[i], of_up, speed),
                                 part(u3[i], of_up, speed), part(u4[i], of_up, speed));
        double const down =
            weno_z(part(u5[i], of_down, -speed), part(u4[i], of_down, -speed), part(u3[i], of_down, -speed),
                   part(u2[i], of_down, -speed), part(u1[i], of_down, -speed));
        flux[i] = up + down;
    }
}

POISE_MULTIVERSION void number_forwards(flux_row const& row) { weno_row_of_number<true>(row); }
POISE_MULTIVERSION void number_backwards(flux_row const& row) { weno_row_of_number<false>(row); }
POISE_MULTIVERSION void values(flux_row const& row) { weno_row_of_values(row); }
POISE_MULTIVERSION void burgers(flux_row const& row) { weno_row_of_burgers(row); }

// −κ ∂u/∂x of sixth order.
POISE_MULTIVERSION void add_diffusion(flux_row const& row) {
    double const *u0 = row.u[0], *u1 = row.u[1], *u2 = row.u[2], *u3 = row.u[3], *u4 = row.u[4], *u5 = row.u[5];
    double* __restrict flux = row.flux;
    double const kappa = row.kappa / 180.0;
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < row.n; ++i)
        flux[i] -= kappa * (245.0 * (u3[i] - u2[i]) - 25.0 * (u4[i] - u1[i]) + 2.0 * (u5[i] - u0[i]));
}

#define POISE_LOW_ORDER(name, what, scheme, slope)                                              \
    POISE_MULTIVERSION void name##_of_number(flux_row const& row) {                             \
        low_order_row<transported::what, advection_scheme::scheme, limiter::slope, true>(row);  \
    }                                                                                           \
    POISE_MULTIVERSION void name##_of_values(flux_row const& row) {                             \
        low_order_row<transported::what, advection_scheme::scheme, limiter::slope, false>(row); \
    }
POISE_LOW_ORDER(upwind, by_velocity, upwind, minmod)
POISE_LOW_ORDER(central, by_velocity, central, minmod)
POISE_LOW_ORDER(minmod, by_velocity, limited, minmod)
POISE_LOW_ORDER(van_leer, by_velocity, limited, van_leer)
POISE_LOW_ORDER(superbee, by_velocity, limited, superbee)
#undef POISE_LOW_ORDER
#define POISE_LOW_ORDER(name, scheme, slope)                                                        \
    POISE_MULTIVERSION void name##_of_burgers(flux_row const& row) {                                \
        low_order_row<transported::by_itself, advection_scheme::scheme, limiter::slope, true>(row); \
    }
POISE_LOW_ORDER(upwind, upwind, minmod)
POISE_LOW_ORDER(central, central, minmod)
POISE_LOW_ORDER(minmod, limited, minmod)
POISE_LOW_ORDER(van_leer, limited, van_leer)
POISE_LOW_ORDER(superbee, limited, superbee)
#undef POISE_LOW_ORDER

using kernel = void (*)(flux_row const&);
struct kernels {
    kernel of_number, of_values, of_burgers;
};

kernels low_order_kernels(flux_kind const& kind) {
    if (kind.scheme == advection_scheme::upwind) return {upwind_of_number, upwind_of_values, upwind_of_burgers};
    if (kind.scheme == advection_scheme::central) return {central_of_number, central_of_values, central_of_burgers};
    switch (kind.limiter) {
        case limiter::minmod:
            return {minmod_of_number, minmod_of_values, minmod_of_burgers};
        case limiter::van_leer:
            return {van_leer_of_number, van_leer_of_values, van_leer_of_burgers};
        default:
            return {superbee_of_number, superbee_of_values, superbee_of_burgers};
    }
}

kernel kernel_of(flux_kind const& kind, flux_row const& row) {
    if (kind.scheme == advection_scheme::weno5) {
        if (kind.what == transported::by_itself) return burgers;
        if (row.in_cells[0] != nullptr) return values;
        return row.velocity > 0.0 ? number_forwards : number_backwards;
    }
    auto const all = low_order_kernels(kind);
    if (kind.what == transported::by_itself) return all.of_burgers;
    return row.on_faces != nullptr ? all.of_values : all.of_number;
}

}  // namespace

double diffusive_flux(flux_row const& row, std::ptrdiff_t i) {
    return -row.kappa / 180.0 *
           (245.0 * (row.u[3][i] - row.u[2][i]) - 25.0 * (row.u[4][i] - row.u[1][i]) +
            2.0 * (row.u[5][i] - row.u[0][i]));
}

void compute_fluxes(flux_kind const& kind, flux_row const& row) {
    kernel_of(kind, row)(row);
    if (kind.scheme == advection_scheme::weno5 && row.kappa != 0.0) add_diffusion(row);
}

POISE_MULTIVERSION void combine_row(double of_u, double const* u, double const* y, double h, double const* rate,
                                    double* __restrict out, std::ptrdiff_t n) {
    double const of_step = 1.0 - of_u;
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < n; ++i) out[i] = of_u * u[i] + of_step * (y[i] + h * rate[i]);
}

POISE_MULTIVERSION void add_difference(double const* lower, double const* upper, double per_width,
                                       double* __restrict rate, std::ptrdiff_t n) {
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < n; ++i) rate[i] += (lower[i] - upper[i]) * per_width;
}

POISE_MULTIVERSION void second_difference(double const* u, double const* w, double const* v, double* __restrict e,
                                          std::ptrdiff_t n) {
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < n; ++i) e[i] = (u[i] - 2.0 * w[i]) + v[i];
}

}  // namespace poise::pde::detail
