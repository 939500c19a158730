// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/ode/detail/boundary_input.hpp>
#include <poise/ode/detail/input.hpp>

#include <cmath>

namespace poise::ode::detail {
namespace {

void require_mesh(time_span const& x, std::vector<double> const& mesh) {
    POISE_REQUIRE(mesh.size() >= 3, "ode: mesh has ", mesh.size(), " points; give 3 or more");
    POISE_REQUIRE(mesh.front() == x.begin && mesh.back() == x.end, "ode: mesh is from ", mesh.front(), " to ",
                  mesh.back(), ", and the problem from ", x.begin, " to ", x.end);
    for (std::size_t i = 1; i < mesh.size(); ++i)
        POISE_REQUIRE(mesh[i] > mesh[i - 1], "ode: mesh[", i, "] is ", mesh[i], ", after ", mesh[i - 1],
                      "; it must rise");
}

}  // namespace

void require_boundary_input(time_span const& x, std::span<double const> guess, boundary_options const& options) {
    POISE_REQUIRE(std::isfinite(x.begin) && std::isfinite(x.end) && std::isfinite(x.end - x.begin) && x.begin < x.end,
                  "ode: the problem is from ", x.begin, " to ", x.end, "; both must be finite, and rise");
    POISE_REQUIRE(!guess.empty(), "ode: the guess has no components; give a state");
    for (std::size_t i = 0; i < guess.size(); ++i)
        POISE_REQUIRE(std::isfinite(guess[i]), "ode: component ", i, " of the guess is ", guess[i],
                      "; it must be finite");
    require_tolerances(options.rtol, options.atol, guess.size(), "solution");
    POISE_REQUIRE(options.n_intervals >= 2, "ode: n_intervals is ", options.n_intervals, "; it takes at least 2");
    POISE_REQUIRE(options.max_iterations >= 1, "ode: max_iterations is 0; it takes at least 1");
    if (!options.mesh.empty()) require_mesh(x, options.mesh);
    std::size_t const first = options.mesh.empty() ? options.n_intervals : options.mesh.size() - 1;
    POISE_REQUIRE(options.max_intervals >= first, "ode: max_intervals is ", options.max_intervals,
                  " and the first mesh has ", first);
}

}  // namespace poise::ode::detail
