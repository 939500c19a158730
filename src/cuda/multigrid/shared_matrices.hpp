// SPDX-License-Identifier: MIT
// Private to src/: a matrix and those of coarser grids, which all solves share, in the memory of a GPU.
#pragma once

#include "core/device_diffusion.hpp"
#include "cuda/multigrid/coarser_grids.hpp"
#include "cuda/multigrid/packed_grids.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace poise::cuda::detail {

template <class Machine, class T>
class shared_matrices {
    template <class U>
    using array = typename Machine::template array<U>;

public:
    shared_matrices(Machine& machine, poise::detail::device_diffusion_setup const& setup)
        : packed_{setup.grids, diagonal_part::all},
          transfers_{machine, packed_.numbers().size(), what},
          inverse_{machine, setup.coarsest_inverse.size(), what},
          scale_{setup.scale} {
        machine.upload(transfers_.data(), packed_.numbers());
        std::vector<T> const inverse(setup.coarsest_inverse.begin(), setup.coarsest_inverse.end());
        machine.upload(inverse_.data(), std::span<T const>{inverse});
        all_.grids = packed_.views(transfers_.data());
        for (auto const& matrix : setup.matrices)
            all_.operators.push_back(put(machine, matrix, setup.scale, of_levels_));
        all_.coarsest_inverse = inverse_.data();
        all_.choose_bottom();
        finest_ = put(machine, setup.matrices.front(), 1.0, of_finest_);
        auto const& first = all_.grids.front();
        for (auto const& [to, from] : {std::pair{&grid_.x, &first.x}, {&grid_.y, &first.y}, {&grid_.z, &first.z}}) {
            to->n = from->n;
            to->is_periodic = from->is_periodic;
        }
    }

    [[nodiscard]] grids_and_operators<T, numbers_by_point<T>> const& all() const noexcept { return all_; }
    [[nodiscard]] grid_view<double> const& grid() const noexcept { return grid_; }
    [[nodiscard]] numbers_by_point<double> const& finest() const noexcept { return finest_; }
    [[nodiscard]] double scale() const noexcept { return scale_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
    static constexpr char const* what = "a matrix and its coarser ones";

    template <class U>
    numbers_by_point<U> put(Machine& machine, poise::detail::device_matrix const& matrix, double scale,
                            std::vector<std::unique_ptr<array<U>>>& to) {
        auto const put_one = [&](std::vector<double> const& from, std::size_t n) {
            std::vector<U> numbers(n, U{0});
            std::ranges::transform(from, numbers.begin(), [&](double value) { return static_cast<U>(scale * value); });
            to.push_back(std::make_unique<array<U>>(machine, n, what));
            machine.upload(to.back()->data(), std::span<U const>{numbers});
            bytes_ += n * sizeof(U);
            return static_cast<U const*>(to.back()->data());
        };
        std::size_t const n = matrix.diagonal.size();
        numbers_by_point<U> made{};
        made.diagonals = put_one(matrix.diagonal, n);
        made.to_x = put_one(matrix.to_next[0], n);
        if (!matrix.to_next[1].empty()) made.to_y = put_one(matrix.to_next[1], n);
        made.to_z = put_one(matrix.to_next[2], n);
        return made;
    }

    packed_grids<T> packed_;
    array<T> transfers_, inverse_;
    std::vector<std::unique_ptr<array<T>>> of_levels_;
    std::vector<std::unique_ptr<array<double>>> of_finest_;
    grids_and_operators<T, numbers_by_point<T>> all_;
    grid_view<double> grid_;
    numbers_by_point<double> finest_;
    double scale_;
    std::size_t bytes_ = 0;
};

}  // namespace poise::cuda::detail
