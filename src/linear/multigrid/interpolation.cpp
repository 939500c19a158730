// SPDX-License-Identifier: MIT
#include "core/multiversion.hpp"
#include "linear/multigrid/coarsen.hpp"
#include "linear/multigrid/row_kernels.hpp"
#include "linear/multigrid/row_places.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <vector>

namespace poise::linear::detail {
namespace {

POISE_MULTIVERSION void multiply(double const* a, double const* x, double* y, std::ptrdiff_t n) {
    for (std::ptrdiff_t i = 0; i < n; ++i) y[i] = a[i] * x[i];
}
// Products of matrices have small couplings of the wrong sign; without them values stay a mean.
POISE_MULTIVERSION void keep_positive(double* c, double* __restrict total, std::ptrdiff_t n) {
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        c[i] = c[i] > 0.0 ? c[i] : 0.0;
        total[i] += c[i];
    }
}

// Beside the diagonal: which couplings along a direction are nothing.
constexpr double no_coupling = 1e-30;

// One over the total of the couplings and what of the row sum is more than rounding; 0 where that is nothing. Whether
// it is so anywhere.
POISE_MULTIVERSION bool invert_sums(double const* diagonal, double const* total, double rounding,
                                    double* row_sum_to_inverse, std::ptrdiff_t n) {
    bool any_alone = false;
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        double const row_sum = row_sum_to_inverse[i];
        double const sum = total[i] + (row_sum > rounding * diagonal[i] ? row_sum : 0.0);
        bool const is_alone = sum <= no_coupling * diagonal[i];
        any_alone |= is_alone && diagonal[i] > 0.0;
        row_sum_to_inverse[i] = is_alone ? 0.0 : 1.0 / sum;
    }
    return any_alone;
}

// Between coarse points: A u = 0 there, with the stencil summed up over the directions in which the point has coarse
// coordinates, so that the value depends on the neighbours in the others alone; those that have fewer odd coordinates
// come first. What A makes nothing of, the constants where it is singular, is interpolated as it is.
template <std::size_t D>
class interpolator {
public:
    interpolator(box_matrix<D> const& A, coarsening<D> const& to, bool is_singular, std::size_t n_threads)
        : A_{A},
          rounding_{is_singular ? std::numeric_limits<double>::infinity() : rounding_of_row_sum},
          coarse_{to.n},
          weights_{to.halved, coarse_.size, true} {
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
        std::vector<std::size_t> neighbours;  // of the collapsed stencil
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
            if (made.collapsed[s] == s && s != steps::middle) made.neighbours.push_back(s);
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
    static constexpr std::size_t inverse_row = steps::count;    // first the row sums
    static constexpr std::size_t total_row = steps::count + 1;  // of the couplings kept
    static constexpr std::size_t value_row = steps::count + 2;
    static constexpr std::size_t n_rows = steps::count + 3;

    [[nodiscard]] double* row_of(std::vector<double>& rows, std::size_t number) const {
        return rows.data() + number * static_cast<std::size_t>(A_.lanes);
    }

    void interpolate(grid::extents<D> const& row, std::size_t parity, unsigned odd, std::vector<double>& rows) {
        std::ptrdiff_t const n = A_.lanes;
        std::ptrdiff_t const i = row_at(A_, row) + static_cast<std::ptrdiff_t>(parity) * A_.half;
        std::ranges::fill(rows, 0.0);
        double* const inverse = row_of(rows, inverse_row);
        std::copy_n(A_.values() + i, n, inverse);
        for (std::size_t s = 0; s < steps::count; ++s) {
            if (s == steps::middle || !A_.is_coupled(s)) continue;
            double const* const c = A_.values() + A_.entry_offset(parity, s) + i;
            std::size_t const to = patterns_[odd].collapsed[s];
            subtract(c, inverse, n);
            if (to != steps::middle) add_product(nullptr, c, row_of(rows, to), n);
        }
        for (std::size_t const to : patterns_[odd].neighbours)
            keep_positive(row_of(rows, to), row_of(rows, total_row), n);
        if (invert_sums(A_.values() + i, row_of(rows, total_row), rounding_, inverse, n))
            set_plain_means(i, parity, odd, rows);
        for (corner const& to : patterns_[odd].corners) set_corner(row, parity, to, rows);
    }

    // For points that nothing is coupled to in the directions in which they lie between others.
    void set_plain_means(std::ptrdiff_t i, std::size_t parity, unsigned odd, std::vector<double>& rows) const {
        double const* const diagonal = A_.values() + i;
        double* const inverse = row_of(rows, inverse_row);
        for (std::ptrdiff_t k = 0; k < A_.lanes; ++k) {
            if (diagonal[k] <= 0.0 || inverse[k] > 0.0) continue;
            double n_neighbours = 0.0;
            for (std::size_t const to : patterns_[odd].neighbours) {
                bool const exists = diagonal[k + A_.offset[parity][to]] > 0.0;
                row_of(rows, to)[k] = exists ? 1.0 : 0.0;
                n_neighbours += exists ? 1.0 : 0.0;
            }
            inverse[k] = 1.0 / n_neighbours;
        }
    }

    void set_corner(grid::extents<D> const& row, std::size_t parity, corner const& to, std::vector<double>& rows) {
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
        double* const value = row_of(rows, value_row);
        std::fill_n(value, A_.lanes, 0.0);
        for (auto const& [neighbour, weight] : to.terms)
            add_product(row_of(rows, neighbour), weights_.values() + weights_.start(weight) + I, value, n_valid);
        multiply(row_of(rows, inverse_row), value, weights_.values() + weights_.start(to.weight) + I, n_valid);
    }

    std::array<pattern, n_patterns> patterns_;
    box_matrix<D> const& A_;
    double rounding_;
    level_geometry<D> coarse_;
    transfer_weights<D, double> weights_;
};

}  // namespace

template <std::size_t D>
transfer_weights<D, double> interpolation(box_matrix<D> const& A, coarsening<D> const& to, bool is_singular,
                                          std::size_t n_threads) {
    return interpolator<D>{A, to, is_singular, n_threads}.take();
}

#define POISE_INSTANTIATE(D) \
    template transfer_weights<D, double> interpolation(box_matrix<D> const&, coarsening<D> const&, bool, std::size_t);
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
