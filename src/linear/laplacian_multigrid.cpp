// SPDX-License-Identifier: MIT
#include "linear/loop_threads.hpp"
#include "linear/multigrid/power_of_two.hpp"
#include "linear/operator_input.hpp"
#include "linear/overlap.hpp"
#include "linear/refinement.hpp"
#include "linear/separable/device_hierarchy.hpp"
#include "linear/separable/hierarchy.hpp"

#include <poise/core/error.hpp>
#include <poise/core/reductions.hpp>
#include <poise/linear/direct_solve.hpp>
#include <poise/linear/laplacian_multigrid.hpp>
#include <poise/linear/neg_laplacian.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/timer.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <variant>
#include <vector>

namespace poise::linear {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Rounding in single precision leaves about 10⁻⁸ times the condition number of the residual: beyond the first, as much
// as a cycle does, beyond the second as much as two do.
constexpr double largest_condition_for_single = 2e7, largest_condition_for_pairs = 2e6;

template <std::size_t D>
detail::separable_problem<D> problem_of(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds,
                                        double shift, device const& where) {
    auto const axes = grid::axis_stencils(grid, kinds);
    detail::require_operator(grid, kinds, axes, shift);
    POISE_REQUIRE(shift >= 0.0, "shift is ", shift,
                  "; laplacian_multigrid, whose coarse grids do not hold waves, needs a shift >= 0: take an lu of "
                  "neg_laplacian()");
    (void)n_unknowns(grid, kinds);  // refuses what cannot be counted
    detail::separable_problem<D> problem;
    problem.shift = shift;
    for (std::size_t d = 0; d < D; ++d) {
        POISE_REQUIRE(!axes[d].periodic || where.is_cuda(), "laplacian_multigrid: the direction ", "xyz"[d],
                      " is periodic, which it has no grids for on a processor; take linear::fast_transform");
        problem.axes[d] = detail::to_axis_operator(axes[d]);
    }
    return problem;
}

}  // namespace

template <std::size_t D>
class laplacian_multigrid<D>::implementation {
public:
    implementation(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds, double shift,
                   laplacian_multigrid_options const& options)
        : device_{options.device} {
        profile::scope const timing{"multigrid set-up"};
        require_options(options);
        auto problem = problem_of(grid, kinds, shift, options.device);
        n_unknowns_ = problem.n_unknowns();
        if (n_unknowns_ == 0) return;
        norm_ = problem.norm_infinity();
        total_share_ = problem.total_share();
        is_singular_ = problem.is_singular();
        holds_constant_weakly_ = problem.holds_constant_weakly();
        shift_ = shift;
        double const condition = problem.condition();
        bool const single = options.precision == multigrid_precision::automatic
                                ? condition < largest_condition_for_single
                                : options.precision == multigrid_precision::single_precision;
        if (single && condition >= largest_condition_for_pairs) most_cycles_of_residual_ = 1;
        if (device_.is_cuda())
            levels_.template emplace<on_device>(problem, single, device_);
        else if (single)
            levels_.template emplace<in_single>(std::move(problem), options);
        else
            levels_.template emplace<in_double>(std::move(problem), options);
    }

    solve_report solve(std::span<double const> b, std::span<double> x,
                       laplacian_multigrid_solve_options const& options) const;

    std::size_t n_unknowns() const noexcept { return n_unknowns_; }
    std::size_t n_levels() const noexcept {
        std::size_t n = 0;
        visit([&](auto const& levels) { n = levels.n_levels(); });
        return n;
    }
    std::size_t bytes() const noexcept {
        std::size_t n = 0;
        visit([&](auto const& levels) { n = levels.bytes(); });
        return n;
    }

private:
    using in_single = detail::separable_hierarchy<D, float>;
    using in_double = detail::separable_hierarchy<D, double>;
    using on_device = detail::device_hierarchy<D>;

    // Nothing is visited when there are no unknowns.
    template <class Visitor>
    void visit(Visitor const& visitor) const {
        if (auto const* single = std::get_if<in_single>(&levels_)) visitor(*single);
        if (auto const* twice = std::get_if<in_double>(&levels_)) visitor(*twice);
        if (auto const* elsewhere = std::get_if<on_device>(&levels_)) visitor(*elsewhere);
    }
    template <class Solve, class SettleMean>
    void settle_constant(Solve& cycles, SettleMean const& settle_mean, double scale, double norm_b,
                         laplacian_multigrid_solve_options const& options, solve_report& report) const;
    static void require_options(laplacian_multigrid_options const& options);
    template <class Solve>
    void iterate(Solve& cycles, double scale, double norm_b, laplacian_multigrid_solve_options const& options,
                 solve_report& report) const;

    std::size_t n_unknowns_ = 0;
    double norm_ = 0.0, total_share_ = 0.0;
    double shift_ = 0.0;
    bool is_singular_ = false;
    bool holds_constant_weakly_ = false;
    int most_cycles_of_residual_ = 2;
    device device_;
    std::variant<std::monostate, in_single, in_double, on_device> levels_;
};

template <std::size_t D>
void laplacian_multigrid<D>::implementation::require_options(laplacian_multigrid_options const& options) {
    POISE_REQUIRE(options.smoothing_sweeps >= 0, "smoothing_sweeps is ", options.smoothing_sweeps,
                  "; a cycle needs at least 1, and 0 leaves the number open");
    if (!options.device.is_cuda()) return;
    POISE_REQUIRE(options.smoothing_sweeps <= 1, "smoothing_sweeps is ", options.smoothing_sweeps, ", and ",
                  options.device.name(), " does one before each coarser grid and one after it; leave it out");
    POISE_REQUIRE(options.cycle == multigrid_cycle::v, "on ", options.device.name(),
                  " cycles are V, after a first one that is F; leave the cycle out");
}

template <std::size_t D>
solve_report laplacian_multigrid<D>::implementation::solve(std::span<double const> b, std::span<double> x,
                                                           laplacian_multigrid_solve_options const& options) const {
    profile::scope const timing{"multigrid"};
    profile::timer const taken;
    require_tolerances(options.rtol, options.atol);
    POISE_REQUIRE(b.size() == n_unknowns_ && x.size() == n_unknowns_, "the box has ", n_unknowns_, " unknowns, b ",
                  b.size(), " and x ", x.size());
    POISE_REQUIRE(!detail::overlap(b, x), "b and x overlap; multigrid needs both");
    POISE_REQUIRE(options.max_cycles >= 0, "max_cycles is ", options.max_cycles, "; give a number >= 0");
    double const norm_b = norm2(b);
    if (!std::isfinite(norm_b)) require_finite(b, "b");
    solve_report report;
    report.method = "multigrid";
    report.device = device_;
    report.n_unknowns = n_unknowns_;
    report.tolerance = std::max(options.rtol * norm_b, options.atol);
    double const mean = is_singular_ ? sum(b) / total_share_ : 0.0;
    report.removed_mean = mean;
    if (!std::isfinite(norm_b)) {
        report.residual_norm = norm_b;
        return report;
    }
    if (norm_b == 0.0) std::ranges::fill(x, 0.0);
    double const scale = detail::power_of_two_below_inverse(norm_b > 0.0 ? norm_b : 1.0);
    report.reason = stop_reason::converged;
    visit([&](auto const& levels) {
        typename std::remove_cvref_t<decltype(levels)>::solve cycles{
            levels, b, x, scale, mean, detail::threads_of(options.max_threads)};
        // By the sum of all equations; singular, the one of mean zero.
        auto const settle_mean = [&] { cycles.set_mean(is_singular_ ? 0.0 : sum(b) / total_share_ / shift_); };
        if (holds_constant_weakly_) {
            require_finite(x, "x");
            settle_mean();
        }
        iterate(cycles, scale, norm_b, options, report);
        if (report.reason == stop_reason::not_finite && report.iterations == 0) require_finite(x, "x");
        if (holds_constant_weakly_) settle_constant(cycles, settle_mean, scale, norm_b, options, report);
        if constexpr (requires { cycles.give_x(); }) cycles.give_x();
    });
    report.solve_s = taken.seconds();
    return report;
}

// Of a guess whose other parts are large, sweeps round the constant away until these are small.
template <std::size_t D>
template <class Solve, class SettleMean>
void laplacian_multigrid<D>::implementation::settle_constant(Solve& cycles, SettleMean const& settle_mean, double scale,
                                                             double norm_b,
                                                             laplacian_multigrid_solve_options const& options,
                                                             solve_report& report) const {
    double before = infinity;
    while (report.reason == stop_reason::stagnated && report.residual_norm > 10.0 * report.attainable_residual &&
           report.residual_norm <= 0.5 * before) {
        before = report.residual_norm;
        report.reason = stop_reason::converged;
        settle_mean();
        iterate(cycles, scale, norm_b, options, report);
    }
    if (!report) return;
    settle_mean();
    if (!is_singular_) iterate(cycles, scale, norm_b, options, report);
}

// A residual that no cycle makes smaller is what rounding leaves.
template <std::size_t D>
template <class Solve>
void laplacian_multigrid<D>::implementation::iterate(Solve& cycles, double scale, double norm_b,
                                                     laplacian_multigrid_solve_options const& options,
                                                     solve_report& report) const {
    profile::scope const timing{"cycles"};
    double const enough = scale * report.tolerance;
    int const told = report.iterations;
    double last = scale * norm_b, factor = 0.1;
    int n_last = 1;
    // Of residuals in sequence that are hardly smaller than the one before, and of those since the last one to halve.
    int without_gain = 0, since_half = 0;
    double last_half = infinity;
    // Where that is not what rounding allows, a cycle as the first one may lead on.
    bool is_anew = true;
    double where_anew = infinity;
    for (;;) {
        bool const may_be_last = last * std::pow(factor, n_last) <= enough || report.iterations == options.max_cycles;
        double now = may_be_last ? cycles.residual_norm() : cycles.begin_cycle(last);
        report.residual_norm = now / scale;
        if (!std::isfinite(now)) {
            report.reason = stop_reason::not_finite;
            return;
        }
        bool const goes_on = report.iterations == told || !options.on_iteration ||
                             options.on_iteration(report.iterations, report.residual_norm);
        if (now <= enough) return;
        if (report.iterations == options.max_cycles || !goes_on) {
            report.reason = stop_reason::max_iterations;
            return;
        }
        if (report.iterations > 0) {
            factor = report.iterations == 1 ? std::max(now / last, 0.05) : std::pow(now / last, 1.0 / n_last);
            without_gain = factor > 0.9 ? without_gain + 1 : 0;
            since_half = now <= 0.5 * last_half ? 0 : since_half + 1;
            if (since_half == 0) last_half = now;
            if (without_gain == 2 || since_half == 8) {
                double const attainable = detail::attainable_residual(norm_, cycles.norm_of_x(), norm_b);
                if (report.residual_norm <= 10.0 * attainable || now > 0.5 * where_anew) {
                    report.reason = stop_reason::stagnated;
                    report.attainable_residual = attainable;
                    return;
                }
                is_anew = true;
                where_anew = now, last_half = infinity;
                without_gain = since_half = 0;
            }
        }
        if (may_be_last || now > 1e6 * last || now < 1e-6 * last) now = cycles.begin_cycle(now);
        last = now;
        using detail::separable_cycles;
        bool const one_may_do = now * factor <= enough || report.iterations + 1 == options.max_cycles;
        auto const how = std::exchange(is_anew, false)                 ? separable_cycles::first
                         : one_may_do || most_cycles_of_residual_ == 1 ? separable_cycles::one
                                                                       : separable_cycles::two;
        cycles.end_cycle(how);
        n_last = how == separable_cycles::two ? 2 : 1;
        report.iterations += n_last;
    }
}

template <std::size_t D>
laplacian_multigrid<D>::laplacian_multigrid(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds,
                                            double shift, laplacian_multigrid_options const& options)
    : implementation_{std::make_unique<implementation>(grid, kinds, shift, options)} {}
template <std::size_t D>
laplacian_multigrid<D>::~laplacian_multigrid() = default;
template <std::size_t D>
laplacian_multigrid<D>::laplacian_multigrid(laplacian_multigrid&&) noexcept = default;
template <std::size_t D>
laplacian_multigrid<D>& laplacian_multigrid<D>::operator=(laplacian_multigrid&&) noexcept = default;

template <std::size_t D>
solve_report laplacian_multigrid<D>::solve(std::span<double const> b, std::span<double> x,
                                           laplacian_multigrid_solve_options const& options) const {
    POISE_REQUIRE(implementation_ != nullptr,
                  "this laplacian_multigrid was moved from; solve by the one that it went to");
    return implementation_->solve(b, x, options);
}
template <std::size_t D>
std::size_t laplacian_multigrid<D>::n_unknowns() const noexcept {
    return implementation_ != nullptr ? implementation_->n_unknowns() : 0;
}
template <std::size_t D>
std::size_t laplacian_multigrid<D>::n_levels() const noexcept {
    return implementation_ != nullptr ? implementation_->n_levels() : 0;
}
template <std::size_t D>
std::size_t laplacian_multigrid<D>::bytes() const {
    return implementation_ != nullptr ? implementation_->bytes() : 0;
}

template class laplacian_multigrid<1>;
template class laplacian_multigrid<2>;
template class laplacian_multigrid<3>;

}  // namespace poise::linear
