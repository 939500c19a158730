// SPDX-License-Identifier: MIT
// Private to src/linear: an operator that is a sum over directions.
#pragma once

#include "linear/separable/axis_operator.hpp"

#include <Eigen/Core>

#include <array>
#include <cstddef>
#include <vector>

namespace poise::linear::detail {

/// Σ over d of K_d ⊗ (M of the others) + shift M, as the finest grid's owner has it: x in order, by shares of cells.
template <std::size_t D>
struct separable_problem {
    std::array<axis_operator, D> axes;
    double shift = 0.0;

    [[nodiscard]] std::size_t n_unknowns() const;
    [[nodiscard]] double norm_infinity() const;
    [[nodiscard]] bool has_wall() const;
    [[nodiscard]] bool is_singular() const { return shift == 0.0 && !has_wall(); }
    /// Without walls, by a shift that a residual hardly shows: an error of the constant that a residual of 1e-8 leaves
    /// would be more than 1e-2 of it.
    [[nodiscard]] bool holds_constant_weakly() const { return !has_wall() && shift < 1e-6 * norm_infinity(); }
    /// And so weakly that a factorisation would lose it to rounding.
    [[nodiscard]] bool is_almost_singular() const { return !has_wall() && shift < 1e-10 * norm_infinity(); }
    /// Largest eigenvalue over the smallest that is not 0, about.
    [[nodiscard]] double condition() const;
    [[nodiscard]] double total_share() const;

    /// What multigrid computes with is multiplied by, so that single precision, of few powers of ten, holds it: a power
    /// of two.
    [[nodiscard]] double scale() const;
    [[nodiscard]] std::array<axis_operator, D> scaled_axes() const;
};

/// What n residuals of about this norm are multiplied by for a cycle: a power of two.
[[nodiscard]] double factor_of_residual(double norm, std::size_t n);

/// At this size a dense factorisation costs no more than cycles on still coarser grids.
inline constexpr std::size_t most_unknowns_of_coarsest = 30;

/// M of all directions, by unknown, x fastest.
template <std::size_t D>
[[nodiscard]] std::vector<double> shares_of(std::array<axis_operator, D> const& axes);
/// That of the problem on a coarser grid, whose directions these are, scaled: dense and positive definite. Of a problem
/// that is almost singular the constants are given an eigenvalue; a right-hand side whose sum is 0 is solved as before.
template <std::size_t D>
[[nodiscard]] Eigen::MatrixXd matrix_of(separable_problem<D> const& problem, std::array<axis_operator, D> const& axes);

}  // namespace poise::linear::detail
