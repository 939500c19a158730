// SPDX-License-Identifier: MIT
#include "core/multiversion.hpp"

#include <poise/ode/detail/dense_lu.hpp>

namespace poise::ode::detail {
namespace {

[[gnu::always_inline]] inline void subtract_product(double a, double const* x, double* __restrict y, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) y[i] -= a * x[i];
}

// Column by column, each with all that lie before it: of small matrices calls would cost as much as what they do.
POISE_MULTIVERSION bool factor_columns(double* A, std::size_t n, std::size_t* pivots, double* inverses) {
    for (std::size_t k = 0; k < n; ++k) {
        double* const column = A + n * k;
        std::size_t pivot = k;
        for (std::size_t i = k + 1; i < n; ++i)
            if (std::abs(column[i]) > std::abs(column[pivot])) pivot = i;
        pivots[k] = pivot;
        if (pivot != k)
            for (std::size_t j = 0; j < n; ++j) std::swap(A[k + n * j], A[pivot + n * j]);
        double const inverse = 1.0 / column[k];
        if (!std::isfinite(inverse) || inverse == 0.0) return false;
        inverses[k] = inverse;
        for (std::size_t i = k + 1; i < n; ++i) column[i] *= inverse;
        for (std::size_t j = k + 1; j < n; ++j)
            if (double const a = A[k + n * j]; a != 0.0)
                subtract_product(a, column + k + 1, A + n * j + k + 1, n - k - 1);
    }
    return true;
}

POISE_MULTIVERSION void solve_columns(double const* A, std::size_t n, std::size_t const* pivots, double const* inverses,
                                      double* x) {
    for (std::size_t k = 0; k < n; ++k)
        if (pivots[k] != k) std::swap(x[k], x[pivots[k]]);
    for (std::size_t k = 0; k < n; ++k) subtract_product(x[k], A + n * k + k + 1, x + k + 1, n - k - 1);
    for (std::size_t k = n; k-- > 0;) {
        x[k] *= inverses[k];
        subtract_product(x[k], A + n * k, x, k);
    }
}

}  // namespace

bool large_lu::factor() noexcept { return factor_columns(lu_.data(), n_, pivots_.data(), inverses_.data()); }

void large_lu::solve(std::span<double> x) const noexcept {
    solve_columns(lu_.data(), n_, pivots_.data(), inverses_.data(), x.data());
}

}  // namespace poise::ode::detail
