// SPDX-License-Identifier: MIT
#include "linear/separable/pass.hpp"

#include "linear/multigrid/row_kernels.hpp"
#include "linear/separable/row_stencils.hpp"

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

template <std::size_t D, class T>
std::optional<axis_weights<T>> const& slab_weights(separable_level<D, T> const& level) {
    static std::optional<axis_weights<T>> const none;
    return D > 1 ? level.weights[D - 1] : none;
}
template <std::size_t D, class T>
std::optional<axis_weights<T>> const& row_weights(separable_level<D, T> const& level) {
    static std::optional<axis_weights<T>> const none;
    return D > 2 ? level.weights[1] : none;
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

// Calls act(stage, slab) in an order in which each stage finds what it depends on.
template <class Act>
void for_stages(slab_strip const& slabs, std::ptrdiff_t n_slabs, std::ptrdiff_t n_stages, Act const& act) {
    std::ptrdiff_t const less_below = slabs.first > 0 ? 1 : 0, less_above = slabs.last < n_slabs ? 1 : 0;
    for (std::ptrdiff_t now = slabs.first; now < slabs.last + n_stages - 1; ++now)
        for (std::ptrdiff_t stage = 0; stage < n_stages; ++stage) {
            std::ptrdiff_t const slab = now - stage;
            if (slab >= slabs.first + less_below * stage && slab < slabs.last - less_above * stage) act(stage, slab);
        }
}
// The slabs that the strips on both sides of a seam left out.
template <class Act>
void for_stages_at(std::ptrdiff_t seam, std::ptrdiff_t n_stages, Act const& act) {
    for (std::ptrdiff_t now = seam; now < seam + 2 * n_stages; ++now)
        for (std::ptrdiff_t stage = 1; stage < n_stages; ++stage)
            if (now - stage >= seam - stage && now - stage < seam + stage) act(stage, now - stage);
}

}  // namespace

// The coarse slabs whose residuals are settled, one after the other.
template <std::size_t D, class T>
class separable_pass<D, T>::restriction {
public:
    restriction(separable_pass& pass, std::ptrdiff_t first, std::ptrdiff_t last)
        : pass_{pass}, next_{first}, last_{last}, next_residual_{lowest(pass, first)} {}

    /// The slabs up to `settled` are.
    void advance(std::ptrdiff_t settled) {
        for (; next_ < last_ && needed(pass_, next_) <= settled; ++next_) {
            for (; next_residual_ <= highest(pass_, next_); ++next_residual_) pass_.restrict_rows_of(next_residual_);
            pass_.restrict_to(next_);
        }
    }

    /// The first coarse slab that depends on no slab below `settled`; the first that depends on `unsettled`.
    static std::ptrdiff_t first_from(separable_pass const& pass, std::ptrdiff_t settled) {
        if (settled == 0) return 0;
        std::ptrdiff_t slab = 0;
        while (lowest(pass, slab) - 1 < settled && slab < pass.coarse_.n_slabs) ++slab;
        return slab;
    }
    static std::ptrdiff_t first_beyond(separable_pass const& pass, std::ptrdiff_t unsettled) {
        std::ptrdiff_t slab = 0;
        while (slab < pass.coarse_.n_slabs && needed(pass, slab) < unsettled) ++slab;
        return slab;
    }

private:
    static std::ptrdiff_t middle(separable_pass const& pass, std::ptrdiff_t slab) {
        auto const& weights = slab_weights(pass.fine_);
        return weights ? 2 * slab + weights->first : slab;
    }
    static std::ptrdiff_t reach(separable_pass const& pass) { return slab_weights(pass.fine_) ? 1 : 0; }
    // Slabs whose residuals it gets something from, and the last one on which these depend.
    static std::ptrdiff_t lowest(separable_pass const& pass, std::ptrdiff_t slab) {
        return std::max<std::ptrdiff_t>(middle(pass, slab) - reach(pass), 0);
    }
    static std::ptrdiff_t highest(separable_pass const& pass, std::ptrdiff_t slab) {
        return std::min(middle(pass, slab) + reach(pass), pass.fine_.n_slabs - 1);
    }
    static std::ptrdiff_t needed(separable_pass const& pass, std::ptrdiff_t slab) {
        return std::min(highest(pass, slab) + 1, pass.fine_.n_slabs - 1);
    }

    separable_pass& pass_;
    std::ptrdiff_t next_, last_, next_residual_;
};

template <std::size_t D, class T>
separable_memory<T> separable_pass<D, T>::make_memory(separable_level<D, T> const& fine,
                                                      separable_level<D, T> const& coarse) {
    auto const size = [](std::ptrdiff_t n) { return static_cast<std::size_t>(n); };
    separable_memory<T> made;
    made.rows.resize(size(3 * (std::max(fine.row_stride, coarse.row_stride) + 4 * fine.lane_count)));
    made.slabs.resize(size(n_kept * coarse.n_rows * std::max(fine.row_stride, coarse.row_stride)));
    return made;
}

template <std::size_t D, class T>
T* separable_pass<D, T>::restricted(std::ptrdiff_t slab, std::ptrdiff_t coarse_row) const {
    return own_.slabs.data() +
           (slab % n_kept * coarse_.n_rows + coarse_row) * std::max(fine_.row_stride, coarse_.row_stride);
}

template <std::size_t D, class T>
auto separable_pass<D, T>::stencil_of(std::ptrdiff_t slab, std::ptrdiff_t row, std::size_t half) const {
    using steps = neighbour_step<D>;
    auto const& along_x = fine_.axes[0];
    std::size_t const from = half * static_cast<std::size_t>(fine_.lanes);
    half_stencil<T, 2 * static_cast<int>(D - 1)> made{};
    made.below = along_x.below.data() + from;
    made.above = along_x.above.data() + from;
    made.diagonal = along_x.diagonal.data() + from;
    made.inverse = fine_.inverse_diagonal(slab, row) + from;
    made.to_above = fine_.offset[half][steps::along(0)];
    made.to_below = fine_.offset[half][steps::opposite(steps::along(0))];
    for (std::size_t d = 1; d < D; ++d) {
        auto const at = static_cast<std::size_t>(d == D - 1 ? slab : row);
        std::ptrdiff_t const stride = d == D - 1 ? fine_.slab_stride : fine_.row_stride;
        std::size_t const k = 2 * (d - 1);
        made.across[k] = fine_.axes[d].below[at];
        made.across[k + 1] = fine_.axes[d].above[at];
        made.to_across[k] = -stride;
        made.to_across[k + 1] = stride;
        made.diagonal_across += fine_.axes[d].diagonal[at];
    }
    return made;
}

template <std::size_t D, class T>
void separable_pass<D, T>::relax(std::ptrdiff_t slab, colour which) {
    for (std::ptrdiff_t row = 0; row < fine_.n_rows; ++row) {
        std::size_t const half = half_of(slab, row, which);
        std::ptrdiff_t const place = place_of(slab, row, half);
        detail::relax(stencil_of(slab, row, half), b_ + place, x_ + place, fine_.lanes);
    }
}

template <std::size_t D, class T>
void separable_pass<D, T>::relax_from_zero(std::ptrdiff_t slab) {
    for (std::ptrdiff_t row = 0; row < fine_.n_rows; ++row) {
        std::size_t const half = half_of(slab, row, red);
        std::ptrdiff_t const place = place_of(slab, row, half);
        T const* const inverse = fine_.inverse_diagonal(slab, row) + half * static_cast<std::size_t>(fine_.lanes);
        detail::relax_from_zero(inverse, b_ + place, x_ + place, fine_.lanes);
    }
}

// Along x: in order where x is halved, as the rows of a level where it is not.
template <std::size_t D, class T>
void separable_pass<D, T>::restrict_row(std::ptrdiff_t slab, std::ptrdiff_t row, T* to) {
    std::size_t const half = half_of(slab, row, red);
    std::ptrdiff_t const place = place_of(slab, row, half);
    T* const r = own_.rows.data() + fine_.lane_count;
    residual(stencil_of(slab, row, half), b_ + place, x_ + place, r, fine_.lanes);
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
        T* const restricted_row = own_.rows.data() + size + 4 * fine_.lane_count;
        for (std::ptrdiff_t row = 0; row < fine_.n_rows; ++row) {
            restrict_row(slab, row, restricted_row);
            auto const& weights = row_weights(fine_);
            for (auto const& [coarse_row, unused] : coarse_parts(weights, row, fine_.n_rows))
                for (auto const& [fine_row, weight] : fine_parts(weights, coarse_row, fine_.n_rows))
                    if (fine_row == row) add(weight, restricted_row, restricted(slab, coarse_row), size);
        }
    }
}

template <std::size_t D, class T>
void separable_pass<D, T>::restrict_to(std::ptrdiff_t coarse_slab) {
    std::ptrdiff_t const size = std::max(fine_.row_stride, coarse_.row_stride);
    auto const slabs = fine_parts(slab_weights(fine_), coarse_slab, fine_.n_slabs);
    T* const sum = own_.rows.data();
    for (std::ptrdiff_t row = 0; row < coarse_.n_rows; ++row) {
        combine_rows(
            slabs, [&](std::ptrdiff_t slab) { return restricted(slab, row); }, sum, size);
        T* const to = coarse_b_ + coarse_.row(coarse_slab, row);
        if (fine_.weights[0])
            split(sum, to, to + coarse_.half, coarse_.lanes);
        else
            std::copy_n(sum, coarse_.row_stride, to);
    }
    std::fill_n(own_.rows.data(), fine_.lane_count, T(0));  // stands before residuals
}

template <std::size_t D, class T>
void separable_pass<D, T>::prolong_to(std::ptrdiff_t slab) {
    auto const slabs = coarse_parts(slab_weights(fine_), slab, fine_.n_slabs);
    auto const& weights = fine_.weights[0];
    std::ptrdiff_t const size = std::max(fine_.row_stride, coarse_.row_stride) + 4 * fine_.lane_count;
    T* const sum = own_.rows.data() + size;
    T* const in_order = own_.rows.data() + 2 * size + fine_.lane_count;
    for (std::ptrdiff_t row = 0; row < fine_.n_rows; ++row) {
        auto const rows = coarse_parts(row_weights(fine_), row, fine_.n_rows);
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

// end: the stage at which a slab is settled.
template <std::size_t D, class T>
auto separable_pass<D, T>::restriction_in(slab_strip const& slabs, std::ptrdiff_t end) -> restriction {
    return {*this, slabs.first == 0 ? 0 : restriction::first_from(*this, slabs.first + end),
            slabs.last == fine_.n_slabs ? coarse_.n_slabs : restriction::first_beyond(*this, slabs.last - end)};
}
template <std::size_t D, class T>
auto separable_pass<D, T>::restriction_at(std::ptrdiff_t seam, std::ptrdiff_t end) -> restriction {
    return {*this, restriction::first_beyond(*this, seam - end), restriction::first_from(*this, seam + end)};
}

template <std::size_t D, class T>
void separable_pass<D, T>::descend(slab_strip const& slabs, bool from_zero, slab_action const& before) {
    std::ptrdiff_t const end = end_of_descent();
    auto next = restriction_in(slabs, end);
    for_stages(slabs, fine_.n_slabs, end + 1, [&](std::ptrdiff_t stage, std::ptrdiff_t slab) {
        if (stage == 0 && before) before(slab);
        if (stage == 0 && from_zero)
            relax_from_zero(slab);
        else
            relax(slab, stage % 2 == 0 ? red : black);
        if (stage == end) next.advance(slab);
    });
}

template <std::size_t D, class T>
void separable_pass<D, T>::descend_at(std::ptrdiff_t seam) {
    std::ptrdiff_t const end = end_of_descent();
    for_stages_at(seam, end + 1,
                  [&](std::ptrdiff_t stage, std::ptrdiff_t slab) { relax(slab, stage % 2 == 0 ? red : black); });
    restriction_at(seam, end).advance(fine_.n_slabs);
}

template <std::size_t D, class T>
void separable_pass<D, T>::ascend(slab_strip const& slabs, slab_action const& after) {
    std::ptrdiff_t const end = end_of_ascent();
    for_stages(slabs, fine_.n_slabs, end + 1, [&](std::ptrdiff_t stage, std::ptrdiff_t slab) {
        if (stage == 0)
            prolong_to(slab);
        else
            relax(slab, stage % 2 == 0 ? black : red);
        if (stage == end && after) after(slab);
    });
}

template <std::size_t D, class T>
void separable_pass<D, T>::ascend_at(std::ptrdiff_t seam, slab_action const& after) {
    std::ptrdiff_t const end = end_of_ascent();
    for_stages_at(seam, end + 1, [&](std::ptrdiff_t stage, std::ptrdiff_t slab) {
        relax(slab, stage % 2 == 0 ? black : red);
        if (stage == end && after) after(slab);
    });
}

template <std::size_t D, class T>
void separable_pass<D, T>::turn(slab_strip const& slabs) {
    std::ptrdiff_t const end = end_of_turn();
    auto next = restriction_in(slabs, end);
    for_stages(slabs, fine_.n_slabs, end + 1, [&](std::ptrdiff_t stage, std::ptrdiff_t slab) {
        if (stage == 0)
            prolong_to(slab);
        else
            relax(slab, stage % 2 == 0 ? black : red);
        if (stage == end) next.advance(slab);
    });
}

template <std::size_t D, class T>
void separable_pass<D, T>::turn_at(std::ptrdiff_t seam) {
    std::ptrdiff_t const end = end_of_turn();
    for_stages_at(seam, end + 1,
                  [&](std::ptrdiff_t stage, std::ptrdiff_t slab) { relax(slab, stage % 2 == 0 ? black : red); });
    restriction_at(seam, end).advance(fine_.n_slabs);
}

#define POISE_INSTANTIATE(D)                 \
    template class separable_pass<D, float>; \
    template class separable_pass<D, double>;
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
