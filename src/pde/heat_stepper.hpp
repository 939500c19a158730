// SPDX-License-Identifier: MIT
// Private to src/pde: one step of the implicit method in time.
#pragma once

#include "pde/esdirk4.hpp"
#include "pde/heat_system.hpp"
#include "pde/shifted_solver.hpp"
#include "pde/time_loop.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace poise::pde::detail {

/// C du/dt = -A u + b(t) by esdirk4, a step at a time; beside u what came into it, which has the same linear
/// combinations as u and so is the change of Σ C u, but for what the linear solves leave. All memory is made at the
/// beginning.
template <std::size_t D>
class heat_stepper {
public:
    struct counts {
        std::size_t n_solves = 0, n_iterations = 0;
    };

    heat_stepper(heat_system<D>& system, shifted_solver<D>& solver, double t);

    /// Works out the step from t to t + h; u may then be asked for between. accept() goes there. error_scale: of one
    /// unknown's error, by which the linear solves are as accurate as the step needs. latest: the last time for which
    /// data are asked.
    [[nodiscard]] step_outcome attempt(double h, double error_scale, double latest);
    /// Of the step that was attempted: the root of the mean of the squares of its error.
    [[nodiscard]] double error() const noexcept { return error_; }
    void accept(double t_after);
    /// Evaluates the data at t() anew.
    void restart();

    [[nodiscard]] double t() const noexcept { return t_; }
    [[nodiscard]] std::span<double const> u() const noexcept { return u_; }
    [[nodiscard]] std::span<double const> u_after() const noexcept { return stage_; }
    /// ∂u/∂t at t.
    [[nodiscard]] std::span<double const> slope() const noexcept { return slopes_[0]; }
    /// What came in since the beginning.
    [[nodiscard]] double supplied() const noexcept { return supplied_; }
    /// u at t + θ h of the step that was attempted, and what came in until then, by cubic interpolation.
    struct state_between {
        std::span<double const> u;
        double supplied;
    };
    [[nodiscard]] state_between between(double theta);
    [[nodiscard]] counts const& counted() const noexcept { return counts_; }
    [[nodiscard]] double data_s() const noexcept { return data_s_; }

private:
    void evaluate_data(std::size_t stage, double t);
    void first_slope();
    [[nodiscard]] bool right_hand_side_of(std::size_t stage);
    [[nodiscard]] double supply_of(std::size_t stage, std::span<double const> u) const;
    void estimate_error();

    heat_system<D>& system_;
    shifted_solver<D>& solver_;
    double t_, h_ = 0.0, rate_ = 0.0, error_ = 0.0;
    double mean_mass_ = 0.0;
    std::vector<double> u_, stage_, base_, right_;
    std::array<std::vector<double>, esdirk4::coefficients::n_stages> slopes_;
    std::array<std::vector<double>, esdirk4::coefficients::n_stages> data_;  ///< at the times of the stages; the first
                                                                             ///< alone where they do not change
    std::array<double, esdirk4::coefficients::n_stages> total_data_{}, supplies_{};
    double supplied_ = 0.0, supplied_after_ = 0.0;
    counts counts_;
    double data_s_ = 0.0;
};

}  // namespace poise::pde::detail
