// SPDX-License-Identifier: MIT
#include "pde/evolving.hpp"
#include "pde/leapfrog/leapfrog.hpp"
#include "pde/solving.hpp"
#include "pde/wave_forcing.hpp"
#include "pde/wave_modes.hpp"
#include "pde/wave_solving.hpp"

#include <poise/linear/operator_cache.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace poise::pde::detail {
namespace {

using linear::spectral_transform;

// Coefficients of the modes at the beginning, and of source / speed² with the sides' data; empty where all are 0.
struct wave_coefficients {
    wave_values initial, velocity, source;
};

// turn_modes() for any angle.
void turn_far(double const* omega, double t, double const* u0, double const* v0, double* u, double* v, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
        double const cosine = std::cos(omega[i] * t), sine = std::sin(omega[i] * t);
        u[i] = cosine * u0[i] + (omega[i] == 0.0 ? t : sine / omega[i]) * v0[i];
        v[i] = cosine * v0[i] - omega[i] * sine * u0[i];
    }
}

// What a constant force s makes of a mode in time t: (1 − cos ωt)/ω² s, and its change.
void add_forced(double omega, double t, double force, double& u, double& velocity) {
    double const half = 0.5 * omega * t, part = omega == 0.0 ? t : std::sin(half) / (0.5 * omega);
    u += 0.5 * part * part * force;
    velocity += part * std::cos(half) * force;
}

// u'' = −ω²u + c²s for each mode, ω² = c²λ.
template <std::size_t D>
void evaluate_modes(spectral_transform<D> const& plan, double speed, double t, wave_coefficients const& at,
                    std::span<double> u, std::span<double> velocity) {
    std::array<double, 64> omegas;  // as many as a run has, or parts of it
    std::array<double, omegas.size()> const zeros{};
    plan.for_each_run([&](auto const& run) {
        double others = 0.0;
        for (std::size_t d = 1; d < D; ++d) others += plan.eigenvalues(d)[run.mode[d]];
        for (std::size_t from = 0; from < run.n; from += omegas.size()) {
            std::size_t const n = std::min(omegas.size(), run.n - from), k = run.place + from;
            double const* const of_velocity = at.velocity.empty() ? zeros.data() : &at.velocity[k];
            double const* const lambda = plan.eigenvalues(0).data() + run.mode[0] + from;
            double largest = 0.0;
            for (std::size_t i = 0; i < n; ++i) {
                omegas[i] = speed * std::sqrt(others + lambda[i]);
                largest = std::max(largest, omegas[i]);
            }
            if (largest * std::abs(t) <= most_turned)
                turn_modes(omegas.data(), t, &at.initial[k], of_velocity, &u[k], &velocity[k],
                           static_cast<std::ptrdiff_t>(n));
            else
                turn_far(omegas.data(), t, &at.initial[k], of_velocity, &u[k], &velocity[k], n);
            for (std::size_t i = 0; i < n && !at.source.empty(); ++i)
                add_forced(omegas[i], t, speed * speed * at.source[k + i], u[k + i], velocity[k + i]);
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
        u_lines_ = step_->make_state();
        velocity_lines_ = step_->make_state();
        u_.resize(b.size());
        velocity_.resize(b.size());
        auto const transformed = [&](std::span<double const> right) {
            wave_values coefficients(plan.n_coefficients());
            plan.forward(right, coefficients);
            ++result_.report.n_solves;
            return coefficients;
        };
        auto const of_state = [&](std::span<double const> values) {
            discrete_.times_shares(values, u_);
            return transformed(u_);
        };
        if (is_forced) at_beginning_.source = transformed(b);
        at_beginning_.initial = of_state(given_.initial);
        if (norm_max(given_.initial_velocity) > 0.0) at_beginning_.velocity = of_state(given_.initial_velocity);
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
            note_drift(conserved, conserved.last - first_energy);
            if (t != problem_.t.begin && given_.options.on_step && !given_.options.on_step(t, result_.u.back())) {
                report.reason = ode::stop_reason::stopped;
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

    [[nodiscard]] double energy() {
        auto const& layout = step_->layout();
        auto const nx = static_cast<std::size_t>(layout.n[0]);
        for (std::ptrdiff_t k = 0; k < layout.n[2]; ++k)
            for (std::ptrdiff_t j = 0; j < layout.n[1]; ++j) {
                std::ptrdiff_t const from = layout.number(j, k) * layout.n[0], to = layout.offset(j, k);
                std::copy_n(u_.begin() + from, nx, u_lines_.begin() + to);
                std::copy_n(velocity_.begin() + from, nx, velocity_lines_.begin() + to);
            }
        return step_->energy_at(u_lines_.data(), velocity_lines_.data());
    }

    wave_to_solve<D> const& given_;
    wave<D> const& problem_;
    discrete_problem<D> discrete_;
    wave_medium<D> medium_;
    std::optional<leapfrog<D>> step_;  ///< for energies
    grid::boundary<D> walls_ = boundary_at_rest(given_.boundary);
    discrete_problem<D> at_rest_{problem_.domain, walls_, grid::uniform_point<D>(1.0)};
    wave_coefficients at_beginning_;
    wave_values u_lines_, velocity_lines_;
    wave_values u_, velocity_, coefficients_, velocity_coefficients_;
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
