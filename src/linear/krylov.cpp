// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/linear/krylov.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

namespace poise::linear {

void map_view::operator()(std::span<double const> x, std::span<double> y) const {
    if (is_identity())
        std::ranges::copy(x, y.begin());
    else
        call_(object_, x, y);
}

namespace {

void require_invertible(double entry, std::size_t row, bool is_stored) {
    POISE_REQUIRE(std::isfinite(1.0 / entry) && std::isfinite(entry), "jacobi: A(", row, ", ", row, ") is ",
                  is_stored ? to_text(entry) : std::string{"not stored"}, "; it must have a finite inverse");
}

}  // namespace

jacobi::jacobi(csr_view A) {
    POISE_REQUIRE(A.n_rows == A.n_cols, "jacobi: A is ", A.n_rows, " x ", A.n_cols, "; it must be square");
    inverse_.resize(static_cast<std::size_t>(A.n_rows), 0.0);
    for (index_t row = 0; row < A.n_rows; ++row) {
        auto const columns = A.columns.subspan(static_cast<std::size_t>(A.row_start[row]),
                                               static_cast<std::size_t>(A.row_start[row + 1] - A.row_start[row]));
        auto const at = std::ranges::lower_bound(columns, row);
        bool const is_there = at != columns.end() && *at == row;
        double const entry =
            is_there ? A.values[static_cast<std::size_t>(A.row_start[row] + (at - columns.begin()))] : 0.0;
        require_invertible(entry, static_cast<std::size_t>(row), is_there);
        inverse_[static_cast<std::size_t>(row)] = 1.0 / entry;
    }
}

jacobi::jacobi(std::span<double const> diagonal) : inverse_(diagonal.size()) {
    for (std::size_t row = 0; row < diagonal.size(); ++row) {
        require_invertible(diagonal[row], row, true);
        inverse_[row] = 1.0 / diagonal[row];
    }
}

void jacobi::operator()(std::span<double const> r, std::span<double> z) const {
    POISE_REQUIRE(r.size() == inverse_.size() && z.size() == inverse_.size(), "jacobi: of ", inverse_.size(),
                  " rows, for vectors of ", r.size(), " and ", z.size(), " entries");
    std::ranges::transform(r, inverse_, z.begin(), std::multiplies{});
}

std::span<double> krylov_workspace::vector(std::size_t number, std::size_t n) {
    if (vectors_.size() <= number) vectors_.resize(number + 1);
    if (vectors_[number].size() < n) vectors_[number].resize(n);
    return std::span{vectors_[number]}.first(n);
}

}  // namespace poise::linear
