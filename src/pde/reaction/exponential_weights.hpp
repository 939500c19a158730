// SPDX-License-Identifier: MIT
// Private to src/pde: what an exponential step of one length does to each mode.
#pragma once

#include "core/large_vector.hpp"

#include <poise/linear/spectral_transform.hpp>

#include <array>
#include <cmath>
#include <cstddef>

namespace poise::pde::detail {

/// φ₀ = eᶻ and φ_k = (φ_{k−1} − 1/(k−1)!) / z, z ≤ 0: by that where it loses few digits, from the series of φ₃ where it
/// would lose more. Source: Kassam & Trefethen (2005), SIAM J. Sci. Comput. 26, 1214, §3 (what is lost); Hochbruck &
/// Ostermann (2010), Acta Numerica 19, 209, eq. (2.10).
struct phi_functions {
    std::array<double, 4> phi;

    explicit phi_functions(double z) {
        if (z < -1.0) {
            phi[0] = std::exp(z);
            phi[1] = (phi[0] - 1.0) / z;
            phi[2] = (phi[1] - 1.0) / z;
            phi[3] = (phi[2] - 0.5) / z;
            return;
        }
        double series = 0.0;
        for (int k = 15; k >= 0; --k) series = (1.0 + z * series) / static_cast<double>(k + 3 == 3 ? 6 : k + 3);
        phi[3] = series;
        phi[2] = 0.5 + z * phi[3];
        phi[1] = 1.0 + z * phi[2];
        phi[0] = 1.0 + z * phi[1];
    }
    [[nodiscard]] double operator[](std::size_t k) const noexcept { return phi[k]; }
};

/// Of each coefficient of a spectral_transform, those of Krogstad's ETDRK4, times h but for the exponentials: stages
/// u₂ = half u + a₂₁ N₁, u₃ = half u + a₃₁ N₁ + a₃₂ N₂, u₄ = whole u + a₄₁ N₁ + a₄₃ N₃, and the step
/// whole u + b₁ N₁ + b₂ (N₂ + N₃) + b₄ N₄. Without N₄ but with N of the step's end in its place the order is 3.
/// Source: Krogstad (2005), J. Comput. Phys. 203, 72, eq. (51).
struct exponential_weights {
    using values = poise::detail::large_vector<double>;
    values half, whole, a21, a31, a32, a41, a43, b1, b2, b4;

    /// Zeros, of which those that belong to no mode stay.
    explicit exponential_weights(std::size_t n_coefficients) {
        for (auto* each : {&half, &whole, &a21, &a31, &a32, &a41, &a43, &b1, &b2, &b4}) each->resize(n_coefficients);
    }

    template <std::size_t D>
    void set(linear::spectral_transform<D> const& modes, double diffusivity, double h);

private:
    void set_mode(std::size_t at, double z, double h) {
        phi_functions const on_half{0.5 * z}, on_whole{z};
        half[at] = on_half[0], whole[at] = on_whole[0];
        a21[at] = 0.5 * h * on_half[1];
        a31[at] = h * (0.5 * on_half[1] - on_half[2]);
        a32[at] = h * on_half[2];
        a41[at] = h * (on_whole[1] - 2.0 * on_whole[2]);
        a43[at] = h * (2.0 * on_whole[2]);
        b1[at] = h * (on_whole[1] - 3.0 * on_whole[2] + 4.0 * on_whole[3]);
        b2[at] = h * (2.0 * on_whole[2] - 4.0 * on_whole[3]);
        b4[at] = h * (4.0 * on_whole[3] - on_whole[2]);
    }
};

/// visit(place, λ) of all coefficients that belong to modes.
template <std::size_t D, class Visitor>
void for_each_mode(linear::spectral_transform<D> const& modes, Visitor const& visit) {
    modes.for_each_run([&](auto const& run) {
        double others = 0.0;
        for (std::size_t d = 1; d < D; ++d) others += modes.eigenvalues(d)[run.mode[d]];
        double const* const along_x = modes.eigenvalues(0).data() + run.mode[0];
        for (std::size_t i = 0; i < run.n; ++i) visit(run.place + i, others + along_x[i]);
    });
}

template <std::size_t D>
void exponential_weights::set(linear::spectral_transform<D> const& modes, double diffusivity, double h) {
    for_each_mode(modes, [&](std::size_t at, double lambda) { set_mode(at, -h * diffusivity * lambda, h); });
}

}  // namespace poise::pde::detail
