// SPDX-License-Identifier: MIT
// Private to src/pde: fluxes through many faces of one direction at a time.
#pragma once

#include <poise/pde/advection.hpp>

#include <array>
#include <cstddef>

namespace poise::pde::detail {

/// What is carried: u by a velocity, or u by u/2, as in Burgers' equation.
enum class transported { by_velocity, by_itself };

/// Faces one beside the other: u[k][i], k = 0 … 5, are the cells along the direction of face i, which is between the
/// third and the fourth.
struct flux_row {
    std::array<double const*, 6> u;
    /// The velocity in the cells, of weno5, or nullptr: a number.
    std::array<double const*, 6> in_cells{};
    double const* on_faces = nullptr;  ///< the velocity, of other schemes, or nullptr: a number
    double velocity = 0.0;             ///< the number
    double kappa = 0.0;                ///< over the width of a cell
    double* flux = nullptr;            ///< out
    std::ptrdiff_t n = 0;
};

struct flux_kind {
    transported what;
    advection_scheme scheme;
    pde::limiter limiter;
};

/// velocity·u − κ ∂u/∂x through each face. Mirrored input gives the mirrored flux, bit by bit. Per face of weno5 about
/// 70 operations and 4 divisions, twice that where u carries itself; 8 bytes a cell and direction beyond caches.
/// Sources: Borges, Carmona, Costa & Don (2008), J. Comput. Phys. 227, 3191, eq. (28), with the exponent 2 of their
/// §3.2 (WENO-Z); Shu & Osher (1988), J. Comput. Phys. 77, 439 (splitting of the flux); Sweby (1984), SIAM J. Numer.
/// Anal. 21, 995 (limiters).
void compute_fluxes(flux_kind const& kind, flux_row const& row);
/// What of the flux of weno5 through face i diffuses.
[[nodiscard]] double diffusive_flux(flux_row const& row, std::ptrdiff_t i);

/// out = of_u·u + (1 − of_u)·(y + h·rate)
void combine_row(double of_u, double const* u, double const* y, double h, double const* rate, double* out,
                 std::ptrdiff_t n);
/// rate += (lower − upper) / width
void add_difference(double const* lower, double const* upper, double per_width, double* rate, std::ptrdiff_t n);
/// e = u − 2 w + v
void second_difference(double const* u, double const* w, double const* v, double* e, std::ptrdiff_t n);

/// Godunov's flux of u²/2 between two states.
[[nodiscard, gnu::always_inline]] inline double godunov_flux(double left, double right) {
    double const from_left = left > 0.0 ? left : 0.0, from_right = right < 0.0 ? right : 0.0;
    double const a = 0.5 * from_left * from_left, b = 0.5 * from_right * from_right;
    return a > b ? a : b;
}

}  // namespace poise::pde::detail
