// SPDX-License-Identifier: MIT
// Sparse Cholesky factorisation, by CHOLMOD where it is built in and by Eigen everywhere.
#pragma once

#include <poise/core/error.hpp>
#include <poise/linear/csr.hpp>

#include <cstddef>
#include <memory>
#include <span>

namespace poise::linear {

enum class cholesky_backend {
    automatic,  ///< CHOLMOD if this poise has it, else Eigen
    cholmod,    ///< supernodal or simplicial as CHOLMOD sees fit, BLAS on one thread
    eigen,      ///< Eigen's SimplicialLLT
};
[[nodiscard]] char const* to_string(cholesky_backend backend) noexcept;
/// Whether this poise was built with SuiteSparse.
[[nodiscard]] bool has_cholmod() noexcept;

enum class input_check {
    full,  ///< structure, finite values, symmetry: O(entries)
    none,  ///< the caller vouches, as for a matrix that poise assembled itself
};

struct cholesky_options {
    cholesky_backend backend = cholesky_backend::automatic;
    input_check check = input_check::full;
    /// Elimination order, a permutation of the unknowns (nested_dissection); empty: the backend chooses (AMD).
    std::span<index_t const> ordering = {};
};

/// The matrix is not positive definite: the factorisation met a pivot that is not positive.
class not_positive_definite : public error {
public:
    explicit not_positive_definite(index_t n_rows);
};

/// P A Pᵀ = L Lᵀ of a symmetric positive definite A. Keeps no reference to A.
/// Construction: O(fill) memory, analysis and numeric factorisation; throws std::invalid_argument for a matrix that is
/// not square, valid, finite and symmetric or an ordering that is no permutation, not_positive_definite,
/// not_enough_memory before a factor is computed that would not fit, poise::error when the backend fails.
/// std::bad_alloc when an allocation fails. Movable. solve() is const and thread-safe.
class cholesky {
public:
    explicit cholesky(csr_view A, cholesky_options const& options = {});
    ~cholesky();
    cholesky(cholesky&&) noexcept;
    cholesky& operator=(cholesky&&) noexcept;

    /// x = A⁻¹ b by two triangular solves. Sizes n (throws std::invalid_argument); x and b may be the same memory.
    /// Reads the factor twice; allocates 2n doubles at most. The residual is not checked here: direct_solve() does
    /// that.
    void solve(std::span<double const> b, std::span<double> x) const;

    [[nodiscard]] index_t n_rows() const noexcept;
    [[nodiscard]] cholesky_backend backend() const noexcept;
    /// Numbers stored in L, explicit zeros of supernodes included, and the bytes they take with their indices.
    [[nodiscard]] std::size_t n_entries() const noexcept;
    [[nodiscard]] std::size_t bytes() const noexcept;

    class implementation;

private:
    std::unique_ptr<implementation> implementation_;
};

}  // namespace poise::linear
