// SPDX-License-Identifier: MIT
#include "linear/device_diffusion.hpp"
#include "linear/diffusion_assembly.hpp"
#include "linear/refinement.hpp"
#include "pde/choosing.hpp"
#include "pde/compact_scheme.hpp"
#include "pde/error_estimate.hpp"
#include "pde/solving.hpp"

#include <poise/linear/cg.hpp>
#include <poise/linear/neg_diffusion.hpp>
#include <poise/pde/solve.hpp>

#include <array>
#include <cmath>
#include <memory>
#include <string>

namespace poise::pde {
namespace {

using detail::choice;

// Whether the problem can be solved as that of σ/κ ≥ 0 without losing either to over- or underflow.
template <std::size_t D>
bool is_helmholtz(std::array<grid::axis_stencil, D> const& axes, grid::point<D> const& kappa, double sigma) {
    for (std::size_t d = 0; d < D; ++d) {
        auto const [weakest, strongest] = axes[d].coupling_range();
        for (double const factor : {kappa[d], kappa[d] / kappa[0]})
            for (double const coupling : {weakest, strongest}) {
                double const over_h2 = factor * coupling;
                if (!std::isnormal(over_h2) || !std::isfinite(4.0 * D * over_h2)) return false;
            }
    }
    return sigma == 0.0 || (sigma > 0.0 && std::isnormal(sigma / kappa[0]));
}

template <std::size_t D>
class varying_problem {
public:
    varying_problem(diffusion<D> const& problem, solve_options const& options, char const* sigma_name)
        : problem_{problem},
          options_{options},
          sigma_name_{sigma_name},
          kinds_{problem.boundary.kinds()},
          values_{coefficients(problem)},
          coefficients_s_{began_.seconds()},
          discrete_{problem.domain, problem.boundary, values_->kappa()} {}

    solution<D> solve() const {
        if (auto const place = linear::detail::first_negative(values_->sigma())) {
            POISE_REQUIRE(options_.device.is_cpu(), sigma_name_, " is ", values_->sigma()[*place], " at ",
                          linear::detail::position_of(problem_.domain, *place), ", and ", options_.device.name(),
                          " solves for a ", sigma_name_, " >= 0; take device::cpu()");
            auto result = detail::solve_indefinite<D>({problem_, values_, *place, sigma_name_}, options_);
            result.report.coefficients_s = coefficients_s_;
            return result;
        }
        bool const is_anchored = detail::is_anchored<D>(kinds_);
        std::vector<double> shares, weights;  // of the unknowns, and A·1: what the constant hangs on without walls
        if (!is_anchored) {
            linear::detail::require_coefficients(problem_.domain, values_->kappa(), values_->sigma());
            shares = discrete_.shares();
            weights = discrete_.times_shares(values_->sigma());
            for (std::size_t i = 0; i < values_->robin().size(); ++i) weights[i] += values_->robin()[i];
        }
        double const mean_sigma = is_anchored ? 0.0 : sum(weights) / sum(shares);
        auto const stiffness = is_anchored ? std::vector<double>{} : stiffness_of_points();
        double const stiffest = is_anchored ? 0.0 : norm_max(stiffness) + norm_max(values_->sigma());
        bool const is_singular = !is_anchored && mean_sigma == 0.0;
        bool const has_factor =
            is_anchored || (mean_sigma > 0.0 && detail::loss_of_constant(stiffest, mean_sigma) <= 1e-3);
        bool const is_lost = !has_factor && !is_singular && is_lost_in_every_row(stiffness, weights);
        auto const chosen = detail::choose<D>(problem_.domain, kinds_, has_factor, what_is_special(), options_);
        if (chosen.method == method::direct && !is_anchored)
            detail::require_definite(stiffest, mean_sigma,
                                     detail::has_robin<D>(kinds_) ? "sigma with what Robin sides add" : "sigma",
                                     detail::method_without_factor<D>(problem_.domain, kinds_));
        // One unknown without neighbours: its matrix is 0, and asks for nothing.
        bool const is_lonely = is_singular && shares.size() == 1;
        auto const [op, reused] = get(is_lonely ? linear::preparation::nothing : detail::preparation_of(chosen.method),
                                      is_singular || is_lost);

        profile::timer const taken;
        auto b = detail::assemble_right_hand_side(discrete_, problem_.domain, problem_.source);
        double const right_hand_side_s = taken.seconds();
        std::vector<double> x(b.size());
        linear::solve_report report;
        if (chosen.method == method::direct) {
            report =
                linear::direct_solve(*op->factor, *op->matrix, b, x, {.rtol = options_.rtol, .atol = options_.atol});
        } else if (is_lost) {
            report = around_constant(*op, b, x, shares, weights);
        } else {
            report = by_iteration(*op, b, x, shares, is_singular, {.rtol = options_.rtol, .atol = options_.atol});
        }
        if (!is_anchored && mean_sigma > 0.0)
            detail::correct_constant(x, weights, b, report,
                                     [&](auto const& at, auto& r) { return residual_norm(op->A, at, b, r); });
        auto u = discrete_.to_field(x);
        report.coefficients_s = coefficients_s_;
        report.right_hand_side_s = right_hand_side_s;
        report.solve_s = taken.seconds();
        report.operator_bytes = op->bytes();
        report.operator_reused = reused;
        report.assembly_s = reused ? 0.0 : op->assembly_s;
        report.factorisation_s = reused ? 0.0 : op->setup_s;
        report.chosen = chosen.why;
        report.device = options_.device;
        if (options_.on_failure == on_failure::throw_exception) report.or_throw();
        return {std::move(u), std::move(report)};
    }

private:
    using operator_of_problem = linear::diffusion_operator<D>;

    static std::vector<double> values_of(grid::cartesian<D> const& domain, grid::scalar_function<D> const& f) {
        std::vector<double> values(domain.size());
        f.evaluate(domain, values);
        return values;
    }
    // As linear::neg_diffusion() has it.
    static std::vector<double> values_of(grid::cartesian<D> const& domain, conductivity<D> const& kappa) {
        std::size_t const n = domain.size();
        std::vector<double> values(kappa.is_isotropic() ? n : D * n);
        for (std::size_t d = 0; d * n < values.size(); ++d)
            kappa.along(d).evaluate(domain, std::span{values}.subspan(d * n, n));
        return values;
    }
    static std::shared_ptr<linear::coefficient_values const> coefficients(diffusion<D> const& problem) {
        profile::scope const timing{"coefficients"};
        auto kappa = values_of(problem.domain, problem.kappa);
        auto robin = linear::robin_diagonal(problem.domain, problem.boundary, kappa);
        return std::make_shared<linear::coefficient_values const>(
            std::move(kappa), values_of(problem.domain, problem.sigma), std::move(robin));
    }

    // Σ 2κ/h² at each point: at most about half of the largest eigenvalue.
    std::vector<double> stiffness_of_points() const {
        std::vector<double> stiffness(problem_.domain.size());
        auto const axes = grid::axis_stencils(problem_.domain, kinds_);
        for (std::size_t d = 0; d < D; ++d) {
            if (axes[d].n <= 1) continue;
            double const over_h2 = 2.0 * axes[d].coupling_range().second;
            auto const kappa = linear::detail::kappa_along(d, problem_.domain, values_->kappa());
            for (std::size_t i = 0; i < stiffness.size(); ++i) stiffness[i] += kappa[i] * over_h2;
        }
        return stiffness;
    }
    // As good as singular: nowhere more of A·1 than rounding leaves beside κ/h² of the same row.
    bool is_lost_in_every_row(std::span<double const> stiffness, std::span<double const> weights) const {
        auto const of_unknowns = discrete_.times_shares(stiffness);
        for (std::size_t i = 0; i < weights.size(); ++i)
            if (weights[i] > 0.0 && detail::loss_of_constant(of_unknowns[i], weights[i]) <= 1e-3) return false;
        return true;
    }

    std::string what_is_special() const {
        auto const kappa = problem_.kappa.constants();
        double const* sigma = problem_.sigma.constant();
        if (!kappa || sigma == nullptr) return "coefficients vary";
        bool const is_uniform = problem_.domain.is_uniform();
        if (detail::has_robin<D>(kinds_))
            return is_uniform ? "a side is Robin" : "a side is Robin and the grid stretched";
        if (!is_uniform) return "the grid is stretched";
        return concat("sigma / kappa is ", *sigma / (*kappa)[0], ", not a normal number");
    }

    auto get(linear::preparation prepare, bool is_singular) const {
        using linear::multigrid_nullspace;
        return detail::cache_of(options_).get_diffusion(
            problem_.domain, kinds_, values_,
            {.prepare = prepare,
             .nullspace = is_singular ? multigrid_nullspace::constants : multigrid_nullspace::nothing,
             .backend = options_.backend,
             .device = prepare == linear::preparation::multigrid ? options_.device : device::cpu()});
    }

    // For a right-hand side of about 1, so that no dot product leaves the range of double. The scale is a power of two:
    // it changes no bit of the solution.
    linear::solve_report by_iteration(operator_of_problem const& op, std::span<double> b, std::span<double> x,
                                      std::vector<double> const& shares, bool is_singular,
                                      linear::krylov_options iterate) const {
        double const largest = norm_max(b);
        int const exponent = largest > 0.0 ? std::clamp(std::ilogb(largest), -1000, 1000) : 0;
        double const scale = std::ldexp(1.0, exponent);
        for (double& value : b) value /= scale;
        iterate.atol /= scale;
        detail::iteration_log log{options_, scale};
        iterate.on_iteration = log.callback();
        auto report = by_iteration_of_one(op, b, x, shares, is_singular, iterate);
        log.tell(report);
        for (auto const& scaled : {b, x})
            for (double& value : scaled) value *= scale;
        for (double* number :
             {&report.residual_norm, &report.tolerance, &report.attainable_residual, &report.removed_mean})
            *number *= scale;
        if (first_not_finite(x)) report.reason = linear::stop_reason::not_finite;
        return report;
    }

    linear::solve_report by_iteration_of_one(operator_of_problem const& op, std::span<double> b, std::span<double> x,
                                             std::vector<double> const& shares, bool is_singular,
                                             linear::krylov_options iterate) const {
        double const total = is_singular ? sum(shares) : 0.0;
        double const removed = is_singular ? sum(b) / total : 0.0;
        for (std::size_t i = 0; i < b.size() && is_singular; ++i) b[i] -= removed * shares[i];
        if (is_singular && b.size() == 1) return lonely_zero(removed);
        auto const longest = *std::ranges::max_element(op.A.n());
        iterate.max_iterations = static_cast<int>(std::clamp<std::ptrdiff_t>(20 * longest, 10'000, 10'000'000));
        auto report = by_conjugate_gradients(op, b, x, iterate);
        report.removed_mean = removed;
        if (!is_singular) return report;
        double const mean = dot(shares, x) / total;
        for (double& value : x) value -= mean;
        return report;
    }

    // Where rounding loses σ beside κ/h², and no side is a wall: u = c + v with c Σσ = Σb, and A v = b - cσ, which asks
    // nothing of σ any more. Of a large c rounding may leave a residual that no tolerance on b allows.
    linear::solve_report around_constant(operator_of_problem const& op, std::span<double const> b, std::span<double> x,
                                         std::vector<double> const& shares, std::vector<double> const& weights) const {
        double const c = sum(b) / sum(weights);
        std::vector<double> rest(b.begin(), b.end());
        for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= c * weights[i];
        double const tolerance = std::max(options_.rtol * norm2(b), options_.atol);
        auto report = by_iteration(op, rest, x, shares, true, {.rtol = 0.0, .atol = tolerance});
        report.removed_mean = 0.0;
        for (double& value : x) value += c;
        report.residual_norm = residual_norm(op.A, x, b, rest);
        bool const is_met = report.residual_norm <= tolerance;
        report.attainable_residual =
            is_met ? 0.0 : linear::detail::attainable_residual(2.0 * norm_max(op.A.diagonal()), norm2(x), norm2(b));
        // The reason of the one for v, but where it is about the residual.
        if (is_met)
            report.reason = linear::stop_reason::converged;
        else if (!std::isfinite(report.residual_norm))
            report.reason = linear::stop_reason::not_finite;
        else if (report || report.residual_norm <= report.attainable_residual)
            report.reason = linear::stop_reason::stagnated;
        return report;
    }

    static double residual_norm(linear::stencil_matrix<D> const& A, std::span<double const> x,
                                std::span<double const> b, std::span<double> r) {
        A(x, r);
        for (std::size_t i = 0; i < r.size(); ++i) r[i] = b[i] - r[i];
        return norm2(r);
    }

    // One unknown without neighbours: its matrix is 0, and so is the solution of mean zero.
    static linear::solve_report lonely_zero(double removed) {
        linear::solve_report report;
        report.reason = linear::stop_reason::converged;
        report.method = "mean zero";
        report.n_unknowns = 1;
        report.removed_mean = removed;
        return report;
    }

    static linear::solve_report by_conjugate_gradients(operator_of_problem const& op, std::span<double const> b,
                                                       std::span<double> x, linear::krylov_options const& iterate) {
        profile::scope const timing{"conjugate gradients"};
        if (op.on_device)
            return linear::detail::conjugate_gradients_on_device(
                *op.on_device, [&] { return linear::norm_infinity(op.A); }, b, x, iterate);
        if (!op.hierarchy) return linear::cg(op.A, b, x, iterate, linear::jacobi{op.A.diagonal()});
        auto report = linear::cg(op.A, b, x, iterate, *op.hierarchy);
        report.method = "multigrid, conjugate gradients";
        return report;
    }

    diffusion<D> const& problem_;
    solve_options const& options_;
    char const* sigma_name_;
    grid::condition_kinds<D> kinds_;
    profile::timer began_;
    std::shared_ptr<linear::coefficient_values const> values_;
    double coefficients_s_;
    detail::discrete_problem<D> discrete_;
};

template <std::size_t D>
[[noreturn]] void refuse_transform(std::optional<std::array<double, D>> const& kappa, double const* sigma) {
    if (kappa && sigma != nullptr)
        throw_invalid(concat("method is fast_transform, and of kappa = ", (*kappa)[0], " and sigma = ", *sigma,
                             " sigma / kappa or kappa / h^2 is not a normal number; choose other units, or take "
                             "method::multigrid or method::direct"));
    throw_invalid(concat("method is fast_transform, and ", kappa ? "sigma" : "kappa",
                         " varies; give numbers, or take method::multigrid or method::direct"));
}

}  // namespace

template <std::size_t D>
solution<D> detail::solve_diffusion(diffusion<D> const& problem, solve_options const& options, char const* sigma_name) {
    linear::require_tolerances(options.rtol, options.atol);
    detail::require_use_of_backend(options);
    detail::require_use_of_device(options);
    detail::require_on_domain(problem.domain, problem.source, "the source");
    for (std::size_t d = 0; d < D; ++d) detail::require_on_domain(problem.domain, problem.kappa.along(d), "kappa");
    detail::require_on_domain(problem.domain, problem.sigma, "sigma");
    auto const kappa = problem.kappa.constants();
    double const* sigma = problem.sigma.constant();
    for (std::size_t d = 0; d < D && kappa; ++d) {
        std::string const along = problem.kappa.is_isotropic() ? "" : concat(" along ", "xyz"[d]);
        POISE_REQUIRE((*kappa)[d] > 0.0 && std::isfinite((*kappa)[d]), "kappa", along, " is ", (*kappa)[d],
                      "; it must be positive and finite");
    }
    if (sigma != nullptr) POISE_REQUIRE(std::isfinite(*sigma), sigma_name, " is ", *sigma, "; it must be finite");
    bool const is_negative = sigma != nullptr && *sigma < 0.0;
    bool const are_constant = kappa && sigma != nullptr;
    auto const kinds = problem.boundary.kinds();
    bool const has_robin = detail::has_robin<D>(kinds);
    bool const is_scalable =
        are_constant && is_helmholtz<D>(grid::axis_stencils(problem.domain, kinds), *kappa, *sigma);
    if (options.scheme == scheme::compact_fourth_order) {
        detail::require_compact_scheme<D>(problem.domain, kinds, options);
        detail::require_compact_coefficients<D>(kappa, sigma, sigma_name, is_scalable);
    }
    if (is_scalable && !detail::needs_matrix<D>(options, problem.domain, kinds))
        return detail::solve_constant<D>({.domain = problem.domain,
                                          .kappa = *kappa,
                                          .sigma = *sigma,
                                          .sigma_name = sigma_name,
                                          .source = problem.source,
                                          .boundary = problem.boundary},
                                         options);
    if (options.method == method::fast_transform && !is_negative) {
        POISE_REQUIRE(!has_robin,
                      "method is fast_transform, and a side is Robin; take method::multigrid or "
                      "method::direct");
        refuse_transform<D>(kappa, sigma);
    }
    profile::scope const timing{"pde::solve"};
    // κ, σ, the matrix, the vectors of the problem and of the iteration, and the hierarchy.
    std::size_t const hierarchy = options.method == method::conjugate_gradients ? 0 : D == 3 ? 17 : 14;
    std::size_t const more_kappas = problem.kappa.is_isotropic() ? 0 : D - 1;
    std::size_t const of_constant = detail::is_anchored<D>(kinds) ? 0 : 3;  // shares, weights, stiffness
    detail::require_memory_of_points(problem.domain.size(), 11 + D + hierarchy + more_kappas + of_constant,
                                     "the diffusion problem");
    varying_problem<D> const varying{problem, options, sigma_name};
    return options.device.is_cuda()
               ? detail::with_room(detail::cache_of(options), options.device, [&] { return varying.solve(); })
               : varying.solve();
}

template <std::size_t D>
solution<D> solve(diffusion<D> const& problem, solve_options const& options) {
    return detail::with_error_estimate(problem, options, [](auto const& on_grid, auto const& with) {
        return detail::solve_diffusion(on_grid, with, "sigma");
    });
}

template solution<1> detail::solve_diffusion(diffusion<1> const&, solve_options const&, char const*);
template solution<2> detail::solve_diffusion(diffusion<2> const&, solve_options const&, char const*);
template solution<3> detail::solve_diffusion(diffusion<3> const&, solve_options const&, char const*);
template solution<1> solve(diffusion<1> const&, solve_options const&);
template solution<2> solve(diffusion<2> const&, solve_options const&);
template solution<3> solve(diffusion<3> const&, solve_options const&);

}  // namespace poise::pde
