// SPDX-License-Identifier: MIT
#include "linear/multigrid/coarsen.hpp"

#include "core/multiversion.hpp"
#include "linear/multigrid/row_kernels.hpp"

#include <poise/core/reductions.hpp>

#include <algorithm>
#include <array>
#include <bit>

namespace poise::linear::detail {
namespace {

// A direction is coarsened when its couplings are, on average, at least this part of the strongest direction's: point
// smoothing leaves errors that are rough along weak couplings, for which a coarser grid would be of no use.
constexpr double weakest_part = 0.2;

POISE_MULTIVERSION void subtract(double const* x, double* __restrict y, std::ptrdiff_t n) {
    for (std::ptrdiff_t i = 0; i < n; ++i) y[i] -= x[i];
}
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

// Σ over the terms of a w, both from an offset of their own on.
struct product_term {
    std::ptrdiff_t a, w;
};
POISE_MULTIVERSION void add_products(product_term const* terms, std::size_t n_terms, double const* a, double const* w,
                                     double* __restrict sum, std::ptrdiff_t n) {
    std::size_t t = 0;
    for (; t + 4 <= n_terms; t += 4) {
        double const *const a0 = a + terms[t].a, *const w0 = w + terms[t].w;
        double const *const a1 = a + terms[t + 1].a, *const w1 = w + terms[t + 1].w;
        double const *const a2 = a + terms[t + 2].a, *const w2 = w + terms[t + 2].w;
        double const *const a3 = a + terms[t + 3].a, *const w3 = w + terms[t + 3].w;
        for (std::ptrdiff_t i = 0; i < n; ++i)
            sum[i] += (a0[i] * w0[i] + a1[i] * w1[i]) + (a2[i] * w2[i] + a3[i] * w3[i]);
    }
    for (; t < n_terms; ++t) {
        double const *const a0 = a + terms[t].a, *const w0 = w + terms[t].w;
        for (std::ptrdiff_t i = 0; i < n; ++i) sum[i] += a0[i] * w0[i];
    }
}
// sum -= w (diagonal w_above - others), which is what the terms have come to.
POISE_MULTIVERSION void subtract_row(double const* w, double const* diagonal, double const* w_above,
                                     double const* others, double* __restrict sum, std::ptrdiff_t n) {
    if (w_above == nullptr)
        for (std::ptrdiff_t i = 0; i < n; ++i) sum[i] += w[i] * others[i];
    else
        for (std::ptrdiff_t i = 0; i < n; ++i) sum[i] += w[i] * (others[i] - diagonal[i] * w_above[i]);
}

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

// The coordinates of a row other than x.
template <std::size_t D>
grid::extents<D> row_coordinates(std::ptrdiff_t slab, std::ptrdiff_t row) {
    grid::extents<D> point{};
    if constexpr (D == 2) point[1] = slab;
    if constexpr (D == 3) {
        point[1] = row;
        point[2] = slab;
    }
    return point;
}
template <std::size_t D>
std::ptrdiff_t row_at(level_geometry<D> const& level, grid::extents<D> point) {
    point[0] = 0;
    return level.place(point);
}
template <std::size_t D>
bool is_inside(level_geometry<D> const& level, grid::extents<D> const& point) {
    for (std::size_t d = 1; d < D; ++d)
        if (point[d] < 0 || point[d] >= level.n[d]) return false;
    return true;
}

// Between coarse points: A u = 0 there, with the stencil summed up over the directions in which the point has coarse
// coordinates, so that the value depends on the neighbours in the others alone; those that have fewer odd coordinates
// come first.
template <std::size_t D>
class interpolator {
public:
    interpolator(box_matrix<D> const& A, coarsening<D> const& to)
        : A_{A},
          coarse_{to.n},
          weights_{to.halved, coarse_.size, true},
          rows_((steps::count + 3) * static_cast<std::size_t>(A.lanes)) {
        for (unsigned odd = 1; odd < n_patterns; ++odd) set_pattern(odd);
        for (int n_odd = 1; n_odd <= static_cast<int>(D); ++n_odd)
            for (std::ptrdiff_t slab = 0; slab < A.n_slabs; ++slab)
                for (std::ptrdiff_t row = 0; row < A.n_rows; ++row)
                    for (std::size_t parity = 0; parity < 2; ++parity) {
                        auto const place = row_coordinates<D>(slab, row);
                        unsigned const odd = odd_of(place, parity);
                        if (std::popcount(odd) == n_odd) interpolate(place, parity, odd);
                    }
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

    [[nodiscard]] double* row_of_memory(std::size_t number) {
        return rows_.data() + number * static_cast<std::size_t>(A_.lanes);
    }

    void interpolate(grid::extents<D> const& row, std::size_t parity, unsigned odd) {
        std::ptrdiff_t const n = A_.lanes;
        std::ptrdiff_t const i = row_at(A_, row) + static_cast<std::ptrdiff_t>(parity) * A_.half;
        std::ranges::fill(rows_, 0.0);
        double* const inverse = row_of_memory(steps::count);
        double* const total = row_of_memory(steps::count + 1);
        std::copy_n(A_.values() + i, n, inverse);
        for (std::size_t s = 0; s < steps::count; ++s) {
            if (s == steps::middle || !A_.is_coupled(s)) continue;
            double const* const c = A_.values() + A_.entry_offset(parity, s) + i;
            std::size_t const to = patterns_[odd].collapsed[s];
            if (to == steps::middle) {
                subtract(c, inverse, n);
            } else {
                add_product(nullptr, c, row_of_memory(to), n);
                add_product(nullptr, c, total, n);
            }
        }
        invert_larger(total, inverse, n);
        for (corner const& to : patterns_[odd].corners) set_corner(row, parity, to);
    }

    void set_corner(grid::extents<D> const& row, std::size_t parity, corner const& to) {
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
        double* const value = row_of_memory(steps::count + 2);
        std::fill_n(value, A_.lanes, 0.0);
        for (auto const& [neighbour, weight] : to.terms)
            add_product(row_of_memory(neighbour), weights_.values() + weights_.start(weight) + I, value, n_valid);
        multiply(row_of_memory(steps::count), value, weights_.values() + weights_.start(to.weight) + I, n_valid);
    }

    std::array<pattern, n_patterns> patterns_;
    box_matrix<D> const& A_;
    level_geometry<D> coarse_;
    transfer_weights<D, double> weights_;
    std::vector<double> rows_;  // the collapsed stencil, one over its diagonal, the sum of the others, a value
};

// Rows of Pᵀ A P: from the fine points around the coarse ones, over what A couples them to, to the coarse points around
// those.
template <std::size_t D>
class product_of_matrices {
public:
    product_of_matrices(box_matrix<D> const& A, coarsening<D> const& to, transfer_weights<D, double> const& P)
        : A_{A},
          P_{P},
          coarse_{to.n, false},
          n_natural_{static_cast<std::size_t>(std::max(A.lanes, 2 * coarse_.lanes))},
          rows_((steps::n_up + 2) * n_natural_) {
        std::size_t const n_segments = P.halved[0] ? 1 : 2;
        for (std::size_t segment = 0; segment < n_segments; ++segment) set_ways(segment);
        for (std::ptrdiff_t slab = 0; slab < coarse_.n_slabs; ++slab)
            for (std::ptrdiff_t row = 0; row < coarse_.n_rows; ++row)
                for (std::size_t segment = 0; segment < n_segments; ++segment)
                    set_row(row_coordinates<D>(slab, row), segment);
    }

    box_matrix<D> take() { return std::move(coarse_); }

private:
    using steps = neighbour_step<D>;

    // From the fine points a step p from the coarse ones, to the coarse points a step t from these: over which
    // couplings and weights; with_diagonal: where that weight begins when the fine point itself belongs to them.
    struct way {
        std::size_t to;
        std::vector<product_term> terms;
        bool with_diagonal = false;
        std::ptrdiff_t diagonal_weight = 0;
    };

    // The rows of the weights lie as those of the coarse grid, in order where x is halved.
    [[nodiscard]] std::ptrdiff_t weight_offset(std::size_t segment, std::size_t t) const {
        if (!P_.halved[0]) return coarse_.offset[segment][t];
        auto across = steps::at(t);
        int const along = std::exchange(across[0], 0);
        return coarse_.offset[0][steps::number(across)] + along;
    }

    void set_ways(std::size_t segment) {
        for (std::size_t p = 0; p < steps::count; ++p) {
            if (!P_.has(p)) continue;
            std::size_t const parity = steps::at(p)[0] != 0 ? 1 : segment;
            for (std::size_t t = steps::middle; t < steps::count; ++t) {  // the rest by symmetry
                way made{t, {}};
                for (std::size_t o = 0; o < steps::count; ++o) add_term(made, segment, parity, p, o);
                if (made.with_diagonal || !made.terms.empty()) ways_[segment][p].push_back(std::move(made));
            }
        }
    }

    void add_term(way& to, std::size_t segment, std::size_t parity, std::size_t p, std::size_t o) const {
        if (!A_.is_coupled(o)) return;
        std::array<int, D> from{};
        for (std::size_t d = 0; d < D; ++d)
            from[d] = steps::at(p)[d] + steps::at(o)[d] - P_.spread(d) * steps::at(to.to)[d];
        for (int const part : from)
            if (part < -1 || part > 1) return;
        std::size_t const step = steps::number(from);
        if (!P_.has(step)) return;
        std::ptrdiff_t const w = P_.start(step) + weight_offset(segment, to.to);
        if (o != steps::middle) {
            to.terms.push_back({A_.entry_offset(parity, o), w});
        } else {
            to.with_diagonal = true;
            to.diagonal_weight = w;
        }
    }

    [[nodiscard]] double* entries(std::size_t t) { return rows_.data() + (t - steps::middle) * n_natural_; }

    void set_row(grid::extents<D> const& row, std::size_t segment) {
        std::ranges::fill(rows_, 0.0);
        std::ptrdiff_t const I =
            row_at(coarse_, row) + (P_.halved[0] ? 0 : static_cast<std::ptrdiff_t>(segment) * coarse_.half);
        double const* const weights = P_.values() + I;
        double* const others = entries(steps::count);
        for (std::size_t p = 0; p < steps::count; ++p) {
            if (ways_[segment][p].empty()) continue;
            auto const step = steps::at(p);
            grid::extents<D> place{};
            for (std::size_t d = 1; d < D; ++d) place[d] = P_.spread(d) * row[d] + step[d];
            if (!is_inside(A_, place)) continue;
            std::size_t const parity = step[0] != 0 ? 1 : segment;
            double const* const fine =
                A_.values() + row_at(A_, place) + static_cast<std::ptrdiff_t>(parity) * A_.half - (step[0] < 0 ? 1 : 0);
            for (way const& to : ways_[segment][p]) {
                std::fill_n(others, A_.lanes, 0.0);
                add_products(to.terms.data(), to.terms.size(), fine, weights, others, A_.lanes);
                subtract_row(weights + P_.start(p), fine, to.with_diagonal ? weights + to.diagonal_weight : nullptr,
                             others, entries(to.to), A_.lanes);
            }
        }
        store(row, segment);
    }

    void store(grid::extents<D> const& row, std::size_t segment) {
        std::ptrdiff_t const I = row_at(coarse_, row);
        double* const diagonal = entries(steps::middle);
        for (std::size_t i = 0; i < n_natural_; ++i) diagonal[i] = -diagonal[i];
        for (std::size_t t = steps::middle; t < steps::count; ++t) {
            double* const out = (t == steps::middle ? coarse_.diagonal() : coarse_.coupling(t)).data() + I;
            if (P_.halved[0])
                split(entries(t), out, out + coarse_.half, coarse_.lanes);
            else
                std::copy_n(entries(t), coarse_.lanes, out + static_cast<std::ptrdiff_t>(segment) * coarse_.half);
        }
    }

    box_matrix<D> const& A_;
    transfer_weights<D, double> const& P_;
    box_matrix<D> coarse_;
    std::size_t n_natural_;
    std::array<std::array<std::vector<way>, steps::count>, 2> ways_;
    std::vector<double> rows_;  // of the entries, and what one way adds
};

}  // namespace

template <std::size_t D>
std::optional<coarsening<D>> choose_coarsening(box_matrix<D> const& A) {
    auto const strength = strengths(A);
    double strongest = 0.0;
    for (std::size_t d = 0; d < D; ++d)
        if (A.n[d] > 2) strongest = std::max(strongest, strength[d]);
    coarsening<D> to{A.n, {}};
    bool any = false;
    for (std::size_t d = 0; d < D; ++d) {
        to.halved[d] = A.n[d] > 2 && strength[d] >= weakest_part * strongest;
        if (to.halved[d]) to.n[d] = (A.n[d] + 1) / 2;
        any |= to.halved[d];
    }
    return any ? std::optional{to} : std::nullopt;
}

template <std::size_t D>
transfer_weights<D, double> interpolation(box_matrix<D> const& A, coarsening<D> const& to) {
    return interpolator<D>{A, to}.take();
}

template <std::size_t D>
box_matrix<D> galerkin_product(box_matrix<D> const& A, coarsening<D> const& to, transfer_weights<D, double> const& P) {
    return product_of_matrices<D>{A, to, P}.take();
}

#define POISE_INSTANTIATE(D)                                                                        \
    template std::optional<coarsening<D>> choose_coarsening(box_matrix<D> const&);                  \
    template transfer_weights<D, double> interpolation(box_matrix<D> const&, coarsening<D> const&); \
    template box_matrix<D> galerkin_product(box_matrix<D> const&, coarsening<D> const&,             \
                                            transfer_weights<D, double> const&);
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
