// SPDX-License-Identifier: MIT
// Private to src/linear, and only where poise is built with SuiteSparse: L D Lᵀ ± C Cᵀ, or L D Lᵀ as it was.
#pragma once

#include "linear/cholmod_session.hpp"

#include <cstddef>
#include <map>
#include <span>
#include <vector>

namespace poise::linear::detail {

/// The columns of an n × k matrix whose rows stand in elimination order, ascending; none is empty.
struct column_list {
    std::vector<index_t> start, rows;
    std::vector<double> values;

    [[nodiscard]] std::size_t size() const noexcept { return start.size() - 1; }
    [[nodiscard]] std::span<index_t const> rows_of(std::size_t column) const {
        return std::span{rows}.subspan(start[column], start[column + 1] - start[column]);
    }
};
[[nodiscard]] column_list columns_in_order(csr_view const& C, std::span<index_t const> order);

/// Changes a simplicial L D Lᵀ in place, and puts back what it changed where that fails. Use once.
class cholmod_rank_change {
public:
    cholmod_rank_change(cholmod_session& session, cholmod_factor& L) noexcept : session_{session}, L_{L} {}
    /// Throws not_positive_definite, std::bad_alloc, poise::error; L is then as it was.
    void apply(column_list const& C, rank_change what);

private:
    // A column of L before the change. Its entries afterwards are these and others.
    struct kept_column {
        std::vector<index_t> rows;
        std::vector<double> values;
        std::vector<index_t> rows_after;
    };

    void apply(column_list const& C, std::size_t first, std::size_t n_columns, rank_change what);
    [[nodiscard]] std::size_t keep_path(std::span<index_t const> rows_of_column);
    [[nodiscard]] kept_column& keep(index_t column);
    [[nodiscard]] std::size_t room_for(std::size_t n_entries, index_t column) const;
    void reserve(std::size_t n_entries);
    void require_positive_pivots(rank_change what) const;
    void put_back() noexcept;

    cholmod_session& session_;
    cholmod_factor& L_;
    std::map<index_t, kept_column> kept_;
};

}  // namespace poise::linear::detail
