// SPDX-License-Identifier: MIT
#include "pde/evolving.hpp"
#include "pde/solving.hpp"
#include "pde/time_loop.hpp"
#include "pde/transport/transport_stepper.hpp"
#include "pde/transport/transport_system.hpp"

#include <poise/ode/detail/step_controller.hpp>
#include <poise/pde/advection_diffusion.hpp>
#include <poise/pde/burgers.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

namespace poise::pde {
namespace {

using detail::root_mean_square;
using detail::transport_problem;
using detail::transport_stepper;

constexpr int most_failures = 12;        // of attempts that are no numbers, one after the other
constexpr double part_of_stable = 0.95;  // what rounding and a u that becomes faster leave of the stable step

template <std::size_t D>
class stepped_transport {
public:
    stepped_transport(transport_problem<D> const& problem, evolution_options<D> const& options)
        : problem_{problem},
          options_{options},
          system_{problem},
          saved_{problem.t, options, result_},
          u_{problem.domain} {
        choose_stepper();
        result_.report.n_unknowns = system_.size();
        result_.report.setup_s = began_.seconds();
    }

    evolution<D> solve() {
        auto& report = result_.report;
        report.t = problem_.t.begin;
        report.t_end = problem_.t.end;
        amount_.first = amount_.last = amount();
        amount_.largest_drift = 0.0;
        to_field();
        if (saved_.due(report.t) != nullptr) saved_.keep(report.t, u_);
        report.reason = run();
        to_field();
        saved_.keep_last(report.t, u_);
        tell_amount();
        report.conserved.push_back(amount_);
        report.solve_s = began_.seconds();
        return std::move(result_);
    }

private:
    using outcome = typename transport_stepper<D>::outcome;

    void choose_stepper() {
        double const transported = system_.courant_rate(system_.initial()), diffused = system_.diffusion_rate();
        bool const diffuses = transported <= detail::most_velocity_of_stabilised * diffused && diffused > 0.0;
        bool const is_stabilised = options_.method == time_method::stabilised_runge_kutta ||
                                   (options_.method == time_method::automatic && diffuses);
        POISE_REQUIRE(!is_stabilised || diffuses, "method is stabilised_runge_kutta, and sum |velocity|/h is ",
                      transported, " beside sum kappa/h^2 = ", diffused,
                      "; it is stable up to half of that: take automatic or ssp_runge_kutta");
        stepper_ = is_stabilised ? detail::make_stabilised_stepper(system_) : detail::make_ssp_stepper(system_);
        auto& report = result_.report;
        report.method = concat(is_stabilised ? "Runge-Kutta-Legendre 2, " : "SSP Runge-Kutta 3(2), ", name_of_scheme());
        if (options_.method == time_method::automatic)
            report.chosen = concat("sum |velocity|/h is ", to_text(transported, 3), ", sum kappa/h^2 is ",
                                   to_text(diffused, 3), is_stabilised ? ": diffusion limits steps" : "");
    }

    std::string name_of_scheme() const {
        switch (problem_.scheme) {
            case advection_scheme::upwind:
                return "upwind";
            case advection_scheme::central:
                return "central";
            case advection_scheme::weno5:
                return "WENO5";
            case advection_scheme::limited:
                break;
        }
        return problem_.limiter == limiter::minmod     ? "MUSCL, minmod"
               : problem_.limiter == limiter::van_leer ? "MUSCL, van Leer"
                                                       : "MUSCL, superbee";
    }

    ode::stop_reason run() {
        auto& report = result_.report;
        ode::detail::step_controller controller{stepper_->order()};
        double h = options_.fixed_step > 0.0 ? options_.fixed_step : first_step();
        int failures = 0;
        while (report.t != problem_.t.end) {
            if (report.n_steps + report.n_rejected >= options_.max_steps) return ode::stop_reason::max_steps;
            if (!limit(h)) return ode::stop_reason::not_finite;
            auto const [step, t_after] = next_end(h);
            report.last_step = step;
            if (t_after == report.t || !(step > 0.0))
                return failures > 0 ? ode::stop_reason::not_finite : ode::stop_reason::step_too_small;
            auto const came = stepper_->attempt(report.t, step);
            if (came != outcome::done) {
                report.n_rejected += 1;
                if (options_.fixed_step > 0.0 || ++failures >= most_failures) return failure(came);
                h = (came == outcome::too_long ? 0.7 : 0.2) * step;
                continue;
            }
            failures = 0;
            double const error = relative_error();
            if (options_.fixed_step == 0.0) {
                if (!(error <= 1.0)) {
                    report.n_rejected += 1;
                    h = step * controller.after_rejected(error * error);
                    continue;
                }
                double const wanted = step * controller.after_accepted(step, error * error);
                h = step < h ? std::max(h, wanted) : wanted;
            }
            if (!take(step, t_after)) return ode::stop_reason::stopped;
        }
        return ode::stop_reason::reached_end;
    }

    // Whether there is a stable step.
    bool limit(double& h) {
        double const stable = stepper_->stable_step();
        if (options_.fixed_step == 0.0) {
            h = std::min({h, part_of_stable * stable, options_.largest_step});
            return h > 0.0;
        }
        POISE_REQUIRE(options_.fixed_step <= stable * (1.0 + 1e-9), "fixed_step is ", options_.fixed_step, ", ",
                      to_text(options_.fixed_step / stable, 3),
                      " times the longest step that is stable at t = ", result_.report.t, ", ", stable,
                      "; take that, or steps by the tolerances");
        return true;
    }

    // Steps end at saved times and where data jump, the latter so that nothing is evaluated after the jump; the last
    // ones before share what is left, so that none is tiny.
    std::pair<double, double> next_end(double h) const {
        double const t = result_.report.t;
        double end = problem_.t.end;
        for (double const each : options_.save_at)
            if (each > t) {
                end = std::min(end, each);
                break;
            }
        bool jumps = false;
        for (double const each : options_.discontinuities)
            if (each > t) {
                jumps = each <= end && each < problem_.t.end;
                end = jumps ? each : end;
                break;
            }
        double const left = (jumps ? std::nextafter(end, t) : end) - t;
        if (h >= left * (1.0 - 1e-9)) return {left, end};
        if (options_.fixed_step == 0.0 && 2.0 * h > left) h = 0.5 * left;
        return {h, t + h};
    }

    double first_step() {
        double const stable = stepper_->stable_step(), whole = problem_.t.end - problem_.t.begin;
        return std::min(std::isfinite(stable) ? 0.1 * stable : whole, whole);
    }

    double relative_error() const {
        double const size = std::max(root_mean_square(stepper_->u()), root_mean_square(stepper_->u_after()));
        double const error = stepper_->error();
        return error == 0.0 ? 0.0 : error / (options_.atol + options_.rtol * size);
    }

    ode::stop_reason failure(outcome came) {
        if (came == outcome::not_finite) return ode::stop_reason::not_finite;
        result_.report.remedy =
            "what carries became faster within a step than it is stable for: take a shorter "
            "fixed_step, or steps by the tolerances";
        return ode::stop_reason::step_too_small;
    }

    bool take(double step, double t_after) {
        stepper_->accept();
        auto& report = result_.report;
        report.t = t_after;
        if (std::ranges::binary_search(options_.discontinuities, t_after)) stepper_->restart(t_after);
        report.n_steps += 1;
        report.largest_step = std::max(report.largest_step, step);
        bool const is_due = saved_.due(t_after) != nullptr;
        if (is_due || options_.on_step) to_field();
        if (is_due) {
            saved_.keep(t_after, u_);
            tell_amount();
        }
        return !options_.on_step || options_.on_step(t_after, u_);
    }

    void to_field() { std::ranges::copy(stepper_->u(), u_.values().begin()); }
    double amount() const { return sum(stepper_->u()) * problem_.domain.cell_measure(); }
    void tell_amount() {
        amount_.last = amount();
        amount_.supplied = stepper_->supplied();
        detail::note_drift(amount_, amount_.last - amount_.first - amount_.supplied);
    }

    profile::timer began_;
    transport_problem<D> const& problem_;
    evolution_options<D> const& options_;
    detail::transport_system<D> system_;
    std::unique_ptr<transport_stepper<D>> stepper_;
    evolution<D> result_;
    detail::saved_states<D> saved_;
    grid::field<D> u_;
    conserved_quantity amount_{.name = "amount"};
};

template <std::size_t D>
evolution<D> solve_transport(transport_problem<D> const& problem, evolution_options<D> const& options) {
    profile::scope const timing{"pde::solve"};
    detail::require_evolution_options(problem.t, options);
    POISE_REQUIRE(problem.t.begin <= problem.t.end, "the span of time is from ", problem.t.begin, " back to ",
                  problem.t.end, "; schemes for what flows are not stable backwards: turn the velocity round instead");
    POISE_REQUIRE(options.method == time_method::automatic || options.method == time_method::ssp_runge_kutta ||
                      options.method == time_method::stabilised_runge_kutta,
                  "method is not of transport; take automatic, ssp_runge_kutta or stabilised_runge_kutta");
    detail::require_transport(problem);
    detail::require_memory_of_points(problem.domain.size(), 10 + 2 * D, "the transport problem");
    auto result = stepped_transport<D>{problem, options}.solve();
    if (options.on_failure == on_failure::throw_exception) result.report.or_throw();
    return result;
}

}  // namespace

template <std::size_t D>
evolution<D> solve(advection_diffusion<D> const& problem, evolution_options<D> const& options) {
    return solve_transport(detail::as_transport(problem), options);
}
template <std::size_t D>
evolution<D> solve(burgers<D> const& problem, evolution_options<D> const& options) {
    return solve_transport(detail::as_transport(problem), options);
}

template evolution<1> solve(advection_diffusion<1> const&, evolution_options<1> const&);
template evolution<2> solve(advection_diffusion<2> const&, evolution_options<2> const&);
template evolution<3> solve(advection_diffusion<3> const&, evolution_options<3> const&);
template evolution<1> solve(burgers<1> const&, evolution_options<1> const&);
template evolution<2> solve(burgers<2> const&, evolution_options<2> const&);
template evolution<3> solve(burgers<3> const&, evolution_options<3> const&);

}  // namespace poise::pde
