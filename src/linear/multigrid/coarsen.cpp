// SPDX-License-Identifier: MIT
#include "linear/multigrid/coarsen.hpp"

#include <poise/core/reductions.hpp>

#include <algorithm>
#include <array>

namespace poise::linear::detail {
namespace {

// A direction is coarsened when its couplings are, on average, at least this part of the strongest direction's: point
// smoothing leaves errors that are rough along weak couplings, for which a coarser grid would be of no use.
constexpr double weakest_part = 0.2;

// The part of the coupling with the points beyond the next plane of direction d, summed over the grid.
template <std::size_t D>
std::array<double, D> strengths(box_matrix<D> const& A) {
    using steps = neighbour_step<D>;
    std::array<double, D> strength{};
    for (std::size_t s = steps::middle + 1; s < steps::count; ++s) {
        if (!A.has_coupling(s)) continue;
        double const total = sum(A.coupling(s));
        for (std::size_t d = 0; d < D; ++d)
            if (steps::at(s)[d] != 0) strength[d] += total;
    }
    return strength;
}

}  // namespace

template <std::size_t D>
std::optional<coarsening<D>> choose_coarsening(box_matrix<D> const& A) {
    auto const strength = strengths(A);
    double strongest = 0.0;
    for (std::size_t d = 0; d < D; ++d)
        if (A.n[d] > 1) strongest = std::max(strongest, strength[d]);
    coarsening<D> to{A.n, {}};
    bool any = false;
    for (std::size_t d = 0; d < D; ++d) {
        to.halved[d] = A.n[d] > 1 && strength[d] >= weakest_part * strongest;
        if (to.halved[d]) to.n[d] = (A.n[d] + 1) / 2;
        any |= to.halved[d];
    }
    return any ? std::optional{to} : std::nullopt;
}

#define POISE_INSTANTIATE(D) template std::optional<coarsening<D>> choose_coarsening(box_matrix<D> const&);
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
