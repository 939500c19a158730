// SPDX-License-Identifier: MIT
// Private to src/pde: data that change with time in the stages of the implicit method.
#pragma once

#include <poise/ode/esdirk4.hpp>

#include <array>
#include <cstddef>

namespace poise::pde::detail {

using ode::esdirk4;

/// What stands for b(t + c_i h) in stage i: Σ_k data_k b(t + c_k h) = b(t) + h Σ_j a_ij b'(t + c_j h), b' that of the
/// polynomial through all six. Where u follows the data at once, as beside a Dirichlet side, the stages then agree with
/// them as they agree with each other; with b(t + c_i h) itself they would not, and order 3 would be left of 4.
/// Source: Carpenter, Gottlieb, Abarbanel & Don (1995), SIAM J. Sci. Comput. 16, 1241 (data by their derivatives).
constexpr esdirk4::coefficients::matrix data_of_stages() {
    constexpr auto const& method = esdirk4::tableau;
    esdirk4::coefficients::matrix weights{};
    for (std::size_t k = 0; k < method.n_stages; ++k) {
        auto const p = method.lagrange(method.n_stages, k);
        for (std::size_t i = 0; i < method.n_stages; ++i) {
            weights[i][k] = k == 0 ? 1.0 : 0.0;
            for (std::size_t j = 0; j <= i; ++j) {
                double derivative = 0.0;
                for (std::size_t m = method.n_stages - 1; m > 0; --m)
                    derivative = derivative * method.c[j] + static_cast<double>(m) * p[m];
                weights[i][k] += method.a[i][j] * derivative;
            }
        }
    }
    return weights;
}

}  // namespace poise::pde::detail
