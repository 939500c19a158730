// SPDX-License-Identifier: MIT
// Operators whose coefficients vary, with what solves with them, and what they depend on.
#pragma once

#include <poise/core/device.hpp>
#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/linear/cholesky.hpp>
#include <poise/linear/csr.hpp>
#include <poise/linear/lu.hpp>
#include <poise/linear/multigrid.hpp>
#include <poise/linear/stencil_matrix.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace poise::detail {
class device_diffusion;
}

namespace poise::linear {

/// κ and σ on all points of a grid, and what Robin sides add to the diagonal, an unknown each, or nothing: what an
/// operator is known by, besides its grid. Compared bit for bit, after a hash that is computed once. Immutable.
class coefficient_values {
public:
    coefficient_values(std::vector<double> kappa, std::vector<double> sigma, std::vector<double> robin);

    [[nodiscard]] std::span<double const> kappa() const noexcept { return kappa_; }
    [[nodiscard]] std::span<double const> sigma() const noexcept { return sigma_; }
    [[nodiscard]] std::span<double const> robin() const noexcept { return robin_; }
    [[nodiscard]] std::size_t hash() const noexcept { return hash_; }
    [[nodiscard]] std::size_t bytes() const noexcept;
    friend bool operator==(coefficient_values const& a, coefficient_values const& b) noexcept;

private:
    std::vector<double> kappa_, sigma_, robin_;
    std::size_t hash_;
};

/// What is prepared beside the matrix.
enum class preparation {
    nothing,
    multigrid,  ///< for σ ≥ 0
    factor,     ///< Cholesky's, for σ ≥ 0
    lu,         ///< for any σ
};

struct diffusion_operator_options {
    preparation prepare = preparation::multigrid;
    multigrid_nullspace nullspace = multigrid_nullspace::automatic;  ///< for a hierarchy
    cholesky_backend backend = cholesky_backend::automatic;          ///< for a factor
    linear::lu_backend lu_backend = linear::lu_backend::automatic;   ///< for LU factors
    poise::device device = {};                                       ///< of a hierarchy; a GPU prepares no other
    friend bool operator==(diffusion_operator_options const&, diffusion_operator_options const&) = default;
};

/// −∇·(κ∇) + σ on a grid as neg_diffusion() assembles it, with what was prepared and what that took. Immutable and
/// thread-safe.
template <std::size_t D>
struct diffusion_operator {
    /// Throws what neg_diffusion(), multigrid, cholesky and lu throw, not_enough_memory where factors cannot fit, and
    /// std::invalid_argument for a σ < 0 beside a preparation that is not for it, naming where, and unless
    /// values.robin() is there for a Robin side among the kinds, and only then, finite and not negative.
    diffusion_operator(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds,
                       coefficient_values const& values, diffusion_operator_options const& options = {});

    stencil_matrix<D> A;
    std::optional<multigrid<D>> hierarchy;  ///< when that was asked for on the processor
    /// And on a GPU: A and the matrices of coarser grids.
    std::shared_ptr<poise::detail::device_diffusion const> on_device;
    std::optional<csr_matrix> matrix;  ///< A, when a factor or LU factors were, and these
    std::optional<cholesky> factor;
    std::optional<lu> lu_factors;
    double assembly_s = 0.0;
    double setup_s = 0.0;  ///< of the hierarchy or the factors

    /// The memory of one multigrid cycle included. Of an operator on a GPU, that on the GPU, without A here.
    [[nodiscard]] std::size_t bytes() const noexcept;
};

}  // namespace poise::linear
