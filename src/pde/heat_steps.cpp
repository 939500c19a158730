// SPDX-License-Identifier: MIT
#include "pde/evolving.hpp"
#include "pde/heat_solving.hpp"
#include "pde/heat_stepper.hpp"
#include "pde/solving.hpp"

#include <poise/ode/detail/step_controller.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace poise::pde::detail {
namespace {

constexpr int most_failures = 12;  // of attempts that are no numbers, one after the other

double root_mean_square(std::span<double const> u) {
    return u.empty() ? 0.0 : norm2(u) / std::sqrt(static_cast<double>(u.size()));
}

template <std::size_t D>
class stepped_heat {
public:
    explicit stepped_heat(heat_to_solve<D> const& given)
        : given_{given},
          span_{given.problem.t},
          system_{given},
          solver_{system_, given.problem.domain, given.boundary.kinds(), given.constants.has_value(),
                  given.options.cache != nullptr ? *given.options.cache : linear::default_operator_cache()},
          stepper_{system_, solver_, span_.begin},
          saved_{span_, given.options, result_},
          u_{given.problem.domain} {
        setup_s_ = began_.seconds();
    }

    evolution<D> solve() {
        auto& report = result_.report;
        report.method = concat("ESDIRK4(3)6L[2]SA, ", solver_.name());
        report.n_unknowns = system_.n_unknowns();
        heat_content_.first = heat_content_.last = content(stepper_.u());
        heat_content_.largest_drift = 0.0;
        system_.to_field(span_.begin, stepper_.u(), u_);
        if (saved_.due(span_.begin) != nullptr) saved_.keep(span_.begin, u_);
        report.reason = run();
        if (stepper_.t() == span_.begin || result_.t.empty() || result_.t.back() != stepper_.t()) {
            system_.to_field(stepper_.t(), stepper_.u(), u_);
            saved_.keep_last(stepper_.t(), u_);
        }
        finish(report);
        return std::move(result_);
    }

private:
    ode::stop_reason run() {
        auto const& options = given_.options;
        double h = options.fixed_step > 0.0 ? options.fixed_step : first_step();
        int failures = 0;
        while (stepper_.t() != span_.end) {
            if (result_.report.n_steps + result_.report.n_rejected >= options.max_steps)
                return ode::stop_reason::max_steps;
            auto const [step, t_after] = step_towards_end(h);
            result_.report.last_step = step;
            if (t_after == stepper_.t() || !(step > 0.0))
                return failures > 0 ? ode::stop_reason::not_finite : ode::stop_reason::step_too_small;
            double const scale = error_scale(stepper_.u());
            auto const outcome = stepper_.attempt(step, scale);
            if (outcome != heat_stepper<D>::outcome::done) {
                result_.report.n_rejected += 1;
                if (++failures >= most_failures || options.fixed_step > 0.0) return failure(outcome);
                h = 0.2 * step;
                continue;
            }
            failures = 0;
            double const error = relative_error(std::max(scale, error_scale(stepper_.u_after())));
            if (options.fixed_step == 0.0 && !(error <= 1.0)) {
                result_.report.n_rejected += 1;
                h = step * controller_.after_rejected(error * error);
                continue;
            }
            if (options.fixed_step == 0.0) h = next_step(h, step, error);
            if (!take(step, t_after)) return ode::stop_reason::stopped;
        }
        return ode::stop_reason::reached_end;
    }

    // The last steps share what is left, so that none is tiny.
    // Where their size is given, nobody has asked whether what lies between their ends is worth anything: they end at
    // saved times.
    std::pair<double, double> step_towards_end(double h) {
        if (given_.options.fixed_step > 0.0)
            if (double const* due = saved_.due(std::min(stepper_.t() + h, span_.end));
                due != nullptr && *due > stepper_.t() && *due < span_.end)
                return {*due - stepper_.t(), *due};
        double const left = span_.end - stepper_.t();
        if (h >= left * (1.0 - 1e-9)) return {left, span_.end};
        if (given_.options.fixed_step == 0.0 && 2.0 * h > left) h = 0.5 * left;
        return {h, stepper_.t() + h};
    }

    // A step that hardly changes keeps its operator.
    double next_step(double wanted_before, double step, double error) {
        double const factor = controller_.after_accepted(step, error * error);
        double const h = factor * step;
        return step == wanted_before && factor >= 1.0 && factor < 1.15 ? step : h;
    }

    double error_scale(std::span<double const> u) const {
        return given_.options.atol + given_.options.rtol * root_mean_square(u);
    }
    double relative_error(double scale) const { return stepper_.error() == 0.0 ? 0.0 : stepper_.error() / scale; }

    // In which u changes by about a part of itself that fits a method of order 4.
    double first_step() const {
        double const whole = span_.end - span_.begin;
        double const size = root_mean_square(stepper_.u()), slope = root_mean_square(stepper_.slope());
        double const tolerance = std::clamp(error_scale(stepper_.u()) / std::max(size, 1e-300), 1e-12, 1.0);
        if (!(slope > 0.0) || !(size > 0.0)) return 1e-3 * whole;
        return std::clamp(std::sqrt(std::sqrt(tolerance)) * size / slope, 1e-9 * whole, whole);
    }

    ode::stop_reason failure(typename heat_stepper<D>::outcome outcome) {
        if (outcome == heat_stepper<D>::outcome::not_solved) {
            result_.report.remedy = concat("the linear systems were not solved by ", solver_.name(),
                                           "; coefficients may differ by too much for double precision");
            return ode::stop_reason::step_too_small;
        }
        return ode::stop_reason::not_finite;
    }

    bool take(double step, double t_after) {
        while (double const* due = saved_.due(t_after)) {
            double const at = *due;
            auto const [u, supplied] = stepper_.between(std::min((at - stepper_.t()) / step, 1.0));
            system_.to_field(at, u, u_);
            saved_.keep(at, u_);
            tell_content(u, supplied);
        }
        stepper_.accept(t_after);
        auto& report = result_.report;
        report.n_steps += 1;
        report.largest_step = std::max(report.largest_step, step);
        bool const is_end = t_after == span_.end;
        if (is_end || given_.options.on_step) system_.to_field(t_after, stepper_.u(), u_);
        if (is_end) saved_.keep(t_after, u_);
        return !given_.options.on_step || given_.options.on_step(t_after, u_);
    }

    double content(std::span<double const> u) const {
        return given_.problem.domain.cell_measure() * dot(system_.mass(), u);
    }
    void tell_content(std::span<double const> u, double supplied) {
        heat_content_.last = content(u);
        heat_content_.supplied = supplied * given_.problem.domain.cell_measure();
        note_drift(heat_content_, heat_content_.last - heat_content_.first - heat_content_.supplied);
    }

    void finish(evolution_report& report) {
        tell_content(stepper_.u(), stepper_.supplied());
        report.conserved.push_back(heat_content_);
        report.t = stepper_.t();
        report.t_end = span_.end;
        report.n_solves = stepper_.counted().n_solves;
        report.n_iterations = stepper_.counted().n_iterations;
        report.setup_s = setup_s_;
        report.data_s = stepper_.data_s();
        report.solve_s = began_.seconds();
    }

    profile::timer began_;
    heat_to_solve<D> const& given_;
    ode::time_span span_;
    heat_system<D> system_;
    shifted_solver<D> solver_;
    heat_stepper<D> stepper_;
    evolution<D> result_;
    saved_states<D> saved_;
    grid::field<D> u_;
    ode::detail::step_controller controller_{4};
    conserved_quantity heat_content_{.name = "heat content"};
    double setup_s_ = 0.0;
};

}  // namespace

template <std::size_t D>
evolution<D> solve_heat_by_steps(heat_to_solve<D> const& given) {
    profile::scope const timing{"pde::solve"};
    require_memory_of_points(given.problem.domain.size(), 32, "the heat problem");
    return stepped_heat<D>{given}.solve();
}

template evolution<1> solve_heat_by_steps(heat_to_solve<1> const&);
template evolution<2> solve_heat_by_steps(heat_to_solve<2> const&);
template evolution<3> solve_heat_by_steps(heat_to_solve<3> const&);

}  // namespace poise::pde::detail
