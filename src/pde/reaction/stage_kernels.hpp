// SPDX-License-Identifier: MIT
// Private to src/pde: stages of a stabilised method on a piece of a line.
#pragma once

#include <array>
#include <cstddef>

namespace poise::pde::detail {

/// All begin at the same unknown; of `now` its neighbours along x may be read too.
struct stage_piece {
    double const* now;
    std::array<double const*, 4> neighbours{};  ///< of y below and above, of z
    std::array<double, 4> couplings{};
    double const *lower, *upper;  ///< along x
    double const* rate;
    double diffusivity;
    double* out;
    std::ptrdiff_t n;
};

/// out = weight_now now + weight_before before + weight_y y + weight_first first + weight_slope (D Δ now + rate);
/// before may be out.
struct stage_weights {
    double now, before, y, first, slope;
};
struct stage_terms {
    double const *before, *y, *first;
};

/// D: the dimension.
template <std::size_t D>
void combine_stage(stage_piece const& piece, stage_terms const& terms, stage_weights const& weights);
/// out = D Δ now + rate.
template <std::size_t D>
void slope_of(stage_piece const& piece);

/// Σ e² and Σ z² with e = 0.8 (y − z) + 0.4 h (first + last), in an order that depends on n alone.
struct error_sums {
    double error = 0.0, size = 0.0;
};
[[nodiscard]] error_sums sums_of_error(double const* y, double const* z, double const* first, double const* last,
                                       double h, std::ptrdiff_t n);

/// out = y + weight first.
void add_scaled(double const* y, double weight, double const* first, double* out, std::ptrdiff_t n);

}  // namespace poise::pde::detail
