// SPDX-License-Identifier: MIT
#include "linear/refinement.hpp"
#include "pde/solving.hpp"

#include <poise/linear/cg.hpp>
#include <poise/linear/multigrid.hpp>
#include <poise/linear/neg_diffusion.hpp>
#include <poise/linear/nested_dissection.hpp>
#include <poise/pde/solve.hpp>

#include <cmath>
#include <string>

namespace poise::pde {
namespace {

using detail::choice;

// Whether the problem can be solved as that of σ/κ without losing either to over- or underflow.
template <std::size_t D>
bool is_helmholtz(grid::cartesian<D> const& domain, double kappa, double sigma) {
    for (std::size_t d = 0; d < D; ++d) {
        double const over_h2 = kappa * (1.0 / (domain.spacing(d) * domain.spacing(d)));
        if (!std::isnormal(over_h2) || !std::isfinite(4.0 * D * over_h2)) return false;
    }
    return sigma == 0.0 || std::isnormal(sigma / kappa);
}

// A factorisation costs O(n^{3/2}) operations in 2D and O(n²) in 3D, conjugate gradients about n^{1/D} iterations.
template <std::size_t D>
choice choose(linear::stencil_matrix<D> const& A, bool is_singular, std::string const& what,
              solve_options const& options) {
    if (options.method != method::automatic) return {options.method, {}};
    if (options.backend != linear::cholesky_backend::automatic)
        return {method::direct, "a backend of the factorisation is named"};
    bool is_periodic = false;
    for (std::size_t d = 0; d < D; ++d) is_periodic |= A.periodic(d);
    if (!is_periodic && (D > 1 || is_singular)) return {method::multigrid, what};
    if (is_singular) return {method::conjugate_gradients, what + ", periodic and singular"};
    constexpr std::size_t most = D == 1 ? 10'000'000 : D == 2 ? 1'000'000 : 8'000;
    return A.n_unknowns() <= most
               ? choice{method::direct, what + ", and a factor is small"}
               : choice{method::conjugate_gradients, what + ", periodic, and a factor would be large"};
}

template <std::size_t D>
class varying_problem {
public:
    varying_problem(diffusion<D> const& problem, solve_options const& options)
        : problem_{problem},
          options_{options},
          kinds_{problem.boundary.kinds()},
          kappa_{values_of(problem.kappa)},
          sigma_{values_of(problem.sigma)},
          discrete_{problem.domain, problem.boundary, kappa_} {}

    solution<D> solve() const {
        profile::timer const taken;
        auto const A = [&] {
            profile::scope const timing{"assemble"};
            return linear::neg_diffusion(problem_.domain, problem_.boundary, std::span<double const>{kappa_},
                                         std::span<double const>{sigma_});
        }();
        double const assembly_s = taken.seconds();
        bool const is_anchored = detail::is_anchored<D>(kinds_);
        std::vector<double> shares,
            weights;  // those of the unknowns, and A·1: what the constant hangs on without walls
        if (!is_anchored) {
            shares = discrete_.shares();
            weights = discrete_.times_shares(sigma_);
            auto const of_sides = linear::robin_diagonal(problem_.domain, problem_.boundary, kappa_);
            for (std::size_t i = 0; i < of_sides.size(); ++i) weights[i] += of_sides[i];
        }
        double const mean_sigma = is_anchored ? 0.0 : sum(weights) / sum(shares);
        bool const is_singular = !is_anchored && mean_sigma == 0.0;
        double const stiffest = is_anchored ? 0.0 : norm_max(A.diagonal());
        bool const are_constant = problem_.kappa.constant() != nullptr && problem_.sigma.constant() != nullptr;
        char const* const why_here =
            are_constant && detail::has_robin<D>(kinds_) ? "a side is Robin" : "coefficients vary";
        auto const chosen = choose(A, is_singular, why_here, options_);

        auto b = detail::assemble_right_hand_side(discrete_, problem_.domain, problem_.source);
        std::vector<double> x(b.size());
        linear::solve_report report;
        if (chosen.method == method::direct) {
            if (!is_anchored)
                detail::require_definite(stiffest, mean_sigma,
                                         detail::has_robin<D>(kinds_) ? "sigma with what Robin sides add" : "sigma",
                                         "method::multigrid");
            report = by_factor(A, b, x);
        } else if (mean_sigma > 0.0 && detail::loss_of_constant(stiffest, mean_sigma) > 1e-3) {
            report = around_constant(A, b, x, shares, weights, chosen.method);
        } else {
            linear::krylov_options const iterate{.rtol = options_.rtol, .atol = options_.atol};
            report = by_iteration(A, b, x, shares, chosen.method, is_singular, iterate);
        }
        if (!is_anchored && mean_sigma > 0.0)
            detail::correct_constant(x, weights, b, report,
                                     [&](auto const& at, auto& r) { return residual_norm(A, at, b, r); });
        report.assembly_s = assembly_s;
        report.solve_s = taken.seconds() - assembly_s - report.factorisation_s;
        report.chosen = chosen.why;
        if (options_.on_failure == on_failure::throw_exception) report.or_throw();
        return {discrete_.to_field(x), std::move(report)};
    }

private:
    std::vector<double> values_of(grid::scalar_function<D> const& f) const {
        std::vector<double> values(problem_.domain.size());
        f.evaluate(problem_.domain, values);
        return values;
    }

    linear::solve_report by_factor(linear::stencil_matrix<D> const& A, std::span<double const> b,
                                   std::span<double> x) const {
        profile::timer const taken;
        auto const [matrix, factor] = [&] {
            profile::scope const timing{"factorise"};
            auto csr = linear::to_csr(A);
            auto const ordering = linear::nested_dissection(A.n());
            linear::cholesky made{
                csr, {.backend = options_.backend, .check = linear::input_check::none, .ordering = ordering}};
            return std::pair{std::move(csr), std::move(made)};
        }();
        double const factorisation_s = taken.seconds();
        auto report = linear::direct_solve(factor, matrix, b, x, {.rtol = options_.rtol, .atol = options_.atol});
        report.factorisation_s = factorisation_s;
        return report;
    }

    // For a right-hand side of about 1, so that no dot product leaves the range of double. The scale is a power of two:
    // it changes no bit of the solution.
    linear::solve_report by_iteration(linear::stencil_matrix<D> const& A, std::span<double> b, std::span<double> x,
                                      std::vector<double> const& shares, method by, bool is_singular,
                                      linear::krylov_options iterate) const {
        double const largest = norm_max(b);
        int const exponent = largest > 0.0 ? std::clamp(std::ilogb(largest), -1000, 1000) : 0;
        double const scale = std::ldexp(1.0, exponent);
        for (double& value : b) value /= scale;
        iterate.atol /= scale;
        auto report = by_iteration_of_one(A, b, x, shares, by, is_singular, iterate);
        for (auto const& scaled : {b, x})
            for (double& value : scaled) value *= scale;
        for (double* number :
             {&report.residual_norm, &report.tolerance, &report.attainable_residual, &report.removed_mean})
            *number *= scale;
        if (first_not_finite(x)) report.reason = linear::stop_reason::not_finite;
        return report;
    }

    linear::solve_report by_iteration_of_one(linear::stencil_matrix<D> const& A, std::span<double> b,
                                             std::span<double> x, std::vector<double> const& shares, method by,
                                             bool is_singular, linear::krylov_options iterate) const {
        double const total = is_singular ? sum(shares) : 0.0;
        double const removed = is_singular ? sum(b) / total : 0.0;
        for (std::size_t i = 0; i < b.size() && is_singular; ++i) b[i] -= removed * shares[i];
        if (is_singular && b.size() == 1) return lonely_zero(removed);
        auto const longest = *std::ranges::max_element(A.n());
        iterate.max_iterations = static_cast<int>(std::clamp<std::ptrdiff_t>(20 * longest, 10'000, 10'000'000));
        auto report = by == method::multigrid ? by_multigrid(A, b, x, is_singular, iterate)
                                              : by_conjugate_gradients(A, b, x, iterate);
        report.removed_mean = removed;
        if (!is_singular) return report;
        double const mean = dot(shares, x) / total;
        for (double& value : x) value -= mean;
        return report;
    }

    // Where rounding loses σ beside κ/h², and no side is a wall: u = c + v with c Σσ = Σb, and A v = b - cσ, which asks
    // nothing of σ any more. Of a large c rounding may leave a residual that no tolerance on b allows.
    linear::solve_report around_constant(linear::stencil_matrix<D> const& A, std::span<double const> b,
                                         std::span<double> x, std::vector<double> const& shares,
                                         std::vector<double> const& weights, method by) const {
        double const c = sum(b) / sum(weights);
        std::vector<double> rest(b.begin(), b.end());
        for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= c * weights[i];
        double const tolerance = std::max(options_.rtol * norm2(b), options_.atol);
        auto report = by_iteration(A, rest, x, shares, by, true, {.rtol = 0.0, .atol = tolerance});
        report.removed_mean = 0.0;
        for (double& value : x) value += c;
        report.residual_norm = residual_norm(A, x, b, rest);
        if (!report || report.residual_norm <= tolerance) return report;
        report.reason =
            std::isfinite(report.residual_norm) ? linear::stop_reason::stagnated : linear::stop_reason::not_finite;
        report.attainable_residual =
            linear::detail::attainable_residual(2.0 * norm_max(A.diagonal()), norm2(x), norm2(b));
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

    linear::solve_report by_conjugate_gradients(linear::stencil_matrix<D> const& A, std::span<double const> b,
                                                std::span<double> x, linear::krylov_options const& iterate) const {
        profile::scope const timing{"conjugate gradients"};
        return linear::cg(A, b, x, iterate, linear::jacobi{A.diagonal()});
    }

    linear::solve_report by_multigrid(linear::stencil_matrix<D> const& A, std::span<double const> b,
                                      std::span<double> x, bool is_singular,
                                      linear::krylov_options const& iterate) const {
        using linear::multigrid_nullspace;
        profile::timer const taken;
        linear::multigrid<D> const M{
            A, {.nullspace = is_singular ? multigrid_nullspace::constants : multigrid_nullspace::nothing}};
        double const setup_s = taken.seconds();
        profile::scope const timing{"conjugate gradients"};
        auto report = linear::cg(A, b, x, iterate, M);
        report.method = "multigrid, conjugate gradients";
        report.factorisation_s = setup_s;
        return report;
    }

    diffusion<D> const& problem_;
    solve_options const& options_;
    grid::condition_kinds<D> kinds_;
    std::vector<double> kappa_, sigma_;
    detail::discrete_problem<D> discrete_;
};

[[noreturn]] void refuse_transform(double const* kappa, double const* sigma) {
    if (kappa != nullptr && sigma != nullptr)
        throw_invalid(concat("method is fast_transform, and of kappa = ", *kappa, " and sigma = ", *sigma,
                             " sigma / kappa or kappa / h^2 is not a normal number; choose other units, or take "
                             "method::multigrid or method::direct"));
    throw_invalid(concat("method is fast_transform, and ", kappa == nullptr ? "kappa" : "sigma",
                         " varies; give numbers, or take method::multigrid or method::direct"));
}

}  // namespace

template <std::size_t D>
solution<D> solve(diffusion<D> const& problem, solve_options const& options) {
    linear::require_tolerances(options.rtol, options.atol);
    detail::require_use_of_backend(options);
    detail::require_on_domain(problem.domain, problem.source, "the source");
    detail::require_on_domain(problem.domain, problem.kappa, "kappa");
    detail::require_on_domain(problem.domain, problem.sigma, "sigma");
    double const* kappa = problem.kappa.constant();
    double const* sigma = problem.sigma.constant();
    if (kappa != nullptr)
        POISE_REQUIRE(*kappa > 0.0 && std::isfinite(*kappa), "kappa is ", *kappa, "; it must be positive and finite");
    if (sigma != nullptr)
        POISE_REQUIRE(*sigma >= 0.0 && std::isfinite(*sigma), "sigma is ", *sigma,
                      "; it must be finite and not negative");
    bool const are_constant = kappa != nullptr && sigma != nullptr;
    bool const is_iterative = options.method == method::multigrid || options.method == method::conjugate_gradients;
    bool const has_robin = detail::has_robin<D>(problem.boundary.kinds());
    if (are_constant && !is_iterative && !has_robin && is_helmholtz(problem.domain, *kappa, *sigma))
        return detail::solve_constant<D>({.domain = problem.domain,
                                          .kappa = *kappa,
                                          .sigma = *sigma,
                                          .sigma_name = "sigma",
                                          .source = problem.source,
                                          .boundary = problem.boundary},
                                         options);
    POISE_REQUIRE(options.method != method::fast_transform || !has_robin,
                  "method is fast_transform, and a side is Robin; take method::multigrid or method::direct");
    if (options.method == method::fast_transform) refuse_transform(kappa, sigma);
    profile::scope const timing{"pde::solve"};
    // κ, σ, the matrix, the vectors of the problem and of the iteration, and the hierarchy.
    std::size_t const hierarchy = options.method == method::conjugate_gradients ? 0 : D == 3 ? 17 : 14;
    detail::require_memory_of_points(problem.domain.size(), 11 + D + hierarchy, "the diffusion problem");
    auto result = varying_problem<D>{problem, options}.solve();
    bool const is_chosen =
        options.method == method::automatic && options.backend == linear::cholesky_backend::automatic;
    if (are_constant && is_chosen && !has_robin)
        result.report.chosen = concat("sigma / kappa is ", *sigma / *kappa, ", not a normal number");
    return result;
}

template solution<1> solve(diffusion<1> const&, solve_options const&);
template solution<2> solve(diffusion<2> const&, solve_options const&);
template solution<3> solve(diffusion<3> const&, solve_options const&);

}  // namespace poise::pde
