// SPDX-License-Identifier: MIT
// Private to src/linear: the plan of a box, for the kernels of one processor, and solves by it.
#pragma once

#include "core/lending_pool.hpp"
#include "linear/transform/aligned_doubles.hpp"
#include "linear/transform/axis_transform.hpp"
#include "linear/transform/kernels.hpp"

#include <poise/grid/stencil.hpp>
#include <poise/linear/fast_transform.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace poise::linear::detail {

struct solve_norms {
    double b = 0.0;
    double x = 0.0;
    double residual = 0.0;
    double removed_mean = 0.0;
};

/// A⁻¹ for the matrix of neg_laplacian(), or of the compact fourth-order scheme, by the transforms and sweeps of
/// plan.hpp. Immutable but for the memory that it lends to solves; thread-safe.
class box_transform {
public:
    template <std::size_t D>
    box_transform(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds, double shift,
                  transform_kernels const& kernels, linear::scheme scheme = scheme::second_order);

    /// x = A⁻¹ b with the norms of b, x and b - A x; a norm whose square is no normal number comes back as NaN.
    /// n_threads: parts of the work, at most.
    [[nodiscard]] solve_norms solve(std::span<double const> b, std::span<double> x, std::size_t n_threads) const;
    /// out = b - A x, without the mean that a singular problem's solution had removed from the source.
    void residual(std::span<double const> b, std::span<double const> x, double removed_mean,
                  std::span<double> out) const;

    [[nodiscard]] std::size_t n_unknowns() const noexcept;
    [[nodiscard]] double norm_infinity() const noexcept { return norm_; }
    [[nodiscard]] std::size_t bytes() const;

private:
    struct memory {
        std::vector<double> state;
        std::vector<double> b_squares, r_squares, x_squares;  // by row
        std::vector<double> constant_lines;
        std::vector<aligned_doubles> workspaces;
    };

    [[nodiscard]] std::unique_ptr<memory> make_memory() const;

    void plan_sweep(double shift);
    [[nodiscard]] std::size_t n_rows() const noexcept;
    [[nodiscard]] std::size_t bytes_of_solve(std::size_t n_threads) const;

    transform_kernels const* kernels_;
    std::unique_ptr<axis_transform> x_, y_;
    std::vector<double> ratio_, excess_, scale_;
    std::vector<std::int32_t> reach_;
    double constant_shift_ = 0.0;  ///< of the constant mode
    double constant_scale_ = 0.0;  ///< of its right-hand side
    box_plan plan_;
    double norm_ = 0.0;
    mutable poise::detail::lending_pool<memory> pool_;
};

}  // namespace poise::linear::detail
