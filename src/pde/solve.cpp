// SPDX-License-Identifier: MIT
#include "pde/compact_right_hand_side.hpp"
#include "pde/compact_scheme.hpp"
#include "pde/error_estimate.hpp"
#include "pde/solving.hpp"

#include <poise/linear/laplacian_multigrid.hpp>
#include <poise/pde/solve.hpp>

#include <algorithm>
#include <cmath>

namespace poise::pde {
namespace {

using detail::choice;

template <std::size_t D>
double stiffness(grid::cartesian<D> const& domain, grid::condition_kinds<D> const& kinds) {
    double sum = 0.0;
    for (auto const& axis : grid::axis_stencils(domain, kinds))
        if (!axis.periodic || axis.n > 1) sum += 2.0 * axis.coupling_range().second;
    return sum;
}

template <std::size_t D>
choice choose(grid::cartesian<D> const& domain, solve_options const& options) {
    if (options.device.is_cuda() && options.method == method::automatic) return {method::multigrid, "on a GPU"};
    if (options.method != method::automatic) {
        POISE_REQUIRE(options.method != method::fast_transform || domain.is_uniform(),
                      "method is fast_transform, and the cells of a direction differ in width; take "
                      "method::automatic");
        return {options.method, {}};
    }
    if (options.backend != linear::cholesky_backend::automatic)
        return {method::direct, "a backend of the factorisation is named"};
    if (!domain.is_uniform()) return {method::multigrid, "constant coefficients on a stretched grid"};
    return {method::fast_transform, "constant coefficients on a box"};
}

// −Δy + shift·y = source with y = κu and shift = σ/κ, κ that of x, so that the right-hand side and its norm are the
// caller's.
template <std::size_t D>
class shifted_problem {
public:
    shifted_problem(detail::constant_problem<D> const& problem, solve_options const& options)
        : problem_{problem},
          points_{problem.domain},
          domain_{detail::isotropic_domain(problem.domain, problem.kappa)},
          shift_{problem.sigma / problem.kappa[0]},
          options_{options},
          kinds_{problem.boundary.kinds()},
          discrete_{problem.domain, problem.boundary, problem.kappa},
          cache_{detail::cache_of(options)} {}

    solution<D> solve() const {
        profile::scope const timing{"pde::solve"};
        auto const chosen = choose(points_, options_);
        auto result = chosen.method == method::direct      ? by_factor()
                      : chosen.method == method::multigrid ? by_multigrid()
                                                           : by_transform();
        result.report.chosen = chosen.why;
        result.report.device = options_.device;
        if (options_.on_failure == on_failure::throw_exception) result.report.or_throw();
        return result;
    }

private:
    solution<D> by_transform() const {
        detail::require_memory_of_points(domain_.size(), 4, "the solve by fast transform");  // source, b, x and u
        auto const [plan, reused, build_s] = cache_.get_transform(domain_, kinds_, shift_, {.scheme = options_.scheme});
        auto result = for_right_hand_side(
            [&](auto const& b, auto& x) { return plan->solve(b, x, {.rtol = options_.rtol, .atol = options_.atol}); });
        result.report.operator_reused = reused;
        result.report.assembly_s = reused ? 0.0 : build_s;
        result.report.operator_bytes = plan->bytes();
        return result;
    }

    // On a processor, setting the grids up costs less than looking for them.
    solution<D> by_multigrid() const {
        detail::require_memory_of_points(domain_.size(), 4 + 3, "the solve by multigrid");
        if (options_.device.is_cuda())
            return detail::with_room(cache_, options_.device, [&] {
                auto const [levels, reused, build_s] =
                    cache_.get_multigrid(domain_, kinds_, shift_, {.device = options_.device});
                return by_multigrid(*levels, reused, build_s);
            });
        profile::timer const setting_up;
        linear::laplacian_multigrid<D> const levels{domain_, kinds_, shift_};
        return by_multigrid(levels, false, setting_up.seconds());
    }
    solution<D> by_multigrid(linear::laplacian_multigrid<D> const& levels, bool reused, double setup_s) const {
        auto result = for_right_hand_side([&](auto const& b, auto& x) {
            detail::iteration_log log{options_};
            auto report =
                levels.solve(b, x, {.rtol = options_.rtol, .atol = options_.atol, .on_iteration = log.callback()});
            log.tell(report);
            return report;
        });
        result.report.operator_reused = reused;
        result.report.factorisation_s = reused ? 0.0 : setup_s;
        result.report.operator_bytes = levels.bytes();
        return result;
    }

    solution<D> by_factor() const {
        bool const is_anchored = detail::is_anchored<D>(kinds_);
        double const stiffest = stiffness(domain_, kinds_);
        if (!is_anchored)
            detail::require_definite(problem_.kappa[0] * stiffest, problem_.sigma, problem_.sigma_name,
                                     detail::method_without_factor<D>(points_, kinds_));
        auto const [op, reused] = cache_.get(domain_, kinds_, shift_, options_.backend);
        auto result = for_right_hand_side([&, &op = op](auto const& b, auto& x) {
            auto report =
                linear::direct_solve(op->factor, op->matrix, b, x, {.rtol = options_.rtol, .atol = options_.atol});
            if (!is_anchored && detail::loss_of_constant(stiffest, shift_) > 1e-12) {
                auto weights = discrete_.shares();
                for (double& weight : weights) weight *= shift_;
                detail::correct_constant(x, weights, b, report, [&](auto const& at, auto& r) {
                    linear::residual(op->matrix, at, b, r);
                    return norm2(r);
                });
            }
            return report;
        });
        result.report.operator_reused = reused;
        result.report.assembly_s = reused ? 0.0 : op->assembly_s;
        result.report.factorisation_s = reused ? 0.0 : op->factorisation_s;
        result.report.operator_bytes = op->bytes();
        return result;
    }

    // solve(b, x) returns a report.
    template <class Solve>
    solution<D> for_right_hand_side(Solve const& solve) const {
        profile::timer const taken;
        auto const b = detail::from_source(points_, problem_.source, [&](std::span<double const> f) {
            if (options_.scheme == scheme::second_order) return discrete_.right_hand_side(f);
            return detail::compact_right_hand_side<D>{points_, problem_.boundary, problem_.kappa, shift_}(f);
        });
        double const right_hand_side_s = taken.seconds();
        std::vector<double> x(b.size());
        auto report = solve(b, x);
        divide_by_kappa(x, report);
        auto u = discrete_.to_field(x);
        report.right_hand_side_s = right_hand_side_s;
        report.solve_s = taken.seconds();
        return {std::move(u), std::move(report)};
    }

    void divide_by_kappa(std::span<double> x, linear::solve_report& report) const {
        double const kappa = problem_.kappa[0];
        if (kappa == 1.0) return;
        for (double& value : x) value /= kappa;
        if (first_not_finite(x)) report.reason = linear::stop_reason::not_finite;
    }

    detail::constant_problem<D> const& problem_;
    grid::cartesian<D> const& points_;
    grid::cartesian<D> domain_;  // of the isotropic problem
    double shift_;
    solve_options const& options_;
    grid::condition_kinds<D> kinds_;
    detail::discrete_problem<D> discrete_;
    linear::operator_cache& cache_;
};

}  // namespace

template <std::size_t D>
solution<D> detail::solve_constant(constant_problem<D> const& problem, solve_options const& options) {
    return shifted_problem<D>{problem, options}.solve();
}

namespace {

template <std::size_t D>
solution<D> solve_helmholtz(helmholtz<D> const& problem, solve_options const& options) {
    linear::require_tolerances(options.rtol, options.atol);
    detail::require_use_of_backend(options);
    detail::require_use_of_device(options);
    detail::require_on_domain(problem.domain, problem.source, "the source");
    POISE_REQUIRE(std::isfinite(problem.shift), "shift is ", problem.shift,
                  "; -Laplacian + shift needs a finite shift");
    if (options.scheme == scheme::compact_fourth_order)
        detail::require_compact_scheme<D>(problem.domain, problem.boundary.kinds(), options);
    if (problem.shift < 0.0 || detail::needs_matrix<D>(options, problem.domain, problem.boundary.kinds()))
        return detail::solve_diffusion(diffusion<D>{.domain = problem.domain,
                                                    .kappa = 1.0,
                                                    .sigma = problem.shift,
                                                    .source = problem.source,
                                                    .boundary = problem.boundary},
                                       options, "shift");
    return detail::solve_constant<D>({.domain = problem.domain,
                                      .kappa = grid::uniform_point<D>(1.0),
                                      .sigma = problem.shift,
                                      .sigma_name = "shift",
                                      .source = problem.source,
                                      .boundary = problem.boundary},
                                     options);
}
}  // namespace

template <std::size_t D>
solution<D> solve(helmholtz<D> const& problem, solve_options const& options) {
    return detail::with_error_estimate(problem, options, &solve_helmholtz<D>);
}
template <std::size_t D>
solution<D> solve(poisson<D> const& problem, solve_options const& options) {
    return solve(
        helmholtz<D>{.domain = problem.domain, .shift = 0.0, .source = problem.source, .boundary = problem.boundary},
        options);
}

template solution<1> detail::solve_constant(constant_problem<1> const&, solve_options const&);
template solution<2> detail::solve_constant(constant_problem<2> const&, solve_options const&);
template solution<3> detail::solve_constant(constant_problem<3> const&, solve_options const&);
template solution<1> solve(helmholtz<1> const&, solve_options const&);
template solution<2> solve(helmholtz<2> const&, solve_options const&);
template solution<3> solve(helmholtz<3> const&, solve_options const&);
template solution<1> solve(poisson<1> const&, solve_options const&);
template solution<2> solve(poisson<2> const&, solve_options const&);
template solution<3> solve(poisson<3> const&, solve_options const&);

}  // namespace poise::pde
