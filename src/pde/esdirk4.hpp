// SPDX-License-Identifier: MIT
// Private to src/pde: the coefficients of the implicit method in time.
#pragma once

#include <array>
#include <cstddef>

namespace poise::pde::detail {

/// ESDIRK4(3)6L[2]SA: of order 4 with an embedded order 3, stage order 2, L-stable and stiffly accurate, so that the
/// last stage is the step. The first stage is explicit, the others have the one γ.
/// Source: Kennedy & Carpenter (2003), Appl. Numer. Math. 44, 139, the implicit part of ARK4(3)6L[2]SA (Appendix C).
struct esdirk4 {
    static constexpr std::size_t n_stages = 6;
    static constexpr double gamma = 0.25;
    static constexpr std::array<double, 6> c{0.0, 1.0 / 2, 83.0 / 250, 31.0 / 50, 17.0 / 20, 1.0};
    static constexpr std::array<std::array<double, 6>, 6> a{
        {{},
         {1.0 / 4, 1.0 / 4},
         {8611.0 / 62500, -1743.0 / 31250, 1.0 / 4},
         {5012029.0 / 34652500, -654441.0 / 2922500, 174375.0 / 388108, 1.0 / 4},
         {15267082809.0 / 155376265600, -71443401.0 / 120774400, 730878875.0 / 902184768, 2285395.0 / 8070912, 1.0 / 4},
         {82889.0 / 524892, 0.0, 15625.0 / 83664, 69875.0 / 102672, -2260.0 / 8211, 1.0 / 4}}};
    static constexpr std::array<double, 6> b = a[5];
    static constexpr std::array<double, 6> embedded{4586570599.0 / 29645900160, 0.0,
                                                    178811875.0 / 945068544,    814220225.0 / 1159782912,
                                                    -3700637.0 / 11593932,      61727.0 / 225920};

    using matrix = std::array<std::array<double, 6>, 6>;
    /// What stands for b(t + c_i h) in stage i: Σ_k data_k b(t + c_k h) = b(t) + h Σ_j a_ij b'(t + c_j h), b' that of
    /// the polynomial through all six. Where u follows the data at once, as beside a Dirichlet side, the stages then
    /// agree with them as they agree with each other; with b(t + c_i h) itself they would not, and order 3 would be
    /// left of 4. Source: Carpenter, Gottlieb, Abarbanel & Don (1995), SIAM J. Sci. Comput. 16, 1241 (data by their
    /// derivatives).
    static constexpr matrix data_of_stages();
    /// Σ_j guess_ij k_j h = the integral over [0, c_i] of the polynomial through the slopes of stages 0 … i - 1.
    static constexpr matrix guesses();
};

namespace polynomials {

/// Π (x - node) over the first n nodes but `without`, divided by its value at that one: by powers of x.
constexpr std::array<double, 6> lagrange(std::size_t n, std::size_t without) {
    std::array<double, 6> p{1.0};
    double value = 1.0;
    for (std::size_t k = 0, degree = 0; k < n; ++k) {
        if (k == without) continue;
        for (std::size_t m = ++degree; m > 0; --m) p[m] = p[m - 1] - esdirk4::c[k] * p[m];
        p[0] *= -esdirk4::c[k];
        value *= esdirk4::c[without] - esdirk4::c[k];
    }
    for (double& coefficient : p) coefficient /= value;
    return p;
}
constexpr double derivative(std::array<double, 6> const& p, double x) {
    double sum = 0.0;
    for (std::size_t m = 5; m > 0; --m) sum = sum * x + static_cast<double>(m) * p[m];
    return sum;
}
constexpr double integral(std::array<double, 6> const& p, double x) {
    double sum = 0.0;
    for (std::size_t m = 6; m > 0; --m) sum = sum * x + p[m - 1] / static_cast<double>(m);
    return sum * x;
}

}  // namespace polynomials

constexpr esdirk4::matrix esdirk4::data_of_stages() {
    matrix weights{};
    for (std::size_t k = 0; k < n_stages; ++k) {
        auto const p = polynomials::lagrange(n_stages, k);
        for (std::size_t i = 0; i < n_stages; ++i) {
            weights[i][k] = k == 0 ? 1.0 : 0.0;
            for (std::size_t j = 0; j <= i; ++j) weights[i][k] += a[i][j] * polynomials::derivative(p, c[j]);
        }
    }
    return weights;
}

constexpr esdirk4::matrix esdirk4::guesses() {
    matrix weights{};
    for (std::size_t i = 1; i < n_stages; ++i)
        for (std::size_t j = 0; j < i; ++j) weights[i][j] = polynomials::integral(polynomials::lagrange(i, j), c[i]);
    return weights;
}

}  // namespace poise::pde::detail
