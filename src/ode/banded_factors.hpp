// SPDX-License-Identifier: MIT
// Private to src/: LU factors of banded matrices; partial pivoting, which widens the upper band by the lower one.
#pragma once

#include <poise/ode/detail/shifted_lu.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace poise::ode::detail {

/// Column j holds rows j − lower − upper to j + lower, height_ numbers, the diagonal at lower + upper.
/// Source: Golub & Van Loan (2013), Matrix Computations, §4.3.5.
template <class Number>
class banded_factors final : public shifted_lu<Number>::factors {
public:
    banded_factors(std::size_t n, banded const& bands)
        : n_{n},
          lower_{bands.lower},
          above_{bands.lower + bands.upper},
          height_{above_ + bands.lower + 1},
          lu_(n * height_),
          inverses_(n),
          pivots_(n) {}

    bool factor(Number shift, jacobian_matrix const& J) override {
        std::ranges::fill(lu_, Number{});
        for (std::size_t j = 0; j < n_; ++j) {
            auto const values = J.column(j);
            Number* const to = diagonal(j) - (j - static_cast<std::size_t>(J.rows(j).front()));
            for (std::size_t i = 0; i < values.size(); ++i) to[i] = Number{-values[i]};
            *diagonal(j) = *diagonal(j) + shift;
        }
        std::size_t last = 0;  // column that a pivot's row reaches
        for (std::size_t k = 0; k < n_; ++k)
            if (!eliminate(k, last)) return false;
        return true;
    }

    void solve(std::span<Number> x) override {
        for (std::size_t k = 0; k < n_; ++k) {
            if (pivots_[k] != k) std::swap(x[k], x[pivots_[k]]);
            Number const* const column = diagonal(k);
            for (std::size_t i = 1; i <= below(k); ++i) x[k + i] = x[k + i] - column[i] * x[k];
        }
        for (std::size_t k = n_; k-- > 0;) {
            x[k] = x[k] * inverses_[k];
            std::size_t const reach = std::min(k, above_);
            Number const* const column = diagonal(k) - reach;
            for (std::size_t i = 0; i < reach; ++i) x[k - reach + i] = x[k - reach + i] - column[i] * x[k];
        }
    }

private:
    [[nodiscard]] Number* diagonal(std::size_t j) noexcept { return lu_.data() + j * height_ + above_; }
    [[nodiscard]] std::size_t below(std::size_t k) const noexcept { return std::min(lower_, n_ - 1 - k); }

    [[nodiscard]] bool eliminate(std::size_t k, std::size_t& last) noexcept {
        Number* const column = diagonal(k);
        std::size_t pivot = 0;
        for (std::size_t i = 1; i <= below(k); ++i)
            if (size_of(column[i]) > size_of(column[pivot])) pivot = i;
        pivots_[k] = k + pivot;
        last = std::max(last, std::min(n_ - 1, k + pivot + above_ - lower_));
        if (pivot != 0)
            for (std::size_t j = k; j <= last; ++j)
                std::swap(*(diagonal(j) - (j - k) + pivot), *(diagonal(j) - (j - k)));
        Number const inverse = inverse_of(*column);
        if (!std::isfinite(size_of(inverse)) || size_of(inverse) == 0.0) return false;
        inverses_[k] = inverse;
        for (std::size_t i = 1; i <= below(k); ++i) column[i] = column[i] * inverse;
        for (std::size_t j = k + 1; j <= last; ++j) {
            Number* const other = diagonal(j) - (j - k);
            for (std::size_t i = 1; i <= below(k); ++i) other[i] = other[i] - column[i] * other[0];
        }
        return true;
    }

    std::size_t n_, lower_, above_, height_;
    std::vector<Number> lu_, inverses_;
    std::vector<std::size_t> pivots_;
};

}  // namespace poise::ode::detail
