// SPDX-License-Identifier: MIT
#include "linear/transform/box_transform.hpp"

#include "linear/operator_input.hpp"
#include "linear/transform/compact_scheme.hpp"
#include "linear/transform/constant_mode.hpp"

#include <poise/core/index.hpp>
#include <poise/core/reductions.hpp>
#include <poise/task/parallel_for.hpp>

#include <algorithm>
#include <array>
#include <climits>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace poise::linear::detail {
namespace {

// Lines to a strip, its separator included: short enough for many threads, and long enough that the separators' system
// is a small part of the work. A multiple of every vector's width. It depends on the box alone, as do the bits.
int lines_of_strip(std::size_t dimension, int n_lines) {
    if (dimension == 1) return 1024;
    if (dimension == 2) return 64;
    return n_lines < 200 ? 16 : 32;
}

axis_coefficients coefficients_of(grid::axis_stencil const& axis) {
    return {.n = static_cast<int>(axis.n),
            .periodic = axis.periodic,
            .coupling = axis.coupling,
            .end_part = {axis.end_part[0], axis.end_part[1]},
            .end_share = {axis.end_share[0], axis.end_share[1]}};
}

// r with r + 1/r = 2 + excess and |r| < 1; see sweep_plan for the excesses there are.
double ratio_of(double excess) {
    double const root = std::sqrt(std::abs(excess)) * std::sqrt(std::abs(excess + 4.0));
    return 2.0 / (2.0 + excess + std::copysign(root, excess));
}

// The square root of a sum of squares that lost nothing to over- or underflow, else NaN.
double root_of_squares(std::span<double const> squares) {
    double const total = sum(squares);
    bool const sound = total > std::numeric_limits<double>::min() / std::numeric_limits<double>::epsilon();
    return sound && std::isfinite(total) ? std::sqrt(total) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

template <std::size_t D>
box_transform::box_transform(grid::cartesian<D> const& grid, grid::condition_kinds<D> const& kinds, double shift,
                             transform_kernels const& kernels, linear::scheme scheme)
    : kernels_{&kernels} {
    auto const axes = grid::axis_stencils(grid, kinds);
    require_operator(grid, kinds, axes, shift);
    POISE_REQUIRE(shift >= 0.0, "shift is ", shift,
                  "; a fast transform, whose sweeps do not pivot, needs a shift >= 0: take an lu of neg_laplacian()");
    std::array<std::ptrdiff_t, D> extents;
    for (std::size_t d = 0; d < D; ++d) {
        POISE_REQUIRE(grid.is_uniform(d), "fast_transform: the cells in ", "xyz"[d],
                      " differ in width, and its sines are for equal ones; take linear::laplacian_multigrid");
        extents[d] = axes[d].n;
        POISE_REQUIRE(grid.cells()[d] <= INT_MAX / 64, "the grid has ", grid.cells()[d], " cells in ", "xyz"[d],
                      "; at most ", INT_MAX / 64, " can be transformed");
    }
    (void)checked_product(extents, std::numeric_limits<std::ptrdiff_t>::max() / 64, "number of unknowns");

    plan_.is_compact = scheme == scheme::compact_fourth_order;

    auto const transform_of = [&](std::size_t d) {
        auto axis = std::make_unique<axis_transform>(
            plan_axis(grid.cells()[d], grid.spacing(d), grid.centering(), {kinds[2 * d], kinds[2 * d + 1]}));
        if (plan_.is_compact) make_compact(*axis, axes[d].coupling);
        return axis;
    };
    x_ = D > 1 ? transform_of(0) : std::make_unique<axis_transform>(plan_identity());
    if constexpr (D > 2) y_ = transform_of(1);
    plan_.x = &x_->plan;
    plan_.y = y_ ? &y_->plan : nullptr;
    plan_.shift = shift;
    if constexpr (D > 1) plan_.along_row = coefficients_of(axes[0]);
    if constexpr (D > 2) plan_.along_rows = coefficients_of(axes[1]);
    plan_.along_lines = coefficients_of(axes[D - 1]);
    for (auto const& axis : axes)
        if (axis.n > 1 || !axis.periodic)
            norm_ +=
                std::max({2.0 * axis.coupling, axis.end_part[0] + axis.coupling, axis.end_part[1] + axis.coupling}) +
                2.0 * axis.coupling;
    norm_ += shift;
    plan_.sweep.strip = lines_of_strip(D, plan_.along_lines.n);
    // With a negative stiffness the constant's system is far from singular, and not for solve_constant_mode().
    double const stiffness = plan_.is_compact ? compact_stiffness(shift / plan_.along_lines.coupling) : 1.0;
    bool const has_constant = std::ranges::count(kinds, grid::condition_kind::dirichlet) == 0 && stiffness > 0.0;
    constant_shift_ = shift / stiffness;
    plan_.sweep.constant_mode = has_constant ? 0 : -1;
    plan_sweep(shift);
}

// The tridiagonal systems of all modes, in the order in which the kernels meet them.
void box_transform::plan_sweep(double shift) {
    sweep_plan& sweep = plan_.sweep;
    axis_coefficients const& lines = plan_.along_lines;
    auto const W = static_cast<std::size_t>(kernels_->width);
    std::size_t const nx = x_->eigenvalues.size(), ny = y_ ? y_->eigenvalues.size() : 1;
    std::size_t const n_panels = (nx + W - 1) / W;
    sweep.n_lines = lines.n;
    sweep.periodic = lines.periodic;
    sweep.n_strips = (lines.n - 1) / sweep.strip + 1;
    sweep.n_blocks = static_cast<std::ptrdiff_t>(n_panels * ny);
    ratio_.resize(n_panels * ny * W);
    excess_.resize(ratio_.size(), 1.0);
    scale_.resize(ratio_.size());
    reach_.resize(n_panels * ny);
    for (std::size_t end = 0; end < 2; ++end) {
        sweep.end_gap[end] = lines.end_part[end] / lines.coupling;
        sweep.end_slope[end] = 0.5 - lines.end_share[end];
    }
    bool const has_constant = sweep.constant_mode >= 0;
    for (std::size_t panel = 0; panel < n_panels; ++panel)
        for (std::size_t j = 0; j < ny; ++j) {
            std::size_t const block = panel * ny + j;
            double largest = 0.0;
            for (std::size_t i = 0; i < W && panel * W + i < nx; ++i) {
                std::size_t const at = block * W + i, mode = panel * W + i;
                // By its number: the eigenvalue of another may underflow.
                bool const is_constant =
                    std::cmp_equal(mode, x_->constant_mode) && (!y_ || std::cmp_equal(j, y_->constant_mode));
                double const eigenvalue = x_->eigenvalues[mode] + (y_ ? y_->eigenvalues[j] : 0.0) + shift;
                double const part = eigenvalue / lines.coupling;
                double const stiffness = plan_.is_compact ? compact_stiffness(part) : 1.0;
                double const excess = part / stiffness;
                double const norm =
                    x_->inverse_norms[mode] * (y_ ? y_->inverse_norms[j] : 1.0) / lines.coupling / stiffness;
                POISE_REQUIRE(is_constant ? std::isfinite(excess) : std::isnormal(excess),
                              "the spacings differ too much: an eigenvalue of ", eigenvalue,
                              " over the last direction's 1/h^2, ", lines.coupling, ", ",
                              std::isfinite(excess) ? "underflows" : "overflows",
                              "; choose spacings closer to each other");
                if (has_constant && is_constant) {
                    sweep.constant_mode = static_cast<std::ptrdiff_t>(at);
                    constant_scale_ = norm;
                    continue;
                }
                excess_[at] = excess;
                ratio_[at] = ratio_of(excess);
                scale_[at] = norm;
                largest = std::max(largest, std::abs(ratio_[at]));
            }
            // A power below 2^-60 is flushed, at every eighth line at least.
            double const lines_until =
                largest < 1.0 && largest > 0.0 ? 60.0 * std::numbers::ln2 / -std::log(largest) + 9.0 : INT_MAX;
            reach_[block] = static_cast<std::int32_t>(std::min<double>(lines_until, INT_MAX));
        }
    sweep.ratio = ratio_.data();
    sweep.excess = excess_.data();
    sweep.scale = scale_.data();
    sweep.reach = reach_.data();
}

std::size_t box_transform::n_rows() const noexcept {
    return static_cast<std::size_t>(plan_.along_lines.n) * static_cast<std::size_t>(plan_.rows_per_line());
}

std::size_t box_transform::n_unknowns() const noexcept { return n_rows() * static_cast<std::size_t>(plan_.x->n); }

std::size_t box_transform::bytes() const {
    std::size_t const tables = x_->bytes() + (y_ ? y_->bytes() : 0) +
                               (ratio_.size() + excess_.size() + scale_.size()) * sizeof(double) +
                               reach_.size() * sizeof(std::int32_t);
    std::size_t kept = 0;
    pool_.for_each_idle([&](memory const& idle) { kept += bytes_of_solve(idle.workspaces.size()); });
    return tables + std::max(kept, bytes_of_solve(1));
}

std::size_t box_transform::bytes_of_solve(std::size_t n_threads) const {
    auto const& sweep = plan_.sweep;
    auto const n_blocks = static_cast<std::size_t>(sweep.n_strips * sweep.n_blocks);
    std::size_t const numbers = 3 * n_blocks * static_cast<std::size_t>(kernels_->width) + 3 * n_rows() +
                                (sweep.constant_mode >= 0 ? 3 * static_cast<std::size_t>(sweep.n_lines) : 0);
    return numbers * sizeof(double) + n_threads * kernels_->workspace_bytes(plan_);
}

// For one solve.
std::unique_ptr<box_transform::memory> box_transform::make_memory() const {
    auto const& sweep = plan_.sweep;
    auto made = std::make_unique<memory>();
    made->state.resize(static_cast<std::size_t>(3 * sweep.n_strips * sweep.n_blocks * kernels_->width));
    for (auto* squares : {&made->b_squares, &made->r_squares, &made->x_squares}) squares->resize(n_rows());
    made->constant_lines.resize(sweep.constant_mode >= 0 ? 3 * static_cast<std::size_t>(sweep.n_lines) : 0);
    return made;
}

solve_norms box_transform::solve(std::span<double const> b, std::span<double> x, std::size_t n_threads) const {
    if (b.empty()) return {};
    sweep_plan const& sweep = plan_.sweep;
    auto const n_strips = static_cast<std::size_t>(sweep.n_strips);
    n_threads = std::clamp<std::size_t>(n_threads, 1, n_strips);
    auto const leased = pool_.take([this] { return make_memory(); });
    memory& own = *leased;
    while (own.workspaces.size() < n_threads)
        own.workspaces.push_back(allocate_aligned(kernels_->workspace_bytes(plan_)));
    box_arrays arrays{.b = b.data(),
                      .x = x.data(),
                      .state = own.state.data(),
                      .constant_lines = own.constant_lines.data(),
                      .b_squares = own.b_squares.data(),
                      .r_squares = own.r_squares.data(),
                      .x_squares = own.x_squares.data()};
    solve_norms norms;
    enum phase { forward, separators, constant, backward, seams };
    auto const n_blocks = static_cast<std::size_t>(sweep.n_blocks);
    std::size_t const n_parts = std::min(n_blocks, 4 * n_threads);
    std::array<std::size_t, 5> const n_items{n_strips, n_parts, std::size_t{sweep.constant_mode >= 0}, n_strips,
                                             n_strips};
    task::parallel_phases(n_items, n_threads, [&](std::size_t now, std::size_t item, std::size_t thread) {
        int const strip = static_cast<int>(item);
        double* const workspace = own.workspaces[thread].get();
        switch (now) {
            case forward:
                return kernels_->forward_strip(plan_, arrays, strip, workspace);
            case separators:
                return kernels_->separators(sweep, arrays.state, static_cast<std::ptrdiff_t>(item * n_blocks / n_parts),
                                            static_cast<std::ptrdiff_t>((item + 1) * n_blocks / n_parts), workspace);
            case constant: {
                auto const n = static_cast<std::size_t>(sweep.n_lines);
                std::span<double> const all{own.constant_lines};
                arrays.removed = norms.removed_mean =
                    solve_constant_mode(plan_.along_lines, constant_shift_, constant_scale_, all.first(n),
                                        all.subspan(n, n), all.subspan(2 * n));
                return;
            }
            case backward:
                return kernels_->backward_strip(plan_, arrays, strip, workspace);
            case seams: {  // the residuals of lines whose neighbours are in another strip
                int const first = sweep.first_line(strip), last = sweep.end_line(strip) - 1;
                kernels_->residual_lines(plan_, arrays, first, first + 1, nullptr);
                if (last > first) kernels_->residual_lines(plan_, arrays, last, last + 1, nullptr);
            }
        }
    });
    norms.b = root_of_squares(own.b_squares);
    norms.x = root_of_squares(own.x_squares);
    norms.residual = root_of_squares(own.r_squares);
    return norms;
}

void box_transform::residual(std::span<double const> b, std::span<double const> x, double removed_mean,
                             std::span<double> out) const {
    if (b.empty()) return;
    auto const leased = pool_.take([this] { return make_memory(); });
    memory& own = *leased;
    // The kernels' arrays serve solves too; x is only read here.
    box_arrays const arrays{.b = b.data(),
                            .x = const_cast<double*>(x.data()),
                            .r_squares = own.r_squares.data(),
                            .x_squares = own.x_squares.data(),
                            .removed = removed_mean};
    kernels_->residual_lines(plan_, arrays, 0, plan_.along_lines.n, out.data());
}

template box_transform::box_transform(grid::cartesian<1> const&, grid::condition_kinds<1> const&, double,
                                      transform_kernels const&, linear::scheme);
template box_transform::box_transform(grid::cartesian<2> const&, grid::condition_kinds<2> const&, double,
                                      transform_kernels const&, linear::scheme);
template box_transform::box_transform(grid::cartesian<3> const&, grid::condition_kinds<3> const&, double,
                                      transform_kernels const&, linear::scheme);

}  // namespace poise::linear::detail
