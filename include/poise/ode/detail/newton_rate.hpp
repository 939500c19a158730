// SPDX-License-Identifier: MIT
// Private to ode: whether a simplified Newton iteration is there, gets there, or does not.
#pragma once

#include <poise/ode/detail/linear_combinations.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace poise::ode::detail {

/// The tolerance relative to the solution that is asked for; of one that is absolute alone, as if that were of size 1.
[[nodiscard]] inline double relative_tolerance(error_weights const& weights) noexcept {
    return weights.rtol > 0.0 ? weights.rtol : std::clamp(weights.atol_of(0), 1e-16, 1.0);
}

/// By the rate θ at which its increments fall, in norms of which 1 is the tolerance of a step. Source: Hairer & Wanner
/// (1996), Solving Ordinary Differential Equations II, §IV.8, "Stopping criterion".
class newton_rate {
public:
    static constexpr double most_safety = 0.9;
    enum class verdict { converged, go_on, too_slow, diverges };

    /// is_patient: as there is no shorter step to be had, it may take as long as it likes.
    explicit newton_rate(bool is_patient) : is_patient_{is_patient} {}

    /// Within so many iterations, of steps whose tolerance is rtol relative to the solution.
    void begin_order(std::size_t most_iterations, double rtol) {
        most_ = is_patient_ ? 50 : most_iterations;
        tolerance_ = std::max(10.0 * epsilon / rtol, std::min(0.03, std::sqrt(rtol)));
    }
    /// What a step may grow by less where this took long: a longer one would make it fail.
    [[nodiscard]] double safety() const noexcept {
        auto const allowed = static_cast<double>(most_);
        return most_safety * (1.0 + 2.0 * allowed) / (static_cast<double>(n_) + 2.0 * allowed);
    }
    void begin() {
        // What is left of the last increment is as it was in the step before.
        left_ = std::pow(std::max(left_, epsilon), 0.8);
        n_ = 0;
    }
    [[nodiscard]] verdict after(double norm) {
        ++n_;
        if (n_ > 1) {
            double const quotient = norm / before_;
            theta_ = n_ == 2 ? quotient : std::sqrt(quotient * last_quotient_);
            last_quotient_ = quotient;
            if (!(theta_ < 0.99)) return verdict::diverges;
            left_ = theta_ / (1.0 - theta_);
            auto const remaining = static_cast<double>(most_ - n_);
            double const at_end = left_ * norm * std::pow(theta_, remaining) / tolerance_;
            if (!is_patient_ && n_ < most_ && at_end >= 1.0) {
                shrink_ = 0.8 * std::pow(std::clamp(at_end, 1e-4, 20.0), -1.0 / (4.0 + remaining));
                return verdict::too_slow;
            }
        }
        before_ = std::max(norm, std::numeric_limits<double>::min());
        if (left_ * norm <= tolerance_) return verdict::converged;
        return n_ < most_ ? verdict::go_on : verdict::diverges;
    }

    /// What is left of an iteration that converged, of a step's tolerance.
    [[nodiscard]] double tolerance() const noexcept { return tolerance_; }
    [[nodiscard]] double theta() const noexcept { return theta_; }
    [[nodiscard]] std::size_t n_iterations() const noexcept { return n_; }
    /// Of a step where it was too slow, to the next attempt.
    [[nodiscard]] double shrink() const noexcept { return shrink_; }

private:
    static constexpr double epsilon = std::numeric_limits<double>::epsilon();

    bool is_patient_;
    std::size_t most_ = 7, n_ = 0;
    double tolerance_ = 0.03;
    double left_ = 1.0, theta_ = 1e-3, before_ = 0.0, last_quotient_ = 0.0, shrink_ = 0.5;
};

}  // namespace poise::ode::detail
