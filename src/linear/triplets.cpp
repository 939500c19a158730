// SPDX-License-Identifier: MIT
#include "linear/triplets.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

namespace poise::linear::detail {
namespace {

template <class Visitor>
void for_each_entry(triplets const& list, mirror_image mirror, Visitor const& visit) {
    for (std::size_t e = 0; e < list.values.size(); ++e) {
        visit(list.rows[e], list.columns[e], list.values[e]);
        if (mirror != mirror_image::none && list.rows[e] != list.columns[e])
            visit(list.columns[e], list.rows[e], mirror == mirror_image::same ? list.values[e] : -list.values[e]);
    }
}

// Row by row, each in the order of the list.
csr_matrix in_rows(triplets const& list, mirror_image mirror) {
    csr_matrix A{list.n_rows, list.n_cols, n_entries_of(list, mirror)};
    auto const start = A.row_start();
    auto const columns = A.columns();
    auto const values = A.values();
    std::ranges::fill(start, 0);
    for_each_entry(list, mirror, [&](index_t row, index_t, double) { ++start[row]; });
    index_t n_before = 0;
    for (index_t& count : start) n_before += std::exchange(count, n_before);
    for_each_entry(list, mirror, [&](index_t row, index_t column, double value) {
        index_t const place = start[row]++;
        columns[place] = column;
        values[place] = value;
    });
    std::ranges::copy_backward(start.first(list.n_rows), start.end());  // each start had become the next row's
    start[0] = 0;
    return A;
}

// Files are sorted by rows or by columns as a rule, and every row is then. Stable: what is given more than once is
// added up in the list's order.
void sort_rows(csr_matrix& A) {
    std::vector<std::pair<index_t, double>> entries;
    for (index_t row = 0; row < A.n_rows(); ++row) {
        auto const first = static_cast<std::size_t>(A.row_start()[row]);
        auto const size = static_cast<std::size_t>(A.row_start()[row + 1]) - first;
        auto const columns = A.columns().subspan(first, size);
        auto const values = A.values().subspan(first, size);
        if (std::ranges::is_sorted(columns)) continue;
        entries.clear();
        for (std::size_t e = 0; e < size; ++e) entries.emplace_back(columns[e], values[e]);
        std::ranges::stable_sort(entries, {}, [](auto const& entry) { return entry.first; });
        for (std::size_t e = 0; e < size; ++e) std::tie(columns[e], values[e]) = entries[e];
    }
}

template <class Visitor>
void for_each_different(csr_view A, Visitor const& visit) {
    for (index_t row = 0; row < A.n_rows; ++row)
        for (index_t e = A.row_start[row]; e < A.row_start[row + 1]; ++e)
            visit(row, e, e > A.row_start[row] && A.columns[e - 1] == A.columns[e]);
}

csr_matrix with_repeated_added_up(csr_matrix A) {
    std::size_t n_repeated = 0;
    for_each_different(A, [&](index_t, index_t, bool repeated) { n_repeated += repeated ? 1 : 0; });
    if (n_repeated == 0) return A;
    csr_matrix sum{static_cast<std::size_t>(A.n_rows()), static_cast<std::size_t>(A.n_cols()),
                   A.n_entries() - n_repeated};
    std::ranges::fill(sum.row_start(), 0);
    index_t n_kept = 0;
    for_each_different(A, [&](index_t row, index_t e, bool repeated) {
        if (repeated) {
            sum.values()[n_kept - 1] += A.values()[e];
            return;
        }
        sum.columns()[n_kept] = A.columns()[e];
        sum.values()[n_kept++] = A.values()[e];
        ++sum.row_start()[row + 1];
    });
    for (index_t row = 0; row < sum.n_rows(); ++row) sum.row_start()[row + 1] += sum.row_start()[row];
    return sum;
}

}  // namespace

std::size_t n_entries_of(triplets const& list, mirror_image mirror) noexcept {
    std::size_t n = list.values.size();
    if (mirror != mirror_image::none)
        for (std::size_t e = 0; e < list.values.size(); ++e) n += list.rows[e] != list.columns[e] ? 1 : 0;
    return n;
}

csr_matrix to_csr(triplets const& list, mirror_image mirror) {
    auto A = in_rows(list, mirror);
    sort_rows(A);
    return with_repeated_added_up(std::move(A));
}

}  // namespace poise::linear::detail
