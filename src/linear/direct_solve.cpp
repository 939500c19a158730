// SPDX-License-Identifier: MIT
#include "linear/refinement.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/reductions.hpp>
#include <poise/linear/direct_solve.hpp>
#include <poise/profile/scope.hpp>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace poise::linear {
namespace {

struct problem {
    csr_view const& A;
    std::span<double const> b;
    double tolerance;

    double residual_norm(std::span<double const> x, std::span<double> r) const {
        profile::scope const timing{"residual"};
        residual(A, x, b, r);
        return norm2(r);
    }
};

template <class Factor>
void require_problem(Factor const& factor, csr_view const& A, direct_solve_options const& options) {
    require_tolerances(options.rtol, options.atol);
    POISE_REQUIRE(factor.n_rows() == A.n_rows, "the factor has ", factor.n_rows(), " rows, A has ", A.n_rows);
}

// x: the factor's answer.
template <class Factor>
solve_report refined(Factor const& factor, char const* name, csr_view const& A, std::span<double const> b,
                     std::span<double> x, direct_solve_options const& options) {
    double const norm_b = norm2(b);
    problem const given{A, b, std::max(options.rtol * norm_b, options.atol)};
    solve_report report;
    report.method = concat(name, " (", to_string(factor.backend()), ")");
    report.n_unknowns = b.size();
    report.tolerance = given.tolerance;
    std::vector<double> r(b.size());
    report.residual_norm = given.residual_norm(x, r);

    detail::refine(
        report, x, r, options.max_refinements, 0.0,
        [&](std::span<double const> right, std::span<double> correction) { factor.solve(right, correction); },
        [&](std::span<double const> at, std::span<double> out) { return given.residual_norm(at, out); });
    if (report.residual_norm > given.tolerance)
        report.attainable_residual = detail::attainable_residual(norm_infinity(A), norm2(x), norm_b);
    return report;
}

template <class Factor>
solve_report solve_and_refine(Factor const& factor, char const* name, csr_view const& A, std::span<double const> b,
                              std::span<double> x, direct_solve_options const& options) {
    require_problem(factor, A, options);
    require_finite(b, "b");
    {
        profile::scope const timing{"triangular solves"};
        factor.solve(b, x);
    }
    return refined(factor, name, A, b, x, options);
}

template <class Factor>
std::vector<solve_report> solve_and_refine(Factor const& factor, char const* name, csr_view const& A,
                                           ndspan<double const, 2> B, ndspan<double, 2> X,
                                           direct_solve_options const& options) {
    require_problem(factor, A, options);
    auto const n = static_cast<std::size_t>(B.extent(0));
    for (std::ptrdiff_t k = 0; k < B.extent(1); ++k)
        require_finite({&B(0, k), n}, concat("column ", k, " of B").c_str());
    {
        profile::scope const timing{"triangular solves"};
        factor.solve(B, X);
    }
    std::vector<solve_report> reports;
    reports.reserve(static_cast<std::size_t>(B.extent(1)));
    for (std::ptrdiff_t k = 0; k < B.extent(1); ++k)
        reports.push_back(refined(factor, name, A, {&B(0, k), n}, {&X(0, k), n}, options));
    return reports;
}

// What an lu knows of the matrix beside the residual.
solve_report with_rcond(solve_report report, lu const& factor, direct_solve_options const& options) {
    report.rcond = factor.rcond();
    if (report.rcond >= options.least_rcond || report.reason == stop_reason::not_finite) return report;
    report.reason = stop_reason::breakdown;
    report.remedy = concat("rcond is ", to_text(report.rcond, 3), ", below ", to_text(options.least_rcond, 3),
                           ": to rounding the matrix is singular; look for rows or columns that depend on others");
    return report;
}

}  // namespace

void require_tolerances(double rtol, double atol) {
    POISE_REQUIRE(std::isfinite(rtol) && std::isfinite(atol) && rtol >= 0.0 && atol >= 0.0, "rtol is ", rtol,
                  " and atol ", atol, "; tolerances must be finite and cannot be negative");
}

solve_report direct_solve(cholesky const& factor, csr_view A, std::span<double const> b, std::span<double> x,
                          direct_solve_options const& options) {
    return solve_and_refine(factor, "Cholesky", A, b, x, options);
}

solve_report direct_solve(lu const& factor, csr_view A, std::span<double const> b, std::span<double> x,
                          direct_solve_options const& options) {
    return with_rcond(solve_and_refine(factor, "LU", A, b, x, options), factor, options);
}

std::vector<solve_report> direct_solve(cholesky const& factor, csr_view A, ndspan<double const, 2> B,
                                       ndspan<double, 2> X, direct_solve_options const& options) {
    return solve_and_refine(factor, "Cholesky", A, B, X, options);
}

std::vector<solve_report> direct_solve(lu const& factor, csr_view A, ndspan<double const, 2> B, ndspan<double, 2> X,
                                       direct_solve_options const& options) {
    auto reports = solve_and_refine(factor, "LU", A, B, X, options);
    for (auto& report : reports) report = with_rcond(std::move(report), factor, options);
    return reports;
}

}  // namespace poise::linear
