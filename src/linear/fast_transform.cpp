// SPDX-License-Identifier: MIT
#include "linear/loop_threads.hpp"
#include "linear/overlap.hpp"
#include "linear/refinement.hpp"
#include "linear/transform/box_transform.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/reductions.hpp>
#include <poise/linear/direct_solve.hpp>
#include <poise/linear/fast_transform.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>
#include <poise/task/parallel_for.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace poise::linear {
namespace {

// Fewer are solved on one thread: a second one would cost more than it saves.
constexpr std::size_t least_unknowns_for_threads = 20'000;

}  // namespace

template <std::size_t D>
class fast_transform<D>::implementation {
public:
    implementation(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds, double shift,
                   linear::scheme scheme)
        : box_{grid, kinds, shift, *detail::usable_kernels().front(), scheme},
          method_{scheme == scheme::second_order ? "fast transform" : "fast transform, fourth order"} {}

    solve_report solve(std::span<double const> b, std::span<double> x, fast_transform_options const& options) const;

    detail::box_transform box_;
    char const* method_;

private:
    double residual_norm(std::span<double const> b, std::span<double const> x, double removed_mean,
                         std::span<double> r) const {
        box_.residual(b, x, removed_mean, r);
        return norm2(r);
    }
};

template <std::size_t D>
solve_report fast_transform<D>::implementation::solve(std::span<double const> b, std::span<double> x,
                                                      fast_transform_options const& options) const {
    profile::scope const timing{"fast transform"};
    profile::timer const taken;
    require_tolerances(options.rtol, options.atol);
    std::size_t const n = box_.n_unknowns();
    POISE_REQUIRE(b.size() == n && x.size() == n, "the box has ", n, " unknowns, b ", b.size(), " and x ", x.size());
    POISE_REQUIRE(!detail::overlap(b, x), "b and x overlap; a fast transform needs both");
    std::size_t const n_threads = n < least_unknowns_for_threads ? 1 : detail::threads_of(options.max_threads);

    auto const norms = box_.solve(b, x, n_threads);
    // Sums of squares that are no normal numbers: zeros, numbers too large or small to be squared, or not finite.
    if (std::isnan(norms.b)) require_finite(b, "b");
    double const norm_b = std::isnan(norms.b) ? norm2(b) : norms.b;
    solve_report report;
    report.method = method_;
    report.n_unknowns = n;
    report.tolerance = std::max(options.rtol * norm_b, options.atol);
    report.removed_mean = norms.removed_mean;
    report.residual_norm = norms.residual;
    if (norm_b == 0.0) {
        std::ranges::fill(x, 0.0);
        report.reason = stop_reason::converged;
        report.residual_norm = 0.0;
        report.solve_s = taken.seconds();
        return report;
    }
    std::vector<double> r;
    if (!(norms.residual <= report.tolerance)) {
        r.resize(n);
        report.residual_norm = residual_norm(b, x, norms.removed_mean, r);
    }
    // A residual is seldom more than twice what rounding leaves.
    double const attainable =
        detail::attainable_residual(box_.norm_infinity(), std::isnan(norms.x) ? norm2(x) : norms.x, norm_b);
    detail::refine(
        report, x, r, options.max_refinements, 4.0 * attainable,
        [&](std::span<double const> right, std::span<double> correction) {
            (void)box_.solve(right, correction, n_threads);
        },
        [&](std::span<double const> at, std::span<double> out) {
            return residual_norm(b, at, norms.removed_mean, out);
        });
    if (!report) report.attainable_residual = attainable;
    report.solve_s = taken.seconds();
    return report;
}

template <std::size_t D>
fast_transform<D>::fast_transform(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds, double shift,
                                  fast_transform_setup const& setup)
    : implementation_{std::make_unique<implementation>(grid, kinds, shift, setup.scheme)} {}
template <std::size_t D>
fast_transform<D>::~fast_transform() = default;
template <std::size_t D>
fast_transform<D>::fast_transform(fast_transform&&) noexcept = default;
template <std::size_t D>
fast_transform<D>& fast_transform<D>::operator=(fast_transform&&) noexcept = default;

template <std::size_t D>
solve_report fast_transform<D>::solve(std::span<double const> b, std::span<double> x,
                                      fast_transform_options const& options) const {
    POISE_REQUIRE(implementation_ != nullptr, "this fast_transform was moved from; solve by the one that it went to");
    return implementation_->solve(b, x, options);
}
template <std::size_t D>
std::vector<solve_report> fast_transform<D>::solve_many(std::span<double const> b, std::span<double> x,
                                                        std::size_t n_rhs,
                                                        fast_transform_options const& options) const {
    std::size_t const n = n_unknowns();
    bool const fits = n == 0 ? b.empty() : b.size() % n == 0 && b.size() / n == n_rhs;
    POISE_REQUIRE(fits && b.size() == x.size(), "the box has ", n, " unknowns, and for ", n_rhs,
                  " right-hand sides b has ", b.size(), " numbers and x ", x.size());
    std::size_t const n_threads = detail::threads_of(options.max_threads);
    bool const is_shared_out = n_rhs >= n_threads;
    auto each = options;
    if (is_shared_out) each.max_threads = 1;
    std::vector<solve_report> reports(n_rhs);
    auto const solve_one = [&](std::size_t k) {
        try {
            reports[k] = solve(b.subspan(k * n, n), x.subspan(k * n, n), each);
        } catch (std::invalid_argument const& refused) {
            throw_invalid(concat("right-hand side ", k, ": ", refused.what()));
        }
    };
    task::parallel_for(n_rhs, is_shared_out ? n_threads : 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t k = first; k < last; ++k) solve_one(k);
    });
    return reports;
}
template <std::size_t D>
std::size_t fast_transform<D>::n_unknowns() const noexcept {
    return implementation_ != nullptr ? implementation_->box_.n_unknowns() : 0;
}
template <std::size_t D>
std::size_t fast_transform<D>::bytes() const {
    return implementation_ != nullptr ? implementation_->box_.bytes() : 0;
}

template class fast_transform<1>;
template class fast_transform<2>;
template class fast_transform<3>;

}  // namespace poise::linear
