// SPDX-License-Identifier: MIT
#include "ode/tridiagonal_factors.hpp"

#include "core/multiversion.hpp"

#include <cmath>
#include <utility>

namespace poise::ode::detail {
namespace {

// J by columns of three, the first and the last of two. False where a pivot is 0 or not finite.
template <class Number>
[[gnu::always_inline]] inline bool factor_rows(Number shift, double const* J, std::size_t n,
                                               typename tridiagonal_factors<Number>::row* rows) {
    bool is_regular = true;
    auto const finish = [&](std::size_t k, Number diagonal, Number next, Number second) {
        Number const inverse = inverse_of(diagonal);
        is_regular &= std::isfinite(size_of(inverse)) && size_of(inverse) != 0.0;
        rows[k].inverse = inverse;
        rows[k].next = next * inverse;
        rows[k].second = second * inverse;
        return inverse;
    };
    // What is left of the row that is eliminated with, from its diagonal on.
    Number first = shift - Number{J[0]}, next{n > 1 ? -J[2] : 0.0};
    for (std::size_t k = 0; k + 1 < n; ++k) {
        Number below{-J[3 * k + 1]}, diagonal = shift - Number{J[3 * k + 3]}, above{k + 2 < n ? -J[3 * k + 5] : 0.0},
                                     second{};
        rows[k].is_exchanged = size_of(below) > size_of(first);
        if (rows[k].is_exchanged) {
            std::swap(first, below);
            std::swap(next, diagonal);
            std::swap(second, above);
        }
        Number const multiplier = below * finish(k, first, next, second);
        rows[k].multiplier = multiplier;
        first = diagonal - multiplier * next;
        next = above - multiplier * second;
    }
    finish(n - 1, first, Number{}, Number{});
    return is_regular;
}

template <class Number>
[[gnu::always_inline]] inline void solve_rows(typename tridiagonal_factors<Number>::row const* rows, std::size_t n,
                                              Number* x) {
    Number now = x[0];
    for (std::size_t k = 0; k + 1 < n; ++k) {
        Number below = x[k + 1];
        if (rows[k].is_exchanged) std::swap(now, below);
        x[k] = now * rows[k].inverse;
        now = below - rows[k].multiplier * now;
    }
    Number next = x[n - 1] = now * rows[n - 1].inverse, second{};
    for (std::size_t k = n - 1; k-- > 0;) {
        now = (x[k] - rows[k].second * second) - rows[k].next * next;
        x[k] = now;
        second = std::exchange(next, now);
    }
}

// Those that are compiled for several processors cannot be templates.
POISE_MULTIVERSION bool factor_all(double shift, double const* J, std::size_t n,
                                   tridiagonal_factors<double>::row* rows) {
    return factor_rows(shift, J, n, rows);
}
POISE_MULTIVERSION bool factor_all(complex_number shift, double const* J, std::size_t n,
                                   tridiagonal_factors<complex_number>::row* rows) {
    return factor_rows(shift, J, n, rows);
}
POISE_MULTIVERSION void solve_all(tridiagonal_factors<double>::row const* rows, std::size_t n, double* x) {
    solve_rows(rows, n, x);
}
POISE_MULTIVERSION void solve_all(tridiagonal_factors<complex_number>::row const* rows, std::size_t n,
                                  complex_number* x) {
    solve_rows(rows, n, x);
}

}  // namespace

template <class Number>
bool tridiagonal_factors<Number>::factor(Number shift, jacobian_matrix const& J) {
    return factor_all(shift, J.values().data(), rows_.size(), rows_.data());
}

template <class Number>
void tridiagonal_factors<Number>::solve(std::span<Number> x) {
    solve_all(rows_.data(), rows_.size(), x.data());
}

template class tridiagonal_factors<double>;
template class tridiagonal_factors<complex_number>;

}  // namespace poise::ode::detail
