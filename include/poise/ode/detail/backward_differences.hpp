// SPDX-License-Identifier: MIT
// Private to ode: the past of a solution as backward differences at steps of one size.
#pragma once

#include <poise/ode/bdf.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace poise::ode::detail {

/// Of order k: Σ_{m ≤ k} ∇ᵐ y_new / m − κ γ_k (y_new − predicted) = h f, γ_k = Σ_{m ≤ k} 1/m. alpha: (1 − κ) γ_k.
struct bdf_formula {
    double gamma, alpha, error_constant;
};
/// By order, from 0. Source: Shampine & Reichelt (1997), SIAM J. Sci. Comput. 18, 1, Table 1.
inline constexpr std::array<bdf_formula, bdf::most_order + 1> bdf_formulas = [] {
    constexpr std::array<double, bdf::most_order + 1> kappa{0.0, -0.1850, -1.0 / 9.0, -0.0823, -0.0415, 0.0};
    std::array<bdf_formula, bdf::most_order + 1> formulas{};
    double gamma = 0.0;
    for (std::size_t k = 0; k <= bdf::most_order; ++k) {
        if (k > 0) gamma += 1.0 / static_cast<double>(k);
        formulas[k] = {gamma, (1.0 - kappa[k]) * gamma, kappa[k] * gamma + 1.0 / static_cast<double>(k + 1)};
    }
    return formulas;
}();

/// ∇ᵐ y for m from 0 to order + 2, the last two as the last step left them.
template <class Vector>
class backward_differences {
    static constexpr std::size_t n_kept = bdf::most_order + 3;

public:
    explicit backward_differences(Vector const& zero) : n_{zero.size()} { D_.fill(zero); }

    [[nodiscard]] std::size_t order() const noexcept { return order_; }
    [[nodiscard]] double step() const noexcept { return h_; }
    [[nodiscard]] std::size_t n_equal_steps() const noexcept { return n_equal_; }

    void begin(std::span<double const> y, std::span<double const> slope, double h) noexcept {
        order_ = 1, n_equal_ = 0, h_ = h;
        for (auto& each : D_) std::ranges::fill(each, 0.0);
        for (std::size_t d = 0; d < n_; ++d) D_[0][d] = y[d], D_[1][d] = h * slope[d];
    }

    /// The same polynomial at steps of size h.
    void rescale(double h) noexcept {
        // Differences at the old places from values at the new ones, and from those differences at them.
        auto const from_values = values_matrix(h / h_), to_values = values_matrix(1.0);
        std::array<std::array<double, bdf::most_order + 1>, bdf::most_order + 1> change{};
        for (std::size_t i = 0; i <= order_; ++i)
            for (std::size_t j = 0; j <= order_; ++j)
                for (std::size_t m = 0; m <= order_; ++m) change[i][j] += from_values[i][m] * to_values[m][j];
        std::array<double, bdf::most_order + 1> column;
        for (std::size_t d = 0; d < n_; ++d) {
            for (std::size_t j = 0; j <= order_; ++j) {
                column[j] = 0.0;
                for (std::size_t i = 0; i <= order_; ++i) column[j] += change[i][j] * D_[i][d];
            }
            for (std::size_t j = 0; j <= order_; ++j) D_[j][d] = column[j];
        }
        h_ = h;
        n_equal_ = 0;
    }

    /// predicted: the polynomial at the next place; psi: Σ γ_m ∇ᵐ y / alpha of the formula.
    void predict(std::span<double> predicted, Vector& psi) const noexcept {
        double const inverse_alpha = 1.0 / bdf_formulas[order_].alpha;
        for (std::size_t d = 0; d < n_; ++d) {
            double sum = D_[0][d], weighted = 0.0;
            for (std::size_t m = 1; m <= order_; ++m) {
                sum += D_[m][d];
                weighted += bdf_formulas[m].gamma * D_[m][d];
            }
            predicted[d] = sum;
            psi[d] = weighted * inverse_alpha;
        }
    }

    /// ∇ᵐ at the end of a step that adds the correction to the prediction; m is order or order + 2.
    void difference_after(std::size_t m, Vector const& correction, Vector& result) const noexcept {
        for (std::size_t d = 0; d < n_; ++d)
            result[d] = m == order_ ? D_[m][d] + correction[d] : correction[d] - D_[order_ + 1][d];
    }

    void accept(Vector const& correction, int order_change) noexcept {
        for (std::size_t d = 0; d < n_; ++d) {
            D_[order_ + 2][d] = correction[d] - D_[order_ + 1][d];
            D_[order_ + 1][d] = correction[d];
            for (std::size_t m = order_ + 1; m-- > 0;) D_[m][d] += D_[m + 1][d];
        }
        order_ = static_cast<std::size_t>(static_cast<int>(order_) + order_change);
        n_equal_ = order_change == 0 ? n_equal_ + 1 : 0;
    }

    /// Coefficients of θ, θ², … on the step that is to be accepted.
    void interpolate(Vector const& correction, std::span<double> coefficients) const noexcept {
        std::ranges::fill(coefficients, 0.0);
        // Newton's polynomials Π (θ − 1 + i)/(i + 1), i < m, by powers of θ.
        std::array<double, bdf::most_order + 1> newton{1.0};
        std::array<double, bdf::most_order + 1> next;
        for (std::size_t m = 1; m <= order_; ++m) {
            for (std::size_t power = 0; power <= m; ++power)
                next[power] = ((power > 0 ? newton[power - 1] : 0.0) +
                               (power < m ? (static_cast<double>(m) - 2.0) * newton[power] : 0.0)) /
                              static_cast<double>(m);
            newton = next;
            for (std::size_t d = 0; d < n_; ++d) {
                double difference = correction[d];
                for (std::size_t i = m; i <= order_; ++i) difference += D_[i][d];
                for (std::size_t power = 1; power <= m; ++power)
                    coefficients[(power - 1) * n_ + d] += newton[power] * difference;
            }
        }
    }

private:
    using matrix = std::array<std::array<double, bdf::most_order + 1>, bdf::most_order + 1>;

    // Row i, column j: of ∇ⁱ y, what the value j places of `ratio` steps back takes; its own inverse for a ratio of 1.
    [[nodiscard]] matrix values_matrix(double ratio) const noexcept {
        matrix result{};
        for (std::size_t j = 0; j <= order_; ++j) {
            result[0][j] = 1.0;
            for (std::size_t i = 1; i <= order_; ++i)
                result[i][j] = result[i - 1][j] * (static_cast<double>(i) - 1.0 - ratio * static_cast<double>(j)) /
                               static_cast<double>(i);
        }
        return result;
    }

    std::array<Vector, n_kept> D_;
    std::size_t n_, order_ = 1, n_equal_ = 0;
    double h_ = 0.0;
};

}  // namespace poise::ode::detail
