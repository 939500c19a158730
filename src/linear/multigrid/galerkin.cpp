// SPDX-License-Identifier: MIT
#include "core/multiversion.hpp"
#include "linear/multigrid/coarsen.hpp"
#include "linear/multigrid/row_kernels.hpp"
#include "linear/multigrid/row_places.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace poise::linear::detail {
namespace {

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

// Rows of Pᵀ A P: from the fine points around the coarse ones, over what A couples them to, to the coarse points around
// those.
template <std::size_t D>
class product_of_matrices {
public:
    product_of_matrices(box_matrix<D> const& A, coarsening<D> const& to, transfer_weights<D, double> const& P,
                        std::size_t n_threads)
        : A_{A},
          P_{P},
          coarse_{to.n, false},
          n_natural_{static_cast<std::size_t>(std::max(A.lanes, 2 * coarse_.lanes))} {
        std::size_t const n_segments = P.halved[0] ? 1 : 2;
        for (std::size_t segment = 0; segment < n_segments; ++segment) set_ways(segment);
        auto const make_rows = [&] { return std::vector<double>((steps::n_up + 2) * n_natural_); };
        for_each_slab<D>(coarse_, n_threads, make_rows, [&](std::ptrdiff_t slab, std::vector<double>& rows) {
            for (std::ptrdiff_t row = 0; row < coarse_.n_rows; ++row)
                for (std::size_t segment = 0; segment < n_segments; ++segment)
                    set_row(row_coordinates<D>(slab, row), segment, rows);
        });
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

    // Of the entries from the middle one on, and behind them of what one way adds.
    [[nodiscard]] double* entries(std::vector<double>& rows, std::size_t t) const {
        return rows.data() + (t - steps::middle) * n_natural_;
    }

    void set_row(grid::extents<D> const& row, std::size_t segment, std::vector<double>& rows) {
        std::ranges::fill(rows, 0.0);
        std::ptrdiff_t const I =
            row_at(coarse_, row) + (P_.halved[0] ? 0 : static_cast<std::ptrdiff_t>(segment) * coarse_.half);
        double const* const weights = P_.values() + I;
        double* const others = entries(rows, steps::count);
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
                             others, entries(rows, to.to), A_.lanes);
            }
        }
        store(row, segment, rows);
    }

    void store(grid::extents<D> const& row, std::size_t segment, std::vector<double>& rows) {
        std::ptrdiff_t const I = row_at(coarse_, row);
        double* const diagonal = entries(rows, steps::middle);
        for (std::size_t i = 0; i < n_natural_; ++i) diagonal[i] = -diagonal[i];
        for (std::size_t t = steps::middle; t < steps::count; ++t) {
            double* const out = (t == steps::middle ? coarse_.diagonal() : coarse_.coupling(t)).data() + I;
            if (P_.halved[0])
                split(entries(rows, t), out, out + coarse_.half, coarse_.lanes);
            else
                std::copy_n(entries(rows, t), coarse_.lanes, out + static_cast<std::ptrdiff_t>(segment) * coarse_.half);
        }
    }

    box_matrix<D> const& A_;
    transfer_weights<D, double> const& P_;
    box_matrix<D> coarse_;
    std::size_t n_natural_;
    std::array<std::array<std::vector<way>, steps::count>, 2> ways_;
};

}  // namespace

template <std::size_t D>
box_matrix<D> galerkin_product(box_matrix<D> const& A, coarsening<D> const& to, transfer_weights<D, double> const& P,
                               std::size_t n_threads) {
    return product_of_matrices<D>{A, to, P, n_threads}.take();
}

#define POISE_INSTANTIATE(D)                                                            \
    template box_matrix<D> galerkin_product(box_matrix<D> const&, coarsening<D> const&, \
                                            transfer_weights<D, double> const&, std::size_t);
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
