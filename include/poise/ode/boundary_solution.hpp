// SPDX-License-Identifier: MIT
// What a boundary-value problem's solve leaves.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/ode/boundary_report.hpp>
#include <poise/ode/solution.hpp>
#include <poise/ode/state.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <vector>

namespace poise::ode {

/// The states at the points of the mesh, and what lies between them.
template <class State>
struct boundary_solution {
    std::vector<double> x;
    std::vector<State> y;
    /// Estimated: the largest anywhere, of each component. NaN where there is no estimate.
    State error;
    boundary_statistics statistics;
    boundary_report report;

    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(report); }

    /// The solution anywhere from a to b. Throws std::invalid_argument for other places.
    /// O(log intervals + degree · size). Thread-safe.
    [[nodiscard]] State operator()(double at) const {
        POISE_REQUIRE(!dense.begin.empty(), "ode::boundary_solution: the solve failed before it had any");
        POISE_REQUIRE(at >= x.front() && at <= x.back(), "ode::boundary_solution: ", at, " is not between ", x.front(),
                      " and ", x.back());
        auto const after = std::upper_bound(dense.begin.begin() + 1, dense.begin.end(), at);
        State result = y.front();
        dense.evaluate(static_cast<std::size_t>(std::distance(dense.begin.begin(), after)) - 1, at, numbers_of(result));
        return result;
    }

    detail::dense_steps dense;  ///< for operator()
};

}  // namespace poise::ode
