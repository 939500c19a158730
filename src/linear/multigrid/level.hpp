// SPDX-License-Identifier: MIT
// Private to src/linear: one grid of a multigrid hierarchy.
#pragma once

#include "core/large_vector.hpp"
#include "grid/indices.hpp"

#include <poise/grid/cartesian.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace poise::linear::detail {

using poise::detail::large_vector;

constexpr std::size_t power_of_three(std::size_t D) { return D == 0 ? 1 : 3 * power_of_three(D - 1); }

/// A step of -1, 0 or 1 in each direction, by number: 0 … 3^D - 1, the middle one is no step.
template <std::size_t D>
struct neighbour_step {
    static constexpr std::size_t count = power_of_three(D);
    static constexpr std::size_t middle = count / 2;
    static constexpr std::size_t n_up = count / 2;  ///< steps that go to a higher number
    [[nodiscard]] static constexpr std::array<int, D> at(std::size_t number) {
        std::array<int, D> step{};
        for (std::size_t d = 0; d < D; ++d, number /= 3) step[d] = static_cast<int>(number % 3) - 1;
        return step;
    }
    [[nodiscard]] static constexpr std::size_t number(std::array<int, D> const& step) {
        std::size_t result = 0;
        for (std::size_t d = D; d-- > 0;) result = 3 * result + static_cast<std::size_t>(step[d] + 1);
        return result;
    }
    [[nodiscard]] static constexpr std::size_t along(std::size_t d) {
        std::array<int, D> step{};
        step[d] = 1;
        return number(step);
    }
    [[nodiscard]] static constexpr std::size_t opposite(std::size_t number) { return count - 1 - number; }
};

/// Where the points of a grid lie in its arrays. A row along x has its even points first and then its odd ones: points
/// of one colour, which do not depend on each other, and points that lie between coarse ones, are neighbours in memory,
/// as vectors want them. Around the grid is a border of one row, and behind each half of a row a point at least, where
/// all is 0, so that no loop asks whether a neighbour exists and none is cut to the length of a row.
/// Rows that are one unit of a sweep, one row in 2D and a plane in 3D, are a `slab`. Halves of rows are of whole
/// vectors, of so many Lanes.
template <std::size_t D, std::ptrdiff_t Lanes = 8>
struct level_geometry {
    using steps = neighbour_step<D>;

    explicit level_geometry(grid::extents<D> const& extents)
        : n{extents},
          lanes{round_up((n[0] + 1) / 2)},
          half{lanes + Lanes},
          n_rows{D > 2 ? n[D > 2 ? 1 : 0] : 1},
          n_slabs{D > 1 ? n[D - 1] : 1},
          row_stride{2 * half},
          slab_stride{D > 2 ? (n_rows + 2) * row_stride : row_stride},
          first{D == 1   ? lane_count
                : D == 2 ? slab_stride
                         : slab_stride + row_stride},
          size{static_cast<std::size_t>(D == 1 ? first + row_stride : (n_slabs + 2) * slab_stride)} {
        for (std::size_t s = 0; s < steps::count; ++s) {
            auto const step = steps::at(s);
            std::ptrdiff_t across = 0;
            if constexpr (D == 2) across = step[1] * slab_stride;
            if constexpr (D == 3) across = step[1] * row_stride + step[2] * slab_stride;
            offset[0][s] = across + (step[0] == 0 ? 0 : step[0] > 0 ? half : half - 1);
            offset[1][s] = across + (step[0] == 0 ? 0 : step[0] > 0 ? 1 - half : -half);
        }
    }

    /// Place of the first even point of a row; its odd points begin `half` further on.
    [[nodiscard]] std::ptrdiff_t row(std::ptrdiff_t slab, std::ptrdiff_t row_of_slab) const {
        return first + slab * slab_stride + row_of_slab * row_stride;
    }
    [[nodiscard]] std::ptrdiff_t place(grid::extents<D> const& point) const {
        std::ptrdiff_t at = first + point[0] / 2 + point[0] % 2 * half;
        if constexpr (D == 2) at += point[1] * slab_stride;
        if constexpr (D == 3) at += point[1] * row_stride + point[2] * slab_stride;
        return at;
    }
    [[nodiscard]] std::size_t n_points() const {
        std::size_t product = 1;
        for (auto const extent : n) product *= static_cast<std::size_t>(extent);
        return product;
    }

    static constexpr std::ptrdiff_t lane_count = Lanes;
    [[nodiscard]] static constexpr std::ptrdiff_t round_up(std::ptrdiff_t length) {
        return (length + lane_count - 1) / lane_count * lane_count;
    }

    grid::extents<D> n;
    std::ptrdiff_t lanes;  ///< of either half of a row: what loops run over, whole vectors
    std::ptrdiff_t half;
    std::ptrdiff_t n_rows, n_slabs;  ///< rows of a slab, and slabs
    std::ptrdiff_t row_stride, slab_stride;
    std::ptrdiff_t first;
    std::size_t size;
    /// From an even [0] or an odd [1] point to the one a step further on.
    std::array<std::array<std::ptrdiff_t, steps::count>, 2> offset{};
};

/// A symmetric matrix that couples a point to its 3^D - 1 neighbours, while the hierarchy is set up. In one block of
/// memory, so that one offset tells both array and place.
template <std::size_t D>
class box_matrix : public level_geometry<D> {
public:
    using steps = neighbour_step<D>;

    /// All 0. axes_only: couplings along the axes and no others.
    box_matrix(grid::extents<D> const& extents, bool axes_only) : level_geometry<D>{extents} {
        std::size_t used = 1;
        for (std::size_t s = steps::middle + 1; s < steps::count; ++s) {
            int n_directions = 0;
            for (int const part : steps::at(s)) n_directions += part != 0 ? 1 : 0;
            if (axes_only && n_directions > 1) continue;
            start_[s - steps::middle] = static_cast<std::ptrdiff_t>(used++ * this->size);
        }
        values_.resize(used * this->size);
    }

    [[nodiscard]] std::span<double> diagonal() { return std::span{values_}.first(this->size); }
    [[nodiscard]] std::span<double const> diagonal() const { return std::span{values_}.first(this->size); }
    [[nodiscard]] bool has_coupling(std::size_t step) const { return start_[step - steps::middle] != 0; }
    /// -A(i, i + step) at i, for a step that goes to a higher number and that has couplings.
    [[nodiscard]] std::span<double> coupling(std::size_t step) {
        return std::span{values_}.subspan(static_cast<std::size_t>(start_[step - steps::middle]), this->size);
    }
    [[nodiscard]] std::span<double const> coupling(std::size_t step) const {
        return std::span{values_}.subspan(static_cast<std::size_t>(start_[step - steps::middle]), this->size);
    }
    /// Whether points are coupled to those a step on, any but the middle one; and from values() on, how far behind the
    /// place of an even or odd point that coupling is, -A(i, i + step). With the middle one, of the diagonal.
    [[nodiscard]] bool is_coupled(std::size_t step) const {
        return step == steps::middle || has_coupling(std::max(step, steps::opposite(step)));
    }
    [[nodiscard]] std::ptrdiff_t entry_offset(std::size_t parity, std::size_t step) const {
        if (step >= steps::middle) return start_[step - steps::middle];
        return start_[steps::opposite(step) - steps::middle] + this->offset[parity][step];
    }
    [[nodiscard]] double const* values() const { return values_.data(); }

private:
    large_vector<double> values_;
    std::array<std::ptrdiff_t, steps::n_up + 1> start_{};
};

/// What the sum of a row of a matrix without excess may be by rounding, beside the diagonal.
constexpr double rounding_of_row_sum = 16.0 * std::numeric_limits<double>::epsilon();

struct row_sum_traits {
    double total;       ///< Σ over all i and j of A(i, j)
    bool are_rounding;  ///< no row's sum is more than that
};
template <std::size_t D>
[[nodiscard]] row_sum_traits row_sums_of(box_matrix<D> const& A);

/// Which directions have half of the points on the coarser grid, and what the fine point 2I + step gets from the coarse
/// one I, by step: an array over the coarser grid's rows, in which points follow one another where x is halved, and lie
/// as in that grid's arrays where it is not. In one block of memory.
template <std::size_t D, class T>
class transfer_weights {
public:
    using steps = neighbour_step<D>;

    transfer_weights() = default;
    /// All 0, but for what a coarse point gets from itself, 1, which is left out unless middle_too.
    transfer_weights(std::array<bool, D> const& directions, std::size_t size_of_array, bool middle_too)
        : halved{directions}, size_{size_of_array} {
        std::size_t n_arrays = 0;
        for (std::size_t s = 0; s < steps::count; ++s)
            if (has(s) && (middle_too || s != steps::middle)) start_[s] = n_arrays++ * size_;
        values_.resize(n_arrays * size_);
        if (middle_too) std::fill_n(values_.begin() + static_cast<std::ptrdiff_t>(start_[steps::middle]), size_, T(1));
    }

    [[nodiscard]] bool has(std::size_t step) const {
        for (std::size_t d = 0; d < D; ++d)
            if (steps::at(step)[d] != 0 && !halved[d]) return false;
        return true;
    }
    [[nodiscard]] int spread(std::size_t d) const { return halved[d] ? 2 : 1; }
    /// Where the array of a step that it has begins, from values() on.
    [[nodiscard]] std::ptrdiff_t start(std::size_t step) const { return static_cast<std::ptrdiff_t>(start_[step]); }
    [[nodiscard]] std::size_t size_of_array() const { return size_; }
    [[nodiscard]] T* values() { return values_.data(); }
    [[nodiscard]] T const* values() const { return values_.data(); }
    [[nodiscard]] std::size_t bytes() const { return values_.size() * sizeof(T); }

    std::array<bool, D> halved{};

private:
    std::size_t size_ = 0;
    std::array<std::size_t, steps::count> start_{};
    large_vector<T> values_;
};

/// A group of points that move as one, and that the coarser grid cannot move so.
template <class T>
struct island {
    struct outward {
        std::ptrdiff_t from, to;
        T coupling;
    };
    std::vector<std::ptrdiff_t> places;
    std::vector<outward> couplings;  ///< with points that are not of the group
    T inverse_energy = T(0);         ///< 1 / (1ᵀ A 1)
};

/// Couplings of all points, and from an even [0] or odd [1] point to the neighbours that they couple: to those behind
/// it, whose coupling is kept with it, and to those before it, with which theirs is.
template <std::size_t D, class T>
struct coupling_set {
    int n = 0;
    std::array<T const*, neighbour_step<D>::n_up> values{};
    std::array<std::array<std::ptrdiff_t, neighbour_step<D>::n_up>, 2> to_up{}, to_down{};
};

/// A level as cycles use it, in single or double precision. What a matrix says of a constant, its row sums, is kept
/// beside the couplings: computed from a rounded diagonal it would be lost where couplings are large.
template <std::size_t D, class T>
struct multigrid_level : level_geometry<D> {
    using steps = neighbour_step<D>;

    /// scale: what the entries are multiplied by.
    multigrid_level(box_matrix<D> const& A, double scale);
    multigrid_level(multigrid_level&&) noexcept = default;
    multigrid_level& operator=(multigrid_level&&) noexcept = default;

    /// Of what coarsening found. scale is that of the matrix.
    void set_transfer(transfer_weights<D, double> const& P, std::vector<island<double>> const& found, double scale);

    [[nodiscard]] std::size_t bytes() const {
        std::size_t numbers = inverse.size() + excess.size();
        for (auto const& c : couplings) numbers += c.size();
        std::size_t total = numbers * sizeof(T) + weights.bytes();
        for (auto const& i : islands)
            total += sizeof i + i.places.size() * sizeof i.places[0] + i.couplings.size() * sizeof i.couplings[0];
        return total;
    }

    large_vector<T> inverse;  ///< 1 / A(i, i)
    large_vector<T> excess;   ///< Σ over j of A(i, j)
    std::array<large_vector<T>, steps::n_up> couplings;
    coupling_set<D, T> all, within_slab;
    transfer_weights<D, T> weights;
    std::vector<island<T>> islands;

private:
    void add_to(coupling_set<D, T>& set, std::size_t step, T const* values) const;
};

}  // namespace poise::linear::detail
