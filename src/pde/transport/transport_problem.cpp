// SPDX-License-Identifier: MIT
#include "pde/transport/transport_problem.hpp"

#include "grid/sides.hpp"
#include "pde/solving.hpp"

#include <poise/core/error.hpp>

#include <cmath>

namespace poise::pde::detail {
namespace {

// Beside sides the fifth order takes this many.
constexpr std::ptrdiff_t least_cells = 5;

template <std::size_t D>
void require_grid(transport_problem<D> const& problem, grid::condition_kinds<D> const& kinds) {
    auto const& domain = problem.domain;
    POISE_REQUIRE(domain.is_uniform(), "the grid is stretched; transport is solved on cells of one width");
    POISE_REQUIRE(domain.centering() == grid::centering::cell,
                  "the grid has its points on nodes; transport is solved for the values of cells: take "
                  "grid::centering::cell");
    for (std::size_t d = 0; d < D && problem.scheme == advection_scheme::weno5; ++d)
        POISE_REQUIRE(kinds[2 * d] == grid::condition_kind::periodic || domain.cells()[d] >= least_cells, "there are ",
                      domain.cells()[d], " cells between the sides of ", "xyz"[d], ", and weno5 needs ", least_cells,
                      "; take more, or advection_scheme::limited");
}

template <std::size_t D>
void require_velocity(transport_problem<D> const& problem) {
    for (std::size_t d = 0; d < D && problem.velocity; ++d) {
        auto const* const unchanging = problem.velocity->along(d).constant();
        POISE_REQUIRE(unchanging == nullptr || unchanging->values() == nullptr, "the velocity along ", "xyz"[d],
                      " is a field, which has no values on the faces of cells; give a callable, as of "
                      "grid::interpolate()");
        if (double const* number = problem.velocity->number(d))
            POISE_REQUIRE(std::isfinite(*number), "the velocity along ", "xyz"[d], " is ", *number,
                          "; it must be finite");
    }
}

}  // namespace

template <std::size_t D>
void require_transport(transport_problem<D> const& problem) {
    auto const [begin, end] = problem.t;
    POISE_REQUIRE(std::isfinite(begin) && std::isfinite(end), "the span of time is from ", begin, " to ", end,
                  "; both must be finite");
    POISE_REQUIRE(begin <= end, "the span of time is from ", begin, " back to ", end,
                  "; schemes for what flows are not stable backwards: turn the velocity round instead");
    auto const kinds = problem.boundary.at(problem.t.begin).kinds();
    require_grid(problem, kinds);
    POISE_REQUIRE(problem.kappa >= 0.0 && std::isfinite(problem.kappa), problem.kappa_name, " is ", problem.kappa,
                  "; it must be finite and >= 0");
    POISE_REQUIRE(problem.kappa > 0.0 || !has_robin<D>(kinds), problem.kappa_name,
                  " is 0, and a side is Robin, whose condition is of what diffuses; make it Dirichlet");
    require_velocity(problem);
    require_on_domain(problem.domain, problem.initial, "the initial value");
    if (auto const* source = problem.source.constant()) require_on_domain(problem.domain, *source, "the source");
}

template void require_transport(transport_problem<1> const&);
template void require_transport(transport_problem<2> const&);
template void require_transport(transport_problem<3> const&);

}  // namespace poise::pde::detail
