// SPDX-License-Identifier: MIT
// Private to src/pde: transport on a grid, du/dt = what comes through the faces of cells + source.
#pragma once

#include "pde/transport/transport_problem.hpp"
#include "pde/transport/transport_sides.hpp"
#include "pde/transport/velocities.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace poise::pde::detail {

/// Not thread-safe: works in memory of its own, which is made at the beginning.
template <std::size_t D>
class transport_system {
public:
    /// The problem must outlive it. Throws std::invalid_argument for coefficients that are not finite.
    explicit transport_system(transport_problem<D> const& problem);

    [[nodiscard]] transport_problem<D> const& problem() const noexcept { return problem_; }
    [[nodiscard]] std::size_t size() const noexcept { return problem_.domain.size(); }
    [[nodiscard]] std::vector<double> initial() const;

    /// The data of all sides, one side after the other, at time t. Throws std::invalid_argument where they are not
    /// finite or a side became another, naming where and when.
    void evaluate_sides(double t, std::span<double> data);
    [[nodiscard]] std::size_t n_side_data() const noexcept { return sides_.n_data(); }
    [[nodiscard]] bool sides_change() const noexcept { return !problem_.boundary.is_constant(); }
    /// What rates are taken with from now on.
    [[nodiscard]] std::span<double> side_data() noexcept { return sides_.data(); }
    [[nodiscard]] bool velocity_is_constant() const noexcept { return !velocities_.changes(); }
    /// Velocity and source from now on.
    void set_time(double t);
    /// Of rate() and step(), and of sources, sides and velocities that change.
    [[nodiscard]] std::size_t n_evaluations() const noexcept { return n_evaluations_; }
    [[nodiscard]] double data_s() const noexcept { return data_s_; }

    /// Σ |velocity| / width, of u too where that carries itself; what a step times it is, is the Courant number.
    [[nodiscard]] double courant_rate(std::span<double const> u) const;
    /// Σ κ / width².
    [[nodiscard]] double diffusion_rate() const noexcept { return diffusion_rate_; }
    [[nodiscard]] bool is_periodic() const noexcept { return sides_.are_periodic(); }

    /// out = du/dt; returns what comes in, ∫ du/dt.
    double rate(double const* y, double* out) { return sweep({y, out}); }
    /// out = of_u·u + (1 − of_u)·(y + h·du/dt(y)), out apart from u and y.
    double step(double const* y, double h, double of_u, double const* u, double* out) {
        return sweep({y, out, u, of_u, h});
    }

private:
    struct target {
        double const* y;
        double* out;
        double const* u = nullptr;  ///< nullptr: the rate alone
        double of_u = 0.0, h = 0.0;
    };
    struct workspace {
        std::vector<double> line, along_x, rate, lower_y, upper_y, lower_z, upper_z;
    };

    void evaluate_source(double t);
    double sweep(target const& to);
    void sweep_part(target const& to, workspace& room, std::ptrdiff_t first, std::ptrdiff_t last);
    void sweep_row(target const& to, workspace& room, std::ptrdiff_t j, std::ptrdiff_t k);
    void rate_along_x(double const* y, workspace& room, std::ptrdiff_t row, std::ptrdiff_t first, std::ptrdiff_t n);
    void flux_of_row(double const* y, std::size_t d, std::ptrdiff_t face, std::ptrdiff_t j, std::ptrdiff_t k,
                     double* flux);
    void put_row(target const& to, workspace& room, std::ptrdiff_t place, std::ptrdiff_t n) const;
    [[nodiscard]] double supply() const;

    transport_problem<D> const& problem_;
    std::array<std::ptrdiff_t, 3> n_{1, 1, 1};
    std::array<double, 3> per_width_{};
    double diffusion_rate_ = 0.0;
    transport_sides<D> sides_;
    velocities<D> velocities_;
    std::vector<double> source_;  ///< empty: none
    double total_source_ = 0.0;
    std::vector<workspace> rooms_;
    double time_ = std::numeric_limits<double>::quiet_NaN();
    std::size_t n_evaluations_ = 0;
    double data_s_ = 0.0;
};

}  // namespace poise::pde::detail
