// SPDX-License-Identifier: MIT
// Private to ode: the Jacobian of a long state, and which of its columns can be had at a time.
#pragma once

#include <poise/ode/jacobian_structure.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace poise::ode::detail {

/// Throws std::invalid_argument for `matrix_free`.
void require_stored(jacobian_structure const& structure);

/// n × n by columns, the rows of each ascending; the diagonal is among them.
class jacobian_matrix {
public:
    /// Throws std::invalid_argument for entries or bands beyond n, for `detected` and for `matrix_free`.
    jacobian_matrix(jacobian_structure const& structure, std::size_t n);

    [[nodiscard]] std::size_t n() const noexcept { return n_; }
    [[nodiscard]] bool is_dense() const noexcept { return std::holds_alternative<dense>(kind_); }
    /// nullptr where it is not.
    [[nodiscard]] banded const* bands() const noexcept { return std::get_if<banded>(&kind_); }

    [[nodiscard]] std::span<double> values() noexcept { return values_; }
    [[nodiscard]] std::span<double const> values() const noexcept { return values_; }
    [[nodiscard]] std::span<double> column(std::size_t j) noexcept {
        return values().subspan(column_start_[j], column_start_[j + 1] - column_start_[j]);
    }
    [[nodiscard]] std::span<double const> column(std::size_t j) const noexcept {
        return values().subspan(column_start_[j], column_start_[j + 1] - column_start_[j]);
    }
    [[nodiscard]] std::span<index_t const> rows(std::size_t j) const noexcept {
        return std::span{rows_}.subspan(is_dense() ? 0 : column_start_[j], column(j).size());
    }

    /// Columns of one colour share no row.
    [[nodiscard]] std::size_t n_colours() const noexcept { return n_colours_; }
    [[nodiscard]] std::size_t colour(std::size_t j) const noexcept { return colours_[j]; }

    /// An entry to be written. Throws std::invalid_argument for one that is not in the structure.
    [[nodiscard]] double& operator()(std::size_t i, std::size_t j);

private:
    void name_rows(std::vector<std::vector<index_t>> const& rows_of_columns);
    void find_colours();

    std::size_t n_;
    std::variant<dense, banded, std::monostate> kind_;
    std::vector<std::size_t> column_start_;
    std::vector<index_t> rows_;
    std::vector<double> values_;
    std::vector<std::size_t> colours_;
    std::size_t n_colours_ = 0;
};

/// For a user's function to write to, by value as a view is.
class jacobian_entries {
public:
    explicit jacobian_entries(jacobian_matrix& matrix) : matrix_{&matrix} {}
    [[nodiscard]] double& operator()(std::ptrdiff_t i, std::ptrdiff_t j) const {
        return (*matrix_)(static_cast<std::size_t>(i), static_cast<std::size_t>(j));
    }

private:
    jacobian_matrix* matrix_;
};

}  // namespace poise::ode::detail
