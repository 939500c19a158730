// SPDX-License-Identifier: MIT
// Backward differentiation.
#pragma once

#include <cstddef>

namespace poise::ode {

/// Numerical differentiation formulas of order 1 to 5, which are backward differentiation formulas with smaller error
/// constants: an evaluation or two and as many solves a step, whatever the order, so that it is for long states and
/// expensive f; of small ones rodas5p and radau take less time. L-stable at orders 1 and 2, A(α)-stable above, α = 89°,
/// 80°, 66° and 52°: eigenvalues near the imaginary axis want another method. Steps and order are kept for order + 1
/// steps at least, the factors with them, the Jacobian until Newton's iteration fails. Dense output of the order.
/// Source: Shampine & Reichelt (1997), SIAM J. Sci. Comput. 18, 1; Byrne & Hindmarsh (1975), ACM TOMS 1, 71.
struct bdf {
    static constexpr char const* name = "BDF";
    static constexpr int order = 1;
    static constexpr std::size_t most_order = 5;
};

}  // namespace poise::ode
