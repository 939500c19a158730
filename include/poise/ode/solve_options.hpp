// SPDX-License-Identifier: MIT
// How an initial-value problem is integrated, and what is kept of it.
#pragma once

#include <poise/ode/event.hpp>
#include <poise/ode/jacobian_structure.hpp>

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <limits>
#include <utility>
#include <vector>

namespace poise::ode {

/// One number for all components, or one for each.
class component_tolerance {
public:
    component_tolerance(double of_all) : of_all_{of_all} {}
    component_tolerance(std::vector<double> of_each) : of_each_{std::move(of_each)} {}
    component_tolerance(std::initializer_list<double> of_each) : of_each_{of_each} {}

    [[nodiscard]] double of_all() const noexcept { return of_all_; }
    /// Empty where one is for all.
    [[nodiscard]] std::vector<double> const& of_each() const noexcept { return of_each_; }

private:
    double of_all_ = 0.0;
    std::vector<double> of_each_;
};

/// What a solution holds.
enum class keep {
    dense,  ///< every step, and what lies between: solution(t); some vectors a step more
    steps,  ///< every step
    ends,   ///< the first and the last state
};

enum class on_failure { throw_exception, return_report };

/// A step is accepted where its estimated error e is ‖e‖ ≤ 1, the root of the mean over components of
/// (eᵢ / (atolᵢ + rtol·max(|yᵢ|, |yᵢ| after it)))². The error at the end is another one: that of the steps, as the
/// problem carries it on.
template <class State>
struct solve_options {
    double rtol = 1e-6;
    component_tolerance atol = 1e-9;
    double first_step = 0.0;  ///< 0: found from f, its change and the tolerances
    double largest_step = std::numeric_limits<double>::infinity();
    /// Steps of this size, the last one excepted, whatever their error is; 0: as the tolerances say.
    double fixed_step = 0.0;
    std::size_t max_steps = 1'000'000;  ///< accepted and rejected
    ode::keep keep = keep::dense;
    /// Where not empty: the states at these times and no others. In the order of the integration, within its span.
    /// Steps of rodas5p, radau and esdirk4 end there: where the solution has long followed what is stiff, their steps
    /// are so long that polynomials between their ends (keep::dense, events) are far worse than the steps, whatever the
    /// tolerance; largest_step bounds that.
    std::vector<double> save_at = {};
    /// Where f jumps: steps end there, f is asked just before, and then just after. In the order of the integration;
    /// those outside the span are passed over.
    std::vector<double> discontinuities = {};
    std::vector<event<State>> events = {};
    /// Of implicit methods: banded{1, 1}, sparse{entries}, detected{}.
    jacobian_structure jacobian = dense{};
    /// Called after every accepted step; false ends the integration, with the reason stopped. What it throws leaves it.
    std::function<bool(double t, State const& y)> on_step = nullptr;
    ode::on_failure on_failure = on_failure::throw_exception;
};

}  // namespace poise::ode
