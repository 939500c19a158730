// SPDX-License-Identifier: MIT
// Private to src/pde: what advection_diffusion and burgers have in common.
#pragma once

#include "pde/transport/flux_rows.hpp"

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/grid/scalar_function.hpp>
#include <poise/ode/problem.hpp>
#include <poise/pde/advection.hpp>
#include <poise/pde/advection_diffusion.hpp>
#include <poise/pde/burgers.hpp>
#include <poise/pde/in_time.hpp>

#include <cstddef>
#include <optional>

namespace poise::pde::detail {

template <std::size_t D>
struct transport_problem {
    grid::cartesian<D> domain;
    std::optional<pde::velocity<D>> velocity;  ///< none: u carries itself
    double kappa;
    char const* kappa_name;  ///< what the caller calls it
    advection_scheme scheme;
    pde::limiter limiter;
    source_in_time<D> source;
    boundary_in_time<D> boundary;
    grid::scalar_function<D> initial;
    ode::time_span t;

    [[nodiscard]] flux_kind kind() const noexcept {
        return {velocity ? transported::by_velocity : transported::by_itself, scheme, limiter};
    }
};

template <std::size_t D>
[[nodiscard]] transport_problem<D> as_transport(advection_diffusion<D> const& of) {
    return {of.domain, of.velocity, of.kappa, "kappa", of.scheme, of.limiter, of.source, of.boundary, of.initial, of.t};
}
template <std::size_t D>
[[nodiscard]] transport_problem<D> as_transport(burgers<D> const& of) {
    return {of.domain,  std::nullopt, of.viscosity, "viscosity", of.scheme,
            of.limiter, of.source,    of.boundary,  of.initial,  of.t};
}

/// Throws std::invalid_argument for what no grid or scheme can do with it; not for data that are not finite.
template <std::size_t D>
void require_transport(transport_problem<D> const& problem);

}  // namespace poise::pde::detail
