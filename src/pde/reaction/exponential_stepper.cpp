// SPDX-License-Identifier: MIT
#include "pde/reaction/exponential_stepper.hpp"

#include "core/multiversion.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/reductions.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace poise::pde::detail {
namespace {

POISE_MULTIVERSION void sum_of_two(double* out, double const* a, double const* u, double const* b, double const* v,
                                   std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) out[i] = a[i] * u[i] + b[i] * v[i];
}
POISE_MULTIVERSION void sum_of_three(double* out, double const* a, double const* u, double const* b, double const* v,
                                     double const* c, double const* w, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) out[i] = a[i] * u[i] + (b[i] * v[i] + c[i] * w[i]);
}
POISE_MULTIVERSION void whole_step(double* out, exponential_weights const& by, double const* u, double const* n1,
                                   double const* n2, double const* n3, double const* n4, std::size_t n) {
    double const *const whole = by.whole.data(), *const b1 = by.b1.data(), *const b2 = by.b2.data();
    double const* const b4 = by.b4.data();
    for (std::size_t i = 0; i < n; ++i)
        out[i] = whole[i] * u[i] + (b1[i] * n1[i] + (b2[i] * (n2[i] + n3[i]) + b4[i] * n4[i]));
}
POISE_MULTIVERSION void weighted_difference(double* out, double const* a, double const* u, double const* v,
                                            std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) out[i] = a[i] * (u[i] - v[i]);
}

// out = |out| + |a Σ weight n|, the two in the middle of the step by their mean.
POISE_MULTIVERSION void add_magnitude(double* out, double const* a, std::array<double, 4> const& weights,
                                      std::array<double const*, 5> const& n, std::size_t size) {
    double const before = weights[0], begin = weights[1], middle = 0.5 * weights[2], end = weights[3];
    double const *const n0 = n[0], *const n1 = n[1], *const n2 = n[2], *const n3 = n[3], *const n4 = n[4];
    for (std::size_t i = 0; i < size; ++i)
        out[i] = std::abs(out[i]) +
                 std::abs(a[i] * ((before * n0[i] + begin * n1[i]) + (middle * (n2[i] + n3[i]) + end * n4[i])));
}

}  // namespace

template <std::size_t D>
exponential_stepper<D>::exponential_stepper(species_system<D>& system, species_problem<D> const& problem,
                                            species_options<D> const& options, species_values u)
    : system_{system},
      options_{options},
      span_{problem.t.end - problem.t.begin},
      t_{problem.t.begin},
      u_{std::move(u)},
      u_after_{u_},
      stage_{u_},
      size_(system.n_species()),
      size_after_(system.n_species()) {
    auto& cache = options.cache != nullptr ? *options.cache : linear::default_operator_cache();
    for (std::size_t s = 0; s < system.n_species(); ++s) {
        modes_.push_back(cache.get_spectral(problem.domain, system.species(s).kinds).plan);
        std::size_t like = 0;
        while (like < s && !(modes_[like] == modes_[s] && problem.diffusivity[like] == problem.diffusivity[s])) ++like;
        weights_of_.push_back(like == s ? weights_.size() : weights_of_[like]);
        if (like == s) weights_.emplace_back(modes_[s]->n_coefficients());
        size_[s] = dot(u_[s], u_[s]);
    }
    for (auto* each :
         {&coefficients_, &coefficients_after_, &work_, &n_[0], &n_[1], &n_[2], &n_[3], &n_[4], &n_before_}) {
        each->resize(system.n_species());
        for (std::size_t s = 0; s < system.n_species(); ++s) (*each)[s].resize(modes_[s]->n_coefficients());
    }
    for (std::size_t s = 0; s < system.n_species(); ++s) {
        for (std::size_t i = 0; i < u_[s].size(); ++i) stage_[s][i] = system.shares()[i] * u_[s][i];
        modes_[s]->forward(stage_[s], coefficients_[s]);
    }
    restart();
}

template <std::size_t D>
void exponential_stepper<D>::restart() {
    if (system_.has_constant_data()) system_.evaluate_data(t_);
    h_before_ = 0.0;
    evaluate(t_, u_, n_[0]);
}

// N, by its coefficients.
template <std::size_t D>
void exponential_stepper<D>::evaluate(double t, species_values const& u, species_values& n) {
    auto const& layout = system_.layout();
    std::size_t const S = system_.n_species(), nx = static_cast<std::size_t>(layout.n[0]);
    if (!system_.has_constant_data()) system_.evaluate_data(t);
    ++n_evaluations_;
    system_.for_each_line([&](std::ptrdiff_t j, std::ptrdiff_t k) {
        auto const at = static_cast<std::size_t>(layout.number(j, k)) * nx;
        std::array<double const*, most_species> here;
        std::array<double*, most_species> rate;
        for (std::size_t s = 0; s < S; ++s) here[s] = u[s].data() + at, rate[s] = stage_[s].data() + at;
        system_.react(t, j, k, 0, nx, here.data(), rate.data());
        double const* const shares = system_.shares().data() + at;
        for (std::size_t s = 0; s < S; ++s) {
            if (!system_.has_unit_shares())
                for (std::size_t i = 0; i < nx; ++i) rate[s][i] *= shares[i];
            if (!system_.species(s).has_data) continue;
            double const* const b = system_.species(s).b.data() + at;
            for (std::size_t i = 0; i < nx; ++i) rate[s][i] += b[i];
        }
    });
    for (std::size_t s = 0; s < S; ++s) {
        if (first_not_finite(stage_[s])) {
            std::ranges::fill(n[s], std::numeric_limits<double>::quiet_NaN());
            continue;
        }
        modes_[s]->forward(stage_[s], n[s]);
        ++n_transforms_;
    }
}

// From the coefficients in work_.
template <std::size_t D>
void exponential_stepper<D>::to_space(std::size_t s, species_values& u) {
    modes_[s]->backward(work_[s], u[s]);
    ++n_transforms_;
}

template <std::size_t D>
double exponential_stepper<D>::first_step() const {
    double h = span_;
    auto const n = std::sqrt(static_cast<double>(std::max<std::size_t>(system_.n_unknowns(), 1)));
    // Of the reaction alone, which stage_ has since the beginning: what diffusion does is exact.
    for (std::size_t s = 0; s < system_.n_species(); ++s)
        h = std::min(h, first_step_of(span_, std::sqrt(size_[s]) / n, norm2(stage_[s]) / n,
                                      system_.error_scale(options_, size_[s]), order_of_error));
    return h;
}

template <std::size_t D>
void exponential_stepper<D>::set_step(double h) {
    h_ = h;
    if (h == prepared_h_) return;
    profile::scope const timing{"weights"};
    for (std::size_t s = 0, next = 0; s < system_.n_species(); ++s)
        if (weights_of_[s] == next) weights_[next++].set(*modes_[s], system_.species(s).diffusivity, h);
    prepared_h_ = h;
}

template <std::size_t D>
step_outcome exponential_stepper<D>::attempt(double h, double t_after, double latest) {
    profile::scope const timing{"step"};
    set_step(h);
    double const middle = std::min(t_ + 0.5 * h, latest), end = std::min(t_after, latest);
    auto const for_each_species = [&](auto const& combine) {
        for (std::size_t s = 0; s < system_.n_species(); ++s) combine(s, weights(s), work_[s].data(), work_[s].size());
    };
    auto const stage = [&](double t, std::size_t number) {
        for (std::size_t s = 0; s < system_.n_species(); ++s) to_space(s, u_after_);
        evaluate(t, u_after_, n_[number]);
    };
    for_each_species([&](std::size_t s, auto const& by, double* out, std::size_t n) {
        sum_of_two(out, by.half.data(), coefficients_[s].data(), by.a21.data(), n_[0][s].data(), n);
    });
    stage(middle, 1);
    for_each_species([&](std::size_t s, auto const& by, double* out, std::size_t n) {
        sum_of_three(out, by.half.data(), coefficients_[s].data(), by.a31.data(), n_[0][s].data(), by.a32.data(),
                     n_[1][s].data(), n);
    });
    stage(middle, 2);
    for_each_species([&](std::size_t s, auto const& by, double* out, std::size_t n) {
        sum_of_three(out, by.whole.data(), coefficients_[s].data(), by.a41.data(), n_[0][s].data(), by.a43.data(),
                     n_[2][s].data(), n);
    });
    stage(end, 3);
    for_each_species([&](std::size_t s, auto const& by, double* out, std::size_t n) {
        double* const after = coefficients_after_[s].data();
        whole_step(after, by, coefficients_[s].data(), n_[0][s].data(), n_[1][s].data(), n_[2][s].data(),
                   n_[3][s].data(), n);
        std::copy_n(after, n, out);
    });
    stage(end, 4);
    for (std::size_t s = 0; s < system_.n_species(); ++s) size_after_[s] = dot(u_after_[s], u_after_[s]);
    for_each_species([&](std::size_t s, auto const& by, double* out, std::size_t n) {
        weighted_difference(out, by.b4.data(), n_[3][s].data(), n_[4][s].data(), n);
        if (system_.changes_by_itself()) add_what_time_does(s, out);
    });
    estimate_error();
    return std::isfinite(error_) ? step_outcome::done : step_outcome::not_finite;
}

// b₄ 3/16 h³ times N's third difference: h/32 of it is the integral of |s (s − h/2)(s − h)| over the step. Where there
// is no step before, the bend of the parabola instead.
template <std::size_t D>
void exponential_stepper<D>::add_what_time_does(std::size_t s, double* error) const {
    std::array<double, 4> weights{0.0, 1.0, -2.0, 1.0};
    if (h_before_ > 0.0) {
        double const q = h_before_ / h_, part = 3.0 / 16.0;
        weights = {-part / (q * (q + 0.5) * (q + 1.0)), part * 2.0 / q, -part * 4.0 / (q + 0.5),
                   part * 2.0 / (q + 1.0)};
    }
    add_magnitude(error, exponential_stepper::weights(s).b4.data(), weights,
                  {n_before_[s].data(), n_[0][s].data(), n_[1][s].data(), n_[2][s].data(), n_[4][s].data()},
                  work_[s].size());
}

template <std::size_t D>
void exponential_stepper<D>::estimate_error() {
    errors_ = {};
    for (std::size_t s = 0; s < system_.n_species(); ++s) {
        to_space(s, stage_);
        errors_.add(s, dot(stage_[s], stage_[s]), system_.error_scale(options_, std::max(size_[s], size_after_[s])),
                    size_after_[s], [&] { return norm_max(u_after_[s]); });
    }
    error_ = errors_.root(system_.n_species() * system_.n_unknowns());
}

template <std::size_t D>
void exponential_stepper<D>::accept(double t_after) {
    std::swap(u_, u_after_);
    std::swap(coefficients_, coefficients_after_);
    std::swap(n_[0], n_before_);
    std::swap(n_[0], n_[4]);
    std::swap(size_, size_after_);
    h_before_ = h_;
    t_ = t_after;
}

template <std::size_t D>
void exponential_stepper<D>::put_between(double theta, double at, species_fields<D>& fields) {
    double const tau = theta * h_;
    for (std::size_t s = 0; s < system_.n_species(); ++s) {
        double const *const begin = n_[0][s].data(), *const second = n_[1][s].data(), *const third = n_[2][s].data();
        double const *const end = n_[4][s].data(), *const u = coefficients_[s].data();
        for_each_mode(*modes_[s], [&](std::size_t i, double lambda) {
            phi_functions const phi{-tau * system_.species(s).diffusivity * lambda};
            double const middle = 0.5 * (second[i] + third[i]);
            double const bend = theta * (4.0 * middle - 3.0 * begin[i] - end[i]);
            double const bend_more = theta * theta * (2.0 * begin[i] - 4.0 * middle + 2.0 * end[i]);
            work_[s][i] = phi[0] * u[i] + tau * (phi[1] * begin[i] + phi[2] * bend + 2.0 * phi[3] * bend_more);
        });
        to_space(s, stage_);
    }
    system_.to_fields(at, stage_, fields);
}

template <std::size_t D>
std::string exponential_stepper<D>::remedy(step_outcome outcome) const {
    return errors_.remedy(outcome);
}

template class exponential_stepper<1>;
template class exponential_stepper<2>;
template class exponential_stepper<3>;

}  // namespace poise::pde::detail
