// SPDX-License-Identifier: MIT
// Sparse LU factorisation with partial pivoting, by UMFPACK where it is built in and by Eigen everywhere.
#pragma once

#include <poise/core/error.hpp>
#include <poise/core/ndspan.hpp>
#include <poise/linear/cholesky.hpp>
#include <poise/linear/csr.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace poise::linear {

enum class lu_backend {
    automatic,  ///< UMFPACK if this poise has it, else Eigen
    umfpack,    ///< multifrontal, BLAS on one thread
    eigen,      ///< Eigen's SparseLU, supernodal
};
[[nodiscard]] char const* to_string(lu_backend backend) noexcept;
/// Whether this poise was built with UMFPACK.
[[nodiscard]] bool has_umfpack() noexcept;

struct lu_options {
    lu_backend backend = lu_backend::automatic;
    input_check check = input_check::full;  ///< structure, finite values
    /// Elimination order of rows and columns, a permutation of the unknowns (nested_dissection), for structures that
    /// are symmetric or nearly: pivots off the diagonal change it. Empty: the backend chooses (AMD or COLAMD).
    std::span<index_t const> ordering = {};
};

/// The matrix has no inverse: a row or column is empty, or a pivot is exactly 0. what() says which.
class singular_matrix : public error {
public:
    static constexpr index_t unknown = -1;

    singular_matrix(std::string const& message, index_t row, index_t column)
        : error{message}, row_{row}, column_{column} {}

    /// The row of A that is empty, or that is left without a pivot: a combination of rows eliminated before. Or
    /// `unknown`.
    [[nodiscard]] index_t row() const noexcept { return row_; }
    /// The column of A that is empty, or `unknown`.
    [[nodiscard]] index_t column() const noexcept { return column_; }

private:
    index_t row_;
    index_t column_;
};

/// P R A C Q = L U of a square A, P and Q permutations, R and C diagonal: powers of two that bring the largest entry of
/// each row and column to between 1 and 2, so that rows and columns of any scale are welcome. A pivot is at least a
/// tenth of the largest entry it could have been; among those, one that keeps the factors sparse. Keeps no reference to
/// A, but its structure.
/// Construction: analysis, numeric factorisation, rcond; O(fill) memory. Throws std::invalid_argument for a matrix that
/// is not square, valid and finite (naming row and column) or an ordering that is no permutation; singular_matrix;
/// not_enough_memory, where UMFPACK's first demand is not met before it is made; poise::error when the backend fails;
/// std::bad_alloc. Eigen's SparseLU does not survive every failure of an allocation in its middle, and may end the
/// program there. Movable: what was moved from has no rows, and its other members throw std::invalid_argument. const
/// member functions are thread-safe and give the same bits always.
/// Source: Davis (2004), ACM TOMS 30, 196 (UMFPACK); Demmel et al. (1999), SIMAX 20, 720 (Eigen's, after SuperLU).
class lu {
public:
    explicit lu(csr_view A, lu_options const& options = {});
    ~lu();
    lu(lu&&) noexcept;
    lu& operator=(lu&&) noexcept;

    /// x = A⁻¹ b, and x = A⁻ᵀ b. Sizes n (throws std::invalid_argument); x and b may be the same memory. Reads the
    /// factors once; allocates 4n numbers. The residual is not checked here: direct_solve() does that.
    void solve(std::span<double const> b, std::span<double> x) const;
    void solve_transposed(std::span<double const> b, std::span<double> x) const;
    /// The same for each column of B, n × k, with the allocations of one.
    void solve(ndspan<double const, 2> B, ndspan<double, 2> X) const;
    void solve_transposed(ndspan<double const, 2> B, ndspan<double, 2> X) const;

    /// Factors a matrix with the structure of the first one anew, with the order found for that one. Throws as the
    /// constructor and, for another structure, std::invalid_argument that says where it differs; this object is then
    /// as it was. Holds the old and the new factors for a moment.
    void refactor(csr_view A, input_check check = input_check::full);

    /// 1 / (‖S‖_∞ ‖S⁻¹‖_∞) of S = R A C, the norm of the inverse estimated by about five solves when A was factored: at
    /// least the true one, and seldom more than three times it. Below ε = 2.2e-16 no digit of a solution is certain.
    /// Source: Higham & Tisseur (2000), SIMAX 21, 1185, with t = 1 (LAPACK's dlacn2).
    [[nodiscard]] double rcond() const noexcept;
    [[nodiscard]] index_t n_rows() const noexcept;
    [[nodiscard]] lu_backend backend() const noexcept;
    /// Numbers stored in L and U, and the bytes they take with their indices and what refactor() needs.
    [[nodiscard]] std::size_t n_entries() const noexcept;
    [[nodiscard]] std::size_t bytes() const noexcept;

private:
    class implementation;
    [[nodiscard]] implementation& held() const;
    std::unique_ptr<implementation> implementation_;
};

}  // namespace poise::linear
