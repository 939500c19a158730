// SPDX-License-Identifier: MIT
// Private to src/: what a multigrid hierarchy knows of its grids, in the memory of a GPU.
#pragma once

#include "core/device_multigrid.hpp"
#include "cuda/multigrid/grid_view.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace poise::cuda::detail {

/// One array for all numbers along directions, which are few.
template <class T>
class packed_numbers {
public:
    /// Where they begin.
    std::size_t add(std::vector<double> const& values) {
        std::size_t const begin = values_.size();
        for (double const value : values) values_.push_back(static_cast<T>(value));
        return begin;
    }
    [[nodiscard]] std::span<T const> values() const noexcept { return values_; }

private:
    std::vector<T> values_;
};

/// What a view's diagonal holds.
enum class diagonal_part {
    all,
    excess,  ///< what a row's sum is besides its couplings
};

/// The grids' views, once their numbers lie where they do.
template <class T>
class packed_grids {
public:
    packed_grids(std::span<poise::detail::device_grid const> grids, diagonal_part part) {
        for (std::size_t i = 0; i < grids.size(); ++i) {
            auto const* const coarser = i + 1 < grids.size() ? &grids[i + 1] : nullptr;
            std::array<axis, 3> of{};
            for (std::size_t d = 0; d < 3; ++d)
                of[d] = add(grids[i].axes[d], coarser != nullptr ? coarser->axes[d].n() : grids[i].axes[d].n(),
                            d == 0 ? grids[i].shift : 0.0, part);
            axes_.push_back(of);
        }
    }
    [[nodiscard]] std::span<T const> numbers() const noexcept { return numbers_.values(); }
    /// from: where numbers() lie for those who use the views.
    [[nodiscard]] std::vector<grid_view<T>> views(T const* from) const {
        std::vector<grid_view<T>> made;
        for (auto const& [x, y, z] : axes_) made.push_back({view(x, from), view(y, from), view(z, from)});
        return made;
    }

private:
    struct axis {
        axis_view<T> known;
        std::size_t below, above, diagonal, from_below, from_above, of_below, of_middle, of_above;
    };

    axis add(poise::detail::device_axis const& from, std::size_t n_coarse, double shift, diagonal_part part) {
        axis made{};
        made.known.n = static_cast<int>(from.n());
        made.known.n_coarse = static_cast<int>(n_coarse);
        made.known.first = static_cast<int>(from.first);
        made.known.is_periodic = from.is_periodic;
        made.known.is_halved = from.is_halved;
        std::vector<double> diagonal(from.n());
        for (std::size_t i = 0; i < from.n(); ++i) {
            double const couplings = part == diagonal_part::all ? from.below[i] + from.above[i] : 0.0;
            diagonal[i] = couplings + from.excess[i] + shift;
        }
        made.below = numbers_.add(from.below);
        made.above = numbers_.add(from.above);
        made.diagonal = numbers_.add(diagonal);
        made.from_below = numbers_.add(from.from_below);
        made.from_above = numbers_.add(from.from_above);
        made.of_below = numbers_.add(from.of_below);
        made.of_middle = numbers_.add(from.of_middle);
        made.of_above = numbers_.add(from.of_above);
        return made;
    }
    static axis_view<T> view(axis const& of, T const* from) {
        axis_view<T> made = of.known;
        made.below = from + of.below;
        made.above = from + of.above;
        made.diagonal = from + of.diagonal;
        made.from_below = from + of.from_below;
        made.from_above = from + of.from_above;
        made.of_below = from + of.of_below;
        made.of_middle = from + of.of_middle;
        made.of_above = from + of.of_above;
        return made;
    }

    packed_numbers<T> numbers_;
    std::vector<std::array<axis, 3>> axes_;
};

}  // namespace poise::cuda::detail
