// SPDX-License-Identifier: MIT
#include "linear/transform/constant_mode.hpp"

#include <poise/core/reductions.hpp>

#include <cstddef>

namespace poise::linear::detail {
namespace {

double sum_of_shares(axis_coefficients const& axis) {
    return axis.n - (0.5 - axis.end_share[0]) - (0.5 - axis.end_share[1]);
}

}  // namespace

double solve_constant_mode(axis_coefficients const& axis, double shift_of_matrix, double scale, std::span<double> lines,
                           std::span<double> pivots, std::span<double> to_last) {
    std::size_t const n = lines.size();
    double const shares = sum_of_shares(axis), shift = shift_of_matrix / axis.coupling;
    auto const share = [&](std::size_t j) { return axis.share(static_cast<int>(j)); };
    double const removed = shift_of_matrix == 0.0 ? sum(lines) / shares : 0.0;
    auto const source = [&](std::size_t j) { return (lines[j] - removed * share(j)) * scale; };
    double excess = 0.0, right = 0.0, previous = 1.0;
    double coupling = axis.periodic ? 1.0 : 0.0;  // to the last line, around the box
    double last_excess = shift * share(n - 1), last_right = source(n - 1);
    for (std::size_t j = 0; j + 1 < n; ++j) {
        excess = shift * share(j) + excess / previous;
        right = source(j) + right / previous;
        coupling /= previous;
        previous = pivots[j] = 1.0 + coupling + excess;
        double const into_last = (j + 2 < n ? coupling : 1.0 + coupling) / pivots[j];
        last_excess += into_last * excess;
        last_right += into_last * right;
        to_last[j] = coupling;
        lines[j] = right;
    }
    lines[n - 1] = shift_of_matrix == 0.0 ? 0.0 : last_right / last_excess;
    for (std::size_t j = n - 1; j-- > 0;) lines[j] = (lines[j] + lines[j + 1] + to_last[j] * lines[n - 1]) / pivots[j];
    if (shift_of_matrix != 0.0) return 0.0;
    for (std::size_t j = 0; j < n; ++j) pivots[j] = share(j) * lines[j];
    double const mean = sum(pivots) / shares;
    for (double& value : lines) value -= mean;
    return removed * scale * axis.coupling;
}

}  // namespace poise::linear::detail
