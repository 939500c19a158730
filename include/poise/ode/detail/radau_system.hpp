// SPDX-License-Identifier: MIT
// Private to ode: the stages of a Radau IIA method, taken apart into systems of the state's size.
#pragma once

#include <poise/ode/detail/algebra.hpp>
#include <poise/ode/detail/radau_kernels.hpp>
#include <poise/ode/radau_tableau.hpp>
#include <poise/ode/state.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

namespace poise::ode::detail {

/// Z, what each of at most Most stages adds to y, solved for as W = T⁻¹ Z: one real system of n numbers and complex
/// ones for pairs of stages. S in what follows: how many stages there are. Source: Hairer & Wanner (1996), Solving
/// Ordinary Differential Equations II, eq. IV.8.4 to IV.8.9.
template <class State, std::size_t Most>
class radau_system {
    using algebra = algebra_of<State>;

public:
    using vector = typename algebra::template vector<double>;

    radau_system(std::size_t n, typename algebra::jacobian const& J)
        : n_{n},
          real_lu_{algebra::template make_lu<double>(J)},
          complex_lu_{make_each<Most / 2>([&](auto) { return algebra::template make_lu<complex_number>(J); })},
          pair_{algebra::template make_vector<complex_number>(n)} {
        auto const zero = algebra::template make_vector<double>(n);
        z_.fill(zero), w_.fill(zero), last_z_.fill(zero);
    }

    /// What stage i adds to y; the last one's is the step.
    [[nodiscard]] vector const& z(std::size_t i) const noexcept { return z_[i]; }
    /// Σ weightᵢ zᵢ of component d.
    template <std::size_t S>
    [[nodiscard]] double sum(std::array<double, S> const& weights, std::size_t d) const noexcept {
        double result = 0.0;
        for (std::size_t i = 0; i < S; ++i) result += weights[i] * z_[i][d];
        return result;
    }
    /// The step is taken: begin_after() goes on from it.
    void accept() noexcept {
        using std::swap;
        swap(z_, last_z_);
    }

    /// False where one of the matrices is singular.
    template <std::size_t S>
    [[nodiscard]] bool factor(double h, typename algebra::jacobian const& J) {
        auto const& method = radau_iia<S>;
        if (!real_lu_.factor(method.gamma / h, J)) return false;
        for (std::size_t p = 0; p < S / 2; ++p)
            if (!complex_lu_[p].factor({method.alpha[p] / h, method.beta[p] / h}, J)) return false;
        return true;
    }

    /// x = (γ/h − J)⁻¹ x.
    void solve_real(vector& x) { real_lu_.solve(x); }

    template <std::size_t S>
    void begin_at_rest() {
        for (std::size_t i = 0; i < S; ++i) std::ranges::fill(z_[i], 0.0), std::ranges::fill(w_[i], 0.0);
    }
    /// Where the polynomial of the step taken last, of L stages, goes on to; growth: this step's size over that one's.
    template <std::size_t S, std::size_t L>
    void begin_after(double growth) {
        std::array<std::array<double, L>, S> weights;
        for (std::size_t i = 0; i < S; ++i) {
            double const theta = 1.0 + radau_iia<S>.c[i] * growth;
            for (std::size_t j = 0; j < L; ++j) {
                double sum = 0.0;
                for (std::size_t m = L; m-- > 0;) sum = theta * (sum + radau_iia<L>.interpolant[m][j]);
                weights[i][j] = j + 1 == L ? sum - 1.0 : sum;
            }
        }
        for (std::size_t d = 0; d < n_; ++d)
            for (std::size_t i = 0; i < S; ++i) {
                double sum = 0.0;
                for (std::size_t j = 0; j < L; ++j) sum += weights[i][j] * last_z_[j][d];
                z_[i][d] = sum;
            }
        for (std::size_t d = 0; d < n_; ++d)
            for (std::size_t i = 0; i < S; ++i) {
                double sum = 0.0;
                for (std::size_t j = 0; j < S; ++j) sum += radau_iia<S>.T_inverse[i][j] * z_[j][d];
                w_[i][d] = sum;
            }
    }

    /// (Λ/h − J) ΔW = T⁻¹ F − Λ/h W; the root of the mean of (ΔW)² by weights. moved: of each component,
    /// over the stages.
    template <std::size_t S>
    [[nodiscard]] double improve(std::array<State, Most> const& slopes, double h, vector const& inverse_weight,
                                 vector& moved) {
        auto const stages = stages_with<S>(slopes);
        if constexpr (is_small<State>)
            detail::residual_of_stages(stages, 1.0 / h);
        else
            residual_of_long_stages(stages, 1.0 / h);
        real_lu_.solve(z_[0]);
        for (std::size_t p = 0; p < S / 2; ++p) {
            auto& re = z_[1 + 2 * p];
            auto& im = z_[2 + 2 * p];
            for (std::size_t d = 0; d < n_; ++d) pair_[d] = {re[d], im[d]};
            complex_lu_[p].solve(pair_);
            for (std::size_t d = 0; d < n_; ++d) re[d] = pair_[d].re, im[d] = pair_[d].im;
        }
        if constexpr (is_small<State>)
            move_stages(stages, moved.data());
        else
            move_long_stages(stages, moved.data());
        double square = 0.0;
        for (std::size_t d = 0; d < n_; ++d) {
            double const share = moved[d] * inverse_weight[d];
            square += share * share;
        }
        return std::sqrt(square / static_cast<double>(std::max<std::size_t>(S * n_, 1)));
    }

private:
    template <std::size_t S>
    [[nodiscard]] radau_stages<S> stages_with(std::array<State, Most> const& slopes) noexcept {
        radau_stages<S> stages{};
        stages.n = n_;
        for (std::size_t i = 0; i < S; ++i) {
            stages.slope[i] = numbers_of(slopes[i]).data();
            stages.w[i] = w_[i].data();
            stages.z[i] = z_[i].data();
        }
        return stages;
    }

    template <std::size_t N, class Make>
    static auto make_each(Make const& make) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) { return std::array{make(I)...}; }
        (std::make_index_sequence<N>{});
    }

    std::size_t n_;
    typename algebra::template lu<double> real_lu_;
    std::array<typename algebra::template lu<complex_number>, Most / 2> complex_lu_;
    typename algebra::template vector<complex_number> pair_;
    std::array<vector, Most> z_, w_, last_z_;
};

}  // namespace poise::ode::detail
