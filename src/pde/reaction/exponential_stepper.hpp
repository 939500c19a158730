// SPDX-License-Identifier: MIT
// Private to src/pde: steps of reaction and diffusion by an exponential method.
#pragma once

#include "pde/reaction/exponential_weights.hpp"
#include "pde/reaction/species_error.hpp"
#include "pde/reaction/species_system.hpp"
#include "pde/time_loop.hpp"

#include <poise/linear/operator_cache.hpp>
#include <poise/linear/spectral_transform.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace poise::pde::detail {

/// What time_loop asks of a stepper, by exponential_weights. N is R + g. A step is four evaluations of N, and for each
/// species as many transforms there and back and one more for the error. That of the embedded method compares N of two
/// states at one time, and sees nothing of what changes with time alone; where data or R do, what a cubic through N in
/// time has beyond the step's parabola is added to it, by magnitude, as its integral is 0.
template <std::size_t D>
class exponential_stepper {
public:
    static constexpr int order_of_error = 4;
    static constexpr double growth_worth_it = 1.4;
    static constexpr char const* name = "ETDRK4, diffusion exactly by fast transforms";

    /// u: the initial values of unknowns.
    exponential_stepper(species_system<D>& system, species_problem<D> const& problem, species_options<D> const& options,
                        species_values u);

    [[nodiscard]] double t() const noexcept { return t_; }
    [[nodiscard]] double first_step() const;
    [[nodiscard]] step_outcome attempt(double h, double t_after, double latest);
    [[nodiscard]] double error() const noexcept { return error_; }
    void accept(double t_after);
    void restart();
    void put(species_fields<D>& fields) { system_.to_fields(t_, u_, fields); }
    /// Diffusion exactly, N by the parabola through the step's.
    void put_between(double theta, double at, species_fields<D>& fields);
    [[nodiscard]] std::string remedy(step_outcome outcome) const;

    [[nodiscard]] species_values const& unknowns() const noexcept { return u_; }
    void tell(evolution_report& report) const {
        report.n_solves = n_transforms_;
        report.n_evaluations = n_evaluations_;
    }
    static constexpr std::size_t memory = 26;

private:
    void set_step(double h);
    void evaluate(double t, species_values const& u, species_values& n);
    void to_space(std::size_t s, species_values& u);
    void estimate_error();
    void add_what_time_does(std::size_t s, double* error) const;
    [[nodiscard]] exponential_weights const& weights(std::size_t s) const { return weights_[weights_of_[s]]; }

    species_system<D>& system_;
    species_options<D> const& options_;
    double span_;
    std::vector<std::shared_ptr<linear::spectral_transform<D> const>> modes_;  ///< of each species
    std::vector<std::size_t> weights_of_;  ///< of each species, the first one that is like it
    std::vector<exponential_weights> weights_;
    double t_, h_ = 0.0, prepared_h_ = 0.0, error_ = 0.0;
    species_values u_, u_after_, stage_;                       ///< of unknowns
    species_values coefficients_, coefficients_after_, work_;  ///< of modes
    std::array<species_values, 5> n_;                          ///< of modes: of the stages, and of the step's end
    species_values n_before_;                                  ///< at the beginning of the step before
    double h_before_ = 0.0;                                    ///< of that step; 0: there is none
    std::vector<double> size_, size_after_;
    species_error errors_;
    std::size_t n_transforms_ = 0, n_evaluations_ = 0;
};

}  // namespace poise::pde::detail
