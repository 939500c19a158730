// SPDX-License-Identifier: MIT
// Private to ode: how far a collocation solution is from the exact one, estimated.
#pragma once

#include <poise/ode/detail/collocation_polynomials.hpp>
#include <poise/ode/detail/linear_combinations.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace poise::ode::detail {

/// Two estimates of the error in each interval: from how the highest derivative jumps to the neighbours, the leading
/// term of what an interval adds; and from a solution on a mesh of twice the width, by what halving it changed, in
/// which there is all that conditions and other intervals add. Source: Ascher, Christiansen & Russell (1979), Math.
/// Comp. 33, 659, §3; Ascher, Mattheij & Russell (1995), §9.3.
template <std::size_t K>
class collocation_error {
public:
    collocation_error(std::size_t n, error_weights const& weights)
        : weights_{weights}, of_component_(n), size_(n), other_(n), far_(n) {}

    /// Of each interval, in units of the tolerance.
    [[nodiscard]] std::vector<double> const& of_intervals() const noexcept { return of_interval_; }
    /// Of each component the largest, as a number.
    [[nodiscard]] std::vector<double> const& of_components() const noexcept { return of_component_; }
    [[nodiscard]] std::size_t worst_interval() const noexcept { return worst_interval_; }
    [[nodiscard]] std::size_t worst_component() const noexcept { return worst_component_; }
    [[nodiscard]] double largest() const noexcept { return of_interval_[worst_interval_]; }

    /// At the points of the mesh: how many intervals of error 1 there would be on a unit of length.
    [[nodiscard]] std::vector<double> const& densities() const noexcept { return density_; }

    void by_jumps(collocation_polynomials<K> const& now) {
        begin(now);
        std::size_t const n = now.n, m = now.n_intervals();
        for (std::size_t i = 0; i < m; ++i) {
            double const scale = 1.0 / power(now.width(i), K);
            for (std::size_t c = 0; c < n; ++c) highest_[i * n + c] = scale * now.highest(i, c);
        }
        for (std::size_t i = 0; i < m; ++i) {
            set_sizes(now, i);
            if (i + 1 < m) set_rates(now, i);
            double const scale = power(now.width(i), K + 1);
            for (std::size_t c = 0; c < n; ++c) {
                double const before = rates_[(i > 0 ? i - 1 : i) * n + c], after = rates_[std::min(i, m - 2) * n + c];
                note(i, c, scale * 0.5 * (before + after));
            }
        }
        extrapolate();
        smooth();
    }

    /// Where each interval of `coarse` is two of `now`. Adds to what by_jumps() found: the larger one holds.
    void by_halving(collocation_polynomials<K> const& now, collocation_polynomials<K> const& coarse) {
        double const share = 1.0 / (std::exp2(static_cast<double>(K + 1)) - 1.0);
        for (std::size_t i = 0; i < now.n_intervals(); ++i) {
            set_sizes(now, i);
            std::ranges::fill(far_, 0.0);
            for (std::size_t j = 0; j <= K; ++j) compare(now, coarse, i, j);
            for (std::size_t c = 0; c < now.n; ++c) note(i, c, share * far_[c]);
        }
    }

private:
    void begin(collocation_polynomials<K> const& now) {
        std::size_t const m = now.n_intervals();
        of_interval_.assign(m, 0.0);
        density_.assign(m + 1, 0.0);
        highest_.resize(m * now.n);
        rates_.resize(m * now.n);
        std::ranges::fill(of_component_, 0.0);
        worst_interval_ = worst_component_ = 0;
    }
    void note(std::size_t interval, std::size_t component, double error) {
        of_component_[component] = std::max(of_component_[component], error);
        double const share = error / weight(component);
        if (share <= of_interval_[interval]) return;
        if (share > of_interval_[worst_interval_]) worst_interval_ = interval, worst_component_ = component;
        of_interval_[interval] = share;
    }
    [[nodiscard]] double weight(std::size_t component) const noexcept {
        return weights_.weight(component, size_[component]);
    }
    // The largest |y| in an interval, by its ends and Gauss points.
    void set_sizes(collocation_polynomials<K> const& now, std::size_t i) noexcept {
        double const* const y = now.begin_of(i);
        for (std::size_t c = 0; c < now.n; ++c) {
            double size = std::max(std::abs(y[c]), std::abs(y[now.stride() + c]));
            for (std::size_t j = 1; j <= K; ++j) size = std::max(size, std::abs(y[c] + y[j * now.n + c]));
            size_[c] = size;
        }
    }
    // What an interval at the end of i would add to the error, by its width to the power K + 1.
    void set_rates(collocation_polynomials<K> const& now, std::size_t i) noexcept {
        double const scale = gauss<K>.error / (0.5 * (now.x[i + 2] - now.x[i]));
        double largest = 0.0;
        for (std::size_t c = 0; c < now.n; ++c) {
            std::size_t const at = i * now.n + c;
            rates_[at] = scale * std::abs(highest_[at + now.n] - highest_[at]);
            largest = std::max(largest, rates_[at] / weight(c));
        }
        density_[i + 1] = std::pow(largest, 1.0 / static_cast<double>(K + 1));
    }
    // Towards both ends as it goes from the second point inside to the first.
    void extrapolate() noexcept {
        std::size_t const m = density_.size() - 1;
        auto const beyond = [](double near, double far) { return far > 0.0 ? near * std::min(near / far, 2.0) : near; };
        density_[0] = m > 2 ? beyond(density_[1], density_[2]) : density_[1];
        density_[m] = m > 2 ? beyond(density_[m - 1], density_[m - 2]) : density_[m - 1];
    }
    // A derivative passes through zero where all around it is large.
    void smooth() noexcept {
        double before = density_.front();
        for (std::size_t p = 1; p + 1 < density_.size(); ++p) {
            double const here = density_[p];
            density_[p] = std::max(here, 0.25 * (before + 2.0 * here + density_[p + 1]));
            before = here;
        }
    }
    [[nodiscard]] static double power(double h, std::size_t exponent) noexcept {
        double result = h;
        for (std::size_t p = 1; p < exponent; ++p) result *= h;
        return result;
    }
    // At Gauss point j of an interval, or at its end.
    void compare(collocation_polynomials<K> const& now, collocation_polynomials<K> const& coarse, std::size_t i,
                 std::size_t j) noexcept {
        double const* const y = now.begin_of(i);
        double const x = j == K ? now.x[i + 1] : now.x[i] + gauss<K>.c[j] * now.width(i);
        coarse.evaluate(i / 2, x, other_);
        for (std::size_t c = 0; c < now.n; ++c) {
            double const here = j == K ? y[now.stride() + c] : y[c] + y[(j + 1) * now.n + c];
            far_[c] = std::max(far_[c], std::abs(here - other_[c]));
        }
    }

    error_weights weights_;
    std::vector<double> of_interval_, of_component_, density_, size_, other_, far_;
    std::vector<double> highest_, rates_;  // n for each interval, and for each point inside

    std::size_t worst_interval_ = 0, worst_component_ = 0;
};

}  // namespace poise::ode::detail
