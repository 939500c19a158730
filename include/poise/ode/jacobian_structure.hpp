// SPDX-License-Identifier: MIT
// Which entries of a Jacobian may differ from 0.
#pragma once

#include <poise/core/index.hpp>
#include <poise/linear/csr.hpp>

#include <cstddef>
#include <functional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace poise::ode {

/// All of them: n² numbers, n³/3 operations a factorisation.
struct dense {};

/// Entries (i, j) with j − upper ≤ i ≤ j + lower: (lower + upper + 1) n numbers, about 2 n lower (lower + upper)
/// operations a factorisation. Derivatives take lower + upper + 1 columns at a time, whatever n is.
struct banded {
    std::size_t lower = 1, upper = 1;
};

/// Those that are named; entries of the diagonal are added. Factored by KLU, one order for all steps and pivots that
/// are kept as long as they do; where poise is built without, by linear::lu, which allocates. Derivatives are taken of
/// as many columns at a time as share no row.
class sparse {
public:
    /// Pairs of row and column, in any order, more than once as it comes.
    explicit sparse(std::vector<std::pair<std::size_t, std::size_t>> entries) : entries_{std::move(entries)} {}
    /// The entries of a matrix, whatever their values. Throws std::invalid_argument for a view that is not valid.
    explicit sparse(linear::csr_view pattern);

    [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> const& entries() const noexcept { return entries_; }

private:
    std::vector<std::pair<std::size_t, std::size_t>> entries_;
};

/// Found out before the first step, by which components of f change where one of y does: n + 1 calls at each of two
/// places near y0. An entry that is 0 around both is missed: as of an f that has branches.
struct detected {};

/// None is stored: systems (shift·I − ∂f/∂y) z = r are solved by GMRES, to a part of what ends Newton's iteration, from
/// products ∂f/∂y v. Each is a call of f, or one with dual numbers where f is `differentiable`, or yours: see
/// with_jacobian_product. For bdf and esdirk4; other methods refuse it.
struct matrix_free {
    /// z ≈ (shift·I − ∂f/∂y)⁻¹ r, by anything, as a cycle of multigrid or a transform of ∂f/∂y without what is small in
    /// it; n numbers each, and regular: what it takes to 0 is not solved for. r and z do not overlap. Without it
    /// products are as many as the problem is stiff.
    std::function<void(std::span<double const> r, std::span<double> z)> precondition = nullptr;
    /// What precondition() is of from now on: before the first system, and where shift has changed, where iterations
    /// failed, or where products became more than twice as many as after the last call, and by two.
    std::function<void(double t, std::span<double const> y, double shift)> prepare = nullptr;
    /// Of a system, at least 1, each of which keeps two vectors, made when they are first needed. Where they are not
    /// enough, the step is too long.
    std::size_t most_products = 20;
};

/// Of states of more than 16 numbers, or whose number is not part of their type; those of others are dense.
using jacobian_structure = std::variant<dense, banded, sparse, detected, matrix_free>;

}  // namespace poise::ode
