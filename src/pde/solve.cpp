// SPDX-License-Identifier: MIT
#include "pde/discrete_problem.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/linear/direct_solve.hpp>
#include <poise/pde/solve.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace poise::pde {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

template <std::size_t D>
void require_solvable(grid::condition_kinds<D> const& kinds, double shift) {
    POISE_REQUIRE(std::isfinite(shift) && shift >= 0.0, "shift is ", shift,
                  "; -Laplacian + shift needs a finite shift >= 0");
    bool const anchored = std::ranges::find(kinds, grid::condition_kind::dirichlet) != kinds.end();
    POISE_REQUIRE(anchored || shift > 0.0,
                  "all sides are Neumann and shift is 0: the solution is known up to a constant only; "
                  "make a side Dirichlet or give a shift > 0");
}

template <std::size_t D>
std::vector<double> assemble_right_hand_side(detail::discrete_problem<D> const& discrete,
                                             grid::cartesian<D> const& domain, grid::scalar_function<D> const& source) {
    profile::scope const timing{"right-hand side"};
    if (auto const* field = source.values(); field != nullptr && field->grid() == domain)
        return discrete.right_hand_side(field->values());
    std::vector<double> values(domain.size());
    source.evaluate(domain, values);
    return discrete.right_hand_side(values);
}

// −Δu + shift·u = source: what every problem of this layer comes down to.
template <std::size_t D>
solution<D> solve_shifted(grid::cartesian<D> const& domain, double shift, grid::scalar_function<D> const& source,
                          grid::boundary<D> const& boundary, solve_options const& options) {
    profile::scope const timing{"pde::solve"};
    auto const kinds = boundary.kinds();
    require_solvable<D>(kinds, shift);
    auto& cache = options.cache != nullptr ? *options.cache : linear::default_operator_cache();
    auto const [op, reused] = cache.get(domain, kinds, shift, options.backend);

    auto const start = std::chrono::steady_clock::now();
    detail::discrete_problem<D> const discrete{domain, boundary};
    auto const b = assemble_right_hand_side(discrete, domain, source);
    std::vector<double> x(b.size());
    auto report = linear::direct_solve(op->factor, op->matrix, b, x, {.rtol = options.rtol, .atol = options.atol});
    auto u = discrete.to_field(x);
    report.solve_s = seconds_since(start);
    report.operator_reused = reused;
    report.assembly_s = reused ? 0.0 : op->assembly_s;
    report.factorisation_s = reused ? 0.0 : op->factorisation_s;
    if (options.on_failure == on_failure::throw_exception) report.or_throw();
    return {std::move(u), std::move(report)};
}

}  // namespace

template <std::size_t D>
solution<D> solve(helmholtz<D> const& problem, solve_options const& options) {
    return solve_shifted(problem.domain, problem.shift, problem.source, problem.boundary, options);
}
template <std::size_t D>
solution<D> solve(poisson<D> const& problem, solve_options const& options) {
    return solve_shifted(problem.domain, 0.0, problem.source, problem.boundary, options);
}

template solution<1> solve(helmholtz<1> const&, solve_options const&);
template solution<2> solve(helmholtz<2> const&, solve_options const&);
template solution<3> solve(helmholtz<3> const&, solve_options const&);
template solution<1> solve(poisson<1> const&, solve_options const&);
template solution<2> solve(poisson<2> const&, solve_options const&);
template solution<3> solve(poisson<3> const&, solve_options const&);

}  // namespace poise::pde
