// SPDX-License-Identifier: MIT
// Sparse Cholesky factorisation, by CHOLMOD where it is built in and by Eigen everywhere.
#pragma once

#include <poise/core/error.hpp>
#include <poise/core/ndspan.hpp>
#include <poise/linear/csr.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>

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
    explicit not_positive_definite(std::string const& message) : error{message} {}
};

/// P A Pᵀ = L Lᵀ of a symmetric positive definite A. Keeps no reference to A, but its structure.
/// Construction: O(fill) memory, analysis and numeric factorisation; throws std::invalid_argument for a matrix that is
/// not square, valid, finite and symmetric or an ordering that is no permutation, not_positive_definite,
/// not_enough_memory before a factor is computed that would not fit, poise::error when the backend fails.
/// std::bad_alloc when an allocation fails. Movable: what was moved from has no rows, and its other members throw
/// std::invalid_argument. const member functions are thread-safe and give the same bits always.
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
    /// The same for each column of B, n × k, with the bits of one by one: eight at a time, for which the factor is read
    /// twice. Allocates 16n doubles at most.
    void solve(ndspan<double const, 2> B, ndspan<double, 2> X) const;

    /// Factors a matrix with the structure of the first one anew, with the analysis of that one; what update() added is
    /// forgotten. Throws as the constructor and, for another structure, std::invalid_argument that says where it
    /// differs; this object is then as it was. Holds the old and the new factor for a moment.
    void refactor(csr_view A, input_check check = input_check::full);

    /// The factor of A + C Cᵀ, or of A - C Cᵀ, from that of A: of the columns of L, those are changed that lie on the
    /// way from the rows of C to the root of the elimination tree, so few rows of C cost little. C: n × k, in
    /// compressed rows, any k; its structure need not be in A's. The first one makes L D Lᵀ, column by column, of L Lᵀ:
    /// O(fill) time, and both for a moment; solves are slower then, until refactor(). Throws std::invalid_argument for
    /// a C that is not valid, finite and of n rows, and where the backend is Eigen, which has none of this: refactor()
    /// there; not_positive_definite where A - C Cᵀ is not; poise::error where the numbers overflow; std::bad_alloc.
    /// This object is then as it was. A downdate loses the digits that cancel: refactor() after many, or solve by
    /// direct_solve(). Source: Davis & Hager (2001), SIAM J. Matrix Anal. Appl. 22, 997 (CHOLMOD's Modify module, GPL).
    void update(csr_view C, input_check check = input_check::full);
    void downdate(csr_view C, input_check check = input_check::full);

    [[nodiscard]] index_t n_rows() const noexcept;
    [[nodiscard]] cholesky_backend backend() const noexcept;
    /// Numbers stored in L, explicit zeros of supernodes included, and the bytes they take with their indices and what
    /// refactor() needs.
    [[nodiscard]] std::size_t n_entries() const noexcept;
    [[nodiscard]] std::size_t bytes() const noexcept;

private:
    class implementation;
    [[nodiscard]] implementation& held() const;
    std::unique_ptr<implementation> implementation_;
};

}  // namespace poise::linear
