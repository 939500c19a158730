// SPDX-License-Identifier: MIT
// Private to src/: what a backend of linear::cholesky provides.
#pragma once

#include <poise/linear/cholesky.hpp>

#include <memory>

namespace poise::linear {

class cholesky::implementation {
public:
    virtual ~implementation() = default;
    /// x = A⁻¹ b; may run on several threads at once.
    virtual void solve(std::span<double const> b, std::span<double> x) const = 0;
    [[nodiscard]] virtual cholesky_backend backend() const noexcept = 0;
    [[nodiscard]] virtual std::size_t n_entries() const noexcept = 0;
    [[nodiscard]] virtual std::size_t bytes() const noexcept = 0;

    index_t n_rows = 0;
};

/// Throws poise::error when a factor has more entries than index_t counts.
void require_countable_factor(std::size_t entries, index_t n_rows);
/// Throws not_enough_memory when the factor would not fit beside what is already taken.
void require_memory_for_factor(std::size_t bytes, index_t n_rows);

[[nodiscard]] std::unique_ptr<cholesky::implementation> factor_with_eigen(csr_view A,
                                                                          std::span<index_t const> ordering);
/// Throws std::invalid_argument where poise was built without SuiteSparse.
[[nodiscard]] std::unique_ptr<cholesky::implementation> factor_with_cholmod(csr_view A,
                                                                            std::span<index_t const> ordering);

}  // namespace poise::linear
