// SPDX-License-Identifier: MIT
// Private to ode: linear equations that join the ends of intervals to each other, and the first to the last.
#pragma once

#include <poise/ode/detail/dense_lu.hpp>
#include <poise/ode/detail/extent.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace poise::ode::detail {

/// y_{i+1} = P_i y_i + r_i for the intervals i = 0 … m − 1, and A y_0 + B y_m = s: n numbers each.
/// Orthogonal elimination of one y after the other from the two equations that hold it: stable for conditions of any
/// kind, and whichever way solutions grow. Matrices are by columns. Costs 12 n³ flops an interval and 10 n² a
/// right-hand side. Source: Wright (1992), SIAM J. Sci. Stat. Comput. 13, 742 (SQR, with one processor).
template <std::size_t N>
class interval_chain {
public:
    explicit interval_chain(std::size_t n)
        : n_{n},
          left_{make_numbers<2 * N * N>(2 * n * n)},
          right_{left_},
          work_{make_numbers<2 * N>(2 * n)},
          row_scales_(work_),
          column_scales_(work_),
          ends_{2 * n} {}

    /// Memory is taken where there are more than ever before.
    void set_size(std::size_t n_intervals) {
        m_ = n_intervals;
        propagators_.resize(m_ * n_ * n_);
        defects_.resize(m_ * n_);
        steps_.resize(m_ * step_size());
        tops_.resize(m_ * n_);
    }

    [[nodiscard]] double* propagator(std::size_t i) noexcept { return propagators_.data() + i * n_ * n_; }
    [[nodiscard]] double* defect(std::size_t i) noexcept { return defects_.data() + i * n_; }

    /// scales: what components are measured by. False where the equations are singular to rounding, or not finite.
    [[nodiscard]] bool factor(std::span<double const> at_begin, std::span<double const> at_end,
                              std::span<double const> scales) {
        std::size_t const n = n_;
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t i = 0; i < n; ++i) {
                left_[i + 2 * n * j] = -propagator(0)[i + n * j];
                right_[i + 2 * n * j] = i == j ? 1.0 : 0.0;
            }
        for (std::size_t i = 1; i < m_; ++i) eliminate(i);
        auto const E = ends_.matrix();
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t i = 0; i < n; ++i) {
                E[i + 2 * n * j] = left_[i + 2 * n * j];
                E[i + 2 * n * (n + j)] = right_[i + 2 * n * j];
                E[n + i + 2 * n * j] = at_begin[i + n * j];
                E[n + i + 2 * n * (n + j)] = at_end[i + n * j];
            }
        if (!scale(E, scales)) return false;
        return ends_.factor() && ends_.largest_inverse() < most_inverse;
    }

    /// of_conditions: s; result: y_i at result + i·stride.
    void solve(std::span<double const> of_conditions, double* result, std::size_t stride) {
        std::size_t const n = n_;
        std::copy_n(defect(0), n, work_.begin());
        for (std::size_t i = 1; i < m_; ++i) {
            std::copy_n(defect(i), n, work_.begin() + n);
            auto const* const H = steps_.data() + i * step_size();
            auto const* const tau = H + 2 * n * n;
            for (std::size_t k = 0; k < n; ++k) reflect(H + 2 * n * k, tau[k], k, work_.data());
            std::copy_n(work_.begin(), n, tops_.begin() + static_cast<std::ptrdiff_t>(i * n));
            std::copy_n(work_.begin() + n, n, work_.begin());
        }
        std::copy_n(of_conditions.begin(), n, work_.begin() + n);
        for (std::size_t i = 0; i < 2 * n; ++i) work_[i] *= row_scales_[i];
        ends_.solve(work_);
        for (std::size_t i = 0; i < 2 * n; ++i) work_[i] *= column_scales_[i];
        std::copy_n(work_.begin(), n, result);
        std::copy_n(work_.begin() + n, n, result + m_ * stride);
        for (std::size_t i = m_; i-- > 1;) substitute(i, result, stride);
    }

private:
    using lu = std::conditional_t<(N > 0 && N <= 8), small_lu<2 * N>, large_lu>;

    // Reflectors below R, their factors, and the rows of y_0 and y_{i+1} beside R.
    [[nodiscard]] std::size_t step_size() const noexcept { return 4 * n_ * n_ + n_; }

    // (I − τ v vᵀ) x, where v is 1 at k, 0 before and column after.
    void reflect(double const* column, double tau, std::size_t k, double* x) const noexcept {
        double sum = x[k];
        for (std::size_t i = k + 1; i < 2 * n_; ++i) sum += column[i] * x[i];
        sum *= tau;
        x[k] -= sum;
        for (std::size_t i = k + 1; i < 2 * n_; ++i) x[i] -= sum * column[i];
    }

    void eliminate(std::size_t i) noexcept {
        std::size_t const n = n_;
        auto* const H = steps_.data() + i * step_size();
        auto* const tau = H + 2 * n * n;
        auto const* const P = propagator(i);
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t r = 0; r < n; ++r) {
                H[r + 2 * n * j] = right_[r + 2 * n * j];
                H[n + r + 2 * n * j] = -P[r + n * j];
                left_[n + r + 2 * n * j] = 0.0;
                right_[r + 2 * n * j] = 0.0;
                right_[n + r + 2 * n * j] = r == j ? 1.0 : 0.0;
            }
        for (std::size_t k = 0; k < n; ++k) {
            auto* const column = H + 2 * n * k;
            tau[k] = make_reflector(column, k);
            for (std::size_t j = k + 1; j < n; ++j) reflect(column, tau[k], k, H + 2 * n * j);
            for (std::size_t j = 0; j < n; ++j) {
                reflect(column, tau[k], k, left_.data() + 2 * n * j);
                reflect(column, tau[k], k, right_.data() + 2 * n * j);
            }
        }
        auto* const of_first = tau + n;
        auto* const of_next = of_first + n * n;
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t r = 0; r < n; ++r) {
                of_first[r + n * j] = left_[r + 2 * n * j];
                of_next[r + n * j] = right_[r + 2 * n * j];
                left_[r + 2 * n * j] = left_[n + r + 2 * n * j];
                right_[r + 2 * n * j] = right_[n + r + 2 * n * j];
            }
    }
    // Leaves R's entry at k and v below it; returns τ.
    [[nodiscard]] double make_reflector(double* column, std::size_t k) const noexcept {
        double square = 0.0;
        for (std::size_t i = k + 1; i < 2 * n_; ++i) square += column[i] * column[i];
        double const first = column[k];
        if (square == 0.0) return 0.0;
        double const beta = -std::copysign(std::sqrt(first * first + square), first);
        double const scale = 1.0 / (first - beta);
        for (std::size_t i = k + 1; i < 2 * n_; ++i) column[i] *= scale;
        column[k] = beta;
        return (beta - first) / beta;
    }

    // y_i, of y_0 and y_{i+1}.
    void substitute(std::size_t i, double* result, std::size_t stride) const noexcept {
        std::size_t const n = n_;
        auto const* const R = steps_.data() + i * step_size();
        auto const* const of_first = R + 2 * n * n + n;
        auto const* const of_next = of_first + n * n;
        double* const y = result + i * stride;
        double const* const next = y + stride;
        std::copy_n(tops_.data() + i * n, n, y);
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t r = 0; r < n; ++r) y[r] -= of_first[r + n * j] * result[j] + of_next[r + n * j] * next[j];
        for (std::size_t k = n; k-- > 0;) {
            y[k] /= R[k + 2 * n * k];
            for (std::size_t r = 0; r < k; ++r) y[r] -= R[r + 2 * n * k] * y[k];
        }
    }

    // Components and conditions come in units of their own: those are taken for 1, and the largest entry of a row is.
    [[nodiscard]] bool scale(std::span<double> E, std::span<double const> scales) {
        std::size_t const rows = 2 * n_;
        for (std::size_t j = 0; j < rows; ++j) column_scales_[j] = scales[j % n_];
        for (std::size_t i = 0; i < rows; ++i) {
            double largest = 0.0;
            for (std::size_t j = 0; j < rows; ++j) {
                E[i + rows * j] *= column_scales_[j];
                largest = std::max(largest, std::abs(E[i + rows * j]));
            }
            if (!(largest > 0.0) || !std::isfinite(largest)) return false;
            row_scales_[i] = 1.0 / largest;
            for (std::size_t j = 0; j < rows; ++j) E[i + rows * j] *= row_scales_[i];
        }
        return true;
    }

    static constexpr double most_inverse = 1e12;  ///< of a pivot, where entries are 1 or less

    extent<N> n_;
    std::size_t m_ = 0;
    std::vector<double> propagators_, defects_, steps_, tops_;
    numbers<2 * N * N> left_, right_;  // 2n × n; of y_0 and of the y that comes next
    numbers<2 * N> work_, row_scales_, column_scales_;
    lu ends_;
};

}  // namespace poise::ode::detail
