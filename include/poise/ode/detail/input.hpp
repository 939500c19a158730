// SPDX-License-Identifier: MIT
// Private to ode: what is refused before anything is integrated.
#pragma once

#include <poise/ode/detail/linear_combinations.hpp>
#include <poise/ode/problem.hpp>
#include <poise/ode/solve_options.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace poise::ode::detail {

/// The options that do not depend on the state's type.
struct option_numbers {
    template <class State>
    explicit option_numbers(solve_options<State> const& options)
        : rtol{options.rtol},
          atol{options.atol},
          first_step{options.first_step},
          largest_step{options.largest_step},
          fixed_step{options.fixed_step},
          save_at{options.save_at},
          discontinuities{options.discontinuities} {
        for (auto const& each : options.events) {
            n_without_function += each.g ? 0 : 1;
            if (each.n_samples < least_samples) least_samples = each.n_samples;
        }
    }

    double rtol;
    component_tolerance const& atol;
    double first_step, largest_step, fixed_step;
    std::vector<double> const& save_at;
    std::vector<double> const& discontinuities;
    std::size_t n_without_function = 0;  ///< events
    int least_samples = 1;
};

[[nodiscard]] inline error_weights weights_of(double rtol, component_tolerance const& atol) {
    auto const& each = atol.of_each();
    return {rtol, atol.of_all(), each.empty() ? nullptr : each.data()};
}

/// Throws std::invalid_argument for tolerances that are no numbers ≥ 0, not one for each of n components, or both 0:
/// no `what` is without error.
void require_tolerances(double rtol, component_tolerance const& atol, std::size_t n, char const* what);
/// Throws std::invalid_argument.
void require_input(time_span const& t, std::span<double const> y0, option_numbers const& options);

}  // namespace poise::ode::detail
