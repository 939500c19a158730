// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/ode/detail/jacobian_matrix.hpp>

#include <algorithm>
#include <numeric>

namespace poise::ode {

sparse::sparse(linear::csr_view pattern) {
    linear::require_in_bounds(pattern);
    entries_.reserve(pattern.columns.size());
    for (std::size_t i = 0; i < static_cast<std::size_t>(pattern.n_rows); ++i)
        for (auto k = pattern.row_start[i]; k < pattern.row_start[i + 1]; ++k)
            entries_.emplace_back(i, static_cast<std::size_t>(pattern.columns[static_cast<std::size_t>(k)]));
}

namespace detail {
namespace {

std::vector<std::vector<index_t>> rows_of(banded const& bands, std::size_t n) {
    POISE_REQUIRE(bands.lower < n && bands.upper < n, "ode: a Jacobian of ", bands.lower, " bands below and ",
                  bands.upper, " above its diagonal has at least one row more than that, and the state has ", n,
                  " numbers");
    std::vector<std::vector<index_t>> rows(n);
    for (std::size_t j = 0; j < n; ++j) {
        std::size_t const first = j - std::min(j, bands.upper), last = std::min(n - 1, j + bands.lower);
        rows[j].resize(last - first + 1);
        std::iota(rows[j].begin(), rows[j].end(), static_cast<index_t>(first));
    }
    return rows;
}

std::vector<std::vector<index_t>> rows_of(sparse const& pattern, std::size_t n) {
    std::vector<std::vector<index_t>> rows(n);
    for (auto const& [i, j] : pattern.entries()) {
        POISE_REQUIRE(i < n && j < n, "ode: the Jacobian has an entry at (", i, ", ", j, "), and the state has ", n,
                      " numbers");
        rows[j].push_back(static_cast<index_t>(i));
    }
    for (std::size_t j = 0; j < n; ++j) {
        rows[j].push_back(static_cast<index_t>(j));
        std::ranges::sort(rows[j]);
        auto const [rest, end] = std::ranges::unique(rows[j]);
        rows[j].erase(rest, end);
    }
    return rows;
}

}  // namespace

void require_stored(jacobian_structure const& structure) {
    POISE_REQUIRE(
        !std::holds_alternative<matrix_free>(structure),
        "ode: this method factors the Jacobian, which matrix_free does not store; take bdf or esdirk4, or name "
        "a structure");
}

jacobian_matrix::jacobian_matrix(jacobian_structure const& structure, std::size_t n) : n_{n}, colours_(n) {
    if (auto const* bands = std::get_if<banded>(&structure)) {
        kind_ = *bands;
        name_rows(rows_of(*bands, n));
        n_colours_ = std::min(n, bands->lower + bands->upper + 1);
        for (std::size_t j = 0; j < n; ++j) colours_[j] = j % n_colours_;
    } else if (auto const* pattern = std::get_if<sparse>(&structure)) {
        kind_ = std::monostate{};
        name_rows(rows_of(*pattern, n));
        find_colours();
    } else {
        require_stored(structure);
        POISE_REQUIRE(std::holds_alternative<dense>(structure), "ode: the structure of a Jacobian is detected first");
        rows_.resize(n);
        std::iota(rows_.begin(), rows_.end(), index_t{0});
        for (std::size_t j = 0; j <= n; ++j) column_start_.push_back(n * j);
        values_.resize(n * n);
        std::iota(colours_.begin(), colours_.end(), std::size_t{0});
        n_colours_ = n;
    }
}

void jacobian_matrix::name_rows(std::vector<std::vector<index_t>> const& rows_of_columns) {
    column_start_.push_back(0);
    for (auto const& rows : rows_of_columns) {
        rows_.insert(rows_.end(), rows.begin(), rows.end());
        column_start_.push_back(rows_.size());
    }
    values_.resize(rows_.size());
}

// In their order, each the first colour that none of the columns has that it shares a row with: at most one more than
// they are. Source: Curtis, Powell & Reid (1974), J. Inst. Math. Appl. 13, 117.
void jacobian_matrix::find_colours() {
    std::vector<std::vector<std::size_t>> colours_in_row(n_);
    std::vector<std::size_t> taken_by(n_, n_);
    for (std::size_t j = 0; j < n_; ++j) {
        for (auto const i : rows(j))
            for (std::size_t const colour : colours_in_row[static_cast<std::size_t>(i)]) taken_by[colour] = j;
        std::size_t colour = 0;
        while (taken_by[colour] == j) ++colour;
        colours_[j] = colour;
        n_colours_ = std::max(n_colours_, colour + 1);
        for (auto const i : rows(j)) colours_in_row[static_cast<std::size_t>(i)].push_back(colour);
    }
}

double& jacobian_matrix::operator()(std::size_t i, std::size_t j) {
    POISE_REQUIRE(i < n_ && j < n_, "ode: the Jacobian has no entry (", i, ", ", j, "); the state has ", n_,
                  " numbers");
    auto const in_column = rows(j);
    auto const found = std::ranges::lower_bound(in_column, static_cast<index_t>(i));
    POISE_REQUIRE(found != in_column.end() && *found == static_cast<index_t>(i), "ode: entry (", i, ", ", j,
                  ") of the Jacobian is not in the structure that the options name; add it there");
    return column(j)[static_cast<std::size_t>(found - in_column.begin())];
}

}  // namespace detail
}  // namespace poise::ode
