// SPDX-License-Identifier: MIT
#include "pde/evolving.hpp"
#include "pde/leapfrog/leapfrog.hpp"
#include "pde/solving.hpp"
#include "pde/wave_forcing.hpp"
#include "pde/wave_solving.hpp"

#include <poise/linear/operator_cache.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace poise::pde::detail {
namespace {

using linear::spectral_transform;

// Coefficients of the modes at the beginning, and of source / speed² with the sides' data; empty where those are 0.
struct wave_coefficients {
    std::vector<double> initial, velocity, source;
};

// u'' = −ω²u + c²s for each mode, ω² = c²λ: u = cos(ωt) u₀ + sin(ωt)/ω v₀ + (1 − cos ωt)/ω² c²s.
template <std::size_t D>
void evaluate_modes(spectral_transform<D> const& plan, double speed, double t, wave_coefficients const& at,
                    std::span<double> u, std::span<double> velocity) {
    plan.for_each_run([&](auto const& run) {
        double others = 0.0;
        for (std::size_t d = 1; d < D; ++d) others += plan.eigenvalues(d)[run.mode[d]];
        double const* const lambda = plan.eigenvalues(0).data() + run.mode[0];
        for (std::size_t i = 0; i < run.n; ++i) {
            std::size_t const k = run.place + i;
            double const omega = speed * std::sqrt(others + lambda[i]);
            double const cosine = std::cos(omega * t), sine = std::sin(omega * t);
            double const drifted = omega == 0.0 ? t : sine / omega;
            u[k] = cosine * at.initial[k] + drifted * at.velocity[k];
            velocity[k] = cosine * at.velocity[k] - omega * sine * at.initial[k];
            if (at.source.empty()) continue;
            double const half = 0.5 * omega * t, part = omega == 0.0 ? t : std::sin(half) / (0.5 * omega);
            double const force = speed * speed * at.source[k];
            u[k] += 0.5 * part * part * force;
            velocity[k] += drifted * force;
        }
    });
}

// The same kinds without data: what ∂u/∂t has on the sides.
template <std::size_t D>
grid::boundary<D> boundary_at_rest(grid::boundary<D> const& given) {
    grid::boundary<D> result = given;
    for (std::size_t side = 0; side < 2 * D; ++side) {
        auto const where = static_cast<grid::side>(side);
        if (given.at(where).kind == grid::condition_kind::dirichlet) result.on(where, grid::dirichlet{0.0});
    }
    return result;
}

template <std::size_t D>
class exact_wave {
public:
    explicit exact_wave(wave_to_solve<D> const& given)
        : given_{given},
          problem_{given.problem},
          discrete_{problem_.domain, given.boundary, grid::uniform_point<D>(1.0)},
          medium_{problem_.domain, given.boundary, given.absorbing, given.speed, given.damping} {}

    wave_evolution<D> solve() {
        profile::scope const timing{"pde::solve"};
        profile::timer const taken;
        auto& cache = given_.options.cache != nullptr ? *given_.options.cache : linear::default_operator_cache();
        auto const [plan, reused, build_s] = cache.get_spectral(problem_.domain, given_.boundary.kinds());
        auto& report = result_.report;
        report.setup_s = reused ? 0.0 : build_s;
        report.method = "exact in time";
        report.n_unknowns = plan->n_unknowns();
        report.t_end = problem_.t.end;
        result_.stable_step = std::numeric_limits<double>::infinity();
        prepare(*plan);
        follow(*plan);
        report.solve_s = taken.seconds();
        return std::move(result_);
    }

private:
    void prepare(spectral_transform<D> const& plan) {
        profile::timer const taken;
        wave_forcing<D> from_outside{given_};
        auto const b = from_outside.evaluate(problem_.t.begin);
        bool const is_forced = norm_max(b) > 0.0;
        step_.emplace(medium_, 1.0, time_order::second, is_forced ? forcing::constant : forcing::none, b);
        result_.report.data_s = taken.seconds();
        u_.resize(b.size());
        velocity_.resize(b.size());
        auto const transformed = [&](std::span<double const> right) {
            std::vector<double> coefficients(plan.n_coefficients());
            plan.forward(right, coefficients);
            ++result_.report.n_solves;
            return coefficients;
        };
        if (is_forced) at_beginning_.source = transformed(b);
        at_beginning_.initial = transformed(discrete_.times_shares(given_.initial));
        at_beginning_.velocity = transformed(discrete_.times_shares(given_.initial_velocity));
        coefficients_.resize(plan.n_coefficients());
        velocity_coefficients_.resize(plan.n_coefficients());
    }

    void follow(spectral_transform<D> const& plan) {
        auto& report = result_.report;
        report.reason = ode::stop_reason::reached_end;
        discrete_.from_points(given_.initial, u_);
        discrete_.from_points(given_.initial_velocity, velocity_);
        double const first_energy = energy();
        conserved_quantity conserved{.name = "energy", .first = first_energy, .last = first_energy};
        auto times = given_.options.save_at;
        if (times.empty() || times.back() != problem_.t.end) times.push_back(problem_.t.end);
        for (double const t : times) {
            if (t != problem_.t.begin) go_to(t, plan);
            save(t);
            if (first_not_finite(u_)) {
                report.reason = ode::stop_reason::not_finite;
                report.remedy = "the initial values, the source or the boundary data let u overflow";
                break;
            }
            conserved.last = result_.energy.back();
            double const drift = conserved.last - first_energy;
            if (!(std::abs(drift) <= std::abs(conserved.largest_drift))) conserved.largest_drift = drift;
            if (t != problem_.t.begin && given_.options.on_step && !given_.options.on_step(t, result_.u.back())) {
                if (t != problem_.t.end) report.reason = ode::stop_reason::stopped;
                break;
            }
        }
        report.t = result_.t.back();
        report.conserved.push_back(std::move(conserved));
    }

    void go_to(double t, spectral_transform<D> const& plan) {
        evaluate_modes(plan, given_.speed[0], t - problem_.t.begin, at_beginning_, std::span{coefficients_},
                       std::span{velocity_coefficients_});
        plan.backward(coefficients_, u_);
        plan.backward(velocity_coefficients_, velocity_);
        result_.report.n_solves += 2;
    }

    void save(double t) {
        result_.t.push_back(t);
        discrete_.to_field(u_, result_.u.emplace_back(problem_.domain));
        auto& velocity = result_.velocity.emplace_back(problem_.domain);
        at_rest_.to_field(velocity_, velocity);
        result_.energy.push_back(energy());
    }

    [[nodiscard]] double energy() const {
        auto u = step_->make_state(), v = step_->make_state();
        auto const& layout = step_->layout();
        auto const nx = static_cast<std::size_t>(layout.n[0]);
        for (std::ptrdiff_t k = 0; k < layout.n[2]; ++k)
            for (std::ptrdiff_t j = 0; j < layout.n[1]; ++j) {
                std::ptrdiff_t const from = layout.number(j, k) * layout.n[0], to = layout.offset(j, k);
                std::copy_n(u_.begin() + from, nx, u.begin() + to);
                std::copy_n(velocity_.begin() + from, nx, v.begin() + to);
            }
        return step_->energy_at(u.data(), v.data());
    }

    wave_to_solve<D> const& given_;
    wave<D> const& problem_;
    discrete_problem<D> discrete_;
    wave_medium<D> medium_;
    std::optional<leapfrog<D>> step_;  ///< for energies
    grid::boundary<D> walls_ = boundary_at_rest(given_.boundary);
    discrete_problem<D> at_rest_{problem_.domain, walls_, grid::uniform_point<D>(1.0)};
    wave_coefficients at_beginning_;
    std::vector<double> u_, velocity_, coefficients_, velocity_coefficients_;
    wave_evolution<D> result_;
};

}  // namespace

template <std::size_t D>
wave_evolution<D> solve_wave_exactly(wave_to_solve<D> const& given) {
    return exact_wave<D>{given}.solve();
}

template wave_evolution<1> solve_wave_exactly(wave_to_solve<1> const&);
template wave_evolution<2> solve_wave_exactly(wave_to_solve<2> const&);
template wave_evolution<3> solve_wave_exactly(wave_to_solve<3> const&);

}  // namespace poise::pde::detail
