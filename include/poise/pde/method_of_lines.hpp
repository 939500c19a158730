// SPDX-License-Identifier: MIT
// Problems in time as ordinary differential equations of the values on their grids, for any method of ode.
#pragma once

#include <poise/grid/field.hpp>
#include <poise/ode/jacobian_structure.hpp>
#include <poise/ode/problem.hpp>
#include <poise/pde/advection_diffusion.hpp>
#include <poise/pde/burgers.hpp>
#include <poise/pde/heat.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace poise::pde {

namespace detail {
template <std::size_t D>
class equations;
}

/// y' = f(t, y) of the unknowns y, x fastest, as pde::solve of the same problem discretises it in space:
///   pde::method_of_lines const lines{problem};
///   auto const solution = ode::solve(lines.problem(), ode::bdf{}, {.jacobian = lines.jacobian()});
///   grid::field<2> const u = lines.to_field(solution.t.back(), solution.y.back());
/// Sides' data are taken at the times of stages: where they change, Runge–Kutta methods lose orders there, and methods
/// of several steps do not. Where f has branches, as limiters and weno5 do, or knows bounds of stable steps, implicit
/// methods see neither: fixed_step and largest_step bound steps. Copies share the memory that f works in: one call at a
/// time. Throws std::invalid_argument as pde::solve does, of data in time when they are asked for.
template <std::size_t D>
class method_of_lines {
public:
    explicit method_of_lines(advection_diffusion<D> const& problem);
    explicit method_of_lines(burgers<D> const& problem);
    explicit method_of_lines(heat<D> const& problem);

    /// dydt = f(t, y). Both of n_unknowns() numbers.
    void operator()(double t, std::vector<double> const& y, std::vector<double>& dydt) const;
    [[nodiscard]] std::size_t n_unknowns() const noexcept;
    /// The initial values.
    [[nodiscard]] std::vector<double> initial() const;
    /// Over the span of time of the problem.
    [[nodiscard]] ode::problem<method_of_lines, std::vector<double>> problem() const {
        return {*this, initial(), span_};
    }
    /// banded in one dimension unless that is periodic, else sparse.
    [[nodiscard]] ode::jacobian_structure jacobian() const;
    /// On all points, with the Dirichlet data of that time on the nodes that are known.
    [[nodiscard]] grid::field<D> to_field(double t, std::span<double const> y) const;

private:
    std::shared_ptr<detail::equations<D>> equations_;
    ode::time_span span_;
};

}  // namespace poise::pde
