// SPDX-License-Identifier: MIT
#include "linear/multigrid/row_kernels.hpp"
#include "linear/separable/pass.hpp"
#include "linear/separable/row_stencils.hpp"
#include "linear/separable/stencil_of_row.hpp"

#include <algorithm>

namespace poise::linear::detail {
namespace {

// Restricted residuals of so many slabs are kept: those that a coarse slab depends on.
constexpr std::ptrdiff_t n_kept = 3;

// Points, rows or slabs that another one gets something from or gives something to, and how much.
template <class T>
struct weighted_indices {
    struct part {
        std::ptrdiff_t at;
        T weight;
    };
    std::array<part, 3> parts{};
    std::size_t n = 0;

    void append(std::ptrdiff_t at, T weight) { parts[n++] = {at, weight}; }
    [[nodiscard]] auto begin() const { return parts.begin(); }
    [[nodiscard]] auto end() const { return parts.begin() + static_cast<std::ptrdiff_t>(n); }
};

// The coarse ones of which a fine one's value is made.
template <class T>
weighted_indices<T> coarse_parts(std::optional<axis_weights<T>> const& weights, std::ptrdiff_t fine,
                                 std::ptrdiff_t n_fine) {
    weighted_indices<T> made;
    if (!weights) {
        made.append(fine, T(1));
        return made;
    }
    std::ptrdiff_t const from_first = fine - weights->first;
    auto const at = static_cast<std::size_t>(fine);
    if (from_first % 2 == 0) {
        made.append(from_first / 2, T(1));
        return made;
    }
    if (fine > 0) made.append((from_first - 1) / 2, weights->from_below[at]);
    if (fine + 1 < n_fine) made.append((from_first + 1) / 2, weights->from_above[at]);
    return made;
}

// The fine ones of whose right-hand sides a coarse one's is made.
template <class T>
weighted_indices<T> fine_parts(std::optional<axis_weights<T>> const& weights, std::ptrdiff_t coarse,
                               std::ptrdiff_t n_fine) {
    weighted_indices<T> made;
    if (!weights) {
        made.append(coarse, T(1));
        return made;
    }
    std::ptrdiff_t const middle = 2 * coarse + weights->first;
    auto const at = static_cast<std::size_t>(coarse);
    if (middle > 0) made.append(middle - 1, weights->of_below[at]);
    made.append(middle, weights->of_middle[at]);
    if (middle + 1 < n_fine) made.append(middle + 1, weights->of_above[at]);
    return made;
}

// to = Σ scale weight row_at(index) over the parts.
template <class T, class RowAt>
void combine_rows(weighted_indices<T> const& of, RowAt const& row_at, T* to, std::ptrdiff_t n, T scale = T(1)) {
    auto const& [first, second, third] = of.parts;
    switch (of.n) {
        case 1:
            return combine(scale * first.weight, row_at(first.at), to, n);
        case 2:
            return combine(scale * first.weight, row_at(first.at), scale * second.weight, row_at(second.at), to, n);
        default:
            return combine(scale * first.weight, row_at(first.at), scale * second.weight, row_at(second.at),
                           scale * third.weight, row_at(third.at), to, n);
    }
}

// Residuals, a restricted row, a row in order and a sum each have a part of the memory for rows, and what lies before
// and behind them there remains 0: a weight of 0 would keep what is not finite.
template <std::size_t D, class T>
std::ptrdiff_t region_of_rows(separable_level<D, T> const& fine, separable_level<D, T> const& coarse) {
    return std::max(fine.row_stride, coarse.row_stride) + 4 * fine.lane_count;
}

}  // namespace

template <std::size_t D, class T>
separable_memory<T> separable_pass<D, T>::make_memory(separable_level<D, T> const& fine,
                                                      separable_level<D, T> const& coarse) {
    auto const size = [](std::ptrdiff_t n) { return static_cast<std::size_t>(n); };
    separable_memory<T> made;
    made.rows.resize(size(4 * region_of_rows(fine, coarse)));
    made.slabs.resize(size(n_kept * coarse.n_rows * std::max(fine.row_stride, coarse.row_stride)));
    return made;
}

template <std::size_t D, class T>
T* separable_pass<D, T>::restricted(std::ptrdiff_t slab, std::ptrdiff_t coarse_row) const {
    return own_.slabs.data() +
           (slab % n_kept * coarse_.n_rows + coarse_row) * std::max(fine_.row_stride, coarse_.row_stride);
}

// Along x: in order where x is halved, as the rows of a level where it is not.
template <std::size_t D, class T>
void separable_pass<D, T>::restrict_row(std::ptrdiff_t slab, std::ptrdiff_t row, T* to) {
    std::size_t const half = half_of(slab, row, red);
    std::ptrdiff_t const place = place_of(slab, row, half);
    T* const r = own_.rows.data() + fine_.lane_count;
    residual(stencil_of(fine_, slab, row, half), b_ + place, x_ + place, r, fine_.lanes);
    auto const& weights = fine_.weights[0];
    if (!weights) {
        std::fill_n(to, coarse_.row_stride, T(0));
        std::copy_n(r, fine_.lanes, to + static_cast<std::ptrdiff_t>(half) * coarse_.half);
    } else if (static_cast<std::ptrdiff_t>(half) == weights->first) {
        multiply(weights->of_middle.data(), r, to, fine_.lanes);
    } else {
        T const* const below = r - (1 - weights->first);
        multiply(weights->of_below.data(), below, weights->of_above.data(), below + 1, to, fine_.lanes);
    }
}

template <std::size_t D, class T>
void separable_pass<D, T>::restrict_rows_of(std::ptrdiff_t slab) {
    if constexpr (D < 3) {
        restrict_row(slab, 0, restricted(slab, 0));
    } else {
        std::ptrdiff_t const size = std::max(fine_.row_stride, coarse_.row_stride);
        std::fill_n(restricted(slab, 0), coarse_.n_rows * size, T(0));
        T* const restricted_row = own_.rows.data() + region_of_rows(fine_, coarse_);
        for (std::ptrdiff_t row = 0; row < fine_.n_rows; ++row) {
            restrict_row(slab, row, restricted_row);
            auto const& weights = fine_.row_weights();
            for (auto const& [coarse_row, unused] : coarse_parts(weights, row, fine_.n_rows))
                for (auto const& [fine_row, weight] : fine_parts(weights, coarse_row, fine_.n_rows))
                    if (fine_row == row) add(weight, restricted_row, restricted(slab, coarse_row), size);
        }
    }
}

template <std::size_t D, class T>
void separable_pass<D, T>::restrict_to(std::ptrdiff_t coarse_slab) {
    std::ptrdiff_t const size = std::max(fine_.row_stride, coarse_.row_stride);
    auto const slabs = fine_parts(fine_.slab_weights(), coarse_slab, fine_.n_slabs);
    T* const sum = own_.rows.data() + 3 * region_of_rows(fine_, coarse_);
    for (std::ptrdiff_t row = 0; row < coarse_.n_rows; ++row) {
        combine_rows(
            slabs, [&](std::ptrdiff_t slab) { return restricted(slab, row); }, sum, size);
        T* const to = coarse_b_ + coarse_.row(coarse_slab, row);
        if (fine_.weights[0])
            split(sum, to, to + coarse_.half, coarse_.lanes);
        else
            std::copy_n(sum, coarse_.row_stride, to);
    }
}

template <std::size_t D, class T>
void separable_pass<D, T>::prolong_to(std::ptrdiff_t slab) {
    auto const slabs = coarse_parts(fine_.slab_weights(), slab, fine_.n_slabs);
    auto const& weights = fine_.weights[0];
    std::ptrdiff_t const size = region_of_rows(fine_, coarse_);
    T* const sum = own_.rows.data() + size;
    T* const in_order = own_.rows.data() + 2 * size + fine_.lane_count;
    for (std::ptrdiff_t row = 0; row < fine_.n_rows; ++row) {
        auto const rows = coarse_parts(fine_.row_weights(), row, fine_.n_rows);
        combine_rows(
            slabs, [&](std::ptrdiff_t coarse_slab) { return coarse_x_ + coarse_.row(coarse_slab, rows.parts[0].at); },
            sum, coarse_.row_stride, rows.parts[0].weight);
        if (rows.n > 1)
            for (auto const& [coarse_slab, weight] : slabs)
                add(weight * rows.parts[1].weight, coarse_x_ + coarse_.row(coarse_slab, rows.parts[1].at), sum,
                    coarse_.row_stride);
        std::size_t const half = half_of(slab, row, black);
        T* const x = x_ + place_of(slab, row, half);
        if (!weights) {
            add(sum + static_cast<std::ptrdiff_t>(half) * coarse_.half, x, fine_.lanes);
            continue;
        }
        join(sum, sum + coarse_.half, in_order, coarse_.lanes);
        if (static_cast<std::ptrdiff_t>(half) == weights->first) {
            add(in_order, x, fine_.lanes);
        } else {
            T const* const below = in_order - weights->first;
            add(weights->from_below.data(), below, weights->from_above.data(), below + 1, x, fine_.lanes);
        }
    }
}

#define POISE_INSTANTIATE(D, T)                                                                   \
    template separable_memory<T> separable_pass<D, T>::make_memory(separable_level<D, T> const&,  \
                                                                   separable_level<D, T> const&); \
    template void separable_pass<D, T>::restrict_rows_of(std::ptrdiff_t);                         \
    template void separable_pass<D, T>::restrict_to(std::ptrdiff_t);                              \
    template void separable_pass<D, T>::prolong_to(std::ptrdiff_t);
POISE_INSTANTIATE(1, float)
POISE_INSTANTIATE(2, float)
POISE_INSTANTIATE(3, float)
POISE_INSTANTIATE(1, double)
POISE_INSTANTIATE(2, double)
POISE_INSTANTIATE(3, double)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
