// SPDX-License-Identifier: MIT
// Private to ode: the equations of collocation, and Newton corrections of them.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/ode/boundary_problem.hpp>
#include <poise/ode/boundary_report.hpp>
#include <poise/ode/detail/algebra.hpp>
#include <poise/ode/detail/boundary_conditions.hpp>
#include <poise/ode/detail/collocation_polynomials.hpp>
#include <poise/ode/detail/correction_norm.hpp>
#include <poise/ode/detail/damped_newton.hpp>
#include <poise/ode/detail/dense_lu.hpp>
#include <poise/ode/detail/derivatives.hpp>
#include <poise/ode/detail/extent.hpp>
#include <poise/ode/detail/interval_chain.hpp>
#include <poise/ode/detail/linear_combinations.hpp>
#include <poise/ode/detail/right_hand_side.hpp>
#include <poise/ode/state.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace poise::ode::detail {

/// As damped_newton asks for. The unknowns inside of an interval, z at its Gauss points, meet
/// h f(x_j, y + z_j) = Σ_l slope[j][l] z_l, and are eliminated from its linear equations as functions of y at its
/// beginning (condensation); what remains joins the points of the mesh. Source: Ascher, Mattheij & Russell (1995),
/// §5.6.
template <std::size_t K, class F, class G, class State>
class collocation_system {
    static constexpr auto const& tableau = gauss<K>;
    static constexpr std::size_t N = small_size<State>;
    using lu = std::conditional_t<(N > 0 && K * N <= 16), small_lu<K * N>, large_lu>;

public:
    collocation_system(boundary_problem<F, G> const& problem, State const& prototype, error_weights const& weights)
        : f_{problem.f},
          weights_{weights},
          n_{numbers_of(prototype).size()},
          derivatives_{problem.f, prototype, weights},
          conditions_{problem.g, prototype},
          chain_{n_},
          at_{prototype},
          slope_{prototype},
          jacobian_{algebra_of<State>::make_jacobian(dense{}, n_)},
          of_ya_{make_numbers<N * N>(n_ * n_)},
          of_yb_{of_ya_},
          residual_{make_numbers<N>(n_)},
          scales_{residual_} {
        now_.n = trial_.n = n_;
    }

    /// What the unknowns are is set through it; then set_size().
    [[nodiscard]] collocation_polynomials<K>& polynomials() noexcept { return now_; }
    [[nodiscard]] collocation_polynomials<K> const& polynomials() const noexcept { return now_; }
    [[nodiscard]] boundary_statistics& counts() noexcept { return counts_; }
    /// Of not_finite: where.
    [[nodiscard]] double failed_at() const noexcept { return failed_at_; }

    void set_size() {
        std::size_t const m = now_.n_intervals();
        now_.set_size();
        trial_.z.resize(now_.z.size());
        d_.resize(now_.z.size());
        e_.resize(now_.z.size());
        chain_.set_size(m);
        if (inside_.size() < m) inside_.resize(m, lu{K * n_});
        responses_.resize(m * K * n_ * (n_ + 1));
    }

    [[nodiscard]] newton_outcome linearise() {
        measure_components(now_.z.data(), now_.stride(), now_.n_intervals() + 1, weights_, scales_);
        for (std::size_t i = 0; i < now_.n_intervals(); ++i)
            if (auto const outcome = linearise(i); outcome != newton_outcome::converged) return outcome;
        if (!evaluate_conditions(now_)) return newton_outcome::not_finite;
        conditions_.differentiate(scales_, of_ya_, of_yb_);
        ++counts_.n_factorisations;
        return chain_.factor(of_ya_, of_yb_, scales_) ? newton_outcome::converged : newton_outcome::singular;
    }
    void correct() { solve(d_); }
    [[nodiscard]] bool move(double lambda) {
        for (std::size_t i = 0; i < d_.size(); ++i) trial_.z[i] = now_.z[i] + lambda * d_[i];
        for (std::size_t i = 0; i < now_.n_intervals(); ++i)
            if (!evaluate(i)) return false;
        return evaluate_conditions(trial_);
    }
    void correct_again() { solve(e_); }
    [[nodiscard]] double norm() const noexcept { return correction_norm(d_, d_, 0.0, scales_); }
    [[nodiscard]] double norm_again() const noexcept { return correction_norm(e_, d_, 0.0, scales_); }
    [[nodiscard]] double distance(double share) const noexcept { return correction_norm(e_, d_, share, scales_); }
    [[nodiscard]] double largest() const noexcept { return largest_of(d_); }
    [[nodiscard]] double largest_again() const noexcept { return largest_of(e_); }
    void accept() noexcept { std::swap(now_.z, trial_.z); }
    void finish() noexcept { add(d_); }
    void finish_again() noexcept { add(e_); }
    void repeat() noexcept { std::swap(d_, e_); }

private:
    void add(std::vector<double> const& correction) noexcept {
        for (std::size_t i = 0; i < correction.size(); ++i) now_.z[i] += correction[i];
    }

    template <class Slope>
    [[nodiscard]] static bool is_finite(Slope const& slope) noexcept {
        double sum = 0.0;
        for (double const x : slope) sum += 0.0 * x;
        return sum == 0.0;
    }

    [[nodiscard]] double* responses_of(std::size_t i) noexcept { return responses_.data() + i * K * n_ * (n_ + 1); }

    // Where j of interval i is, with its state in at_.
    [[nodiscard]] double go_to(double const* y, std::size_t i, std::size_t j) noexcept {
        std::size_t const n = n_;
        auto const at = numbers_of(at_);
        for (std::size_t c = 0; c < n; ++c) at[c] = y[c] + y[(j + 1) * n + c];
        return now_.x[i] + tableau.c[j] * now_.width(i);
    }
    // h f − Σ slope z at j.
    void set_residual(double const* y, double h, std::size_t j, double* residual) const noexcept {
        std::size_t const n = n_;
        auto const slope = numbers_of(slope_);
        for (std::size_t c = 0; c < n; ++c) {
            double sum = h * slope[c];
            for (std::size_t l = 0; l < K; ++l) sum -= tableau.slope[j][l] * y[(l + 1) * n + c];
            residual[j * n + c] = sum;
        }
    }
    [[nodiscard]] newton_outcome not_finite(double x) noexcept {
        failed_at_ = x;
        return newton_outcome::not_finite;
    }

    [[nodiscard]] newton_outcome linearise(std::size_t i) {
        std::size_t const n = n_, rows = K * n;
        double const h = now_.width(i);
        double const* const y = now_.begin_of(i);
        auto const W = inside_[i].matrix();
        double* const responses = responses_of(i);
        double* const offsets = responses + rows * n;
        for (std::size_t l = 0; l < K; ++l)
            for (std::size_t c = 0; c < n; ++c) {
                double* const column = W.data() + (l * n + c) * rows;
                std::fill_n(column, rows, 0.0);
                for (std::size_t j = 0; j < K; ++j) column[j * n + c] = tableau.slope[j][l];
            }
        for (std::size_t j = 0; j < K; ++j) {
            double const x = go_to(y, i, j);
            ++counts_.n_jacobians;
            derivatives_.jacobian_and_slope(
                x, at_, slope_, h, [this](double at, State const& state, State& slope) { call(at, state, slope); },
                jacobian_);
            if (!is_finite(numbers_of(std::as_const(slope_)))) return not_finite(x);
            for (std::size_t b = 0; b < n; ++b)
                for (std::size_t a = 0; a < n; ++a) {
                    double const entry = h * algebra_of<State>::entries(jacobian_)[a + n * b];
                    W[(j * n + b) * rows + j * n + a] -= entry;
                    responses[b * rows + j * n + a] = entry;
                }
            set_residual(y, h, j, offsets);
        }
        if (!inside_[i].factor()) return newton_outcome::singular;
        if constexpr (N > 0 && K * N <= 16)
            inside_[i].template solve_block<N + 1>(responses);
        else
            for (std::size_t b = 0; b <= n; ++b) inside_[i].solve(std::span{responses + b * rows, rows});
        double* const P = chain_.propagator(i);
        for (std::size_t b = 0; b < n; ++b)
            for (std::size_t a = 0; a < n; ++a) {
                double sum = a == b ? 1.0 : 0.0;
                for (std::size_t l = 0; l < K; ++l) sum += tableau.end[l] * responses[b * rows + l * n + a];
                P[a + n * b] = sum;
            }
        set_defect(y, i);
        return newton_outcome::converged;
    }

    [[nodiscard]] bool evaluate(std::size_t i) {
        double const* const y = trial_.begin_of(i);
        double* const offsets = responses_of(i) + K * n_ * n_;
        double const h = now_.width(i);
        for (std::size_t j = 0; j < K; ++j) {
            double const x = go_to(y, i, j);
            call(x, at_, slope_);
            if (!is_finite(numbers_of(std::as_const(slope_)))) return false;
            set_residual(y, h, j, offsets);
        }
        inside_[i].solve(std::span{offsets, K * n_});
        set_defect(y, i);
        return true;
    }
    // By how much y at its end would change for z that meet its linear equations, were y at its beginning to stay.
    void set_defect(double const* y, std::size_t i) noexcept {
        std::size_t const n = n_, rows = K * n;
        double const* const offsets = responses_of(i) + rows * n;
        double* const defect = chain_.defect(i);
        double const* const next = y + rows + n;
        for (std::size_t c = 0; c < n; ++c) {
            double sum = 0.0;
            for (std::size_t l = 0; l < K; ++l) sum += tableau.end[l] * (y[(l + 1) * n + c] + offsets[l * n + c]);
            defect[c] = sum + (y[c] - next[c]);
        }
    }

    void call(double x, State const& y, State& slope) {
        ++counts_.n_evaluations;
        call_right_hand_side(f_, x, y, slope);
        POISE_REQUIRE(numbers_of(slope).size() == n_, "ode: f gives ", numbers_of(slope).size(),
                      " numbers for a state of ", std::size_t{n_});
    }
    [[nodiscard]] bool evaluate_conditions(collocation_polynomials<K> const& at) {
        std::size_t const n = n_;
        bool const is_good = conditions_.evaluate({at.z.data(), n}, {at.z.data() + now_.z.size() - n, n}, residual_);
        for (std::size_t c = 0; c < n; ++c) residual_[c] = -residual_[c];
        if (!is_good) failed_at_ = now_.x.back();
        return is_good;
    }

    void solve(std::vector<double>& correction) {
        std::size_t const n = n_, rows = K * n;
        chain_.solve(residual_, correction.data(), rows + n);
        for (std::size_t i = 0; i < now_.n_intervals(); ++i) {
            double* const y = correction.data() + i * (rows + n);
            double const* const responses = responses_of(i);
            double const* const offsets = responses + rows * n;
            for (std::size_t r = 0; r < rows; ++r) {
                double sum = offsets[r];
                for (std::size_t b = 0; b < n; ++b) sum += responses[b * rows + r] * y[b];
                y[n + r] = sum;
            }
        }
    }

    [[nodiscard]] double largest_of(std::vector<double> const& d) const noexcept {
        std::size_t const n = n_;
        double largest = 0.0;
        for (std::size_t i = 0; i <= now_.n_intervals(); ++i) {
            std::size_t const points = i == now_.n_intervals() ? 1 : K + 1;
            for (std::size_t c = 0; c < n; ++c) {
                double change = 0.0;
                for (std::size_t p = 0; p < points; ++p)
                    change = std::max(change, std::abs(d[(i * (K + 1) + p) * n + c]));
                double const* const y = now_.begin_of(i) + c;
                double const size = points == 1 ? std::abs(*y) : std::max(std::abs(*y), std::abs(y[(K + 1) * n]));
                largest = std::max(largest, change / weights_.weight(c, size));
            }
        }
        return largest;
    }

    F const& f_;
    error_weights weights_;
    extent<N> n_;
    derivatives<F, State, false> derivatives_;
    boundary_conditions<G, State> conditions_;
    interval_chain<N> chain_;
    collocation_polynomials<K> now_, trial_;
    std::vector<double> d_, e_;
    std::vector<lu> inside_;
    std::vector<double> responses_;  // for each interval: of z to y at its beginning, and what it is where that stays
    State at_, slope_;
    typename algebra_of<State>::jacobian jacobian_;
    numbers<N * N> of_ya_, of_yb_;
    numbers<N> residual_, scales_;
    boundary_statistics counts_;
    double failed_at_ = 0.0;
};

}  // namespace poise::ode::detail
