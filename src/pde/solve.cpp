// SPDX-License-Identifier: MIT
#include "pde/discrete_problem.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/index.hpp>
#include <poise/core/reductions.hpp>
#include <poise/linear/direct_solve.hpp>
#include <poise/pde/solve.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>

namespace poise::pde {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

template <std::size_t D>
bool is_anchored(grid::condition_kinds<D> const& kinds) {
    return std::ranges::find(kinds, grid::condition_kind::dirichlet) != kinds.end();
}

// Without a Dirichlet side, the smallest eigenvalue is the shift, and the largest about 2 Σ 2/h²: rounding moves the
// constant part of u by about this much relative to u.
template <std::size_t D>
double loss_of_constant(grid::cartesian<D> const& domain, double shift) {
    double stiffest = 0.0;
    for (std::size_t d = 0; d < D; ++d) stiffest += 2.0 / (domain.spacing(d) * domain.spacing(d));
    return std::numeric_limits<double>::epsilon() * stiffest / shift;
}

// What every method asks for.
template <std::size_t D>
void require_input(grid::cartesian<D> const& domain, double shift, grid::scalar_function<D> const& source,
                   solve_options const& options) {
    linear::require_tolerances(options.rtol, options.atol);
    POISE_REQUIRE(std::isfinite(shift) && shift >= 0.0, "shift is ", shift,
                  "; -Laplacian + shift needs a finite shift >= 0");
    if (auto const* field = source.values())
        POISE_REQUIRE(field->grid() == domain, "the source is a field on another grid, of ", field->grid().size(),
                      " points, than the domain, of ", domain.size());
}

template <std::size_t D>
void require_definite(grid::cartesian<D> const& domain, double shift, grid::condition_kinds<D> const& kinds) {
    if (is_anchored<D>(kinds)) return;
    POISE_REQUIRE(
        shift > 0.0,
        "no side is Dirichlet and shift is 0: the solution is known up to a constant only, and the matrix has "
        "no factor; make a side Dirichlet, give a shift > 0 or take method::fast_transform");
    POISE_REQUIRE(loss_of_constant(domain, shift) <= 1e-3, "no side is Dirichlet and shift is ", shift,
                  ", which rounding loses beside 1/h^2; make a side Dirichlet, give a larger shift or take "
                  "method::fast_transform");
}

// No side Dirichlet: summing the equations gives shift·Σ shares·u = Σ b exactly, which settles the one part of u that
// is badly conditioned. Its residual is reported anew.
template <std::size_t D>
void correct_constant(std::span<double> x, detail::discrete_problem<D> const& discrete, linear::csr_view A,
                      double n_cells, double shift, std::span<double const> b, linear::solve_report& report) {
    double const error = sum(b) / shift - discrete.sum_of_shares(x);
    for (double& value : x) value += error / n_cells;
    std::vector<double> r(b.size());
    linear::residual(A, x, b, r);
    report.residual_norm = norm2(r);
    if (report.reason == linear::stop_reason::not_finite) return;
    bool const met = report.residual_norm <= report.tolerance;
    report.reason = met ? linear::stop_reason::converged : linear::stop_reason::stagnated;
}

template <std::size_t D>
std::vector<double> assemble_right_hand_side(detail::discrete_problem<D> const& discrete,
                                             grid::cartesian<D> const& domain, grid::scalar_function<D> const& source) {
    profile::scope const timing{"right-hand side"};
    if (auto const* field = source.values()) return discrete.right_hand_side(field->values());
    std::vector<double> values(domain.size());
    source.evaluate(domain, values);
    return discrete.right_hand_side(values);
}

struct choice {
    pde::method method;
    char const* why;  // nullptr: the caller named it
};

choice choose(solve_options const& options) {
    if (options.method == method::automatic)
        return options.backend == linear::cholesky_backend::automatic
                   ? choice{method::fast_transform, "constant coefficients on a box"}
                   : choice{method::direct, "a backend of the factorisation is named"};
    POISE_REQUIRE(options.method == method::direct || options.backend == linear::cholesky_backend::automatic,
                  "method is fast_transform and backend ", to_string(options.backend),
                  ", which factors; name one of them");
    return {options.method, nullptr};
}

// −Δu + shift·u = source: what every problem of this layer comes down to.
template <std::size_t D>
class shifted_problem {
public:
    shifted_problem(grid::cartesian<D> const& domain, double shift, grid::scalar_function<D> const& source,
                    grid::boundary<D> const& boundary, solve_options const& options)
        : domain_{domain},
          shift_{shift},
          source_{source},
          options_{options},
          kinds_{boundary.kinds()},
          discrete_{domain, boundary},
          cache_{options.cache != nullptr ? *options.cache : linear::default_operator_cache()} {}

    solution<D> solve() const {
        profile::scope const timing{"pde::solve"};
        require_input(domain_, shift_, source_, options_);
        auto const chosen = choose(options_);
        auto result = chosen.method == method::direct ? by_factor() : by_transform();
        if (chosen.why != nullptr) result.report.chosen = chosen.why;
        if (options_.on_failure == on_failure::throw_exception) result.report.or_throw();
        return result;
    }

private:
    solution<D> by_transform() const {
        auto const [plan, reused, build_s] = cache_.get_transform(domain_, kinds_, shift_);
        auto const start = std::chrono::steady_clock::now();
        auto const b = assemble_right_hand_side(discrete_, domain_, source_);
        std::vector<double> x(b.size());
        auto report = plan->solve(b, x, {.rtol = options_.rtol, .atol = options_.atol});
        auto u = discrete_.to_field(x);
        report.solve_s = seconds_since(start);
        report.operator_reused = reused;
        report.assembly_s = reused ? 0.0 : build_s;
        return {std::move(u), std::move(report)};
    }

    solution<D> by_factor() const {
        require_definite(domain_, shift_, kinds_);
        auto const [op, reused] = cache_.get(domain_, kinds_, shift_, options_.backend);
        auto const start = std::chrono::steady_clock::now();
        auto const b = assemble_right_hand_side(discrete_, domain_, source_);
        std::vector<double> x(b.size());
        auto report =
            linear::direct_solve(op->factor, op->matrix, b, x, {.rtol = options_.rtol, .atol = options_.atol});
        if (!is_anchored<D>(kinds_) && loss_of_constant(domain_, shift_) > 1e-12) {
            auto const n_cells = static_cast<double>(checked_product(domain_.cells(), SIZE_MAX, "cells"));
            correct_constant(x, discrete_, op->matrix, n_cells, shift_, b, report);
        }
        auto u = discrete_.to_field(x);
        report.solve_s = seconds_since(start);
        report.operator_reused = reused;
        report.assembly_s = reused ? 0.0 : op->assembly_s;
        report.factorisation_s = reused ? 0.0 : op->factorisation_s;
        return {std::move(u), std::move(report)};
    }

    grid::cartesian<D> const& domain_;
    double shift_;
    grid::scalar_function<D> const& source_;
    solve_options const& options_;
    grid::condition_kinds<D> kinds_;
    detail::discrete_problem<D> discrete_;
    linear::operator_cache& cache_;
};

}  // namespace

template <std::size_t D>
solution<D> solve(helmholtz<D> const& problem, solve_options const& options) {
    return shifted_problem<D>{problem.domain, problem.shift, problem.source, problem.boundary, options}.solve();
}
template <std::size_t D>
solution<D> solve(poisson<D> const& problem, solve_options const& options) {
    return shifted_problem<D>{problem.domain, 0.0, problem.source, problem.boundary, options}.solve();
}

template solution<1> solve(helmholtz<1> const&, solve_options const&);
template solution<2> solve(helmholtz<2> const&, solve_options const&);
template solution<3> solve(helmholtz<3> const&, solve_options const&);
template solution<1> solve(poisson<1> const&, solve_options const&);
template solution<2> solve(poisson<2> const&, solve_options const&);
template solution<3> solve(poisson<3> const&, solve_options const&);

}  // namespace poise::pde
