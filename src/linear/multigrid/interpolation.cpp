// SPDX-License-Identifier: MIT
#include "core/multiversion.hpp"
#include "linear/multigrid/coarsen.hpp"
#include "linear/multigrid/row_kernels.hpp"
#include "linear/multigrid/row_places.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

namespace poise::linear::detail {
namespace {

POISE_MULTIVERSION void multiply(double const* a, double const* x, double* y, std::ptrdiff_t n) {
    for (std::ptrdiff_t i = 0; i < n; ++i) y[i] = a[i] * x[i];
}
// Products of matrices have small couplings of the wrong sign; divided by their sum, values stay a mean.
POISE_MULTIVERSION void invert_larger(double const* total, double* diagonal, std::ptrdiff_t n) {
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        double const larger = diagonal[i] > total[i] ? diagonal[i] : total[i];
        diagonal[i] = larger > 0.0 ? 1.0 / larger : 0.0;
    }
}

// Between coarse points: A u = 0 there, with the stencil summed up over the directions in which the point has coarse
// coordinates, so that the value depends on the neighbours in the others alone; those that have fewer odd coordinates
// come first.
template <std::size_t D>
class interpolator {
public:
    interpolator(box_matrix<D> const& A, coarsening<D> const& to, std::size_t n_threads)
        : A_{A}, coarse_{to.n}, weights_{to.halved, coarse_.size, true} {
        for (unsigned odd = 1; odd < n_patterns; ++odd) set_pattern(odd);
        auto const make_rows = [&] { return std::vector<double>(n_rows * static_cast<std::size_t>(A.lanes)); };
        for (int n_odd = 1; n_odd <= static_cast<int>(D); ++n_odd)
            for_each_slab<D>(A, n_threads, make_rows, [&](std::ptrdiff_t slab, std::vector<double>& rows) {
                for (std::ptrdiff_t row = 0; row < A.n_rows; ++row)
                    for (std::size_t parity = 0; parity < 2; ++parity) {
                        auto const place = row_coordinates<D>(slab, row);
                        unsigned const odd = odd_of(place, parity);
                        if (std::popcount(odd) == n_odd) interpolate(place, parity, odd, rows);
                    }
            });
    }

    transfer_weights<D, double> take() { return std::move(weights_); }

private:
    using steps = neighbour_step<D>;

    // Bit d: the points lie between two coarse ones in direction d.
    [[nodiscard]] unsigned odd_of(grid::extents<D> const& row, std::size_t parity) const {
        unsigned odd = weights_.halved[0] && parity != 0 ? 1U : 0U;
        for (std::size_t d = 1; d < D; ++d) odd |= weights_.halved[d] && row[d] % 2 != 0 ? 1U << d : 0U;
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
            corner& to = made.corners.emplace_back(corner{steps::at(s), steps::opposite(s), {}});
            for (std::size_t o = 0; o < steps::count; ++o) {
                std::array<int, D> from{};
                bool near = o != steps::middle;
                for (std::size_t d = 0; d < D; ++d) {
                    from[d] = steps::at(o)[d] - to.step[d];
                    near &= from[d] >= -1 && from[d] <= 1 && ((odd >> d & 1U) != 0 || steps::at(o)[d] == 0);
                }
                if (near) to.terms.push_back({o, steps::number(from)});
            }
        }
    }

    // What is kept of the points of half a row: the collapsed stencil by steps, and these.
    static constexpr std::ptrdiff_t inverse_row = steps::count;    // one over the collapsed diagonal
    static constexpr std::ptrdiff_t total_row = steps::count + 1;  // the sum of the collapsed couplings
    static constexpr std::ptrdiff_t value_row = steps::count + 2;
    static constexpr std::size_t n_rows = steps::count + 3;

    void interpolate(grid::extents<D> const& row, std::size_t parity, unsigned odd, std::vector<double>& rows) {
        std::ptrdiff_t const n = A_.lanes;
        std::ptrdiff_t const i = row_at(A_, row) + static_cast<std::ptrdiff_t>(parity) * A_.half;
        std::ranges::fill(rows, 0.0);
        auto const row_of = [&](std::size_t number) { return rows.data() + number * static_cast<std::size_t>(n); };
        double* const inverse = row_of(inverse_row);
        double* const total = row_of(total_row);
        std::copy_n(A_.values() + i, n, inverse);
        for (std::size_t s = 0; s < steps::count; ++s) {
            if (s == steps::middle || !A_.is_coupled(s)) continue;
            double const* const c = A_.values() + A_.entry_offset(parity, s) + i;
            std::size_t const to = patterns_[odd].collapsed[s];
            if (to == steps::middle) {
                subtract(c, inverse, n);
            } else {
                add_product(nullptr, c, row_of(to), n);
                add_product(nullptr, c, total, n);
            }
        }
        invert_larger(total, inverse, n);
        for (corner const& to : patterns_[odd].corners) set_corner(row, parity, to, rows.data());
    }

    void set_corner(grid::extents<D> const& row, std::size_t parity, corner const& to, double* rows) {
        grid::extents<D> place{};
        for (std::size_t d = 1; d < D; ++d) place[d] = (row[d] + to.step[d]) / weights_.spread(d);
        if (!is_inside(coarse_, place)) return;
        std::ptrdiff_t I = row_at(coarse_, place);
        std::ptrdiff_t n_valid = (A_.n[0] + 1 - static_cast<std::ptrdiff_t>(parity)) / 2;
        if (!weights_.halved[0]) {
            I += static_cast<std::ptrdiff_t>(parity) * coarse_.half;
        } else if (to.step[0] > 0) {
            ++I;
            n_valid = std::min(n_valid, coarse_.n[0] - 1);
        }
        double* const value = rows + value_row * A_.lanes;
        std::fill_n(value, A_.lanes, 0.0);
        for (auto const& [neighbour, weight] : to.terms)
            add_product(rows + static_cast<std::ptrdiff_t>(neighbour) * A_.lanes,
                        weights_.values() + weights_.start(weight) + I, value, n_valid);
        multiply(rows + inverse_row * A_.lanes, value, weights_.values() + weights_.start(to.weight) + I, n_valid);
    }

    std::array<pattern, n_patterns> patterns_;
    box_matrix<D> const& A_;
    level_geometry<D> coarse_;
    transfer_weights<D, double> weights_;
};

}  // namespace

template <std::size_t D>
transfer_weights<D, double> interpolation(box_matrix<D> const& A, coarsening<D> const& to, std::size_t n_threads) {
    return interpolator<D>{A, to, n_threads}.take();
}

#define POISE_INSTANTIATE(D) \
    template transfer_weights<D, double> interpolation(box_matrix<D> const&, coarsening<D> const&, std::size_t);
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
