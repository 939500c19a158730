// SPDX-License-Identifier: MIT
// A hard boundary-value problem by way of easier ones.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/ode/solve_boundary.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iosfwd>
#include <type_traits>
#include <utility>
#include <vector>

namespace poise::ode {

enum class continuation_reason {
    reached_end,
    step_too_small,  ///< no problem that is harder by so little could be solved
    max_steps,
};
[[nodiscard]] char const* to_string(continuation_reason reason) noexcept;

/// How a parameter is moved.
struct continuation_options {
    boundary_options boundary = {};  ///< of each problem; its on_failure has no say
    double first_step = 0.0;         ///< of the parameter, ≥ 0; 0: a tenth of the way
    double smallest_share = 1e-6;    ///< of the way: steps that are smaller end it
    std::size_t max_steps = 1000;    ///< problems, solved or not
    ode::on_failure on_failure = on_failure::throw_exception;
};

/// How far it got; true where that is the end.
struct [[nodiscard]] continuation_report {
    continuation_reason reason = continuation_reason::step_too_small;
    double parameter = 0.0;  ///< of the last problem that was solved
    double to = 0.0;         ///< where it was to end
    std::size_t n_solved = 0;
    std::size_t n_failed = 0;
    boundary_report last;  ///< of the last problem that was tried

    [[nodiscard]] explicit operator bool() const noexcept { return reason == continuation_reason::reached_end; }
    /// Throws ode::continuation_not_converged, which carries this report, where it is false.
    void or_throw() const;
};

/// One line: "reached the end, parameter = 50: 9 problems solved, 1 not".
std::ostream& operator<<(std::ostream& out, continuation_report const& report);

class continuation_not_converged : public poise::not_converged {
public:
    explicit continuation_not_converged(continuation_report report);
    [[nodiscard]] continuation_report const& report() const noexcept { return report_; }

private:
    continuation_report report_;
};

template <class State>
struct continuation {
    std::vector<double> parameters;     ///< those of problems that were solved
    boundary_solution<State> solution;  ///< of the last one of them
    continuation_report report;

    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(report); }
};

namespace detail {
void require_continuation(double from, double to, continuation_options const& options);
/// Twice the step after a problem that took few iterations, so many for all of its meshes.
[[nodiscard]] double next_continuation_step(double step, std::size_t n_iterations) noexcept;

/// Steps of a parameter, each from the solution before.
template <class ProblemOf, class State, class Method>
class parameter_walk {
public:
    parameter_walk(ProblemOf const& problem_of, double to, Method const& method, continuation_options const& options)
        : problem_of_{problem_of}, to_{to}, method_{method}, options_{options}, of_each_{options.boundary} {
        of_each_.on_failure = on_failure::return_report;
    }

    template <class Guess>
    [[nodiscard]] continuation<State> run(double from, Guess const& guess) {
        result_.report.to = to_;
        result_.report.parameter = from;
        result_.report.reason = continuation_reason::step_too_small;
        if (!keep(from, ode::solve(problem_of_(from), guess, method_, of_each_))) return std::move(result_);
        double const way = std::abs(to_ - from);
        double const least = options_.smallest_share * way;
        double step = options_.first_step > 0.0 ? options_.first_step : 0.1 * way;
        result_.report.reason = continuation_reason::reached_end;
        while (result_.report.parameter != to_) {
            if (result_.report.n_solved + result_.report.n_failed >= options_.max_steps)
                return end(continuation_reason::max_steps);
            double const here = result_.report.parameter, left = std::abs(to_ - here);
            double const next = step >= left * (1.0 - 1e-8) ? to_ : here + std::copysign(step, to_ - here);
            if (keep(next, ode::solve(problem_of_(next), result_.solution, method_, of_each_)))
                step = next_continuation_step(step, result_.solution.statistics.n_iterations);
            else
                step = 0.5 * std::min(step, left);
            if (step < least) return end(continuation_reason::step_too_small);
        }
        return std::move(result_);
    }

private:
    [[nodiscard]] continuation<State> end(continuation_reason reason) {
        result_.report.reason = reason;
        return std::move(result_);
    }
    [[nodiscard]] bool keep(double parameter, boundary_solution<State> solution) {
        auto& report = result_.report;
        report.last = solution.report;
        bool const is_solved = static_cast<bool>(solution);
        ++(is_solved ? report.n_solved : report.n_failed);
        if (is_solved) {
            report.parameter = parameter;
            result_.parameters.push_back(parameter);
        }
        if (is_solved || result_.parameters.empty()) result_.solution = std::move(solution);
        return is_solved;
    }

    ProblemOf const& problem_of_;
    double to_;
    Method const& method_;
    continuation_options const& options_;
    boundary_options of_each_;
    continuation<State> result_;
};
}  // namespace detail

/// The solution of problem_of(to), by way of problem_of(parameter) for parameters from `from` on, each with the
/// solution before as its guess, mesh and all. Steps are halved where a problem fails, and doubled where it was easy;
/// the last one ends at `to` to the bit.
///   auto const thin = ode::continue_in([](double mu) { return troesch(mu); }, 1.0, 50.0, {0.0, 1.0},
///                                      ode::gauss_collocation{});
///   std::cout << thin.report << '\n' << thin.solution(0.5)[0] << '\n';
/// problem_of: double → boundary_problem, of one type. Throws ode::continuation_not_converged, which carries the
/// report, where `to` is not reached, unless options.on_failure says otherwise: then the solution is the last that
/// there is. Throws std::invalid_argument for parameters that are not finite and options without sense. It cannot go
/// around a turning point, at which solutions end: there it stops and says so.
template <class ProblemOf, detail::boundary_guess Guess, class Method>
[[nodiscard]] auto continue_in(ProblemOf const& problem_of, double from, double to, Guess const& guess,
                               Method const& method, continuation_options const& options = {})
    -> continuation<detail::guessed_state<Guess>> {
    detail::require_continuation(from, to, options);
    detail::parameter_walk<ProblemOf, detail::guessed_state<Guess>, Method> walk{problem_of, to, method, options};
    auto result = walk.run(from, guess);
    if (options.on_failure == on_failure::throw_exception) result.report.or_throw();
    return result;
}

/// The same from as many numbers as a state has.
template <class ProblemOf, std::size_t N, class Method>
[[nodiscard]] continuation<std::array<double, N>> continue_in(ProblemOf const& problem_of, double from, double to,
                                                              double const (&guess)[N], Method const& method,
                                                              continuation_options const& options = {}) {
    return continue_in(problem_of, from, to, std::to_array(guess), method, options);
}

}  // namespace poise::ode
