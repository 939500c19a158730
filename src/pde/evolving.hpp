// SPDX-License-Identifier: MIT
// Private to src/: what the solvers of problems in time have in common.
#pragma once

#include "linear/diffusion_assembly.hpp"
#include "pde/discrete_problem.hpp"
#include "pde/solving.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/reductions.hpp>
#include <poise/grid/field.hpp>
#include <poise/grid/scalar_function.hpp>
#include <poise/ode/problem.hpp>
#include <poise/pde/evolution.hpp>
#include <poise/pde/evolution_report.hpp>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <utility>
#include <vector>

namespace poise::pde::detail {

/// Throws std::invalid_argument unless the times lie in the span, each after the one before it.
inline void require_times(ode::time_span const& t, std::vector<double> const& times, char const* name) {
    double const direction = t.end < t.begin ? -1.0 : 1.0;
    for (std::size_t i = 0; i < times.size(); ++i) {
        POISE_REQUIRE((times[i] - t.begin) * direction >= 0.0 && (t.end - times[i]) * direction >= 0.0, name, "[", i,
                      "] is ", times[i], ", which is not between ", t.begin, " and ", t.end);
        POISE_REQUIRE(i == 0 || (times[i] - times[i - 1]) * direction > 0.0, name, "[", i, "] is ", times[i],
                      ", not after ", times[i - 1], "; sort it, each time once");
    }
}

/// Throws std::invalid_argument for options that are wrong whatever the problem is. From t.begin on, towards t.end.
template <std::size_t D, class State>
void require_evolution_options(ode::time_span const& t, evolution_options<D, State> const& options) {
    POISE_REQUIRE(std::isfinite(t.begin) && std::isfinite(t.end) && std::isfinite(t.end - t.begin),
                  "the span of time is from ", t.begin, " to ", t.end, "; both must be finite, and what lies between");
    for (auto const& [value, name] : {std::pair{options.rtol, "rtol"}, std::pair{options.atol, "atol"},
                                      std::pair{options.fixed_step, "fixed_step"}})
        POISE_REQUIRE(value >= 0.0 && std::isfinite(value), name, " is ", value, "; give a finite number >= 0");
    POISE_REQUIRE(options.rtol > 0.0 || options.atol > 0.0, "rtol and atol are 0; no step is without error");
    POISE_REQUIRE(options.largest_step > 0.0, "largest_step is ", options.largest_step, "; it must be positive");
    POISE_REQUIRE(options.fixed_step <= options.largest_step, "fixed_step is ", options.fixed_step,
                  ", and largest_step ", options.largest_step, "; name one of them");
    require_times(t, options.save_at, "save_at");
    require_times(t, options.discontinuities, "discontinuities");
}

/// f on all points, which are to be finite. name: "the initial value".
template <class Numbers = std::vector<double>, std::size_t D>
[[nodiscard]] Numbers finite_values(grid::cartesian<D> const& domain, grid::scalar_function<D> const& f,
                                    char const* name) {
    Numbers values(domain.size());
    f.evaluate(domain, values);
    if (auto const bad = first_not_finite(values))
        throw_invalid(concat(name, " is ", values[*bad], " at ", linear::detail::position_of(domain, *bad),
                             "; it must be finite"));
    return values;
}

/// What evaluate() returns; of a caller's mistake that it throws, the message says when.
template <class Evaluate>
decltype(auto) at_time(double t, Evaluate const& evaluate) {
    try {
        return evaluate();
    } catch (std::invalid_argument const& mistake) {
        throw std::invalid_argument{concat("at t = ", t, ": ", mistake.what())};
    }
}

/// Why eigenfunctions of the grid's operator do not tell u at any time, of coefficients that are numbers; empty where
/// they do.
template <class Problem, std::size_t D>
[[nodiscard]] char const* what_is_not_constant(Problem const& problem, grid::boundary<D> const& boundary) {
    if (!problem.domain.is_uniform()) return "the grid is stretched";
    if (has_robin<D>(boundary.kinds())) return "a side is Robin";
    if (!problem.source.is_constant()) return "the source changes with time";
    if (!problem.boundary.is_constant()) return "boundary data change with time";
    return "";
}

/// The largest drift is this one, if it is.
inline void note_drift(conserved_quantity& quantity, double drift) noexcept {
    if (!(std::abs(drift) <= std::abs(quantity.largest_drift))) quantity.largest_drift = drift;
}

/// The times at which u is kept, one after the other, and what is kept.
template <std::size_t D, class State = grid::field<D>>
class saved_states {
public:
    saved_states(ode::time_span const& t, evolution_options<D, State> const& options, evolution<D, State>& result)
        : end_{t.end}, direction_{t.end < t.begin ? -1.0 : 1.0}, times_{options.save_at}, result_{result} {}

    /// The next time that is not after t, or nullptr; the end of the span is not among them.
    [[nodiscard]] double const* due(double t) const noexcept {
        if (next_ == times_.size() || times_[next_] == end_ || (t - times_[next_]) * direction_ < 0.0) return nullptr;
        return &times_[next_];
    }
    void keep(double t, State const& u) {
        result_.t.push_back(t);
        result_.u.push_back(u);
        if (next_ < times_.size() && times_[next_] == t) ++next_;
    }
    /// Where the solve ended, unless that is kept already.
    void keep_last(double t, State const& u) {
        if (result_.t.empty() || result_.t.back() != t) keep(t, u);
    }

private:
    double end_, direction_;
    std::vector<double> const& times_;
    evolution<D, State>& result_;
    std::size_t next_ = 0;
};

}  // namespace poise::pde::detail
