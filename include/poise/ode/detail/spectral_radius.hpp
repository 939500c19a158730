// SPDX-License-Identifier: MIT
// Private to ode: the largest eigenvalue of a Jacobian that is not known.
#pragma once

#include <poise/ode/detail/linear_combinations.hpp>
#include <poise/ode/state.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace poise::ode::detail {

/// By power iterations with differences of f, the first of which goes along f, the later ones from where the last one
/// came to. Source: Sommeijer, Shampine & Verwer (1998), J. Comput. Appl. Math. 88, 315, §3.
template <class State>
class spectral_radius {
public:
    explicit spectral_radius(State const& y0) : direction_{y0}, moved_{y0}, slope_{y0} {}

    /// |λ| to about a tenth, from below; evaluate(y, slope). At least 2 evaluations, at most 50. NaN where f is not
    /// finite.
    template <class Evaluate>
    [[nodiscard]] double estimate(State const& y, State const& f, error_weights const& weights,
                                  Evaluate const& evaluate) {
        auto const at = numbers_of(y), slope = numbers_of(f);
        auto const direction = numbers_of(direction_);
        if (!std::exchange(has_direction_, true)) std::ranges::copy(slope, direction.begin());
        double estimate = 0.0;
        for (int i = 0; i < 50; ++i) {
            if (!point_away(at, weights)) return 0.0;
            auto const moved = numbers_of(moved_);
            evaluate(std::as_const(moved_), slope_);
            auto const changed = numbers_of(std::as_const(slope_));
            double of_change = 0.0, of_step = 0.0;
            for (std::size_t d = 0; d < at.size(); ++d) {
                double const step = moved[d] - at[d];
                direction[d] = changed[d] - slope[d];
                of_change += direction[d] * direction[d];
                of_step += step * step;
            }
            double const now = std::sqrt(of_change / of_step);
            if (!std::isfinite(now)) {
                has_direction_ = false;
                return std::numeric_limits<double>::quiet_NaN();
            }
            bool const is_settled = i > 0 && std::abs(now - estimate) <= 0.01 * now;
            estimate = std::max(now, i > 1 ? 0.0 : estimate);
            if (is_settled || now == 0.0) break;
        }
        return estimate;
    }

private:
    // moved_: a small step from y along direction_; false where there is none to take.
    [[nodiscard]] bool point_away(std::span<double const> y, error_weights const& weights) {
        auto const direction = numbers_of(direction_);
        double length = 0.0, size = 0.0;
        for (std::size_t d = 0; d < y.size(); ++d) {
            length += direction[d] * direction[d];
            size += y[d] * y[d];
        }
        if (!(length > 0.0) || !std::isfinite(length)) {
            // Any other direction.
            length = 0.0;
            for (std::size_t d = 0; d < y.size(); ++d) {
                direction[d] = d % 2 == 0 ? 1.0 : -1.0;
                length += 1.0;
            }
        }
        double const step = std::sqrt(std::numeric_limits<double>::epsilon()) *
                            std::max(std::sqrt(size), weights.atol_of(0) * std::sqrt(static_cast<double>(y.size())));
        if (!(step > 0.0)) return false;
        auto const moved = numbers_of(moved_);
        double const scale = step / std::sqrt(length);
        for (std::size_t d = 0; d < y.size(); ++d) moved[d] = y[d] + scale * direction[d];
        return true;
    }

    State direction_, moved_, slope_;
    bool has_direction_ = false;
};

}  // namespace poise::ode::detail
