// SPDX-License-Identifier: MIT
#include "linear/multigrid/level.hpp"

#include "core/multiversion.hpp"
#include "linear/multigrid/row_kernels.hpp"
#include "linear/multigrid/row_places.hpp"

#include <poise/core/reductions.hpp>

namespace poise::linear::detail {
namespace {

POISE_MULTIVERSION void invert(double const* x, double* __restrict y, std::ptrdiff_t n) {
    for (std::ptrdiff_t i = 0; i < n; ++i) y[i] = x[i] != 0.0 ? 1.0 / x[i] : 0.0;
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
        convert(inverses.data(), 1.0 / scale, inverse.data() + i, this->lanes);
    });
}

template <std::size_t D>
double total_row_sum(box_matrix<D> const& A) {
    double total = 0.0;
    for_each_row_sum(A, [&](std::ptrdiff_t, std::span<double const> row_sums) { total += sum(row_sums); });
    return total;
}
template double total_row_sum(box_matrix<1> const&);
template double total_row_sum(box_matrix<2> const&);
template double total_row_sum(box_matrix<3> const&);

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
        auto& to = islands.emplace_back();
        to.places = from.places;
        to.inverse_energy = static_cast<T>(from.inverse_energy / scale);
        for (auto const& [i, j, c] : from.couplings) to.couplings.push_back({i, j, static_cast<T>(scale * c)});
    }
}

template struct multigrid_level<1, float>;
template struct multigrid_level<2, float>;
template struct multigrid_level<3, float>;
template struct multigrid_level<1, double>;
template struct multigrid_level<2, double>;
template struct multigrid_level<3, double>;

}  // namespace poise::linear::detail
