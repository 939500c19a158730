// SPDX-License-Identifier: MIT
#include "linear/cholmod_rank_change.hpp"

#include <poise/core/concat.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

namespace poise::linear::detail {
namespace {

// What CHOLMOD changes at a time.
constexpr std::size_t most_columns = 8;

index_t const* indices(void const* first) noexcept { return static_cast<index_t const*>(first); }

cholmod_sparse view_of(column_list const& C, std::size_t first, std::size_t n_columns, std::size_t n_rows) {
    cholmod_sparse view{};
    view.nrow = n_rows;
    view.ncol = n_columns;
    view.nzmax = C.rows.size();
    // CHOLMOD does not write through these pointers.
    view.p = const_cast<index_t*>(C.start.data() + first);
    view.i = const_cast<index_t*>(C.rows.data());
    view.x = const_cast<double*>(C.values.data());
    view.itype = CHOLMOD_INT;
    view.xtype = CHOLMOD_REAL;
    view.dtype = CHOLMOD_DOUBLE;
    view.sorted = 1;
    view.packed = 1;
    return view;
}

}  // namespace

column_list columns_in_order(csr_view const& C, std::span<index_t const> order) {
    std::vector<index_t> end(static_cast<std::size_t>(C.n_cols));
    for (index_t const column : C.columns) ++end[column];
    std::inclusive_scan(end.begin(), end.end(), end.begin());
    column_list list{.start = {0}, .rows = std::vector<index_t>(C.n_entries()), .values = {}};
    list.values.resize(C.n_entries());
    for (index_t const place : end)
        if (place > list.start.back()) list.start.push_back(place);
    for (std::size_t k = order.size(); k-- > 0;)
        for (index_t e = C.row_start[order[k]]; e < C.row_start[order[k] + 1]; ++e) {
            index_t const place = --end[C.columns[e]];
            list.rows[place] = static_cast<index_t>(k);
            list.values[place] = C.values[e];
        }
    return list;
}

void cholmod_rank_change::apply(column_list const& C, rank_change what) {
    try {
        for (std::size_t first = 0; first < C.size(); first += most_columns)
            apply(C, first, std::min(most_columns, C.size() - first), what);
    } catch (...) {
        put_back();
        throw;
    }
}

void cholmod_rank_change::apply(column_list const& C, std::size_t first, std::size_t n_columns, rank_change what) {
    std::size_t growth = 0;
    for (std::size_t c = first; c < first + n_columns; ++c) growth += keep_path(C.rows_of(c));
    reserve(growth);
    auto columns = view_of(C, first, n_columns, L_.n);
    cholmod_updown(what == rank_change::update ? 1 : 0, &columns, &L_, session_.get());
    session_.check(what == rank_change::update ? "an update" : "a downdate", static_cast<index_t>(L_.n));
    require_positive_pivots(what);
}

// The columns that a column of C reaches: its first row, and then the first row below of what the two have together,
// which is the elimination tree of the new factor. Returns the room that columns with new entries may need.
std::size_t cholmod_rank_change::keep_path(std::span<index_t const> rows_of_column) {
    std::size_t growth = 0;
    std::vector<index_t> rows(rows_of_column.begin(), rows_of_column.end()), merged;
    while (!rows.empty()) {
        index_t const column = rows.front();
        auto& kept = keep(column);
        merged.clear();
        std::ranges::set_union(rows, kept.rows_after, std::back_inserter(merged));
        if (merged.size() > kept.rows_after.size()) {
            growth += room_for(merged.size(), column);
            kept.rows_after = merged;
        }
        rows.assign(merged.begin() + 1, merged.end());
    }
    return growth;
}

cholmod_rank_change::kept_column& cholmod_rank_change::keep(index_t column) {
    if (auto const found = kept_.find(column); found != kept_.end()) return found->second;
    index_t const first = indices(L_.p)[column], n_entries = indices(L_.nz)[column];
    auto const* const rows = indices(L_.i) + first;
    auto const* const values = static_cast<double const*>(L_.x) + first;
    kept_column kept{{rows, rows + n_entries}, {values, values + n_entries}, {rows, rows + n_entries}};
    return kept_.emplace(column, std::move(kept)).first->second;  // whole or not at all: put_back() believes it
}

// CHOLMOD moves a column that has grown to the end, with a little more room.
std::size_t cholmod_rank_change::room_for(std::size_t n_entries, index_t column) const {
    auto const& common = *session_.get();
    double const with_slack = common.grow1 * static_cast<double>(n_entries) + static_cast<double>(common.grow2);
    return std::min(static_cast<std::size_t>(with_slack) + 1, L_.n - static_cast<std::size_t>(column));
}

// Where CHOLMOD itself runs out of memory in the middle it gives up the factor; here it does not have to ask.
void cholmod_rank_change::reserve(std::size_t n_entries) {
    if (n_entries == 0) return;
    auto const n = static_cast<index_t>(L_.n);
    std::size_t const needed = static_cast<std::size_t>(indices(L_.p)[L_.n]) + n_entries;
    if (needed <= L_.nzmax) return;
    require_countable_factor(needed, n);
    std::size_t const roomy = std::min(needed + needed / 4, std::size_t{max_index});
    require_memory_for_factor(roomy * (sizeof(double) + sizeof(index_t)), n);
    cholmod_reallocate_factor(roomy, &L_, session_.get());
    session_.check("making room", n);
}

void cholmod_rank_change::require_positive_pivots(rank_change what) const {
    for (auto const& [column, kept] : kept_) {
        double const pivot = static_cast<double const*>(L_.x)[indices(L_.p)[column]];
        if (pivot > 0.0 && std::isfinite(pivot)) continue;
        if (what == rank_change::update)
            throw error{concat("update: a pivot of A + C C' becomes ", pivot, "; scale A and C by a smaller number")};
        throw not_positive_definite{concat("downdate: A - C C' of ", static_cast<index_t>(L_.n),
                                           " rows is not positive definite (a pivot becomes ", pivot,
                                           "); the factor is still that of A")};
    }
}

// What has come in between stays, as zeros.
void cholmod_rank_change::put_back() noexcept {
    for (auto const& [column, kept] : kept_) {
        index_t const first = indices(L_.p)[column];
        auto* const value = static_cast<double*>(L_.x) + first;
        std::size_t next = 0;
        for (index_t e = 0; e < indices(L_.nz)[column]; ++e) {
            bool const was_there = next < kept.rows.size() && indices(L_.i)[first + e] == kept.rows[next];
            value[e] = was_there ? kept.values[next++] : 0.0;
        }
    }
}

}  // namespace poise::linear::detail
