// SPDX-License-Identifier: MIT
// Private to src/pde: steps of reaction and diffusion by a stabilised explicit method.
#pragma once

#include "pde/fused_sweep.hpp"
#include "pde/reaction/species_error.hpp"
#include "pde/reaction/species_system.hpp"
#include "pde/reaction/stage_kernels.hpp"
#include "pde/time_loop.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace poise::pde::detail {

/// What time_loop asks of a stepper, by the Runge–Kutta–Legendre method of order 2 as ode::rkl2 has it: stages in
/// fused sweeps, with their slope at the end. The largest eigenvalue is bounded rather than iterated for: Gershgorin's
/// of diffusion and the reaction's in the maximum norm, by differences, anew every 25 steps and after a rejected one.
/// Source: Meyer, Balsara & Aslam (2014), J. Comput. Phys. 257, 594, eq. 16 to 18; Sommeijer, Shampine & Verwer (1998),
/// J. Comput. Appl. Math. 88, 315 (error).
template <std::size_t D>
class stabilised_stepper {
public:
    static constexpr int order_of_error = 3;
    static constexpr double growth_worth_it = 1.0;
    static constexpr char const* name = "Runge-Kutta-Legendre 2, fused stages";

    /// u: the initial values of unknowns.
    stabilised_stepper(species_system<D>& system, species_problem<D> const& problem, species_options<D> const& options,
                       species_values u);

    [[nodiscard]] double t() const noexcept { return t_; }
    [[nodiscard]] double first_step() const;
    [[nodiscard]] step_outcome attempt(double h, double t_after, double latest);
    [[nodiscard]] double error() const noexcept { return error_; }
    void accept(double t_after);
    void restart();
    void put(species_fields<D>& fields);
    /// By the cubic of Hermite.
    void put_between(double theta, double at, species_fields<D>& fields);
    [[nodiscard]] std::string remedy(step_outcome outcome) const;

    /// u of the unknowns, one after the other.
    [[nodiscard]] species_values const& unknowns();
    void tell(evolution_report& report) const { report.n_evaluations = n_evaluations_; }
    /// Numbers an unknown of a species.
    static constexpr std::size_t memory = 10;

private:
    struct stage {
        stage_weights weights;
        double c;
    };
    static constexpr std::ptrdiff_t most_stages = 1000;  // rounding grows by their square
    static constexpr std::ptrdiff_t piece_length = 256;  // of rates, in the nearest cache
    static constexpr std::ptrdiff_t unit_length = 512;   // of a line that is all there is
    static constexpr int steps_between_estimates = 25;

    void choose_stages(double h, std::ptrdiff_t n);
    void do_stage(std::ptrdiff_t number, sweep_range units, sweep_range lines);
    void do_line(std::ptrdiff_t number, std::ptrdiff_t j, std::ptrdiff_t k, std::ptrdiff_t first, std::ptrdiff_t last);
    void do_piece(std::ptrdiff_t number, std::ptrdiff_t j, std::ptrdiff_t k, std::ptrdiff_t first, std::ptrdiff_t last);
    void add_to_rate(std::size_t s, std::size_t unknown, double const* now, double* rate, std::ptrdiff_t n) const;
    void add_around(std::size_t s, stage_piece const& piece, double weight, std::ptrdiff_t first) const;
    [[nodiscard]] double const* stage_values(std::ptrdiff_t number, std::size_t s) const;
    void find_slope(species_values& slope);
    void sweep(std::ptrdiff_t n_stages);
    void estimate_error();
    void pack(species_values const& from, species_values& to) const;

    species_system<D>& system_;
    species_options<D> const& options_;
    line_layout<D> const& layout_;
    double span_;
    sweep_shape shape_;
    double t_, h_ = 0.0, error_ = 0.0, latest_ = 0.0;
    double diffusion_, reaction_ = 0.0;
    int steps_to_estimate_ = 0;
    bool is_accepted_ = false;        ///< the step that was attempted last
    bool is_estimated_here_ = false;  ///< the reaction, at t_
    species_error errors_;
    species_values y_, slope_, end_slope_, packed_;
    std::array<species_values, 2> stages_;
    std::vector<stage> plan_;
    std::ptrdiff_t n_stages_ = 0;
    std::ptrdiff_t first_of_sweep_ = 0;         ///< where stages are run one by one, the one that runs
    species_values const* slope_of_ = nullptr;  ///< of the last stage, or of what is asked for outside a step
    species_values* slope_to_ = nullptr;
    std::vector<error_sums> sums_;           ///< of each species' units or lines
    std::vector<double> size_, size_after_;  ///< Σ u² of each species
    std::size_t n_evaluations_ = 0;
};

}  // namespace poise::pde::detail
