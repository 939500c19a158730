// SPDX-License-Identifier: MIT
// Private to ode: one boundary-value problem by shooting.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/ode/boundary_options.hpp>
#include <poise/ode/boundary_problem.hpp>
#include <poise/ode/boundary_solution.hpp>
#include <poise/ode/detail/boundary_guess.hpp>
#include <poise/ode/detail/damped_newton.hpp>
#include <poise/ode/detail/input.hpp>
#include <poise/ode/detail/mesh_selection.hpp>
#include <poise/ode/detail/shooting_system.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace poise::ode::detail {

/// Newton's method with integrations a hundred times as close as the tolerance; then what integrations ten times as
/// close would change says what the error is. Where that is too much they become closer.
template <class Method, class F, class G, class State, class Guess>
class shooting_method {
public:
    shooting_method(boundary_problem<F, G> const& problem, Guess const& guess, State const& prototype,
                    std::size_t n_segments, boundary_options const& options)
        : options_{options},
          weights_{weights_of(options.rtol, options.atol)},
          prototype_{prototype},
          system_{problem, options.mesh.empty() ? equal_mesh(problem.x.begin, problem.x.end, n_segments) : options.mesh,
                  prototype, weights_} {
        std::size_t const n = numbers_of(prototype).size();
        for (std::size_t i = 0; i < system_.mesh().size(); ++i)
            sample_guess(guess, system_.mesh()[i], std::span{system_.states()}.subspan(i * n, n));
        system_.counts().n_meshes = 1;
    }

    [[nodiscard]] boundary_solution<State> run() {
        for (double share = 0.01; share > 1e-6; share *= 0.1) {
            system_.set_share(share);
            damped_newton newton{system_, newton_limits{.max_iterations = options_.max_iterations}};
            auto const outcome = newton.run(system_.counts().n_iterations);
            if (outcome != newton_outcome::converged) return failed(outcome);
            system_.set_share(0.1 * share);
            system_.stay();
            if (!system_.move(1.0)) return failed(newton_outcome::not_finite);
            system_.correct_again();
            if (system_.largest_again() <= 1.0) return finished(boundary_reason::converged);
        }
        return finished(boundary_reason::stagnated);
    }

private:
    [[nodiscard]] boundary_solution<State> failed(newton_outcome outcome) {
        auto const reason = outcome == newton_outcome::max_iterations ? boundary_reason::max_iterations
                            : outcome == newton_outcome::stagnated    ? boundary_reason::stagnated
                            : outcome == newton_outcome::singular     ? boundary_reason::singular
                                                                      : boundary_reason::integration_failed;
        auto result = solution_of(reason);
        std::ranges::fill(numbers_of(result.error), std::numeric_limits<double>::quiet_NaN());
        if (reason == boundary_reason::integration_failed) result.report.x = system_.failed_at();
        return result;
    }
    [[nodiscard]] boundary_solution<State> finished(boundary_reason reason) {
        auto const& e = system_.correction_again();
        system_.finish_again();
        auto result = solution_of(reason);
        auto const errors = numbers_of(result.error);
        std::ranges::fill(errors, 0.0);
        result.report.error = 0.0;
        std::size_t const n = errors.size();
        for (std::size_t i = 0; i < e.size(); ++i) {
            std::size_t const c = i % n;
            errors[c] = std::max(errors[c], std::abs(e[i]));
            double const share = std::abs(e[i]) / weights_.weight(c, std::abs(system_.states()[i]));
            if (share < result.report.error) continue;
            result.report.error = share;
            result.report.component = c;
            result.report.x = system_.mesh()[i / n];
        }
        return result;
    }

    // With what lies between the ends of segments.
    [[nodiscard]] boundary_solution<State> solution_of(boundary_reason reason) {
        boundary_solution<State> result;
        result.error = prototype_;
        auto const& mesh = system_.mesh();
        bool is_whole = true;
        for (std::size_t i = 0; i + 1 < mesh.size() && is_whole; ++i) {
            auto const part = system_.segment(i, system_.states(), keep::dense);
            is_whole = static_cast<bool>(part);
            result.dense.degree = part.dense.degree;
            std::size_t const n_new = part.t.size() - (i > 0 ? 1 : 0);
            auto const append = [](auto& to, auto const& from, std::size_t n_last) {
                to.insert(to.end(), from.end() - static_cast<std::ptrdiff_t>(n_last), from.end());
            };
            append(result.x, part.t, n_new);
            append(result.y, part.y, n_new);
            append(result.dense.begin, part.dense.begin, part.dense.begin.size());
            append(result.dense.h, part.dense.h, part.dense.h.size());
            append(result.dense.coefficients, part.dense.coefficients, part.dense.coefficients.size());
        }
        result.report.reason = reason;
        result.report.method = concat("Shooting by ", Method::name);
        result.report.n_intervals = mesh.size() - 1;
        result.report.statistics = result.statistics = system_.counts();
        return result;
    }

    boundary_options const& options_;
    error_weights weights_;
    State prototype_;
    shooting_system<Method, F, G, State> system_;
};

}  // namespace poise::ode::detail
