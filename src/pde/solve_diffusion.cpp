// SPDX-License-Identifier: MIT
#include "pde/solving.hpp"

#include <poise/linear/cg.hpp>
#include <poise/linear/multigrid.hpp>
#include <poise/linear/neg_diffusion.hpp>
#include <poise/linear/nested_dissection.hpp>
#include <poise/pde/solve.hpp>

#include <cmath>

namespace poise::pde {
namespace {

using detail::choice;

template <std::size_t D>
grid::scalar_function<D> scaled(grid::scalar_function<D> const& f, double factor) {
    if (double const* value = f.constant()) return *value * factor;
    if (auto const* values = f.values()) {
        auto copy = *values;
        for (double& value : copy.values()) value *= factor;
        return copy;
    }
    if constexpr (D == 1) return [f, factor](double x) { return factor * f({x}); };
    if constexpr (D == 2) return [f, factor](double x, double y) { return factor * f({x, y}); };
    if constexpr (D == 3) return [f, factor](double x, double y, double z) { return factor * f({x, y, z}); };
}

// Constant coefficients: κ (-Δu + σ/κ u) = source, with fluxes over κ.
template <std::size_t D>
solution<D> solve_constant(diffusion<D> const& problem, double kappa, double sigma, solve_options options) {
    auto boundary = problem.boundary;
    for (std::size_t s = 0; s < 2 * D; ++s) {
        auto side = problem.boundary.at(static_cast<grid::side>(s));
        if (side.kind != grid::condition_kind::neumann) continue;
        side.value = scaled(side.value, 1.0 / kappa);
        boundary.on(static_cast<grid::side>(s), side);
    }
    helmholtz<D> const over_kappa{.domain = problem.domain,
                                  .shift = sigma / kappa,
                                  .source = scaled(problem.source, 1.0 / kappa),
                                  .boundary = std::move(boundary)};
    options.atol /= kappa;
    auto const on_failure = std::exchange(options.on_failure, on_failure::return_report);
    auto result = solve(over_kappa, options);
    for (double* number : {&result.report.residual_norm, &result.report.tolerance, &result.report.attainable_residual,
                           &result.report.removed_mean})
        *number *= kappa;
    if (on_failure == on_failure::throw_exception) result.report.or_throw();
    return result;
}

// A factorisation costs O(n^{3/2}) operations in 2D and O(n²) in 3D, conjugate gradients about n^{1/D} iterations.
template <std::size_t D>
choice choose(linear::stencil_matrix<D> const& A, bool is_singular, solve_options const& options) {
    if (options.method != method::automatic) return {options.method, nullptr};
    if (options.backend != linear::cholesky_backend::automatic)
        return {method::direct, "a backend of the factorisation is named"};
    bool is_periodic = false;
    for (std::size_t d = 0; d < D; ++d) is_periodic |= A.periodic(d);
    if (!is_periodic && (D > 1 || is_singular)) return {method::multigrid, "coefficients vary"};
    if (is_singular) return {method::conjugate_gradients, "coefficients vary, periodic and singular"};
    constexpr std::size_t most = D == 1 ? 10'000'000 : D == 2 ? 1'000'000 : 8'000;
    return A.n_unknowns() <= most
               ? choice{method::direct, "coefficients vary, and a factor is small"}
               : choice{method::conjugate_gradients, "coefficients vary, periodic, and a factor would be large"};
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
            return linear::neg_diffusion(problem_.domain, kinds_, std::span<double const>{kappa_},
                                         std::span<double const>{sigma_});
        }();
        double const assembly_s = taken.seconds();
        bool const is_anchored = detail::is_anchored<D>(kinds_);
        std::vector<double> shares,
            weights;  // those of the unknowns, and A·1: what the constant hangs on without walls
        if (!is_anchored) {
            shares = discrete_.shares();
            weights = discrete_.times_shares(sigma_);
        }
        double const mean_sigma = is_anchored ? 0.0 : sum(weights) / sum(shares);
        bool const is_singular = !is_anchored && mean_sigma == 0.0;
        auto const chosen = choose(A, is_singular, options_);

        auto b = detail::assemble_right_hand_side(discrete_, problem_.domain, problem_.source);
        std::vector<double> x(b.size());
        linear::solve_report report;
        if (chosen.method == method::direct) {
            if (!is_anchored)
                detail::require_definite(norm_max(A.diagonal()), mean_sigma, "sigma", "method::multigrid");
            report = by_factor(A, b, x);
        } else {
            report = by_iteration(A, b, x, shares, chosen.method, is_singular);
        }
        if (!is_anchored && mean_sigma > 0.0)
            detail::correct_constant(x, weights, b, report, [&](auto const& at, std::vector<double>& r) {
                A(at, r);
                for (std::size_t i = 0; i < r.size(); ++i) r[i] = b[i] - r[i];
            });
        report.assembly_s = assembly_s;
        report.solve_s = taken.seconds() - assembly_s - report.factorisation_s;
        if (chosen.why != nullptr) report.chosen = chosen.why;
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

    linear::solve_report by_iteration(linear::stencil_matrix<D> const& A, std::span<double> b, std::span<double> x,
                                      std::vector<double> const& shares, method by, bool is_singular) const {
        double const total = is_singular ? sum(shares) : 0.0;
        double const removed = is_singular ? sum(b) / total : 0.0;
        for (std::size_t i = 0; i < b.size() && is_singular; ++i) b[i] -= removed * shares[i];
        if (is_singular && b.size() == 1) return lonely_zero(removed);
        auto const longest = *std::ranges::max_element(A.n());
        int const most = static_cast<int>(std::clamp<std::ptrdiff_t>(20 * longest, 10'000, 10'000'000));
        linear::krylov_options const iterate{.rtol = options_.rtol, .atol = options_.atol, .max_iterations = most};
        auto report =
            by == method::multigrid ? by_multigrid(A, b, x, iterate) : by_conjugate_gradients(A, b, x, iterate);
        report.removed_mean = removed;
        if (!is_singular) return report;
        double const mean = dot(shares, x) / total;
        for (double& value : x) value -= mean;
        return report;
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
                                      std::span<double> x, linear::krylov_options const& iterate) const {
        profile::timer const taken;
        linear::multigrid<D> const M{A};
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

}  // namespace

template <std::size_t D>
solution<D> solve(diffusion<D> const& problem, solve_options const& options) {
    linear::require_tolerances(options.rtol, options.atol);
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
    if (are_constant && !is_iterative) return solve_constant(problem, *kappa, *sigma, options);
    POISE_REQUIRE(options.method != method::fast_transform, "method is fast_transform, and ",
                  kappa == nullptr ? "kappa" : "sigma",
                  " varies; give numbers, or take method::multigrid or method::direct");
    profile::scope const timing{"pde::solve"};
    // κ, σ, the matrix, the vectors of the problem and of the iteration, and the hierarchy.
    std::size_t const hierarchy = options.method == method::conjugate_gradients ? 0 : D == 3 ? 17 : 14;
    detail::require_memory_of_points(problem.domain.size(), 11 + D + hierarchy, "the diffusion problem");
    return varying_problem<D>{problem, options}.solve();
}

template solution<1> solve(diffusion<1> const&, solve_options const&);
template solution<2> solve(diffusion<2> const&, solve_options const&);
template solution<3> solve(diffusion<3> const&, solve_options const&);

}  // namespace poise::pde
