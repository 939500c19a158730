// SPDX-License-Identifier: MIT
// Private to src/pde: what scheme::compact_fourth_order is not for.
#pragma once

#include "pde/solving.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace poise::pde::detail {

/// Throws std::invalid_argument where the compact fourth-order scheme is not for the grid, the sides or the options.
template <std::size_t D>
void require_compact_scheme(grid::cartesian<D> const& domain, grid::condition_kinds<D> const& kinds,
                            solve_options const& options) {
    POISE_REQUIRE(options.method == method::automatic || options.method == method::fast_transform, "method is ",
                  name_of(options.method),
                  ", and the compact fourth-order scheme is solved by method::fast_transform; take that, or "
                  "scheme::second_order");
    POISE_REQUIRE(options.backend == linear::cholesky_backend::automatic, "backend is ", to_string(options.backend),
                  ", which factors, and the compact fourth-order scheme is solved by method::fast_transform; leave the "
                  "backend out, or take scheme::second_order");
    POISE_REQUIRE(domain.is_uniform(),
                  "the cells of a direction differ in width, and the compact fourth-order scheme is for equal ones; "
                  "take scheme::second_order");
    for (std::size_t side = 0; side < 2 * D; ++side)
        POISE_REQUIRE(
            kinds[side] != grid::condition_kind::robin, "the ", side % 2 == 0 ? "lower" : "upper", " side of ",
            "xyz"[side / 2],
            " is Robin, and the compact fourth-order scheme is for Dirichlet, Neumann and periodic sides; take "
            "scheme::second_order");
    for (std::size_t d = 0; d < D; ++d)
        POISE_REQUIRE(
            domain.cells()[d] > 1 || domain.centering() == grid::centering::cell || kinds[2 * d] == kinds[2 * d + 1],
            "there is one cell in ", "xyz"[d],
            " between a Dirichlet side and a Neumann side on nodes, and the compact fourth-order scheme needs "
            "two; refine the grid, or take scheme::second_order");
}

/// The same for the coefficients; is_scalable: κ/h² and σ/κ are normal numbers.
template <std::size_t D>
void require_compact_coefficients(std::optional<std::array<double, D>> const& kappa, double const* sigma,
                                  char const* sigma_name, bool is_scalable) {
    POISE_REQUIRE(kappa && sigma != nullptr, kappa ? "sigma" : "kappa",
                  " varies, and the compact fourth-order scheme is for numbers; take scheme::second_order");
    POISE_REQUIRE(*sigma >= 0.0, sigma_name, " is ", *sigma, ", and the compact fourth-order scheme is for a ",
                  sigma_name, " >= 0; take scheme::second_order");
    POISE_REQUIRE(is_scalable, "of kappa = ", (*kappa)[0], " and ", sigma_name, " = ", *sigma, " ", sigma_name,
                  " / kappa or kappa / h^2 is not a normal number, which the compact fourth-order scheme needs; choose "
                  "other units, or take scheme::second_order");
}

}  // namespace poise::pde::detail
