// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/ode/detail/input.hpp>

#include <algorithm>
#include <cmath>

namespace poise::ode::detail {
namespace {

// In the order of the integration.
void require_order(std::vector<double> const& times, char const* name, double direction) {
    for (std::size_t i = 0; i < times.size(); ++i) {
        POISE_REQUIRE(std::isfinite(times[i]), "ode: ", name, "[", i, "] is ", times[i], "; it must be finite");
        POISE_REQUIRE(i == 0 || (times[i] - times[i - 1]) * direction >= 0.0, "ode: ", name, "[", i, "] is ", times[i],
                      ", before ", times[i - 1], "; sort it in the order of the integration");
    }
}

}  // namespace

void require_tolerances(double rtol, component_tolerance const& atol, std::size_t n, char const* what) {
    POISE_REQUIRE(rtol >= 0.0 && std::isfinite(rtol), "ode: rtol is ", rtol, "; give a finite number >= 0");
    auto const& each = atol.of_each();
    POISE_REQUIRE(each.empty() || each.size() == n, "ode: atol has ", each.size(), " numbers and the state ", n,
                  "; give one for all or one for each");
    for (std::size_t i = 0; i < (each.empty() ? 1 : n); ++i) {
        double const of_one = each.empty() ? atol.of_all() : each[i];
        POISE_REQUIRE(of_one >= 0.0 && std::isfinite(of_one), "ode: atol of component ", i, " is ", of_one,
                      "; give a finite number >= 0");
        POISE_REQUIRE(of_one > 0.0 || rtol > 0.0, "ode: rtol is 0, and atol of component ", i, " too; no ", what,
                      " is without error");
    }
}

void require_input(time_span const& t, std::span<double const> y0, option_numbers const& options) {
    POISE_REQUIRE(std::isfinite(t.begin) && std::isfinite(t.end) && std::isfinite(t.end - t.begin),
                  "ode: the span of time is from ", t.begin, " to ", t.end,
                  "; both must be finite, and what lies between");
    for (std::size_t i = 0; i < y0.size(); ++i)
        POISE_REQUIRE(std::isfinite(y0[i]), "ode: y0[", i, "] is ", y0[i], "; it must be finite");
    require_tolerances(options.rtol, options.atol, y0.size(), "step");
    POISE_REQUIRE(options.first_step >= 0.0 && std::isfinite(options.first_step), "ode: first_step is ",
                  options.first_step, "; give a number > 0, or 0 for one that is found");
    POISE_REQUIRE(options.fixed_step >= 0.0 && std::isfinite(options.fixed_step), "ode: fixed_step is ",
                  options.fixed_step, "; give a number > 0, or 0 for steps by the tolerances");
    POISE_REQUIRE(options.largest_step > 0.0, "ode: largest_step is ", options.largest_step, "; give a number > 0");
    POISE_REQUIRE(options.n_without_function == 0, "ode: ", options.n_without_function,
                  " of the events have no function g");
    POISE_REQUIRE(options.least_samples >= 1, "ode: n_samples of an event is ", options.least_samples,
                  "; it takes at least 1");
    double const direction = t.end < t.begin ? -1.0 : 1.0;
    require_order(options.save_at, "save_at", direction);
    require_order(options.discontinuities, "discontinuities", direction);
    if (options.save_at.empty()) return;
    for (double const time : {options.save_at.front(), options.save_at.back()})
        POISE_REQUIRE((time - t.begin) * direction >= 0.0 && (t.end - time) * direction >= 0.0, "ode: save_at has ",
                      time, ", which is not between ", t.begin, " and ", t.end);
}

}  // namespace poise::ode::detail
