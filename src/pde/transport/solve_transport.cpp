// SPDX-License-Identifier: MIT
#include "pde/evolving.hpp"
#include "pde/solving.hpp"
#include "pde/time_loop.hpp"
#include "pde/transport/transport_stepper.hpp"
#include "pde/transport/transport_system.hpp"

#include <poise/pde/advection_diffusion.hpp>
#include <poise/pde/burgers.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace poise::pde {
namespace {

using detail::first_step_of;
using detail::root_mean_square;
using detail::transport_problem;
using detail::transport_stepper;

// What rounding and a u that becomes faster leave of the stable step.
constexpr double part_of_stable = 0.95;

char const* name_of(advection_scheme scheme, limiter limiter) {
    switch (scheme) {
        case advection_scheme::upwind:
            return "upwind";
        case advection_scheme::central:
            return "central";
        case advection_scheme::weno5:
            return "WENO5";
        case advection_scheme::limited:
            break;
    }
    return limiter == limiter::minmod     ? "MUSCL, minmod"
           : limiter == limiter::van_leer ? "MUSCL, van Leer"
                                          : "MUSCL, superbee";
}

// What time_loop asks of a stepper; and the amount of u, at every state that is kept.
template <std::size_t D>
class stepped_transport {
public:
    static constexpr int order_of_error = transport_stepper<D>::order_of_error;
    static constexpr double growth_worth_it = 1.0;
    static constexpr bool ends_at_saved_times = true;

    stepped_transport(transport_problem<D> const& problem, evolution_options<D> const& options)
        : problem_{problem}, options_{options}, system_{problem}, t_{problem.t.begin} {
        choose_stepper();
        amount_.first = amount_.last = amount_of(stepper_->u());
        amount_.largest_drift = 0.0;
        result_.report.n_unknowns = system_.size();
        result_.report.setup_s = began_.seconds();
    }

    evolution<D> solve() {
        detail::time_loop<D, grid::field<D>, stepped_transport> loop{problem_.t, options_, *this, result_,
                                                                     grid::field<D>{problem_.domain}};
        loop.run();
        tell_amount(stepper_->u(), stepper_->supplied());
        result_.report.conserved.push_back(amount_);
        result_.report.n_evaluations = system_.n_evaluations();
        result_.report.data_s = system_.data_s();
        result_.report.solve_s = began_.seconds();
        return std::move(result_);
    }

    [[nodiscard]] double t() const { return t_; }
    [[nodiscard]] double first_step() {
        std::vector<double> slope(system_.size());
        double const stable = stepper_->stable_step(t_), size = root_mean_square(stepper_->u());
        (void)system_.rate(stepper_->u().data(), slope.data());
        return std::min(stable, first_step_of(problem_.t.end - problem_.t.begin, size, root_mean_square(slope),
                                              options_.atol + options_.rtol * size, order_of_error));
    }
    [[nodiscard]] double limited(double h) {
        double stable = stepper_->stable_step(t_);
        if (!(stable > 0.0) && options_.method == time_method::automatic) {
            use_ssp();
            stable = stepper_->stable_step(t_);
        }
        if (options_.fixed_step == 0.0) return std::min({h, part_of_stable * stable, options_.largest_step});
        if (h <= stable * (1.0 + 1e-9)) return h;
        POISE_REQUIRE(t_ != problem_.t.begin, "fixed_step is ", h, ", and the longest step that is stable at t = ", t_,
                      " is ", stable, "; take that, or steps by the tolerances");
        return 0.0;
    }
    [[nodiscard]] detail::step_outcome attempt(double h, double, double latest) {
        return stepper_->attempt(t_, h, latest);
    }
    [[nodiscard]] double error() const {
        double const size = std::max(root_mean_square(stepper_->u()), root_mean_square(stepper_->u_after()));
        double const error = stepper_->error();
        return error == 0.0 ? 0.0 : error / (options_.atol + options_.rtol * size);
    }
    void accept(double t_after) {
        stepper_->accept();
        t_ = t_after;
    }
    void restart() { stepper_->restart(t_); }
    void put(grid::field<D>& u) const { std::ranges::copy(stepper_->u(), u.values().begin()); }
    void put_between(double, double, grid::field<D>& u) {
        std::ranges::copy(stepper_->u_after(), u.values().begin());
        tell_amount(stepper_->u_after(), stepper_->supplied_after());
    }
    [[nodiscard]] std::string remedy(detail::step_outcome outcome) const {
        if (outcome != detail::step_outcome::too_long) return {};
        if (options_.fixed_step > 0.0)
            return "what carries became so fast that fixed_step is not stable: take a shorter one, or steps by the "
                   "tolerances";
        return "what carries became too fast beside what diffuses for stabilised_runge_kutta: take automatic or "
               "ssp_runge_kutta";
    }

private:
    void choose_stepper() {
        double const transported = system_.courant_rate(system_.initial()), diffused = system_.diffusion_rate();
        bool const diffuses = transported <= detail::most_velocity_of_stabilised * diffused && diffused > 0.0;
        bool const is_stabilised = options_.method == time_method::stabilised_runge_kutta ||
                                   (options_.method == time_method::automatic && diffuses);
        POISE_REQUIRE(!is_stabilised || diffuses, "method is stabilised_runge_kutta, and sum |velocity|/h is ",
                      transported, " beside sum kappa/h^2 = ", diffused,
                      "; it is stable up to half of that: take automatic or ssp_runge_kutta");
        detail::transport_state const begin{t_, system_.initial()};
        stepper_ =
            is_stabilised ? detail::make_stabilised_stepper(system_, begin) : detail::make_ssp_stepper(system_, begin);
        auto& report = result_.report;
        report.method = name_of_method(is_stabilised ? "Runge-Kutta-Legendre 2" : "SSP Runge-Kutta 3(2)");
        if (options_.method == time_method::automatic)
            report.chosen = concat("sum |velocity|/h is ", to_text(transported, 3), ", sum kappa/h^2 is ",
                                   to_text(diffused, 3), is_stabilised ? ": diffusion limits steps" : "");
    }

    // From here on: what carries became too fast for the other one.
    void use_ssp() {
        auto const u = stepper_->u();
        stepper_ = detail::make_ssp_stepper(system_, {t_, {u.begin(), u.end()}, stepper_->supplied()});
        result_.report.method = name_of_method(concat("SSP Runge-Kutta 3(2) from t = ", to_text(t_, 4), " on"));
    }
    [[nodiscard]] std::string name_of_method(std::string const& steps) const {
        return concat(steps, ", ", name_of(problem_.scheme, problem_.limiter));
    }

    [[nodiscard]] double amount_of(std::span<double const> u) const { return sum(u) * problem_.domain.cell_measure(); }
    void tell_amount(std::span<double const> u, double supplied) {
        amount_.last = amount_of(u);
        amount_.supplied = supplied;
        detail::note_drift(amount_, amount_.last - amount_.first - amount_.supplied);
    }

    profile::timer began_;
    transport_problem<D> const& problem_;
    evolution_options<D> const& options_;
    detail::transport_system<D> system_;
    std::unique_ptr<transport_stepper<D>> stepper_;
    double t_;
    conserved_quantity amount_{.name = "amount"};
    evolution<D> result_;
};

template <std::size_t D>
evolution<D> solve_transport(transport_problem<D> const& problem, evolution_options<D> const& options) {
    profile::scope const timing{"pde::solve"};
    detail::require_evolution_options(problem.t, options);
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
