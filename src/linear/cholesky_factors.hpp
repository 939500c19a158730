// SPDX-License-Identifier: MIT
// Private to src/linear: what a backend of linear::cholesky provides.
#pragma once

#include "linear/triangular_solve.hpp"

#include <poise/linear/cholesky.hpp>

#include <cstddef>
#include <memory>
#include <span>

namespace poise::linear::detail {

enum class rank_change { update, downdate };

/// The factor of one matrix, and what was found out about its structure.
class cholesky_factors {
public:
    virtual ~cholesky_factors() = default;
    /// A has the structure that was analysed. Throws what cholesky's constructor throws; the factor is then as it was.
    virtual void refactor(csr_view const& A) = 0;
    /// C: valid, n rows. Throws what cholesky::update() throws; the factor is then as it was.
    virtual void change(csr_view const& C, rank_change change) = 0;
    /// Valid until the factor changes.
    [[nodiscard]] virtual triangular_factor view() const noexcept = 0;
    [[nodiscard]] virtual cholesky_backend backend() const noexcept = 0;
    [[nodiscard]] virtual std::size_t n_entries() const noexcept = 0;
    [[nodiscard]] virtual std::size_t bytes() const noexcept = 0;
};

/// Throws poise::error when a factor has more entries than index_t counts.
void require_countable_factor(std::size_t entries, index_t n_rows);
/// Throws not_enough_memory when the factor would not fit beside what is already taken.
void require_memory_for_factor(std::size_t bytes, index_t n_rows);

/// A: square, at least one row; ordering empty or a permutation.
[[nodiscard]] std::unique_ptr<cholesky_factors> factor_with_eigen(csr_view const& A, std::span<index_t const> ordering);
/// Throws std::invalid_argument where poise was built without SuiteSparse.
[[nodiscard]] std::unique_ptr<cholesky_factors> factor_with_cholmod(csr_view const& A,
                                                                    std::span<index_t const> ordering);

}  // namespace poise::linear::detail
