// SPDX-License-Identifier: MIT
// Private to src/pde: the linear systems of implicit steps, (s C + A) x = r with a rate s = 1/(γ h) that changes.
#pragma once

#include "pde/heat_system.hpp"

#include <poise/linear/fast_transform.hpp>
#include <poise/linear/multigrid.hpp>
#include <poise/linear/operator_cache.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace poise::pde::detail {

/// What came of one system.
struct shifted_solve {
    bool is_solved = false;
    std::size_t n_iterations = 0;
};

/// By a fast transform where coefficients are numbers. Else by conjugate gradients with a preconditioner of a rate that
/// is near: one plan or hierarchy serves rates within a factor of two.
template <std::size_t D>
class shifted_solver {
public:
    /// has_constants: the coefficients are numbers.
    shifted_solver(heat_system<D> const& system, grid::cartesian<D> const& domain,
                   grid::condition_kinds<D> const& kinds, bool has_constants, linear::operator_cache& cache);

    /// For people: "fast transform".
    [[nodiscard]] char const* name() const noexcept;
    /// Whether a good first guess saves work.
    [[nodiscard]] bool needs_guess() const noexcept { return way_ != way::transform; }
    /// Of the systems from now on.
    void set_rate(double rate);
    /// x: in, a guess; out, the solution, of which rounding or the tolerance of the residual, ‖r - (s C + A) x‖₂, is
    /// left.
    [[nodiscard]] shifted_solve solve(std::span<double const> r, std::span<double> x, double tolerance);

private:
    enum class way { transform, transform_as_preconditioner, multigrid, diagonal };

    [[nodiscard]] way choose(bool has_constants) const;
    void prepare_transform(double rate);
    void precondition(std::span<double const> r, std::span<double> z) const;
    [[nodiscard]] shifted_solve iterate(std::span<double const> right, std::span<double> x, double tolerance);

    heat_system<D> const& system_;
    grid::cartesian<D> const& domain_;
    grid::condition_kinds<D> kinds_;
    linear::operator_cache& cache_;
    way way_;
    grid::cartesian<D> isotropic_;                     ///< of the typical κ
    std::optional<linear::stencil_matrix<D>> matrix_;  ///< s C + A, where it is needed
    double rate_ = 0.0, prepared_rate_ = 0.0;
    double stiffest_ = 0.0;  ///< the largest diagonal of C⁻¹A
    bool is_by_diagonal_ = false;
    std::shared_ptr<linear::fast_transform<D> const> transform_;
    std::optional<linear::multigrid<D>> hierarchy_;
    std::vector<double> inverse_diagonal_, scaled_;
    std::vector<double> residual_, z_, p_, q_, sums_;
    double largest_ = 0.0;  ///< on the diagonal of sC + A
};

}  // namespace poise::pde::detail
