// SPDX-License-Identifier: MIT
#include "ode/sparse_factors.hpp"

namespace poise::ode::detail {
namespace {

// The structure of J in rows, each entry as `blocks` × `blocks` of them; visit(entry of J, row, column, place of the
// first row's, place of the second's).
template <class Visit>
linear::csr_matrix in_rows(jacobian_matrix const& J, std::size_t blocks, Visit const& visit) {
    std::size_t const n = J.n(), n_entries = J.values().size();
    std::vector<std::size_t> begin(n + 1, 0);
    for (std::size_t j = 0; j < n; ++j)
        for (auto const i : J.rows(j)) ++begin[static_cast<std::size_t>(i) + 1];
    for (std::size_t i = 0; i < n; ++i) begin[i + 1] += begin[i];
    linear::csr_matrix A{blocks * n, blocks * n, blocks * blocks * n_entries};
    A.row_start()[0] = 0;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t b = 0; b < blocks; ++b)
            A.row_start()[blocks * i + b + 1] =
                static_cast<index_t>(blocks * blocks * begin[i] + (b + 1) * blocks * (begin[i + 1] - begin[i]));
    std::vector<std::size_t> filled(n, 0);
    std::size_t entry = 0;
    for (std::size_t j = 0; j < n; ++j)
        for (auto const row : J.rows(j)) {
            auto const i = static_cast<std::size_t>(row);
            std::size_t const length = blocks * (begin[i + 1] - begin[i]);
            std::size_t const first = blocks * (blocks * begin[i] + filled[i]++);
            for (std::size_t b = 0; b < blocks; ++b)
                for (std::size_t c = 0; c < blocks; ++c)
                    A.columns()[first + b * length + c] = static_cast<index_t>(blocks * j + c);
            visit(entry++, i, j, first, first + length);
        }
    return A;
}

}  // namespace

sparse_factors::sparse_factors(jacobian_matrix const& J) : place_(J.values().size()), diagonal_(J.n()) {
    A_ = in_rows(J, 1, [&](std::size_t entry, std::size_t i, std::size_t j, std::size_t place, std::size_t) {
        place_[entry] = place;
        if (i == j) diagonal_[i] = place;
    });
}

bool sparse_factors::factor(double shift, jacobian_matrix const& J) {
    auto const from = J.values();
    auto const to = A_.values();
    for (std::size_t k = 0; k < place_.size(); ++k) to[place_[k]] = -from[k];
    for (std::size_t const place : diagonal_) to[place] += shift;
    return lu_.factor(A_);
}

sparse_complex_factors::sparse_complex_factors(jacobian_matrix const& J)
    : place_(J.values().size()), place_below_(J.values().size()), diagonal_(J.n()), x_(2 * J.n()) {
    A_ = in_rows(J, 2, [&](std::size_t entry, std::size_t i, std::size_t j, std::size_t place, std::size_t below) {
        place_[entry] = place, place_below_[entry] = below;
        if (i == j) diagonal_[i] = entry;
    });
}

bool sparse_complex_factors::factor(complex_number shift, jacobian_matrix const& J) {
    auto const from = J.values();
    auto const to = A_.values();
    for (std::size_t k = 0; k < place_.size(); ++k) {
        to[place_[k]] = to[place_below_[k] + 1] = -from[k];
        to[place_[k] + 1] = to[place_below_[k]] = 0.0;
    }
    for (std::size_t const k : diagonal_) {
        to[place_[k]] += shift.re, to[place_below_[k] + 1] += shift.re;
        to[place_[k] + 1] = -shift.im, to[place_below_[k]] = shift.im;
    }
    return lu_.factor(A_);
}

void sparse_complex_factors::solve(std::span<complex_number> x) {
    for (std::size_t i = 0; i < x.size(); ++i) x_[2 * i] = x[i].re, x_[2 * i + 1] = x[i].im;
    lu_.solve(x_);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = {x_[2 * i], x_[2 * i + 1]};
}

}  // namespace poise::ode::detail
