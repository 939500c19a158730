// SPDX-License-Identifier: MIT
#include "pde/evolving.hpp"
#include "pde/heat_solving.hpp"

#include <poise/linear/operator_cache.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

namespace poise::pde::detail {
namespace {

using linear::spectral_transform;

// c du/dt = -rate u + b for each mode: u(t) = e^{-rate τ} u(0) + (1 - e^{-rate τ}) / rate b, τ = t / c.
template <std::size_t D>
class modes_in_time {
public:
    modes_in_time(spectral_transform<D> const& modes, heat_constants<D> const& constants)
        : modes_{modes}, constants_{constants} {
        for (std::size_t d = 0; d < D; ++d) decays_[d].resize(modes.eigenvalues(d).size());
    }

    /// coefficients = those of u at τ. source: of M⁻¹ b, or empty where that is 0.
    void evaluate(double tau, std::span<double const> initial, std::span<double const> source,
                  std::span<double> coefficients) {
        for (std::size_t d = 0; d < D; ++d) {
            auto const lambda = modes_.eigenvalues(d);
            for (std::size_t k = 0; k < lambda.size(); ++k)
                decays_[d][k] = std::exp(-(constants_.kappa[d] * lambda[k] + (d == 0 ? constants_.sigma : 0.0)) * tau);
        }
        modes_.for_each_run([&](auto const& run) {
            double others = 1.0, rate = constants_.sigma;
            for (std::size_t d = 1; d < D; ++d) {
                others *= decays_[d][run.mode[d]];
                rate += constants_.kappa[d] * modes_.eigenvalues(d)[run.mode[d]];
            }
            double const* const along_x = decays_[0].data() + run.mode[0];
            for (std::size_t i = 0; i < run.n; ++i)
                coefficients[run.place + i] = flushed(others * along_x[i]) * initial[run.place + i];
            if (source.empty()) return;
            double const* const lambda = modes_.eigenvalues(0).data() + run.mode[0];
            for (std::size_t i = 0; i < run.n; ++i)
                coefficients[run.place + i] +=
                    growth(rate + constants_.kappa[0] * lambda[i], tau, flushed(others * along_x[i])) *
                    source[run.place + i];
        });
    }

private:
    // Below this, coefficients would be numbers that processors are slow with.
    static double flushed(double decay) { return decay < 1e-280 ? 0.0 : decay; }
    // (1 - e^{-rate τ}) / rate, without cancellation.
    static double growth(double rate, double tau, double decay) {
        double const x = rate * tau;
        if (std::abs(x) > 0.5) return (1.0 - decay) / rate;
        return x == 0.0 ? tau : tau * (-std::expm1(-x) / x);
    }

    spectral_transform<D> const& modes_;
    heat_constants<D> const& constants_;
    std::array<std::vector<double>, D> decays_;
};

template <std::size_t D>
class exact_heat {
public:
    explicit exact_heat(heat_to_solve<D> const& given)
        : given_{given},
          problem_{given.problem},
          constants_{*given.constants},
          discrete_{problem_.domain, given.boundary, constants_.kappa} {}

    evolution<D> solve() {
        profile::scope const timing{"pde::solve"};
        profile::timer const taken;
        auto& cache = given_.options.cache != nullptr ? *given_.options.cache : linear::default_operator_cache();
        auto const [plan, reused, build_s] = cache.get_spectral(problem_.domain, given_.boundary.kinds());
        evolution<D> result;
        auto& report = result.report;
        report.setup_s = reused ? 0.0 : build_s;
        report.method = "exact in time";
        report.n_unknowns = plan->n_unknowns();
        report.t_end = problem_.t.end;
        prepare(*plan, report);
        follow(*plan, result);
        report.solve_s = taken.seconds();
        return result;
    }

private:
    // The initial values and, where there are any, source and data, as coefficients.
    void prepare(spectral_transform<D> const& plan, evolution_report& report) {
        profile::timer const taken;
        std::size_t const n = plan.n_unknowns();
        auto const values = finite_values(problem_.domain, problem_.initial, "the initial value");
        u_.resize(n);
        discrete_.from_points(values, u_);
        std::vector<double> right(n);
        auto const& source = *problem_.source.constant();
        bool const has_no_source = source.constant() != nullptr && *source.constant() == 0.0;
        if (!has_no_source) {
            auto const f = finite_values(problem_.domain, source, "the source");
            discrete_.right_hand_side(f, right);
        } else {
            discrete_.add_side_data(right);
        }
        report.data_s = taken.seconds();
        total_source_ = sum(right);
        if (norm_max(right) > 0.0) {
            source_.resize(plan.n_coefficients());
            plan.forward(right, source_);
            ++report.n_solves;
        }
        initial_.resize(plan.n_coefficients());
        coefficients_.resize(plan.n_coefficients());
        shares_ = discrete_.shares();
        for (std::size_t i = 0; i < n; ++i) right[i] = shares_[i] * u_[i];
        plan.forward(right, initial_);
        ++report.n_solves;
    }

    void follow(spectral_transform<D> const& plan, evolution<D>& result) {
        auto& report = result.report;
        saved_states<D> saved{problem_.t, given_.options, result};
        modes_in_time<D> modes{plan, constants_};
        grid::field<D> u{problem_.domain};
        double t = problem_.t.begin;
        discrete_.to_field(u_, u);
        heat_content_.first = content();
        report.reason = ode::stop_reason::reached_end;
        if (saved.due(t) != nullptr) saved.keep(t, u);
        bool goes_on = true;
        while (goes_on && t != problem_.t.end) {
            double const* const due = saved.due(problem_.t.end);
            double const before = std::exchange(t, due != nullptr ? *due : problem_.t.end);
            modes.evaluate((t - problem_.t.begin) / constants_.capacity, initial_, source_, coefficients_);
            plan.backward(coefficients_, u_);
            ++report.n_solves;
            if (auto const bad = first_not_finite(u_)) {
                report.reason = ode::stop_reason::not_finite;
                report.remedy = "the initial values, the source or a negative sigma let u overflow";
                t = before;
                break;
            }
            discrete_.to_field(u_, u);
            saved.keep(t, u);
            tell_content(t);
            if (given_.options.on_step && !given_.options.on_step(t, u)) {
                goes_on = false;
                report.reason = ode::stop_reason::stopped;
            }
        }
        if (result.t.empty() || result.t.back() != t) saved.keep_last(t, u);
        report.t = t;
        report.conserved.push_back(heat_content_);
    }

    [[nodiscard]] double content() const {
        return constants_.capacity * problem_.domain.cell_measure() * dot(shares_, u_);
    }
    void tell_content(double t) {
        heat_content_.last = content();
        if (!is_closed()) return;
        heat_content_.supplied = (t - problem_.t.begin) * total_source_ * problem_.domain.cell_measure();
        note_drift(heat_content_, heat_content_.last - heat_content_.first - heat_content_.supplied);
    }
    // Whether what is supplied does not depend on u.
    [[nodiscard]] bool is_closed() const {
        auto const kinds = given_.boundary.kinds();
        return constants_.sigma == 0.0 && std::ranges::count(kinds, grid::condition_kind::dirichlet) == 0;
    }

    heat_to_solve<D> const& given_;
    heat<D> const& problem_;
    heat_constants<D> const& constants_;
    discrete_problem<D> discrete_;
    std::vector<double> u_, shares_, initial_, source_, coefficients_;
    double total_source_ = 0.0;
    conserved_quantity heat_content_{.name = "heat content"};
};

}  // namespace

template <std::size_t D>
evolution<D> solve_heat_exactly(heat_to_solve<D> const& given) {
    return exact_heat<D>{given}.solve();
}

template evolution<1> solve_heat_exactly(heat_to_solve<1> const&);
template evolution<2> solve_heat_exactly(heat_to_solve<2> const&);
template evolution<3> solve_heat_exactly(heat_to_solve<3> const&);

}  // namespace poise::pde::detail
