// SPDX-License-Identifier: MIT
// Private to src/linear: what a backend of linear::lu provides. Backends see Aᵀ: the rows of A as columns.
#pragma once

#include <poise/linear/lu.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace poise::linear::detail {

enum class lu_system { matrix, transposed };

/// What solves need beside their vectors; kept from one right-hand side to the next.
struct lu_workspace {
    std::vector<double> scaled, solved, numbers;
    std::vector<long> indices;
};

/// The factors of one matrix.
class lu_factors {
public:
    virtual ~lu_factors() = default;
    /// y = A⁻¹ c or A⁻ᵀ c; may run on several threads at once, each with its workspace. c and y do not overlap.
    virtual void solve(lu_system system, std::span<double const> c, std::span<double> y, lu_workspace& work) const = 0;
    [[nodiscard]] virtual std::size_t n_entries() const noexcept = 0;
    [[nodiscard]] virtual std::size_t bytes() const noexcept = 0;
};

/// What was found out about a structure.
class lu_analysis {
public:
    virtual ~lu_analysis() = default;
    /// A has the structure that was analysed. Throws what lu's constructor throws.
    [[nodiscard]] virtual std::unique_ptr<lu_factors const> factor(csr_view const& A) const = 0;
    [[nodiscard]] virtual lu_backend backend() const noexcept = 0;
    [[nodiscard]] virtual std::size_t bytes() const noexcept = 0;
};

/// A: square, at least one row; ordering empty or a permutation.
[[nodiscard]] std::unique_ptr<lu_analysis const> analyse_with_eigen(csr_view const& A,
                                                                    std::span<index_t const> ordering);
/// Throws std::invalid_argument where poise was built without UMFPACK.
[[nodiscard]] std::unique_ptr<lu_analysis const> analyse_with_umfpack(csr_view const& A,
                                                                      std::span<index_t const> ordering);

/// The exception of a pivot that is 0.
[[nodiscard]] singular_matrix no_pivot(index_t row, index_t n_rows);

}  // namespace poise::linear::detail
