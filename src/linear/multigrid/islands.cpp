// SPDX-License-Identifier: MIT
#include "linear/multigrid/islands.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace poise::linear::detail {
namespace {

// Couplings of at least this part of the strongest of both points hold them together.
constexpr double strong_part = 0.1;
// A group whose couplings outwards are more than this part of all it has is smoothed point by point well enough.
constexpr double weak_part = 0.2;

// The coarser grid moves a group as one where what its points lack then costs little more than the move itself.
constexpr double much_lacking = 4.0;
// Larger groups have coarse points enough.
constexpr std::uint32_t largest_island = 1000;

class groups {
public:
    explicit groups(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }
    std::size_t of(std::size_t i) {
        while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
        return i;
    }
    void join(std::size_t a, std::size_t b) {
        a = of(a), b = of(b);
        parent_[std::max(a, b)] = std::min(a, b);
    }

private:
    std::vector<std::size_t> parent_;
};

template <std::size_t D>
std::vector<double> strongest_couplings(multigrid_level<D> const& level) {
    using steps = neighbour_step<D>;
    std::vector<double> strongest(level.size, 0.0);
    for (std::size_t s = steps::middle + 1; s < steps::count; ++s) {
        auto const& c = level.coupling(s);
        for (std::size_t i = 0; i < c.size(); ++i) {
            if (!(c[i] > 0.0)) continue;
            auto const j = i + static_cast<std::size_t>(level.offset[s]);
            strongest[i] = std::max(strongest[i], c[i]);
            strongest[j] = std::max(strongest[j], c[i]);
        }
    }
    return strongest;
}

// Couplings along the axes that differ by so little leave one group, which has coarse points.
template <std::size_t D>
bool all_are_strong(multigrid_level<D> const& level, std::vector<double> const& strongest) {
    using steps = neighbour_step<D>;
    double weakest = std::numeric_limits<double>::infinity();
    for (std::size_t d = 0; d < D; ++d) {
        std::array<int, D> step{};
        step[d] = 1;
        for (double const c : level.coupling(steps::number(step)))
            if (c != 0.0) weakest = std::min(weakest, c);
    }
    return weakest >= strong_part * *std::ranges::max_element(strongest);
}

template <std::size_t D>
groups strong_groups(multigrid_level<D> const& level, std::vector<double> const& strongest) {
    using steps = neighbour_step<D>;
    groups together{level.size};
    for (std::size_t s = steps::middle + 1; s < steps::count; ++s) {
        auto const& c = level.coupling(s);
        for (std::size_t i = 0; i < c.size(); ++i) {
            if (!(c[i] > 0.0)) continue;
            auto const j = i + static_cast<std::size_t>(level.offset[s]);
            if (c[i] >= strong_part * std::max(strongest[i], strongest[j])) together.join(i, j);
        }
    }
    return together;
}

// What each point takes from coarse points of its own group, of 1 in all.
template <std::size_t D>
std::vector<double> weights_from_within(multigrid_level<D> const& level, multigrid_level<D> const& coarse,
                                        groups& together) {
    using steps = neighbour_step<D>;
    std::vector<double> sum(level.size, 0.0);
    grid::detail::for_each_index(coarse.n, [&](grid::extents<D> const& point) {
        auto const I = static_cast<std::size_t>(coarse.place(point));
        grid::extents<D> middle;
        for (std::size_t d = 0; d < D; ++d) middle[d] = (level.halved[d] ? 2 : 1) * point[d];
        std::ptrdiff_t const above = level.place(middle);
        std::size_t const group = together.of(static_cast<std::size_t>(above));
        for (std::size_t s = 0; s < steps::count; ++s) {
            if (level.weights[s].empty() || level.weights[s][I] == 0.0) continue;
            auto const i = static_cast<std::size_t>(above + level.offset[s]);
            if (together.of(i) == group) sum[i] += level.weights[s][I];
        }
    });
    return sum;
}

}  // namespace

template <std::size_t D>
void find_islands(multigrid_level<D>& level, multigrid_level<D> const& coarse) {
    using steps = neighbour_step<D>;
    level.islands = {};
    auto const strongest = strongest_couplings(level);
    if (all_are_strong(level, strongest)) return;
    auto together = strong_groups(level, strongest);
    auto const from_within = weights_from_within(level, coarse, together);
    // Of each group 1ᵀ A 1, Σ diagonal, and about the energy of what its points lack of 1 when its coarse points are
    // moved by 1.
    std::vector<double> energy(level.size, 0.0), diagonal(level.size, 0.0), lacking(level.size, 0.0);
    std::vector<std::uint32_t> n_points(level.size, 0);
    grid::detail::for_each_index(level.n, [&](grid::extents<D> const& point) {
        auto const i = static_cast<std::size_t>(level.place(point));
        std::size_t const group = together.of(i);
        double const lack = 1.0 - from_within[i];
        lacking[group] += lack * lack * level.diagonal[i];
        ++n_points[group];
        diagonal[group] += level.diagonal[i];
        energy[group] += level.diagonal[i];
        for (std::size_t s = 0; s < steps::count; ++s) {
            if (s == steps::middle) continue;
            auto const j = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(i) + level.offset[s]);
            double const c = level.coupling_at(static_cast<std::ptrdiff_t>(i), s);
            if (c != 0.0 && together.of(j) == group) energy[group] -= c;
        }
    });
    std::vector<std::size_t> number(level.size, 0);
    grid::detail::for_each_index(level.n, [&](grid::extents<D> const& point) {
        auto const i = static_cast<std::size_t>(level.place(point));
        std::size_t const group = together.of(i);
        bool const is_island = n_points[group] > 1 && n_points[group] <= largest_island && energy[group] > 0.0 &&
                               energy[group] <= weak_part * diagonal[group] &&
                               lacking[group] > much_lacking * energy[group];
        if (!is_island) return;
        if (number[group] == 0) {
            level.islands.emplace_back();
            level.islands.back().inverse_energy = 1.0 / energy[group];
            number[group] = level.islands.size();
        }
        level.islands[number[group] - 1].places.push_back(static_cast<std::ptrdiff_t>(i));
    });
}

template <std::size_t D>
void settle_islands(multigrid_level<D> const& level, std::span<double const> b, std::span<double> x, bool backwards) {
    using steps = neighbour_step<D>;
    for (std::size_t k = 0; k < level.islands.size(); ++k) {
        auto const& island = level.islands[backwards ? level.islands.size() - 1 - k : k];
        double sum = 0.0;
        for (auto const i : island.places) {
            double r = b[static_cast<std::size_t>(i)] -
                       level.diagonal[static_cast<std::size_t>(i)] * x[static_cast<std::size_t>(i)];
            for (std::size_t s = 0; s < steps::count; ++s)
                if (s != steps::middle) r += level.coupling_at(i, s) * x[static_cast<std::size_t>(i + level.offset[s])];
            sum += r;
        }
        for (auto const i : island.places) x[static_cast<std::size_t>(i)] += sum * island.inverse_energy;
    }
}

#define POISE_INSTANTIATE(D)                                                    \
    template void find_islands(multigrid_level<D>&, multigrid_level<D> const&); \
    template void settle_islands(multigrid_level<D> const&, std::span<double const>, std::span<double>, bool);
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
