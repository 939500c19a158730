// SPDX-License-Identifier: MIT
#include "linear/multigrid/islands.hpp"

#include "core/multiversion.hpp"
#include "linear/multigrid/row_places.hpp"

#include <poise/core/reductions.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
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

POISE_MULTIVERSION void raise(double const* x, double* __restrict y, std::ptrdiff_t n) {
    for (std::ptrdiff_t i = 0; i < n; ++i) y[i] = x[i] > y[i] ? x[i] : y[i];
}
POISE_MULTIVERSION bool any_is_weak(double const* x, double bound, std::size_t n) {
    bool weak = false;
    for (std::size_t i = 0; i < n; ++i) weak |= x[i] != 0.0 && x[i] < bound;
    return weak;
}
POISE_MULTIVERSION void mark_strong(double const* c, double const* at, double const* beyond, unsigned char* strong,
                                    std::ptrdiff_t n) {
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        double const strongest = at[i] > beyond[i] ? at[i] : beyond[i];
        strong[i] = c[i] > 0.0 && c[i] >= strong_part * strongest;
    }
}

// sum += x where both groups are the same.
POISE_MULTIVERSION void add_where_same(std::uint32_t const* group, std::uint32_t const* other, double const* x,
                                       double* __restrict sum, std::ptrdiff_t n) {
    for (std::ptrdiff_t i = 0; i < n; ++i) sum[i] += group[i] == other[i] ? x[i] : 0.0;
}

// Couplings along the axes that differ by so little leave one group, which has coarse points.
template <std::size_t D>
bool all_are_strong(box_matrix<D> const& A) {
    using steps = neighbour_step<D>;
    double strongest = 0.0;
    for (std::size_t s = steps::middle + 1; s < steps::count; ++s)
        if (A.has_coupling(s)) strongest = std::max(strongest, norm_max(A.coupling(s)));
    for (std::size_t d = 0; d < D; ++d) {
        auto const c = A.coupling(steps::along(d));
        if (any_is_weak(c.data(), strong_part * strongest, c.size())) return false;
    }
    return true;
}

template <std::size_t D>
large_vector<double> strongest_couplings(box_matrix<D> const& A) {
    using steps = neighbour_step<D>;
    large_vector<double> strongest(A.size, 0.0);
    for_each_half<D>(A, [&](std::ptrdiff_t i, std::size_t parity) {
        for (std::size_t s = 0; s < steps::count; ++s)
            if (s != steps::middle && A.is_coupled(s))
                raise(A.values() + A.entry_offset(parity, s) + i, strongest.data() + i, A.lanes);
    });
    return strongest;
}

// Points joined by strong couplings. A run is what is joined along x; runs are joined across it.
template <std::size_t D>
class strong_groups {
public:
    explicit strong_groups(box_matrix<D> const& A)
        : A_{A},
          strongest_{strongest_couplings(A)},
          group_of_(A.size, 0),
          strong_(static_cast<std::size_t>(A.row_stride)) {
        for (std::ptrdiff_t slab = 0; slab < A.n_slabs; ++slab)
            for (std::ptrdiff_t row = 0; row < A.n_rows; ++row) find_runs(A.row(slab, row));
        parent_.resize(length_.size());
        std::iota(parent_.begin(), parent_.end(), std::uint32_t{0});
        for_each_half<D>(A, [&](std::ptrdiff_t i, std::size_t parity) {
            for (std::size_t s = steps::middle + 1; s < steps::count; ++s)
                if (A.has_coupling(s) && s != steps::along(0)) join_across(i, parity, s);
        });
        for (std::uint32_t run = 0; run < parent_.size(); ++run) {
            parent_[run] = root(run);
            if (parent_[run] != run) length_[parent_[run]] += length_[run];
        }
        for_each_half<D>(A, [&](std::ptrdiff_t i, std::size_t) {
            for (std::ptrdiff_t k = i; k < i + A.lanes; ++k) {
                std::uint32_t& group = group_of_[static_cast<std::size_t>(k)];
                group = parent_[group];
            }
        });
    }

    [[nodiscard]] std::size_t count() const { return parent_.size(); }  ///< groups are numbered below that
    [[nodiscard]] std::uint32_t const* by_place() const { return group_of_.data(); }
    /// Small enough to be an island.
    [[nodiscard]] bool is_candidate(std::uint32_t group) const {
        return length_[group] > 1 && length_[group] <= largest_island;
    }
    [[nodiscard]] bool has_candidate() const {
        for (std::uint32_t group = 0; group < parent_.size(); ++group)
            if (parent_[group] == group && is_candidate(group)) return true;
        return false;
    }

private:
    using steps = neighbour_step<D>;

    void mark(std::ptrdiff_t i, std::size_t parity, std::size_t s, unsigned char* strong) const {
        double const* const at = strongest_.data() + i;
        mark_strong(A_.values() + A_.entry_offset(parity, s) + i, at, at + A_.offset[parity][s], strong, A_.lanes);
    }

    void find_runs(std::ptrdiff_t row) {
        unsigned char *const even = strong_.data(), *const odd = even + A_.half;
        mark(row, 0, steps::along(0), even);
        mark(row + A_.half, 1, steps::along(0), odd);
        bool joined = false;
        for (std::ptrdiff_t x = 0; x < A_.n[0]; ++x) {
            std::ptrdiff_t const at = x / 2 + x % 2 * A_.half;
            if (!joined) length_.push_back(0);
            group_of_[static_cast<std::size_t>(row + at)] = static_cast<std::uint32_t>(length_.size() - 1);
            ++length_.back();
            joined = strong_[static_cast<std::size_t>(at)] != 0;
        }
    }

    void join_across(std::ptrdiff_t i, std::size_t parity, std::size_t s) {
        mark(i, parity, s, strong_.data());
        std::uint32_t const* const here = group_of_.data() + i;
        std::uint32_t const* const there = here + A_.offset[parity][s];
        std::uint32_t last_here = 0, last_there = 0;
        bool is_first = true;
        for (std::ptrdiff_t k = 0; k < A_.lanes; ++k) {
            if (strong_[static_cast<std::size_t>(k)] == 0) continue;
            if (!is_first && here[k] == last_here && there[k] == last_there) continue;
            is_first = false;
            last_here = here[k];
            last_there = there[k];
            std::uint32_t const a = root(last_here), b = root(last_there);
            parent_[std::max(a, b)] = std::min(a, b);
        }
    }

    std::uint32_t root(std::uint32_t run) {
        while (parent_[run] != run) run = parent_[run] = parent_[parent_[run]];
        return run;
    }

    box_matrix<D> const& A_;
    large_vector<double> strongest_;
    large_vector<std::uint32_t> group_of_;  // by place; while they are joined, the runs
    std::vector<std::uint32_t> parent_, length_;
    std::vector<unsigned char> strong_;
};

// What makes a group an island, summed over its points.
struct group_sums {
    double energy = 0.0;  // 1ᵀ A 1
    double diagonal = 0.0;
    double lacking = 0.0;  // about the energy of what its points lack of 1 when its coarse points are moved by 1

    [[nodiscard]] bool is_island() const {
        return energy > 0.0 && energy <= weak_part * diagonal && lacking > much_lacking * energy;
    }
};

template <std::size_t D>
class island_search {
public:
    island_search(box_matrix<D> const& A, level_geometry<D> const& coarse, transfer_weights<D, double> const& P,
                  strong_groups<D> const& groups)
        : A_{A},
          coarse_{coarse},
          P_{P},
          groups_{groups},
          sums_(groups.count()),
          rows_(2 * static_cast<std::size_t>(A.lanes)) {}

    std::vector<island<double>> run() {
        grid::detail::for_each_line(A_.n, [&](grid::extents<D> const& row) {
            for (std::size_t parity = 0; parity < 2; ++parity) add_half(row, parity);
        });
        std::vector<island<double>> found;
        std::vector<std::size_t> number(groups_.count(), 0);
        for_each_half<D>(A_, [&](std::ptrdiff_t first, std::size_t parity) {
            for (std::ptrdiff_t i = first; i < first + n_points(parity); ++i) {
                std::uint32_t const group = groups_.by_place()[i];
                if (!groups_.is_candidate(group) || !sums_[group].is_island()) continue;
                if (number[group] == 0) {
                    found.emplace_back();
                    number[group] = found.size();
                }
                take(found[number[group] - 1], i, parity);
            }
        });
        return found;
    }

private:
    using steps = neighbour_step<D>;

    [[nodiscard]] std::ptrdiff_t n_points(std::size_t parity) const {
        return (A_.n[0] + 1 - static_cast<std::ptrdiff_t>(parity)) / 2;
    }

    // What half a row of points adds to the sums of its groups.
    void add_half(grid::extents<D> const& row, std::size_t parity) {
        std::ptrdiff_t const first = A_.place(row) + static_cast<std::ptrdiff_t>(parity) * A_.half;
        std::uint32_t const* const group = groups_.by_place() + first;
        if (std::none_of(group, group + n_points(parity), [&](auto g) { return groups_.is_candidate(g); })) return;
        std::ranges::fill(rows_, 0.0);
        double *const held = rows_.data(), *const within = held + A_.lanes;
        for (std::size_t s = 0; s < steps::count; ++s)
            if (s != steps::middle && A_.is_coupled(s))
                add_where_same(group, group + A_.offset[parity][s], A_.values() + A_.entry_offset(parity, s) + first,
                               held, A_.lanes);
        add_weights_from_within(row, parity, within);
        double const* const diagonal = A_.values() + first;
        for (std::ptrdiff_t k = 0; k < n_points(parity); ++k) {
            group_sums& sums = sums_[group[k]];
            double const lack = 1.0 - within[k];
            sums.lacking += lack * lack * diagonal[k];
            sums.diagonal += diagonal[k];
            sums.energy += diagonal[k] - held[k];
        }
    }

    // What the points take from coarse points of their own group, of 1 in all.
    void add_weights_from_within(grid::extents<D> const& row, std::size_t parity, double* within) const {
        std::ptrdiff_t const first = A_.place(row) + static_cast<std::ptrdiff_t>(parity) * A_.half;
        std::uint32_t const* const group = groups_.by_place() + first;
        for (std::size_t s = 0; s < steps::count; ++s) {
            auto const step = steps::at(s);
            bool exists = (step[0] != 0) == (P_.halved[0] && parity != 0);
            grid::extents<D> place{};
            for (std::size_t d = 1; d < D; ++d) {
                exists &= (step[d] != 0) == (P_.halved[d] && row[d] % 2 != 0) && row[d] + step[d] < A_.n[d];
                place[d] = (row[d] + step[d]) / P_.spread(d);
            }
            if (!exists) continue;
            std::ptrdiff_t const along =
                P_.halved[0] ? (step[0] > 0 ? 1 : 0) : static_cast<std::ptrdiff_t>(parity) * coarse_.half;
            double const* const weights = P_.values() + P_.start(steps::opposite(s)) + coarse_.place(place) + along;
            add_where_same(group, group + A_.offset[parity][s], weights, within, n_points(parity));
        }
    }

    void take(island<double>& into, std::ptrdiff_t i, std::size_t parity) const {
        into.places.push_back(i);
        std::uint32_t const* const group = groups_.by_place() + i;
        for (std::size_t s = 0; s < steps::count; ++s) {
            if (s == steps::middle || !A_.is_coupled(s)) continue;
            double const c = A_.values()[A_.entry_offset(parity, s) + i];
            if (c != 0.0 && group[A_.offset[parity][s]] != *group)
                into.couplings.push_back({i, i + A_.offset[parity][s], c});
        }
    }

    box_matrix<D> const& A_;
    level_geometry<D> const& coarse_;
    transfer_weights<D, double> const& P_;
    strong_groups<D> const& groups_;
    std::vector<group_sums> sums_;
    std::vector<double> rows_;  // what a row's points are held with by their groups, and take from them
};

}  // namespace

template <std::size_t D>
std::vector<island<double>> find_islands(box_matrix<D> const& A, level_geometry<D> const& coarse,
                                         transfer_weights<D, double> const& P) {
    if (all_are_strong(A)) return {};
    strong_groups<D> const groups{A};
    if (!groups.has_candidate()) return {};
    return island_search<D>{A, coarse, P, groups}.run();
}

// What the points of an island hold each other with cancels from their sum, and is left out.
template <std::size_t D, class T>
void settle_islands(multigrid_level<D, T> const& level, T const* b, T* x, bool backwards) {
    for (std::size_t k = 0; k < level.islands.size(); ++k) {
        auto const& island = level.islands[backwards ? level.islands.size() - 1 - k : k];
        T sum = T(0);
        for (auto const i : island.places) sum += b[i] - level.excess[static_cast<std::size_t>(i)] * x[i];
        for (auto const& [from, to, c] : island.couplings) sum += c * (x[to] - x[from]);
        for (auto const i : island.places) x[i] += sum * island.inverse_energy;
    }
}

#define POISE_INSTANTIATE(D)                                                                          \
    template std::vector<island<double>> find_islands(box_matrix<D> const&, level_geometry<D> const&, \
                                                      transfer_weights<D, double> const&);            \
    template void settle_islands(multigrid_level<D, float> const&, float const*, float*, bool);       \
    template void settle_islands(multigrid_level<D, double> const&, double const*, double*, bool);
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
