// SPDX-License-Identifier: MIT
// What an integration leaves.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/ode/event.hpp>
#include <poise/ode/report.hpp>
#include <poise/ode/state.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <span>
#include <vector>

namespace poise::ode {

namespace detail {
/// y = Σ coefficientₘ θᵐ, m = 0 … degree, y.size() numbers each.
void evaluate_polynomial(std::span<double const> coefficients, std::size_t degree, double theta,
                         std::span<double> y) noexcept;

/// Polynomials in θ, one for each step that was kept: y + Σ coefficientₘ θᵐ⁺¹ from `begin` on, θ = (t − begin) / h.
struct dense_steps {
    std::size_t degree = 0;
    std::vector<double> begin, h;
    std::vector<double> coefficients;  ///< of y first and then of θ, θ², …: n numbers each, (degree + 1) n a step

    void evaluate(std::size_t step, double t, std::span<double> y) const noexcept;
};
}  // namespace detail

/// The states of an initial-value problem at `t`, in the order of the integration, and what lies between them.
template <class State>
struct solution {
    std::vector<double> t;
    std::vector<State> y;  ///< as many as t; see solve_options::keep and save_at
    std::vector<event_record<State>> events;
    ode::statistics statistics;
    solve_report report;

    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(report); }

    /// The solution at a time the integration came by, by the method's dense output. Between a state that an event
    /// changed and the one before it, that before. Throws std::invalid_argument for other times, and where nothing but
    /// single states was kept (keep::steps, keep::ends). O(log steps + degree · size). Thread-safe.
    [[nodiscard]] State operator()(double time) const {
        if (dense.begin.empty() && t.size() == 1 && time == t.front()) return y.front();
        POISE_REQUIRE(!dense.begin.empty(), "ode::solution: no dense output was kept; integrate with keep::dense");
        double const first = dense.begin.front();
        double const direction = dense.h.front() < 0.0 ? -1.0 : 1.0;
        POISE_REQUIRE((time - first) * direction >= 0.0 && (time - t_last) * direction <= 0.0, "ode::solution: ", time,
                      " is not between ", first, " and ", t_last);
        auto const after = std::upper_bound(dense.begin.begin() + 1, dense.begin.end(), time,
                                            [&](double x, double begin) { return (x - begin) * direction < 0.0; });
        State result = y_first;
        dense.evaluate(static_cast<std::size_t>(std::distance(dense.begin.begin(), after)) - 1, time,
                       numbers_of(result));
        return result;
    }

    detail::dense_steps dense;  ///< for operator()
    State y_first{};
    double t_last = 0.0;
};

}  // namespace poise::ode
