// SPDX-License-Identifier: MIT
#include "linear/multigrid/level.hpp"

#include "core/multiversion.hpp"
#include "linear/multigrid/row_kernels.hpp"
#include "linear/multigrid/row_places.hpp"

#include <poise/core/error.hpp>
#include <poise/core/reductions.hpp>

#include <limits>
#include <utility>

namespace poise::linear::detail {
namespace {

POISE_MULTIVERSION void invert(double const* x, double* __restrict y, std::ptrdiff_t n) {
    for (std::ptrdiff_t i = 0; i < n; ++i) y[i] = x[i] != 0.0 ? 1.0 / x[i] : 0.0;
}
POISE_MULTIVERSION bool all_at_most(double const* x, double bound, std::ptrdiff_t n) {
    bool all = true;
    for (std::ptrdiff_t i = 0; i < n; ++i) all &= x[i] <= bound;
    return all;
}
POISE_MULTIVERSION bool all_are_rounding(double const* row_sums, double const* diagonal, std::ptrdiff_t n) {
    bool all = true;
    for (std::ptrdiff_t i = 0; i < n; ++i) all &= row_sums[i] <= rounding_of_row_sum * diagonal[i];
    return all;
}
#define POISE_CONVERT(T)                                                                                \
    POISE_MULTIVERSION void convert(double const* x, double scale, T* __restrict y, std::ptrdiff_t n) { \
        for (std::ptrdiff_t i = 0; i < n; ++i) y[i] = static_cast<T>(scale * x[i]);                     \
    }
POISE_CONVERT(float)
POISE_CONVERT(double)
#undef POISE_CONVERT

}  // namespace

// Calls visit(place, row sums of the points of half a row that begins there).
template <std::size_t D, class Visitor>
void for_each_row_sum(box_matrix<D> const& A, Visitor const& visit) {
    using steps = neighbour_step<D>;
    std::vector<double> sums(static_cast<std::size_t>(A.lanes));
    for_each_half<D>(A, [&](std::ptrdiff_t i, std::size_t parity) {
        std::copy_n(A.values() + i, A.lanes, sums.begin());
        for (std::size_t s = 0; s < steps::count; ++s)
            if (s != steps::middle && A.is_coupled(s))
                subtract(A.values() + A.entry_offset(parity, s) + i, sums.data(), A.lanes);
        visit(i, std::span<double const>{sums});
    });
}

template <std::size_t D, class T>
void multigrid_level<D, T>::add_to(coupling_set<D, T>& set, std::size_t step, T const* values) const {
    auto const at = static_cast<std::size_t>(set.n++);
    set.values[at] = values;
    for (std::size_t parity = 0; parity < 2; ++parity) {
        set.to_up[parity][at] = this->offset[parity][step];
        set.to_down[parity][at] = this->offset[parity][steps::opposite(step)];
    }
}

template <std::size_t D, class T>
multigrid_level<D, T>::multigrid_level(box_matrix<D> const& A, double scale) : level_geometry<D>{A} {
    inverse.resize(this->size);
    excess.resize(this->size);
    for (std::size_t s = steps::middle + 1; s < steps::count; ++s) {
        if (!A.has_coupling(s)) continue;
        auto& c = couplings[s - steps::middle - 1];
        c.resize(this->size);
        convert(A.coupling(s).data(), scale, c.data(), static_cast<std::ptrdiff_t>(this->size));
        add_to(all, s, c.data());
        if (steps::at(s)[D - 1] == 0 || D == 1) add_to(within_slab, s, c.data());
    }
    std::vector<double> inverses(static_cast<std::size_t>(this->lanes));
    for_each_row_sum(A, [&](std::ptrdiff_t i, std::span<double const> row_sums) {
        convert(row_sums.data(), scale, excess.data() + i, this->lanes);
        invert(A.values() + i, inverses.data(), this->lanes);
        if (!all_at_most(inverses.data(), scale * static_cast<double>(std::numeric_limits<T>::max()), this->lanes))
            throw error{
                "multigrid: the diagonal of A spans more powers of ten than the precision asked for holds; take "
                "double_precision, or other units"};
        convert(inverses.data(), 1.0 / scale, inverse.data() + i, this->lanes);
    });
}

template <std::size_t D>
row_sum_traits row_sums_of(box_matrix<D> const& A) {
    row_sum_traits found{0.0, true};
    for_each_row_sum(A, [&](std::ptrdiff_t first, std::span<double const> row_sums) {
        found.total += sum(row_sums);
        found.are_rounding = found.are_rounding && all_are_rounding(row_sums.data(), A.values() + first, A.lanes);
    });
    return found;
}
template row_sum_traits row_sums_of(box_matrix<1> const&);
template row_sum_traits row_sums_of(box_matrix<2> const&);
template row_sum_traits row_sums_of(box_matrix<3> const&);

template <std::size_t D, class T>
void multigrid_level<D, T>::set_transfer(transfer_weights<D, double> const& P, std::vector<island<double>> const& found,
                                         double scale) {
    std::size_t const size_of_array = P.size_of_array();
    weights = {P.halved, size_of_array, false};
    for (std::size_t s = 0; s < steps::count; ++s)
        if (P.has(s) && s != steps::middle)
            convert(P.values() + P.start(s), 1.0, weights.values() + weights.start(s),
                    static_cast<std::ptrdiff_t>(size_of_array));
    for (auto const& from : found) {
        island<T> to;
        to.places = from.places;
        double energy = 0.0;  // 1ᵀ A 1, of what is used to move them: what they hold each other with would not cancel
        for (auto const i : from.places) energy += static_cast<double>(excess[static_cast<std::size_t>(i)]);
        for (auto const& [i, j, c] : from.couplings) {
            to.couplings.push_back({i, j, static_cast<T>(scale * c)});
            energy += scale * c;
        }
        to.inverse_energy = static_cast<T>(1.0 / energy);
        if (energy > 0.0) islands.push_back(std::move(to));
    }
}

template struct multigrid_level<1, float>;
template struct multigrid_level<2, float>;
template struct multigrid_level<3, float>;
template struct multigrid_level<1, double>;
template struct multigrid_level<2, double>;
template struct multigrid_level<3, double>;

}  // namespace poise::linear::detail
