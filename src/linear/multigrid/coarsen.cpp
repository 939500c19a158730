// SPDX-License-Identifier: MIT
#include "linear/multigrid/coarsen.hpp"

#include "linear/multigrid/islands.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace poise::linear::detail {
namespace {

// A direction is coarsened when its couplings are, on average, at least this part of the strongest direction's: point
// smoothing leaves errors that are rough along weak couplings, for which a coarser grid would be of no use.
constexpr double weakest_part = 0.2;

// The part of the coupling with the points beyond the next plane of direction d, summed over the grid.
template <std::size_t D>
std::array<double, D> strengths(multigrid_level<D> const& level) {
    using steps = neighbour_step<D>;
    std::array<double, D> sum{};
    for (std::size_t s = steps::middle + 1; s < steps::count; ++s) {
        auto const& c = level.coupling(s);
        double total = 0.0;
        for (double const value : c) total += value;
        for (std::size_t d = 0; d < D; ++d)
            if (steps::at(s)[d] != 0) sum[d] += total;
    }
    return sum;
}

template <std::size_t D>
std::array<bool, D> directions_to_halve(multigrid_level<D> const& level) {
    auto const strength = strengths(level);
    double strongest = 0.0;
    for (std::size_t d = 0; d < D; ++d)
        if (level.n[d] > 2) strongest = std::max(strongest, strength[d]);
    std::array<bool, D> halved{};
    for (std::size_t d = 0; d < D; ++d) halved[d] = level.n[d] > 2 && strength[d] >= weakest_part * strongest;
    return halved;
}

// Between coarse points: A u = 0 there, with the stencil summed up over the directions in which the point has coarse
// coordinates, so that the value depends on the neighbours in the others alone; those that have fewer odd coordinates
// come first.
template <std::size_t D>
class interpolation {
public:
    interpolation(multigrid_level<D>& fine, multigrid_level<D> const& coarse) : fine_{fine}, coarse_{coarse} {
        for (std::size_t s = 0; s < steps::count; ++s) {
            bool used = true;
            for (std::size_t d = 0; d < D; ++d) used &= steps::at(s)[d] == 0 || fine.halved[d];
            if (used) fine_.weights[s].assign(coarse.size, 0.0);
        }
        std::ranges::fill(fine_.weights[steps::middle], 1.0);
        for (unsigned odd = 1; odd < n_patterns; ++odd) set_pattern(odd);
        for (int n_odd = 1; n_odd <= static_cast<int>(D); ++n_odd)
            grid::detail::for_each_index(fine.n, [&](grid::extents<D> const& point) {
                unsigned const odd = odd_of(point);
                if (std::popcount(odd) == n_odd) interpolate(point, odd);
            });
    }

private:
    using steps = neighbour_step<D>;

    // Bit d: the point lies between two coarse ones in direction d.
    [[nodiscard]] unsigned odd_of(grid::extents<D> const& point) const {
        unsigned odd = 0;
        for (std::size_t d = 0; d < D; ++d) odd |= fine_.halved[d] && point[d] % 2 != 0 ? 1U << d : 0U;
        return odd;
    }

    // For points that lie between coarse ones in the directions of `odd`: the steps with those directions alone left of
    // them, and for each coarse corner, over which neighbours the point depends on it, and how those do.
    struct corner_term {
        std::size_t neighbour, weight;
    };
    struct corner {
        std::array<int, D> step;
        std::size_t weight;
        std::vector<corner_term> terms;
    };
    struct pattern {
        std::array<std::size_t, steps::count> collapsed{};
        std::vector<corner> corners;
    };
    static constexpr unsigned n_patterns = 1U << D;

    void set_pattern(unsigned odd) {
        pattern& made = patterns_[odd];
        for (std::size_t s = 0; s < steps::count; ++s) {
            auto along = steps::at(s);
            unsigned stepped = 0;
            for (std::size_t d = 0; d < D; ++d) {
                stepped |= along[d] != 0 ? 1U << d : 0U;
                if ((odd >> d & 1U) == 0) along[d] = 0;
            }
            made.collapsed[s] = steps::number(along);
            if (stepped != odd) continue;
            corner& to = made.corners.emplace_back(corner{steps::at(s), steps::count - 1 - s, {}});
            for (std::size_t o = 0; o < steps::count; ++o) {
                std::array<int, D> from{};
                bool near = o != steps::middle;
                for (std::size_t d = 0; d < D; ++d) {
                    from[d] = steps::at(o)[d] - to.step[d];
                    near &= from[d] >= -1 && from[d] <= 1 && ((odd >> d & 1U) != 0 || from[d] == 0);
                }
                if (near) to.terms.push_back({o, steps::number(from)});
            }
        }
    }

    void interpolate(grid::extents<D> const& point, unsigned odd) {
        std::ptrdiff_t const i = fine_.place(point);
        std::array<double, steps::count> collapsed{};
        double diagonal = fine_.diagonal[static_cast<std::size_t>(i)], total = 0.0;
        for (std::size_t s = 0; s < steps::count; ++s) {
            if (s == steps::middle) continue;
            double const c = fine_.coupling_at(i, s);
            std::size_t const to = patterns_[odd].collapsed[s];
            collapsed[to] += c;
            (to == steps::middle ? diagonal : total) += to == steps::middle ? -c : c;
        }
        // Products of matrices have small couplings of the wrong sign; the value stays a mean.
        diagonal = std::max(diagonal, total);
        if (!(diagonal > 0.0)) return;
        for (corner const& to : patterns_[odd].corners) {
            grid::extents<D> place;
            bool exists = true;
            for (std::size_t d = 0; d < D; ++d) {
                place[d] = fine_.halved[d] ? (point[d] + to.step[d]) / 2 : point[d];
                exists &= place[d] < coarse_.n[d];
            }
            if (!exists) continue;
            auto const I = static_cast<std::size_t>(coarse_.place(place));
            double sum = 0.0;
            for (auto const& [neighbour, weight] : to.terms) sum += collapsed[neighbour] * fine_.weights[weight][I];
            fine_.weights[to.weight][I] = sum / diagonal;
        }
    }

    std::array<pattern, n_patterns> patterns_;
    multigrid_level<D>& fine_;
    multigrid_level<D> const& coarse_;
};

// Row I of Pᵀ A P: from the fine points around I, over what A couples them to, to the coarse points around those.
template <std::size_t D>
class galerkin_product {
public:
    galerkin_product(multigrid_level<D> const& fine, multigrid_level<D>& coarse) : fine_{fine}, coarse_{coarse} {
        for (std::size_t s = steps::middle + 1; s < steps::count; ++s) coarse_.coupling(s).assign(coarse.size, 0.0);
        for (std::size_t p = 0; p < steps::count; ++p)
            for (std::size_t o = 0; o < steps::count; ++o)
                if (!fine.weights[p].empty()) ways_[p][o] = ways_to_coarse(p, o);
        grid::detail::for_each_index(coarse.n, [&](grid::extents<D> const& point) { row(point); });
    }

private:
    using steps = neighbour_step<D>;

    // To the coarse point I + t, with the weight of the step `from` there.
    struct way {
        std::size_t to, from;
    };

    [[nodiscard]] std::vector<way> ways_to_coarse(std::size_t p, std::size_t o) const {
        std::vector<way> ways;
        for (std::size_t t = steps::middle; t < steps::count; ++t) {  // the rest by symmetry
            std::array<int, D> from{};
            bool near = true;
            for (std::size_t d = 0; d < D; ++d) {
                from[d] = steps::at(p)[d] + steps::at(o)[d] - (fine_.halved[d] ? 2 : 1) * steps::at(t)[d];
                near &= fine_.halved[d] ? from[d] >= -1 && from[d] <= 1 : from[d] == 0;
            }
            if (near) ways.push_back({t, steps::number(from)});
        }
        return ways;
    }

    void row(grid::extents<D> const& point) {
        std::ptrdiff_t const I = coarse_.place(point);
        grid::extents<D> middle;
        for (std::size_t d = 0; d < D; ++d) middle[d] = (fine_.halved[d] ? 2 : 1) * point[d];
        std::ptrdiff_t const above = fine_.place(middle);
        std::array<double, steps::count> entries{};
        for (std::size_t p = 0; p < steps::count; ++p) {
            if (fine_.weights[p].empty()) continue;
            double const weight = fine_.weights[p][static_cast<std::size_t>(I)];
            if (weight == 0.0) continue;
            std::ptrdiff_t const i = above + fine_.offset[p];
            for (std::size_t o = 0; o < steps::count; ++o) {
                double const a =
                    o == steps::middle ? fine_.diagonal[static_cast<std::size_t>(i)] : -fine_.coupling_at(i, o);
                if (a == 0.0) continue;
                for (auto const& [to, from] : ways_[p][o])
                    entries[to] += weight * a * fine_.weights[from][static_cast<std::size_t>(I + coarse_.offset[to])];
            }
        }
        coarse_.diagonal[static_cast<std::size_t>(I)] = entries[steps::middle];
        coarse_.inverse[static_cast<std::size_t>(I)] = 1.0 / entries[steps::middle];
        for (std::size_t s = steps::middle + 1; s < steps::count; ++s)
            coarse_.coupling(s)[static_cast<std::size_t>(I)] = -entries[s];
    }

    multigrid_level<D> const& fine_;
    multigrid_level<D>& coarse_;
    std::array<std::array<std::vector<way>, steps::count>, steps::count> ways_;
};

}  // namespace

template <std::size_t D>
std::optional<multigrid_level<D>> coarsen(multigrid_level<D>& fine) {
    fine.halved = directions_to_halve(fine);
    grid::extents<D> n = fine.n;
    bool any = false;
    for (std::size_t d = 0; d < D; ++d) {
        if (fine.halved[d]) n[d] = (n[d] + 1) / 2;
        any |= fine.halved[d];
    }
    if (!any) return std::nullopt;
    multigrid_level<D> coarse{n};
    interpolation<D>{fine, coarse};
    find_islands(fine, coarse);
    galerkin_product<D>{fine, coarse};
    return coarse;
}

template std::optional<multigrid_level<1>> coarsen(multigrid_level<1>&);
template std::optional<multigrid_level<2>> coarsen(multigrid_level<2>&);
template std::optional<multigrid_level<3>> coarsen(multigrid_level<3>&);

}  // namespace poise::linear::detail
