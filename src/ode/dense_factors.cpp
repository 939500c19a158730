// SPDX-License-Identifier: MIT
#include "ode/dense_factors.hpp"

#include "core/multiversion.hpp"

#include <cmath>
#include <utility>

namespace poise::ode::detail {
namespace {

[[gnu::always_inline]] inline void subtract_product(complex_number a, double const* x_re, double const* x_im,
                                                    double* __restrict y_re, double* __restrict y_im, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
        y_re[i] -= a.re * x_re[i] - a.im * x_im[i];
        y_im[i] -= a.re * x_im[i] + a.im * x_re[i];
    }
}

[[gnu::always_inline]] inline complex_number at(double const* re, double const* im, std::size_t i) {
    return {re[i], im[i]};
}

POISE_MULTIVERSION bool factor_columns(double* re, double* im, std::size_t n, std::size_t* pivots,
                                       complex_number* inverses) {
    for (std::size_t k = 0; k < n; ++k) {
        std::size_t const column = n * k;
        std::size_t pivot = k;
        for (std::size_t i = k + 1; i < n; ++i)
            if (size_of(at(re, im, column + i)) > size_of(at(re, im, column + pivot))) pivot = i;
        pivots[k] = pivot;
        for (std::size_t j = 0; j < n && pivot != k; ++j) {
            std::swap(re[k + n * j], re[pivot + n * j]);
            std::swap(im[k + n * j], im[pivot + n * j]);
        }
        auto const inverse = inverse_of(at(re, im, column + k));
        if (!std::isfinite(size_of(inverse)) || size_of(inverse) == 0.0) return false;
        inverses[k] = inverse;
        for (std::size_t i = column + k + 1; i < column + n; ++i) {
            auto const scaled = at(re, im, i) * inverse;
            re[i] = scaled.re, im[i] = scaled.im;
        }
        for (std::size_t j = k + 1; j < n; ++j)
            if (auto const a = at(re, im, k + n * j); size_of(a) != 0.0)
                subtract_product(a, re + column + k + 1, im + column + k + 1, re + n * j + k + 1, im + n * j + k + 1,
                                 n - k - 1);
    }
    return true;
}

POISE_MULTIVERSION void solve_columns(double const* re, double const* im, std::size_t n, std::size_t const* pivots,
                                      complex_number const* inverses, double* x_re, double* x_im) {
    for (std::size_t k = 0; k < n; ++k)
        if (pivots[k] != k) std::swap(x_re[k], x_re[pivots[k]]), std::swap(x_im[k], x_im[pivots[k]]);
    for (std::size_t k = 0; k < n; ++k) {
        std::size_t const below = n * k + k + 1;
        subtract_product(at(x_re, x_im, k), re + below, im + below, x_re + k + 1, x_im + k + 1, n - k - 1);
    }
    for (std::size_t k = n; k-- > 0;) {
        auto const solved = at(x_re, x_im, k) * inverses[k];
        x_re[k] = solved.re, x_im[k] = solved.im;
        subtract_product(solved, re + n * k, im + n * k, x_re, x_im, k);
    }
}

}  // namespace

bool dense_factors::factor(double shift, jacobian_matrix const& J) {
    auto const values = J.values();
    auto const A = lu_.matrix();
    for (std::size_t i = 0; i < A.size(); ++i) A[i] = -values[i];
    for (std::size_t i = 0; i < J.n(); ++i) A[i + J.n() * i] += shift;
    return lu_.factor();
}

bool dense_complex_factors::factor(complex_number shift, jacobian_matrix const& J) {
    auto const values = J.values();
    for (std::size_t i = 0; i < n_ * n_; ++i) re_[i] = -values[i], im_[i] = 0.0;
    for (std::size_t i = 0; i < n_; ++i) re_[i + n_ * i] += shift.re, im_[i + n_ * i] = shift.im;
    return factor_columns(re_.data(), im_.data(), n_, pivots_.data(), inverses_.data());
}

void dense_complex_factors::solve(std::span<complex_number> x) {
    for (std::size_t i = 0; i < n_; ++i) x_re_[i] = x[i].re, x_im_[i] = x[i].im;
    solve_columns(re_.data(), im_.data(), n_, pivots_.data(), inverses_.data(), x_re_.data(), x_im_.data());
    for (std::size_t i = 0; i < n_; ++i) x[i] = {x_re_[i], x_im_[i]};
}

}  // namespace poise::ode::detail
