// SPDX-License-Identifier: MIT
// Private to ode: the equations of multiple shooting, and Newton corrections of them.
#pragma once

#include <poise/ode/boundary_problem.hpp>
#include <poise/ode/boundary_report.hpp>
#include <poise/ode/detail/algebra.hpp>
#include <poise/ode/detail/boundary_conditions.hpp>
#include <poise/ode/detail/correction_norm.hpp>
#include <poise/ode/detail/damped_newton.hpp>
#include <poise/ode/detail/derivatives.hpp>
#include <poise/ode/detail/extent.hpp>
#include <poise/ode/detail/interval_chain.hpp>
#include <poise/ode/detail/linear_combinations.hpp>
#include <poise/ode/detail/right_hand_side.hpp>
#include <poise/ode/solve.hpp>
#include <poise/ode/state.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace poise::ode::detail {

/// As damped_newton asks for: the states at the ends of segments, which integrations from one to the next join.
template <class Method, class F, class G, class State>
class shooting_system {
    static constexpr std::size_t N = small_size<State>;
    using extended = numbers<N + N * N>;  // a state, and by columns its derivatives by that at the beginning

public:
    shooting_system(boundary_problem<F, G> const& problem, std::vector<double> mesh, State const& prototype,
                    error_weights const& weights)
        : f_{problem.f},
          weights_{weights},
          n_{numbers_of(prototype).size()},
          mesh_{std::move(mesh)},
          derivatives_{problem.f, prototype, weights},
          conditions_{problem.g, prototype},
          chain_{n_},
          at_{prototype},
          slope_{prototype},
          jacobian_{algebra_of<State>::make_jacobian(dense{}, n_)},
          of_ya_(n_ * n_),
          of_yb_(n_ * n_),
          residual_(n_),
          scales_(n_),
          now_(mesh_.size() * n_),
          trial_{now_},
          d_{now_},
          e_{now_} {
        chain_.set_size(mesh_.size() - 1);
    }

    [[nodiscard]] std::vector<double> const& mesh() const noexcept { return mesh_; }
    /// The states at its points, in turn.
    [[nodiscard]] std::vector<double>& states() noexcept { return now_; }
    [[nodiscard]] boundary_statistics& counts() noexcept { return counts_; }
    [[nodiscard]] double failed_at() const noexcept { return failed_at_; }
    /// How much closer than the tolerance integrations are.
    void set_share(double share) noexcept { share_ = share; }

    [[nodiscard]] newton_outcome linearise() {
        measure_components(now_.data(), n_, mesh_.size(), weights_, scales_);
        for (std::size_t i = 0; i + 1 < mesh_.size(); ++i)
            if (!linearise(i)) return newton_outcome::not_finite;
        if (!evaluate_conditions(now_)) return newton_outcome::not_finite;
        conditions_.differentiate(scales_, of_ya_, of_yb_);
        ++counts_.n_factorisations;
        return chain_.factor(of_ya_, of_yb_, scales_) ? newton_outcome::converged : newton_outcome::singular;
    }
    void correct() { chain_.solve(residual_, d_.data(), n_); }
    [[nodiscard]] bool move(double lambda) {
        for (std::size_t i = 0; i < d_.size(); ++i) trial_[i] = now_[i] + lambda * d_[i];
        for (std::size_t i = 0; i + 1 < mesh_.size(); ++i)
            if (!integrate(i, trial_, keep::ends)) return false;
        return evaluate_conditions(trial_);
    }
    void correct_again() { chain_.solve(residual_, e_.data(), n_); }
    [[nodiscard]] double norm() const noexcept { return correction_norm(d_, d_, 0.0, scales_); }
    [[nodiscard]] double norm_again() const noexcept { return correction_norm(e_, d_, 0.0, scales_); }
    [[nodiscard]] double distance(double share) const noexcept { return correction_norm(e_, d_, share, scales_); }
    [[nodiscard]] double largest() const noexcept { return largest_of(d_); }
    [[nodiscard]] double largest_again() const noexcept { return largest_of(e_); }
    [[nodiscard]] std::vector<double> const& correction_again() const noexcept { return e_; }
    void accept() noexcept { std::swap(now_, trial_); }
    void finish() noexcept { add(d_); }
    void finish_again() noexcept { add(e_); }
    void repeat() noexcept { std::swap(d_, e_); }
    /// So that move() stays where it is.
    void stay() noexcept { std::ranges::fill(d_, 0.0); }

    /// From the state at the beginning of a segment to its end, or as far as that goes.
    [[nodiscard]] solution<State> segment(std::size_t i, std::vector<double> const& from, keep kept) {
        std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(i * n_), n_, numbers_of(at_).begin());
        auto const counted = [this](double x, State const& y, State& slope) {
            ++counts_.n_evaluations;
            call_right_hand_side(f_, x, y, slope);
        };
        return ode::solve(
            problem<decltype(counted), State>{counted, at_, {mesh_[i], mesh_[i + 1]}}, Method{},
            solve_options<State>{
                .rtol = inner_rtol(), .atol = inner_atol(0), .keep = kept, .on_failure = on_failure::return_report});
    }

private:
    [[nodiscard]] double inner_rtol() const noexcept { return std::max(share_ * weights_.rtol, 1e-14); }
    // And of n_others components that are no states, which Newton's method needs to four digits.
    [[nodiscard]] component_tolerance inner_atol(std::size_t n_others) const {
        std::vector<double> each(n_ + n_others, 1e-4);
        for (std::size_t c = 0; c < n_; ++c) each[c] = share_ * weights_.atol_of(c);
        return component_tolerance{std::move(each)};
    }
    void add(std::vector<double> const& correction) noexcept {
        for (std::size_t i = 0; i < correction.size(); ++i) now_[i] += correction[i];
    }
    void set_defect(std::size_t i, std::span<double const> end, std::vector<double> const& from) noexcept {
        for (std::size_t c = 0; c < n_; ++c) chain_.defect(i)[c] = end[c] - from[(i + 1) * n_ + c];
    }

    [[nodiscard]] bool integrate(std::size_t i, std::vector<double> const& from, keep kept) {
        auto const result = segment(i, from, kept);
        failed_at_ = result.report.t;
        set_defect(i, numbers_of(result.y.back()), from);
        return static_cast<bool>(result);
    }

    // (y, Y)' = (f, ∂f/∂y Y).
    void extended_slope(double x, extended const& y, extended& slope) {
        std::size_t const n = n_;
        std::copy_n(y.begin(), n, numbers_of(at_).begin());
        ++counts_.n_jacobians;
        derivatives_.jacobian_and_slope(
            x, at_, slope_, 1.0,
            [this](double at, State const& state, State& result) {
                ++counts_.n_evaluations;
                call_right_hand_side(f_, at, state, result);
            },
            jacobian_);
        std::ranges::copy(numbers_of(std::as_const(slope_)), slope.begin());
        double const* const J = algebra_of<State>::entries(jacobian_);
        for (std::size_t b = 0; b < n; ++b)
            for (std::size_t a = 0; a < n; ++a) {
                double sum = 0.0;
                for (std::size_t c = 0; c < n; ++c) sum += J[a + n * c] * y[n + c + n * b];
                slope[n + a + n * b] = sum;
            }
    }
    [[nodiscard]] bool linearise(std::size_t i) {
        std::size_t const n = n_;
        extended y = make_numbers<N + N * N>(n + n * n);
        std::copy_n(now_.begin() + static_cast<std::ptrdiff_t>(i * n), n, y.begin());
        for (std::size_t c = 0; c < n; ++c) y[n + c + n * c] = 1.0;
        auto const f = [this](double x, extended const& at, extended& slope) { extended_slope(x, at, slope); };
        auto const result = ode::solve(problem<decltype(f), extended>{f, y, {mesh_[i], mesh_[i + 1]}}, Method{},
                                       solve_options<extended>{.rtol = inner_rtol(),
                                                               .atol = inner_atol(n * n),
                                                               .keep = keep::ends,
                                                               .on_failure = on_failure::return_report});
        failed_at_ = result.report.t;
        auto const& end = result.y.back();
        std::copy_n(end.begin() + static_cast<std::ptrdiff_t>(n), n * n, chain_.propagator(i));
        set_defect(i, std::span{end}.first(n), now_);
        return static_cast<bool>(result);
    }

    [[nodiscard]] bool evaluate_conditions(std::vector<double> const& at) {
        std::size_t const n = n_;
        bool const is_good = conditions_.evaluate(std::span{at}.first(n), std::span{at}.last(n), residual_);
        for (double& value : residual_) value = -value;
        if (!is_good) failed_at_ = mesh_.back();
        return is_good;
    }
    [[nodiscard]] double largest_of(std::vector<double> const& d) const noexcept {
        double largest = 0.0;
        for (std::size_t i = 0; i < d.size(); ++i)
            largest = std::max(largest, std::abs(d[i]) / weights_.weight(i % n_, std::abs(now_[i])));
        return largest;
    }

    F const& f_;
    error_weights weights_;
    std::size_t n_;
    std::vector<double> mesh_;
    derivatives<F, State, false> derivatives_;
    boundary_conditions<G, State> conditions_;
    interval_chain<N> chain_;
    State at_, slope_;
    typename algebra_of<State>::jacobian jacobian_;
    std::vector<double> of_ya_, of_yb_, residual_, scales_;
    std::vector<double> now_, trial_, d_, e_;
    boundary_statistics counts_;
    double failed_at_ = 0.0, share_ = 0.01;
};

}  // namespace poise::ode::detail
