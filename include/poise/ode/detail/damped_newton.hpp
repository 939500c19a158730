// SPDX-License-Identifier: MIT
// Private to ode: Newton's method, from far away.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace poise::ode::detail {

enum class newton_outcome {
    converged,
    max_iterations,
    stagnated,   ///< corrections do not shrink, however short the step
    singular,    ///< the Jacobian is
    not_finite,  ///< the equations are, where it begins
};

struct newton_limits {
    std::size_t max_iterations = 40;  ///< with a Jacobian each
    double tolerance = 0.05;          ///< of the largest entry of a correction, in units of the tolerance
    double least_damping = 1e-5;
};

/// F(z) = 0 for a System that keeps z, two corrections and their norms:
///   linearise()         F and its Jacobian at z, factored; the outcome where that fails, else converged
///   correct()           d = −J⁻¹ F(z)
///   move(λ)             F(z + λ d); false where it is not finite
///   correct_again()     e = −J⁻¹ F(z + λ d), with J of z
///   norm(), norm_again(), distance(s): of d, e, e − s d in a norm that stays the same while J does
///   largest(), largest_again(): of d and e, in units of the tolerance
///   accept()            z ← z + λ d;     finish(), finish_again(): z ← z + d, z ← z + e
///   repeat()            d ← e
/// Steps are damped so that the next simplified correction is shorter (the natural monotonicity test), which no linear
/// transformation of F can change. J is kept while corrections shrink to a fourth or less.
/// Source: Deuflhard (2004), Newton Methods for Nonlinear Problems, §3.3.3, algorithm NLEQ-ERR.
template <class System>
class damped_newton {
public:
    damped_newton(System& system, newton_limits const& limits) : system_{system}, limits_{limits} {}

    /// By how much the last simplified correction of an undamped step was shorter; 1 before there is one.
    [[nodiscard]] double rate() const noexcept { return rate_; }

    /// Adds the Jacobians that it took to n_iterations. known_rate: of the same equations on another mesh, whose next
    /// correction is taken for known where that leaves a hundredth of the tolerance: linear equations need none.
    [[nodiscard]] newton_outcome run(std::size_t& n_iterations, double known_rate = 1.0) {
        rate_ = known_rate;
        for (std::size_t iteration = 0; iteration < limits_.max_iterations; ++iteration) {
            ++n_iterations;
            if (auto const outcome = system_.linearise(); outcome != newton_outcome::converged) return outcome;
            system_.correct();
            double const norm = system_.norm();
            if (!std::isfinite(norm)) return newton_outcome::singular;
            if (system_.largest() * std::min(1.0, 100.0 * rate_) <= limits_.tolerance) {
                system_.finish();
                return newton_outcome::converged;
            }
            lambda_ = first_damping(norm);
            norm_ = norm;
            if (!find_step()) return newton_outcome::stagnated;
            system_.accept();
            is_prediction_known_ = true;
            rate_ = lambda_ == 1.0 ? norm_again_ / norm_ : 1.0;
            if (lambda_ == 1.0 && go_on_with_this_jacobian()) return newton_outcome::converged;
        }
        return newton_outcome::max_iterations;
    }

private:
    // From how far the last simplified correction was from this one.
    [[nodiscard]] double first_damping(double norm) {
        if (!is_prediction_known_) return lambda_;
        double const difference = system_.distance(1.0) * norm;
        double const foreseen = difference > 0.0 ? norm_ * norm_again_ / difference * lambda_ : 1.0;
        return std::clamp(foreseen, limits_.least_damping, 1.0);
    }

    [[nodiscard]] bool find_step() {
        bool was_shortened = false, was_lengthened = false;
        while (lambda_ >= limits_.least_damping) {
            if (!system_.move(lambda_)) {
                lambda_ *= 0.25;
                was_shortened = true;
                continue;
            }
            system_.correct_again();
            norm_again_ = system_.norm_again();
            double const bend = system_.distance(1.0 - lambda_);
            double const best = bend > 0.0 ? 0.5 * norm_ * lambda_ * lambda_ / bend : 1.0;
            if (!(norm_again_ <= (1.0 - 0.25 * lambda_) * norm_)) {
                lambda_ *= std::isfinite(best) ? std::clamp(best / lambda_, 0.1, 0.5) : 0.5;
                was_shortened = true;
                continue;
            }
            double const longer = std::min(1.0, best);
            if (was_shortened || was_lengthened || longer < 4.0 * lambda_) return true;
            lambda_ = longer;
            was_lengthened = true;
        }
        return false;
    }

    // Simplified corrections, after a step that was not damped; whether they lead to the end.
    [[nodiscard]] bool go_on_with_this_jacobian() {
        double rate = norm_again_ / norm_;
        for (;;) {
            double const largest = system_.largest_again();
            if (largest <= limits_.tolerance) {
                system_.finish_again();
                return true;
            }
            // More than three of them cost as much as a new Jacobian.
            if (!(rate <= 0.25) || largest * rate * rate * rate > limits_.tolerance) return false;
            is_prediction_known_ = false;
            system_.repeat();
            double const before = norm_again_;
            if (!system_.move(1.0)) return false;
            system_.correct_again();
            norm_again_ = system_.norm_again();
            if (!(norm_again_ < before)) return false;
            system_.accept();
            rate = norm_again_ / before;
        }
    }

    System& system_;
    newton_limits limits_;
    double lambda_ = 1.0, norm_ = 0.0, norm_again_ = 0.0, rate_ = 1.0;
    bool is_prediction_known_ = false;
};

}  // namespace poise::ode::detail
