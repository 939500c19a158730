// SPDX-License-Identifier: MIT
#include "linear/transform/compact_scheme.hpp"

#include <cmath>
#include <cstddef>

namespace poise::linear::detail {

void make_compact(axis_transform& axis, double coupling) {
    for (std::size_t k = 0; k < axis.eigenvalues.size(); ++k) {
        double const value_of_B = 1.0 - axis.eigenvalues[k] / coupling / 12.0;  // at least 2/3
        axis.eigenvalues[k] /= value_of_B;
        axis.inverse_norms[k] /= value_of_B;
    }
}

double compact_stiffness(double m) noexcept {
    double const s = 1.0 - m / 12.0;
    constexpr double lost = 0x1p-60;
    return std::abs(s) < lost ? lost : s;
}

}  // namespace poise::linear::detail
