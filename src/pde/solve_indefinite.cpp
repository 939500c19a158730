// SPDX-License-Identifier: MIT
#include "linear/diffusion_assembly.hpp"
#include "linear/nearest_eigenvalue.hpp"
#include "pde/solving.hpp"

#include <poise/linear/lu.hpp>

#include <cmath>
#include <limits>

namespace poise::pde {
namespace {

constexpr double rounding = std::numeric_limits<double>::epsilon();
// Of rcond: below it an eigenvalue is too near for the solution that a small residual promises.
constexpr double half_of_the_digits = 1e-8;

// The methods that do not factor lean on a positive definite matrix, and so does CHOLMOD.
void require_method_for_any_sign(solve_options const& options, std::string const& sigma) {
    POISE_REQUIRE(options.method == method::automatic || options.method == method::direct, "method is ",
                  detail::name_of(options.method), ", which is for positive definite matrices, and ", sigma,
                  "; take method::direct, which is LU then");
    POISE_REQUIRE(options.backend != linear::cholesky_backend::cholmod,
                  "backend is CHOLMOD, which factors positive definite matrices, and ", sigma,
                  "; take cholesky_backend::automatic or eigen, for LU");
}

linear::lu_backend lu_backend_of(solve_options const& options) {
    return options.backend == linear::cholesky_backend::eigen ? linear::lu_backend::eigen
                                                              : linear::lu_backend::automatic;
}

template <std::size_t D>
class solver {
public:
    solver(detail::indefinite_problem<D> const& given, solve_options const& options)
        : given_{given},
          options_{options},
          problem_{given.problem},
          kinds_{problem_.boundary.kinds()},
          discrete_{problem_.domain, problem_.boundary, given.values->kappa()} {}

    solution<D> solve() const {
        require_method_for_any_sign(options_, sigma_text());
        auto const [op, reused] = find_operator();
        profile::timer const taken;
        auto const b = detail::assemble_right_hand_side(discrete_, problem_.domain, problem_.source);
        double const right_hand_side_s = taken.seconds();
        std::vector<double> x(b.size());
        auto report = op != nullptr ? by_factors(*op, b, x) : without_factors(b);
        if (!(report.rcond >= half_of_the_digits)) report.remedy = why_singular(report.rcond);
        auto u = discrete_.to_field(x);
        report.right_hand_side_s = right_hand_side_s;
        report.solve_s = taken.seconds();
        report.operator_bytes = op == nullptr ? 0 : op->bytes();
        report.operator_reused = reused;
        report.assembly_s = reused || op == nullptr ? 0.0 : op->assembly_s;
        report.factorisation_s = reused || op == nullptr ? 0.0 : op->setup_s;
        if (options_.method == method::automatic)
            report.chosen = concat(sigma_text(), ", negative: the matrix may be indefinite, so LU");
        report.device = options_.device;
        if (options_.on_failure == on_failure::throw_exception) report.or_throw();
        return {std::move(u), std::move(report)};
    }

private:
    using found = typename linear::operator_cache::diffusion_result<D>;

    // Without an operator where the matrix has no factors.
    found find_operator() const {
        auto& cache = detail::cache_of(options_);
        try {
            return cache.get_diffusion(problem_.domain, kinds_, given_.values,
                                       {.prepare = linear::preparation::lu, .lu_backend = lu_backend_of(options_)});
        } catch (linear::singular_matrix const&) {
            return {};
        }
    }

    linear::solve_report by_factors(linear::diffusion_operator<D> const& op, std::span<double const> b,
                                    std::span<double> x) const {
        auto report =
            linear::direct_solve(*op.lu_factors, *op.matrix, b, x, {.rtol = options_.rtol, .atol = options_.atol});
        bool const is_solution = report || report.reason == linear::stop_reason::stagnated;
        if (!is_solution || detail::is_anchored<D>(kinds_)) return report;
        auto weights = discrete_.times_shares(given_.values->sigma());
        for (std::size_t i = 0; i < given_.values->robin().size(); ++i) weights[i] += given_.values->robin()[i];
        // Of weights of both signs the sum may be small, and settles nothing.
        if (std::ranges::max(weights) <= 0.0)
            detail::correct_constant(x, weights, b, report, [&](auto const& at, auto& r) {
                linear::residual(*op.matrix, at, b, r);
                return norm2(r);
            });
        return report;
    }

    linear::solve_report without_factors(std::span<double const> b) const {
        linear::solve_report report;
        report.reason = linear::stop_reason::breakdown;
        report.method = "LU";
        report.n_unknowns = b.size();
        report.residual_norm = norm2(b);  // of u = 0
        report.tolerance = std::max(options_.rtol * report.residual_norm, options_.atol);
        return report;
    }

    // "sigma is -2 at (0.5, 0.25)", and of a number without the place.
    std::string sigma_text() const {
        auto const text = concat(given_.sigma_name, " is ", given_.values->sigma()[given_.place]);
        if (problem_.sigma.constant() != nullptr) return text;
        return concat(text, " at ", linear::detail::position_of(problem_.domain, given_.place));
    }

    std::string why_singular(double rcond) const {
        auto const kappas = problem_.kappa.constants();
        bool const are_alike = kappas && std::ranges::count(*kappas, kappas->front()) == D;
        double const* kappa = are_alike ? &kappas->front() : nullptr;
        double const* sigma = problem_.sigma.constant();
        std::string near = concat("rcond is ", to_text(rcond, 3));
        if (kappa != nullptr && sigma != nullptr && problem_.domain.is_uniform() && !detail::has_robin<D>(kinds_)) {
            double const eigenvalue =
                *kappa * linear::detail::nearest_eigenvalue(problem_.domain, kinds_, -*sigma / *kappa);
            near = concat(given_.sigma_name, " is ", *sigma, ", ", to_text(std::abs(*sigma + eigenvalue), 2),
                          " from minus the eigenvalue ", eigenvalue, " of ",
                          *kappa == 1.0 ? "-Laplacian" : "-div(kappa grad)", " on this grid");
        }
        auto const digits = static_cast<int>(std::max(0.0, std::log10(rcond / rounding)));
        return concat(near, ": of the solution about ", digits, " digits are determined; change ", given_.sigma_name,
                      " (ten times as far away gains a digit) or the grid");
    }

    detail::indefinite_problem<D> const& given_;
    solve_options const& options_;
    diffusion<D> const& problem_;
    grid::condition_kinds<D> kinds_;
    detail::discrete_problem<D> discrete_;
};

}  // namespace

template <std::size_t D>
solution<D> detail::solve_indefinite(indefinite_problem<D> const& problem, solve_options const& options) {
    return solver<D>{problem, options}.solve();
}

template solution<1> detail::solve_indefinite(indefinite_problem<1> const&, solve_options const&);
template solution<2> detail::solve_indefinite(indefinite_problem<2> const&, solve_options const&);
template solution<3> detail::solve_indefinite(indefinite_problem<3> const&, solve_options const&);

}  // namespace poise::pde
