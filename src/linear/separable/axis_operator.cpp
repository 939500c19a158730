// SPDX-License-Identifier: MIT
#include "linear/separable/axis_operator.hpp"

#include <algorithm>
#include <utility>

namespace poise::linear::detail {
namespace {

// A direction whose couplings are less than this part of the strongest one's is left for later: errors that are rough
// along it are not smoothed.
constexpr double weakest_part = 0.4;

std::size_t at(std::ptrdiff_t i) { return static_cast<std::size_t>(i); }

// A first point that is held by the boundary more than by its neighbour interpolates well from that one alone.
std::ptrdiff_t first_coarse_point(axis_operator const& fine) {
    return !fine.is_periodic && fine.excess.front() >= 0.5 * fine.coupling.front() ? 1 : 0;
}

}  // namespace

double axis_operator::strength() const {
    double strongest = 0.0;
    for (std::ptrdiff_t i = 0; i < n(); ++i)
        strongest = std::max(strongest, (coupling_below(i) + coupling_above(i)) / (2.0 * mass[at(i)]));
    return strongest;
}

double axis_operator::strength_in_series() const {
    if (coupling.empty()) return 0.0;
    double resistance = 0.0, all_mass = 0.0;
    for (double const each : coupling) resistance += 1.0 / each;
    for (double const each : mass) all_mass += each;
    return static_cast<double>(coupling.size()) / resistance * static_cast<double>(mass.size()) / all_mass;
}

axis_operator to_axis_operator(grid::axis_stencil const& axis) {
    axis_operator made;
    for (std::ptrdiff_t i = 0; i + 1 < axis.n; ++i) made.coupling.push_back(axis.coupling_after(i));
    made.excess.assign(at(axis.n), 0.0);
    made.mass.resize(at(axis.n));
    for (std::ptrdiff_t i = 0; i < axis.n; ++i) made.mass[at(i)] = axis.share(i);
    made.is_periodic = axis.periodic;
    if (axis.periodic) {
        made.around = axis.n > 1 ? axis.coupling_after(axis.n - 1) : 0.0;
        return made;
    }
    if (axis.n == 0) return made;
    made.excess.front() += axis.end_part[0];
    made.excess.back() += axis.end_part[1];
    return made;
}

coarser_axis coarsen(axis_operator const& fine) {
    std::ptrdiff_t const n = fine.n(), first = first_coarse_point(fine);
    std::size_t const n_coarse = at((n - first + 1) / 2);
    coarser_axis made;
    auto& [coarse, transfer] = made;
    transfer.first = first;
    transfer.from_below.assign(at(n), 0.0);
    transfer.from_above.assign(at(n), 0.0);
    coarse.coupling.assign(n_coarse - 1, 0.0);
    coarse.is_periodic = fine.is_periodic;
    if (n % 2 == 1) coarse.around = fine.around;
    for (std::ptrdiff_t i = first; i < n; i += 2) {
        coarse.excess.push_back(fine.excess[at(i)]);
        coarse.mass.push_back(fine.mass[at(i)]);
    }
    for (std::ptrdiff_t i = 1 - first; i < n; i += 2) {
        double const below = fine.coupling_below(i), above = fine.coupling_above(i), out = fine.excess[at(i)];
        double const all = below + above + out;
        double const to_below = below / all, to_above = above / all;
        transfer.from_below[at(i)] = to_below;
        transfer.from_above[at(i)] = to_above;
        bool const has_upper = i + 1 < n || fine.is_periodic;
        std::size_t const lower = at((i - 1 - first) / 2), upper = i + 1 < n ? at((i + 1 - first) / 2) : 0;
        if (i > 0) {
            coarse.excess[lower] += to_below * out;
            coarse.mass[lower] += to_below * fine.mass[at(i)];
        }
        if (has_upper) {
            coarse.excess[upper] += to_above * out;
            coarse.mass[upper] += to_above * fine.mass[at(i)];
        }
        if (i > 0 && i + 1 < n) coarse.coupling[lower] = below * to_above;
        if (i + 1 == n && fine.is_periodic && n_coarse > 1) coarse.around = below * to_above;
    }
    for (std::size_t I = 0; I < n_coarse; ++I) {
        std::ptrdiff_t const i = 2 * static_cast<std::ptrdiff_t>(I) + first;
        double const mass = coarse.mass[I];
        // A point between coarse ones, or 0 beside one that is not.
        auto const part = [&](std::vector<double> const& from, std::ptrdiff_t j) {
            return from[at(j)] * fine.mass[at(j)] / mass;
        };
        std::ptrdiff_t const below = i > 0 ? i - 1 : n - 1, above = i + 1 < n ? i + 1 : 0;
        transfer.of_below.push_back(i > 0 || fine.is_periodic ? part(transfer.from_above, below) : 0.0);
        transfer.of_middle.push_back(fine.mass[at(i)] / mass);
        transfer.of_above.push_back(i + 1 < n || fine.is_periodic ? part(transfer.from_below, above) : 0.0);
    }
    return made;
}

template <std::size_t D>
std::array<std::optional<axis_transfer>, D> coarsen(std::array<axis_operator, D>& axes) {
    std::array<double, D> strength;
    for (std::size_t d = 0; d < D; ++d) strength[d] = axes[d].strength();
    double const least = weakest_part * *std::ranges::max_element(strength);
    std::array<std::optional<axis_transfer>, D> transfers;
    for (std::size_t d = 0; d < D; ++d) {
        if (axes[d].n() < 2 || strength[d] < least) continue;
        auto [coarse, transfer] = coarsen(axes[d]);
        transfers[d] = std::move(transfer);
        axes[d] = std::move(coarse);
    }
    return transfers;
}
template std::array<std::optional<axis_transfer>, 1> coarsen(std::array<axis_operator, 1>&);
template std::array<std::optional<axis_transfer>, 2> coarsen(std::array<axis_operator, 2>&);
template std::array<std::optional<axis_transfer>, 3> coarsen(std::array<axis_operator, 3>&);

}  // namespace poise::linear::detail
