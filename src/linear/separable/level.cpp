// SPDX-License-Identifier: MIT
#include "linear/separable/level.hpp"

#include <algorithm>
#include <map>

namespace poise::linear::detail {
namespace {

template <std::size_t D>
grid::extents<D> extents_of(std::array<axis_operator, D> const& axes) {
    grid::extents<D> n;
    for (std::size_t d = 0; d < D; ++d) n[d] = axes[d].n();
    return n;
}

template <class T>
void append(large_vector<T>& to, double value) {
    to.push_back(static_cast<T>(value));
}

template <class T>
large_vector<T> converted(std::vector<double> const& values, std::size_t size) {
    large_vector<T> made(size, T(0));
    std::ranges::transform(values, made.begin(), [](double value) { return static_cast<T>(value); });
    return made;
}

// Those of every second point, as its half of a row has them.
template <class T>
large_vector<T> of_half(std::vector<double> const& values, std::ptrdiff_t first, std::size_t size) {
    large_vector<T> made(size, T(0));
    for (std::size_t m = 0, i = static_cast<std::size_t>(first); i < values.size(); ++m, i += 2)
        made[m] = static_cast<T>(values[i]);
    return made;
}

template <class T>
axis_weights<T> across_weights(axis_transfer const& transfer) {
    std::size_t const n = transfer.from_below.size(), n_coarse = transfer.of_middle.size();
    return {transfer.first,
            converted<T>(transfer.from_below, n),
            converted<T>(transfer.from_above, n),
            converted<T>(transfer.of_below, n_coarse),
            converted<T>(transfer.of_middle, n_coarse),
            converted<T>(transfer.of_above, n_coarse)};
}

template <class T>
axis_weights<T> weights_along_x(axis_transfer const& transfer, std::size_t lanes) {
    return {transfer.first,
            of_half<T>(transfer.from_below, 1 - transfer.first, lanes),
            of_half<T>(transfer.from_above, 1 - transfer.first, lanes),
            converted<T>(transfer.of_below, lanes),
            converted<T>(transfer.of_middle, lanes),
            converted<T>(transfer.of_above, lanes)};
}

template <class T>
std::size_t count(axis_rows<T> const& rows) {
    return rows.below.size() + rows.above.size() + rows.diagonal.size();
}
template <class T>
std::size_t count(axis_weights<T> const& weights) {
    return weights.from_below.size() + weights.from_above.size() + weights.of_below.size() + weights.of_middle.size() +
           weights.of_above.size();
}

}  // namespace

template <std::size_t D, class T>
separable_level<D, T>::separable_level(std::array<axis_operator, D> const& operators, double shift)
    : level_geometry<D, vector_lanes>{extents_of(operators)} {
    set_along_x(operators[0], shift);
    for (std::size_t d = 1; d < D; ++d)
        for (std::ptrdiff_t i = 0; i < operators[d].n(); ++i) {
            auto const at = static_cast<std::size_t>(i);
            double const below = operators[d].coupling_below(i), above = operators[d].coupling_above(i);
            double const mass = operators[d].mass[at];
            append(axes[d].below, below / mass);
            append(axes[d].above, above / mass);
            append(axes[d].diagonal, (below + above + operators[d].excess[at]) / mass);
        }
    set_inverse();
}

template <std::size_t D, class T>
void separable_level<D, T>::set_inverse() {
    std::map<T, std::size_t> start_of;
    for (std::ptrdiff_t slab = 0; slab < this->n_slabs; ++slab)
        for (std::ptrdiff_t row = 0; row < this->n_rows; ++row) {
            T across = 0;
            for (std::size_t d = 1; d < D; ++d)
                across += axes[d].diagonal[static_cast<std::size_t>(d == D - 1 ? slab : row)];
            auto const [found, is_new] = start_of.try_emplace(across, inverse_.size());
            inverse_start_.push_back(found->second);
            if (is_new)
                for (T const along_x : axes[0].diagonal) inverse_.push_back(T(1) / (along_x + across));
        }
}

template <std::size_t D, class T>
void separable_level<D, T>::set_along_x(axis_operator const& axis, double shift) {
    auto const length = static_cast<std::size_t>(2 * this->lanes);
    axes[0] = {large_vector<T>(length, T(0)), large_vector<T>(length, T(0)), large_vector<T>(length, T(1))};
    for (std::ptrdiff_t i = 0; i < axis.n(); ++i) {
        auto const at = static_cast<std::size_t>(i / 2 + i % 2 * this->lanes);
        auto const point = static_cast<std::size_t>(i);
        double const below = axis.coupling_below(i), above = axis.coupling_above(i), mass = axis.mass[point];
        axes[0].below[at] = static_cast<T>(below / mass);
        axes[0].above[at] = static_cast<T>(above / mass);
        axes[0].diagonal[at] = static_cast<T>((below + above + axis.excess[point]) / mass + shift);
    }
}

template <std::size_t D, class T>
std::size_t separable_level<D, T>::bytes() const {
    std::size_t numbers = inverse_.size();
    for (std::size_t d = 0; d < D; ++d) numbers += count(axes[d]) + (weights[d] ? count(*weights[d]) : 0);
    return numbers * sizeof(T) + inverse_start_.size() * sizeof inverse_start_[0];
}

template <std::size_t D, class T>
bool coarsen(std::array<axis_operator, D>& axes, separable_level<D, T>& level) {
    bool any = false;
    auto const transfers = coarsen(axes);
    for (std::size_t d = 0; d < D; ++d) {
        if (!transfers[d]) continue;
        level.weights[d] = d == 0 ? weights_along_x<T>(*transfers[d], static_cast<std::size_t>(level.lanes))
                                  : across_weights<T>(*transfers[d]);
        any = true;
    }
    return any;
}

#define POISE_INSTANTIATE(D, T)            \
    template struct separable_level<D, T>; \
    template bool coarsen(std::array<axis_operator, D>&, separable_level<D, T>&);
POISE_INSTANTIATE(1, float)
POISE_INSTANTIATE(2, float)
POISE_INSTANTIATE(3, float)
POISE_INSTANTIATE(1, double)
POISE_INSTANTIATE(2, double)
POISE_INSTANTIATE(3, double)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
