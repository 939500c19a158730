// SPDX-License-Identifier: MIT
#include "pde/heat_solving.hpp"
#include "pde/heat_stepper.hpp"
#include "pde/solving.hpp"
#include "pde/time_loop.hpp"

#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace poise::pde::detail {
namespace {

// What time_loop asks of a stepper; and the heat content, at every state that is kept.
template <std::size_t D>
class stepped_heat {
public:
    static constexpr int order_of_error = 4;
    static constexpr double growth_worth_it = 1.15;

    explicit stepped_heat(heat_to_solve<D> const& given)
        : given_{given},
          span_{given.problem.t},
          system_{given},
          solver_{system_, given.problem.domain, given.boundary.kinds(), given.constants.has_value(),
                  given.options.cache != nullptr ? *given.options.cache : linear::default_operator_cache()},
          stepper_{system_, solver_, span_.begin} {
        heat_content_.first = heat_content_.last = content(stepper_.u());
        heat_content_.largest_drift = 0.0;
        setup_s_ = began_.seconds();
    }

    evolution<D> solve() {
        evolution<D> result;
        auto& report = result.report;
        report.method = concat("ESDIRK4(3)6L[2]SA, ", solver_.name());
        report.n_unknowns = system_.n_unknowns();
        time_loop<D, grid::field<D>, stepped_heat> loop{span_, given_.options, *this, result,
                                                        grid::field<D>{given_.problem.domain}};
        loop.run();
        tell_content(stepper_.u(), stepper_.supplied());
        report.conserved.push_back(heat_content_);
        report.n_solves = stepper_.counted().n_solves;
        report.n_iterations = stepper_.counted().n_iterations;
        report.setup_s = setup_s_;
        report.data_s = stepper_.data_s();
        report.solve_s = began_.seconds();
        return result;
    }

    [[nodiscard]] double t() const { return stepper_.t(); }
    [[nodiscard]] double first_step() const {
        return first_step_of(span_.end - span_.begin, root_mean_square(stepper_.u()),
                             root_mean_square(stepper_.slope()), error_scale(stepper_.u()), order_of_error);
    }
    [[nodiscard]] step_outcome attempt(double h, double, double latest) {
        scale_ = error_scale(stepper_.u());
        return stepper_.attempt(h, scale_, latest);
    }
    [[nodiscard]] double error() const {
        if (stepper_.error() == 0.0) return 0.0;
        return stepper_.error() / std::max(scale_, error_scale(stepper_.u_after()));
    }
    void accept(double t_after) { stepper_.accept(t_after); }
    void restart() { stepper_.restart(); }
    void put(grid::field<D>& u) const { system_.to_field(stepper_.t(), stepper_.u(), u); }
    void put_between(double theta, double at, grid::field<D>& u) {
        auto const [unknowns, supplied] = stepper_.between(theta);
        system_.to_field(at, unknowns, u);
        tell_content(unknowns, supplied);
    }
    [[nodiscard]] std::string remedy(step_outcome outcome) const {
        if (outcome != step_outcome::not_solved) return {};
        return concat("the linear systems were not solved by ", solver_.name(),
                      "; coefficients may differ by too much for double precision");
    }

private:
    [[nodiscard]] double error_scale(std::span<double const> u) const {
        return given_.options.atol + given_.options.rtol * root_mean_square(u);
    }
    [[nodiscard]] double content(std::span<double const> u) const {
        return given_.problem.domain.cell_measure() * dot(system_.mass(), u);
    }
    void tell_content(std::span<double const> u, double supplied) {
        heat_content_.last = content(u);
        heat_content_.supplied = supplied * given_.problem.domain.cell_measure();
        note_drift(heat_content_, heat_content_.last - heat_content_.first - heat_content_.supplied);
    }

    profile::timer began_;
    heat_to_solve<D> const& given_;
    ode::time_span span_;
    heat_system<D> system_;
    shifted_solver<D> solver_;
    heat_stepper<D> stepper_;
    conserved_quantity heat_content_{.name = "heat content"};
    double setup_s_ = 0.0, scale_ = 0.0;
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
