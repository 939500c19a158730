// SPDX-License-Identifier: MIT
// Private to src/pde: the heat equation on a grid, C du/dt = -A u + b(t).
#pragma once

#include "pde/discrete_problem.hpp"
#include "pde/heat_solving.hpp"

#include <poise/grid/field.hpp>
#include <poise/linear/stencil_matrix.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace poise::pde::detail {

/// C: the diagonal of each unknown's capacity times its share of a cell; A: linear::neg_diffusion(); b: the source
/// times shares, and the sides' data. Not thread-safe: data() and to_field() work in memory of its own.
template <std::size_t D>
class heat_system {
public:
    /// Evaluates the coefficients. Throws std::invalid_argument where they are not what they must be, naming where.
    explicit heat_system(heat_to_solve<D> const& given);

    [[nodiscard]] std::size_t n_unknowns() const noexcept { return mass_.size(); }
    [[nodiscard]] std::span<double const> mass() const noexcept { return mass_; }
    [[nodiscard]] linear::stencil_matrix<D> const& A() const noexcept { return A_; }
    /// A·1: what unknowns give away to walls and by σ, for each degree of u; those that give nothing are left out.
    struct loss {
        std::size_t unknown;
        double per_degree;
    };
    [[nodiscard]] std::span<loss const> losses() const noexcept { return losses_; }
    /// By how much κ, the capacity, and C/(t.end - t.begin) + σ differ between points: largest over smallest, of the
    /// one of which that is most.
    [[nodiscard]] double contrast() const noexcept { return contrast_; }
    /// Numbers that stand for the coefficients: the means between smallest and largest; κ of each direction.
    [[nodiscard]] heat_constants<D> const& typical() const noexcept { return typical_; }

    /// The initial values of the unknowns.
    [[nodiscard]] std::vector<double> initial() const;
    [[nodiscard]] bool has_constant_data() const noexcept { return given_.has_constant_data(); }
    /// b at time t. Throws std::invalid_argument where the data are not finite, naming where and when.
    void data(double t, std::span<double> b);
    /// u on all points at time t, with the Dirichlet data of that time on the nodes that are known.
    void to_field(double t, std::span<double const> unknowns, grid::field<D>& u) const;

private:
    [[nodiscard]] discrete_problem<D> discretised(grid::boundary<D> const& now) const {
        return {domain_, now, std::span<double const>{kappa_}};
    }
    void evaluate_coefficients();
    void find_losses();

    heat_to_solve<D> const& given_;
    grid::cartesian<D> const& domain_;
    std::vector<double> kappa_;  ///< as linear::neg_diffusion() has it
    std::vector<double> mass_;
    std::vector<loss> losses_;
    linear::stencil_matrix<D> A_;
    double contrast_ = 1.0;
    heat_constants<D> typical_{};
    std::vector<double> points_;             ///< the source on all points
    std::vector<double> unchanging_source_;  ///< times shares; empty where the source changes
};

}  // namespace poise::pde::detail
