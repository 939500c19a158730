// SPDX-License-Identifier: MIT
#include "pde/heat_stepper.hpp"

#include "core/multiversion.hpp"

#include <poise/core/reductions.hpp>
#include <poise/ode/detail/linear_combinations.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace poise::pde::detail {
namespace {

using ode::detail::add_weighted;
using ode::detail::sum_weighted;
using ode::detail::weighted;

constexpr auto const& method = esdirk4::tableau;
constexpr std::size_t n_stages = method.n_stages;
constexpr auto data_weights = data_of_stages();
constexpr auto guess_weights = method.guesses();

// Of the error that a step may have, what a linear solve may leave of a stage.
constexpr double part_of_solves = 0.1;

// Numbers of a vector that stay in the first cache while several vectors are combined.
constexpr std::size_t block_length = 1024;

// right += rate mass base; whether that is finite.
POISE_MULTIVERSION bool add_products(double rate, double const* mass, double const* base, double* right,
                                     std::size_t n) {
    std::uint64_t n_finite = 0;
    for (std::size_t i = 0; i < n; ++i) {
        right[i] += rate * mass[i] * base[i];
        n_finite += std::abs(right[i]) <= std::numeric_limits<double>::max() ? 1 : 0;
    }
    return n_finite == n;
}

POISE_MULTIVERSION void divide(double const* mass, double* slope, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) slope[i] /= mass[i];
}

}  // namespace

template <std::size_t D>
heat_stepper<D>::heat_stepper(heat_system<D>& system, shifted_solver<D>& solver, double t)
    : system_{system}, solver_{solver}, t_{t}, u_{system.initial()} {
    std::size_t const n = system.n_unknowns();
    for (auto* vector : {&stage_, &base_, &right_}) vector->resize(n);
    for (auto& slope : slopes_) slope.resize(n);
    for (std::size_t k = 0; k < (system.has_constant_data() ? 1 : n_stages); ++k) data_[k].resize(n);
    mean_mass_ = n > 0 ? sum(system.mass()) / static_cast<double>(n) : 1.0;
    restart();
}

template <std::size_t D>
void heat_stepper<D>::restart() {
    evaluate_data(0, t_);
    first_slope();
}

template <std::size_t D>
void heat_stepper<D>::evaluate_data(std::size_t stage, double t) {
    profile::timer const taken;
    system_.data(t, data_[stage]);
    total_data_[stage] = sum(data_[stage]);
    data_s_ += taken.seconds();
}

template <std::size_t D>
void heat_stepper<D>::first_slope() {
    system_.A()(u_, right_);
    std::array const terms{weighted{1.0, data_[0].data()}, weighted{-1.0, right_.data()}};
    sum_weighted(1.0, terms, slopes_[0].data(), u_.size());
    divide(system_.mass().data(), slopes_[0].data(), u_.size());
    supplies_[0] = supply_of(0, u_);
}

template <std::size_t D>
double heat_stepper<D>::supply_of(std::size_t stage, std::span<double const> u) const {
    double data = total_data_[0];
    if (!system_.has_constant_data()) {
        data = 0.0;
        for (std::size_t k = 0; k < n_stages; ++k) data += data_weights[stage][k] * total_data_[k];
    }
    for (auto const& [unknown, per_degree] : system_.losses()) data -= per_degree * u[unknown];
    return data;
}

// base = u + h Σ a k of the stages before, right = C base / (γ h) + b, and a guess of the stage where one is of use.
// Whether right is finite.
template <std::size_t D>
bool heat_stepper<D>::right_hand_side_of(std::size_t stage) {
    std::size_t const n_data = system_.has_constant_data() ? 1 : n_stages;
    bool is_finite = true;
    for (std::size_t first = 0; first < u_.size(); first += block_length) {
        std::size_t const n = std::min(block_length, u_.size() - first);
        std::array<weighted, n_stages> terms;
        for (std::size_t j = 0; j < stage; ++j) terms[j] = {method.a[stage][j], slopes_[j].data() + first};
        add_weighted(u_.data() + first, h_, std::span{terms}.first(stage), base_.data() + first, n);
        if (solver_.needs_guess()) {
            for (std::size_t j = 0; j < stage; ++j) terms[j].weight = guess_weights[stage][j];
            add_weighted(u_.data() + first, h_, std::span{terms}.first(stage), stage_.data() + first, n);
        }
        for (std::size_t k = 0; k < n_data; ++k)
            terms[k] = {n_data == 1 ? 1.0 : data_weights[stage][k], data_[k].data() + first};
        sum_weighted(1.0, std::span{terms}.first(n_data), right_.data() + first, n);
        is_finite &= add_products(rate_, system_.mass().data() + first, base_.data() + first, right_.data() + first, n);
    }
    return is_finite;
}

template <std::size_t D>
step_outcome heat_stepper<D>::attempt(double h, double error_scale, double latest) {
    profile::scope const timing{"step"};
    h_ = h;
    rate_ = 1.0 / (method.gamma * h);
    solver_.set_rate(rate_);
    for (std::size_t k = 1; k < n_stages && !system_.has_constant_data(); ++k)
        evaluate_data(k, std::min(t_ + method.c[k] * h, latest));
    double const tolerance =
        part_of_solves * error_scale * rate_ * mean_mass_ * std::sqrt(static_cast<double>(u_.size()));
    for (std::size_t i = 1; i < n_stages; ++i) {
        if (!right_hand_side_of(i)) return step_outcome::not_finite;
        auto const solved = solver_.solve(right_, stage_, tolerance);
        counts_.n_solves += 1;
        counts_.n_iterations += solved.n_iterations;
        if (!solved.is_solved) return step_outcome::not_solved;
        std::array const terms{weighted{1.0, stage_.data()}, weighted{-1.0, base_.data()}};
        sum_weighted(rate_, terms, slopes_[i].data(), u_.size());
        supplies_[i] = supply_of(i, stage_);
    }
    supplied_after_ = supplied_;
    for (std::size_t j = 0; j < n_stages; ++j) supplied_after_ += h * method.b[j] * supplies_[j];
    estimate_error();
    return std::isfinite(error_) ? step_outcome::done : step_outcome::not_finite;
}

template <std::size_t D>
void heat_stepper<D>::estimate_error() {
    std::array<weighted, n_stages> terms;
    for (std::size_t j = 0; j < n_stages; ++j) terms[j] = {method.error[j], slopes_[j].data()};
    sum_weighted(h_, terms, base_.data(), u_.size());
    error_ = u_.empty() ? 0.0 : norm2(base_) / std::sqrt(static_cast<double>(u_.size()));
}

template <std::size_t D>
void heat_stepper<D>::accept(double t_after) {
    t_ = t_after;
    supplied_ = supplied_after_;
    std::swap(u_, stage_);
    std::swap(slopes_.front(), slopes_.back());
    supplies_.front() = supplies_.back();
    if (system_.has_constant_data()) return;
    std::swap(data_.front(), data_.back());
    total_data_.front() = total_data_.back();
}

template <std::size_t D>
auto heat_stepper<D>::between(double theta) -> state_between {
    double const rest = 1.0 - theta;
    double const of_after = theta * theta * (1.0 + 2.0 * rest), of_before = rest * rest * (1.0 + 2.0 * theta);
    double const of_slope = h_ * theta * rest * rest, of_slope_after = -h_ * theta * theta * rest;
    std::array const terms{weighted{of_before, u_.data()}, weighted{of_after, stage_.data()},
                           weighted{of_slope, slopes_.front().data()}, weighted{of_slope_after, slopes_.back().data()}};
    sum_weighted(1.0, terms, base_.data(), u_.size());
    return {base_, of_before * supplied_ + of_after * supplied_after_ + of_slope * supplies_.front() +
                       of_slope_after * supplies_.back()};
}

template class heat_stepper<1>;
template class heat_stepper<2>;
template class heat_stepper<3>;

}  // namespace poise::pde::detail
