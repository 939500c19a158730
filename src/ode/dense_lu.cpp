// SPDX-License-Identifier: MIT
#include "core/multiversion.hpp"

#include <poise/ode/detail/dense_lu.hpp>

namespace poise::ode::detail {
namespace {

POISE_MULTIVERSION void subtract_product(double a, double const* x, double* __restrict y, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) y[i] -= a * x[i];
}

}  // namespace

bool large_lu::factor() noexcept {
    double* const A = lu_.data();
    for (std::size_t k = 0; k < n_; ++k) {
        double* const column = A + n_ * k;
        std::size_t pivot = k;
        for (std::size_t i = k + 1; i < n_; ++i)
            if (std::abs(column[i]) > std::abs(column[pivot])) pivot = i;
        pivots_[k] = pivot;
        if (pivot != k)
            for (std::size_t j = 0; j < n_; ++j) std::swap(A[k + n_ * j], A[pivot + n_ * j]);
        double const inverse = 1.0 / column[k];
        if (!std::isfinite(inverse) || inverse == 0.0) return false;
        inverses_[k] = inverse;
        for (std::size_t i = k + 1; i < n_; ++i) column[i] *= inverse;
        for (std::size_t j = k + 1; j < n_; ++j)
            if (double const a = A[k + n_ * j]; a != 0.0)
                subtract_product(a, column + k + 1, A + n_ * j + k + 1, n_ - k - 1);
    }
    return true;
}

void large_lu::solve(std::span<double> x) const noexcept {
    double const* const A = lu_.data();
    for (std::size_t k = 0; k < n_; ++k)
        if (pivots_[k] != k) std::swap(x[k], x[pivots_[k]]);
    for (std::size_t k = 0; k < n_; ++k) subtract_product(x[k], A + n_ * k + k + 1, x.data() + k + 1, n_ - k - 1);
    for (std::size_t k = n_; k-- > 0;) {
        x[k] *= inverses_[k];
        subtract_product(x[k], A + n_ * k, x.data(), k);
    }
}

}  // namespace poise::ode::detail
