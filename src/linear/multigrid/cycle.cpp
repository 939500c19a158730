// SPDX-License-Identifier: MIT
#include "linear/multigrid/cycle.hpp"

#include "linear/multigrid/row_kernels.hpp"

#include <algorithm>
#include <type_traits>

namespace poise::linear::detail {
namespace {

// Calls visit(half_row) with the couplings of the half row that begins at place.
template <std::size_t D, class T, class Visitor>
void with_couplings(coupling_set<D, T> const& set, std::ptrdiff_t place, std::size_t parity, Visitor&& visit) {
    auto const visit_with = [&]<int N>(std::integral_constant<int, N>) {
        if constexpr (static_cast<std::size_t>(N) <= neighbour_step<D>::n_up) {
            half_row<T, N> A;
            for (int k = 0; k < N; ++k) {
                auto const s = static_cast<std::size_t>(k);
                A.to_up[k] = set.to_up[parity][s];
                A.to_down[k] = set.to_down[parity][s];
                A.up[k] = set.values[s] + place;
                A.down[k] = A.up[k] + A.to_down[k];
            }
            visit(A);
        }
    };
    switch (set.n) {
        case 1:
            return visit_with(std::integral_constant<int, 1>{});
        case 2:
            return visit_with(std::integral_constant<int, 2>{});
        case 3:
            return visit_with(std::integral_constant<int, 3>{});
        case 4:
            return visit_with(std::integral_constant<int, 4>{});
        default:
            return visit_with(std::integral_constant<int, 13>{});
    }
}

// Residuals of so many slabs are kept: those that a coarse slab depends on.
constexpr std::ptrdiff_t n_kept = 3;

template <std::size_t D>
bool slabs_halved(std::array<bool, D> const& halved) {
    return D > 1 && halved[D - 1];
}

// The places of a direction in which a fine point or row depends on coarse ones, and by which step from these.
struct coarse_neighbours {
    struct neighbour {
        std::ptrdiff_t at;
        int step;
    };
    std::array<neighbour, 2> neighbours{};
    std::size_t n = 0;

    coarse_neighbours(std::ptrdiff_t fine, bool halved, std::ptrdiff_t n_coarse) {
        if (!halved || fine % 2 == 0) {
            neighbours[n++] = {halved ? fine / 2 : fine, 0};
            return;
        }
        neighbours[n++] = {fine / 2, 1};
        if (fine / 2 + 1 < n_coarse) neighbours[n++] = {fine / 2 + 1, -1};
    }
    [[nodiscard]] auto begin() const { return neighbours.begin(); }
    [[nodiscard]] auto end() const { return neighbours.begin() + n; }
};

template <std::size_t D>
std::size_t step_number(int x, int row, int slab) {
    std::array<int, D> step{};
    step[0] = x;
    if constexpr (D == 2) step[1] = slab;
    if constexpr (D == 3) {
        step[1] = row;
        step[2] = slab;
    }
    return neighbour_step<D>::number(step);
}

// The weights of a row of coarse points by the step along x; the middle one is nullptr where it is 1.
template <std::size_t D, class T>
T const* weights_of(transfer_weights<D, T> const& P, int x, int row, int slab, std::ptrdiff_t place) {
    std::size_t const step = step_number<D>(x, row, slab);
    return step == neighbour_step<D>::middle ? nullptr : P.values() + P.start(step) + place;
}

template <class T>
T const* behind(T const* weights, std::ptrdiff_t offset) {
    return weights == nullptr ? nullptr : weights + offset;
}

}  // namespace

// The residual of a slab is computed when the slab after it is settled, and a coarse slab when its last residual is.
template <std::size_t D, class T>
class level_pass<D, T>::restriction {
public:
    restriction(level_pass const& pass, std::ptrdiff_t first, std::ptrdiff_t last)
        : pass_{pass},
          halved_{slabs_halved(pass.fine_.weights.halved)},
          next_{first},
          last_{last},
          next_residual_{std::max<std::ptrdiff_t>(halved_ ? 2 * first - 1 : first, 0)} {}

    /// The slabs up to `settled` are.
    void advance(std::ptrdiff_t settled) {
        std::ptrdiff_t const end = pass_.fine_.n_slabs - 1;
        for (; next_ < last_; ++next_) {
            std::ptrdiff_t const needed = std::min(halved_ ? 2 * next_ + 1 : next_, end);
            if (settled < std::min(needed + 1, end)) return;
            for (; next_residual_ <= needed; ++next_residual_) pass_.residual_slab(next_residual_);
            pass_.restrict_to(next_);
        }
    }

private:
    level_pass const& pass_;
    bool halved_;
    std::ptrdiff_t next_, last_, next_residual_;
};

template <std::size_t D, class T>
slab_memory<T> level_pass<D, T>::make_memory(multigrid_level<D, T> const& fine) {
    slab_memory<T> made;
    made.slabs.resize(static_cast<std::size_t>(fine.lane_count + n_kept * fine.slab_stride + fine.row_stride));
    made.row.resize(static_cast<std::size_t>(fine.row_stride + 3 * fine.lane_count));
    return made;
}

template <std::size_t D, class T>
T* level_pass<D, T>::residual_row(std::ptrdiff_t slab, std::ptrdiff_t row) const {
    std::ptrdiff_t const border = D > 2 ? fine_.row_stride : 0;
    return own_.slabs.data() + fine_.lane_count + border + slab % n_kept * fine_.slab_stride + row * fine_.row_stride;
}

template <std::size_t D, class T>
void level_pass<D, T>::smooth_half(coupling_set<D, T> const& couplings, std::ptrdiff_t row, std::size_t parity) const {
    std::ptrdiff_t const i = row + static_cast<std::ptrdiff_t>(parity) * fine_.half;
    with_couplings(couplings, i, parity,
                   [&](auto const& A) { smooth(A, fine_.inverse.data() + i, b_ + i, x_ + i, fine_.lanes); });
}

// with_others: with the couplings to other slabs.
template <std::size_t D, class T>
void level_pass<D, T>::smooth_slab(std::ptrdiff_t slab, bool with_others, bool backwards, bool from_zero) const {
    auto const& couplings = with_others ? fine_.all : fine_.within_slab;
    if (from_zero) std::fill_n(x_ + fine_.row(slab, 0), fine_.n_rows * fine_.row_stride, T(0));
    for (std::ptrdiff_t turn = 0; turn < 2; ++turn)
        for (std::ptrdiff_t row = backwards ? turn : 1 - turn; row < fine_.n_rows; row += 2) {
            std::size_t const first = backwards ? 0 : 1;
            smooth_half(couplings, fine_.row(slab, row), first);
            smooth_half(couplings, fine_.row(slab, row), 1 - first);
        }
}

template <std::size_t D, class T>
void level_pass<D, T>::residual_slab(std::ptrdiff_t slab) const {
    for (std::ptrdiff_t row = 0; row < fine_.n_rows; ++row)
        for (std::size_t parity = 0; parity < 2; ++parity) {
            std::ptrdiff_t const from = static_cast<std::ptrdiff_t>(parity) * fine_.half;
            std::ptrdiff_t const i = fine_.row(slab, row) + from;
            with_couplings(fine_.all, i, parity, [&](auto const& A) {
                residual(A, fine_.excess.data() + i, b_ + i, x_ + i, residual_row(slab, row) + from, fine_.lanes);
            });
        }
}

template <std::size_t D, class T>
void level_pass<D, T>::restrict_to(std::ptrdiff_t coarse_slab) const {
    auto const& P = fine_.weights;
    auto const& halved = P.halved;
    int const slab_steps = slabs_halved(halved) ? 1 : 0, row_steps = D > 2 && halved[1] ? 1 : 0;
    T* const sum = own_.row.data();
    for (std::ptrdiff_t J = 0; J < coarse_.n_rows; ++J) {
        std::ptrdiff_t const place = coarse_.row(coarse_slab, J);
        std::fill_n(sum, std::max(fine_.row_stride, coarse_.row_stride), T(0));
        for (int dz = -slab_steps; dz <= slab_steps; ++dz) {
            std::ptrdiff_t const slab = (1 + slab_steps) * coarse_slab + dz;
            if (slab < 0 || slab >= fine_.n_slabs) continue;
            for (int dy = -row_steps; dy <= row_steps; ++dy) {
                std::ptrdiff_t const row = (1 + row_steps) * J + dy;
                if (row < 0 || row >= fine_.n_rows) continue;
                T const* const r = residual_row(slab, row);
                T const* const middle = weights_of(P, 0, dy, dz, place);
                if (halved[0]) {
                    gather(weights_of(P, -1, dy, dz, place), middle, weights_of(P, 1, dy, dz, place), r, r + fine_.half,
                           sum, fine_.lanes);
                } else {
                    add_product(middle, r, sum, fine_.lanes);
                    add_product(behind(middle, coarse_.half), r + fine_.half, sum + fine_.half, fine_.lanes);
                }
            }
        }
        if (halved[0]) {
            split(sum, coarse_b_ + place, coarse_b_ + place + coarse_.half, coarse_.lanes);
        } else {
            std::copy_n(sum, coarse_.lanes, coarse_b_ + place);
            std::copy_n(sum + fine_.half, coarse_.lanes, coarse_b_ + place + coarse_.half);
        }
    }
}

template <std::size_t D, class T>
void level_pass<D, T>::prolong_to(std::ptrdiff_t slab) const {
    auto const& P = fine_.weights;
    coarse_neighbours const slabs{slab, slabs_halved(P.halved), coarse_.n_slabs};
    for (std::ptrdiff_t row = 0; row < fine_.n_rows; ++row) {
        T* const x = x_ + fine_.row(slab, row);
        for (auto const& [U, dz] : slabs)
            for (auto const& [J, dy] : coarse_neighbours{row, D > 2 && P.halved[1], coarse_.n_rows}) {
                std::ptrdiff_t const place = coarse_.row(U, J);
                T const* const from = coarse_x_ + place;
                T const* const middle = weights_of(P, 0, dy, dz, place);
                if (P.halved[0]) {
                    join(from, from + coarse_.half, own_.row.data(), coarse_.lanes);
                    spread(weights_of(P, -1, dy, dz, place), middle, weights_of(P, 1, dy, dz, place), own_.row.data(),
                           x, x + fine_.half, fine_.lanes);
                } else {
                    add_product(middle, from, x, fine_.lanes);
                    add_product(behind(middle, coarse_.half), from + coarse_.half, x + fine_.half, fine_.lanes);
                }
            }
    }
}

template <std::size_t D, class T>
void level_pass<D, T>::sweep_from_zero(strip const& slabs, bool and_restrict) {
    bool const halved = slabs_halved(fine_.weights.halved);
    bool const is_first = slabs.first == 0, is_last = slabs.last == fine_.n_slabs;
    // The residuals beside a seam are not known yet.
    std::ptrdiff_t const from = is_first ? 0 : (halved ? slabs.first / 2 : slabs.first) + 2;
    std::ptrdiff_t const to = is_last ? coarse_.n_slabs : (halved ? slabs.last / 2 : slabs.last) - 1;
    restriction next{*this, from, and_restrict ? to : from};
    for (std::ptrdiff_t slab = slabs.first; slab < slabs.last; slab += 2) {
        if (slab + 1 < slabs.last) smooth_slab(slab + 1, false, false, true);
        if (slab > slabs.first || is_first) smooth_slab(slab, true, false, true);
        next.advance(std::min(slab + 1, slabs.last - 1));
    }
}

template <std::size_t D, class T>
void level_pass<D, T>::restrict_beside(std::ptrdiff_t seam) {
    std::ptrdiff_t const middle = slabs_halved(fine_.weights.halved) ? seam / 2 : seam;
    restriction{*this, middle - 1, std::min(middle + 2, coarse_.n_slabs)}.advance(fine_.n_slabs);
}

template <std::size_t D, class T>
void level_pass<D, T>::sweep(strip const& slabs, std::ptrdiff_t parity, bool backwards) {
    for (std::ptrdiff_t slab = slabs.first + parity; slab < slabs.last; slab += 2)
        smooth_slab(slab, true, backwards, false);
}

template <std::size_t D, class T>
void level_pass<D, T>::restrict_residual(strip const& slabs) {
    std::ptrdiff_t const spread = slabs_halved(fine_.weights.halved) ? 2 : 1;
    bool const is_last = slabs.last == fine_.n_slabs;
    restriction{*this, slabs.first / spread, is_last ? coarse_.n_slabs : slabs.last / spread}.advance(fine_.n_slabs);
}

template <std::size_t D, class T>
void level_pass<D, T>::prolong(strip const& slabs) {
    for (std::ptrdiff_t slab = slabs.first; slab < slabs.last; ++slab) prolong_to(slab);
}

template <std::size_t D, class T>
void level_pass<D, T>::prolong_and_sweep(strip const& slabs) {
    bool const is_first = slabs.first == 0, is_last = slabs.last == fine_.n_slabs;
    for (std::ptrdiff_t slab = slabs.first; slab < slabs.last; slab += 2) {
        prolong_to(slab);
        if (slab + 1 < slabs.last) prolong_to(slab + 1);
        if (slab > slabs.first || is_first) smooth_slab(slab, true, true, false);
        if (slab - 2 > slabs.first || (is_first && slab > 0)) smooth_slab(slab - 1, true, true, false);
    }
    if (is_last && slabs.last % 2 == 0) smooth_slab(slabs.last - 1, true, true, false);
}

template <std::size_t D, class T>
void level_pass<D, T>::sweep_beside(std::ptrdiff_t seam) {
    smooth_slab(seam - 1, true, true, false);
    if (seam + 1 < fine_.n_slabs) smooth_slab(seam + 1, true, true, false);
}

template class level_pass<1, float>;
template class level_pass<2, float>;
template class level_pass<3, float>;
template class level_pass<1, double>;
template class level_pass<2, double>;
template class level_pass<3, double>;

}  // namespace poise::linear::detail
