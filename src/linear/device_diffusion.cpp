// SPDX-License-Identifier: MIT
#include "linear/device_diffusion.hpp"

#include "core/devices.hpp"
#include "linear/device_copies.hpp"
#include "linear/multigrid/input.hpp"
#include "linear/multigrid/power_of_two.hpp"
#include "linear/refinement.hpp"
#include "linear/separable/axis_operator.hpp"
#include "linear/separable/device_axes.hpp"
#include "linear/separable/problem.hpp"

#include <poise/core/reductions.hpp>
#include <poise/profile/scope.hpp>

#include <Eigen/Cholesky>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace poise::linear::detail {
namespace {

using poise::detail::device_axis;
using poise::detail::device_diffusion_setup;
using poise::detail::device_grid;
using poise::detail::device_matrix;

/// The matrix of a grid by what its rows sum up to, which coarser grids inherit without the cancellation of diagonals.
template <std::size_t D>
struct coupled_grid {
    grid::extents<D> n;
    std::array<bool, D> periodic;
    std::vector<double> excess;  ///< sums of rows
    std::array<std::vector<double>, D> to_next;

    [[nodiscard]] std::size_t n_points() const { return excess.size(); }
    [[nodiscard]] std::ptrdiff_t stride(std::size_t d) const {
        std::ptrdiff_t product = 1;
        for (std::size_t e = 0; e < d; ++e) product *= n[e];
        return product;
    }
    /// act(place, index along d) for all points.
    template <class Act>
    void for_points(std::size_t d, Act const& act) const {
        std::ptrdiff_t const step = stride(d);
        for (std::size_t i = 0; i < n_points(); ++i)
            act(i, static_cast<std::size_t>(static_cast<std::ptrdiff_t>(i) / step % n[d]));
    }
    /// Place of the next point along d, around the end.
    [[nodiscard]] std::size_t next(std::size_t d, std::size_t place, std::size_t index) const {
        auto const step = static_cast<std::size_t>(stride(d)), last = static_cast<std::size_t>(n[d] - 1);
        return index < last ? place + step : place - last * step;
    }
    [[nodiscard]] std::vector<double> diagonal() const {
        std::vector<double> sum = excess;
        for (std::size_t d = 0; d < D; ++d)
            for_points(d, [&](std::size_t i, std::size_t index) {
                sum[i] += to_next[d][i];
                sum[next(d, i, index)] += to_next[d][i];
            });
        return sum;
    }
};

template <std::size_t D>
coupled_grid<D> coupled(stencil_matrix<D> const& A) {
    coupled_grid<D> made{A.n(), {}, {A.diagonal().begin(), A.diagonal().end()}, {}};
    for (std::size_t d = 0; d < D; ++d) {
        made.periodic[d] = A.periodic(d);
        made.to_next[d].assign(A.coupling(d).begin(), A.coupling(d).end());
    }
    for (std::size_t d = 0; d < D; ++d)
        made.for_points(d, [&](std::size_t i, std::size_t index) {
            made.excess[i] -= made.to_next[d][i];
            made.excess[made.next(d, i, index)] -= made.to_next[d][i];
        });
    // What rounding leaves of a sum that is 0.
    for (std::size_t i = 0; i < made.excess.size(); ++i)
        if (made.excess[i] <= 16.0 * std::numeric_limits<double>::epsilon() * A.diagonal()[i]) made.excess[i] = 0.0;
    return made;
}

// Of the mean couplings, and of what the rows of both ends sum up to more than those in between.
template <std::size_t D>
axis_operator mean_axis(coupled_grid<D> const& fine, std::size_t d) {
    auto const n = static_cast<std::size_t>(fine.n[d]);
    std::vector<double> to_next(n, 0.0), excess(n, 0.0);
    double const share = static_cast<double>(n) / static_cast<double>(fine.n_points());
    fine.for_points(d, [&](std::size_t i, std::size_t index) {
        to_next[index] += share * fine.to_next[d][i];
        excess[index] += share * fine.excess[i];
    });
    axis_operator made;
    made.is_periodic = fine.periodic[d];
    made.mass.assign(n, 1.0);
    made.excess.assign(n, 0.0);
    if (made.is_periodic && n > 1) made.around = to_next.back();
    made.coupling.assign(to_next.begin(), to_next.end() - 1);
    if (made.is_periodic || n == 1) return made;
    double const between = *std::ranges::min_element(excess);
    made.excess.front() = excess.front() - between;
    made.excess.back() = excess.back() - between;
    return made;
}

// Every second point of one direction.
template <std::size_t D>
coupled_grid<D> halved(coupled_grid<D> const& fine, std::size_t d, axis_transfer const& transfer) {
    coupled_grid<D> coarse{fine.n, fine.periodic, {}, {}};
    coarse.n[d] = static_cast<std::ptrdiff_t>(transfer.of_middle.size());
    std::size_t const n_coarse = transfer.of_middle.size(), n = static_cast<std::size_t>(fine.n[d]),
                      step = static_cast<std::size_t>(fine.stride(d)), first = static_cast<std::size_t>(transfer.first);
    std::size_t const n_points = fine.n_points() / n * n_coarse;
    coarse.excess.assign(n_points, 0.0);
    for (auto& each : coarse.to_next) each.assign(n_points, 0.0);
    auto const coarse_place = [&](std::size_t place, std::size_t coarse_index) {
        return (place / step / n * n_coarse + coarse_index) * step + place % step;
    };
    fine.for_points(d, [&](std::size_t i, std::size_t index) {
        auto const give = [&](std::size_t coarse_index, double weight) {
            std::size_t const to = coarse_place(i, coarse_index);
            coarse.excess[to] += weight * fine.excess[i];
            for (std::size_t e = 0; e < D; ++e)
                if (e != d) coarse.to_next[e][to] += weight * fine.to_next[e][i];
        };
        if (index % 2 == first) {
            std::size_t const coarse_index = (index - first) / 2;
            give(coarse_index, 1.0);
            // Of a ring of an odd number, the last point and the first one are neighbours on the coarser grid.
            if (index + 1 == n && fine.periodic[d] && n_coarse > 1)
                coarse.to_next[d][coarse_place(i, coarse_index)] = fine.to_next[d][i];
            return;
        }
        bool const has_below = index > 0, has_above = index + 1 < n || fine.periodic[d];
        std::size_t const lower = has_below ? (index - 1 - first) / 2 : 0,
                          upper = index + 1 < n ? (index + 1 - first) / 2 : 0;
        if (has_below) give(lower, transfer.from_below[index]);
        if (has_above) give(upper, transfer.from_above[index]);
        if (!has_below || !has_above || n_coarse == 1) return;
        double const c = fine.to_next[d][i - step], next = fine.to_next[d][i];
        if (c > 0.0 && next > 0.0) coarse.to_next[d][coarse_place(i, lower)] = c / (c + next) * next;
    });
    return coarse;
}

template <std::size_t D>
void put_matrix(coupled_grid<D> const& from, std::vector<device_matrix>& to) {
    auto& made = to.emplace_back();
    made.diagonal = from.diagonal();
    for (std::size_t d = 0; d < D; ++d) made.to_next[place_on_device<D>[d]] = from.to_next[d];
}

// The transfers of a symmetric matrix: restriction is the interpolation's transpose.
device_axis transposed(device_axis axis) {
    if (!axis.is_halved) return axis;
    std::size_t const n = axis.n();
    for (std::size_t I = 0; I < axis.of_middle.size(); ++I) {
        std::size_t const i = 2 * I + static_cast<std::size_t>(axis.first);
        bool const has_below = i > 0 || axis.is_periodic, has_above = i + 1 < n || axis.is_periodic;
        axis.of_below[I] = has_below ? axis.from_above[i > 0 ? i - 1 : n - 1] : 0.0;
        axis.of_middle[I] = 1.0;
        axis.of_above[I] = has_above ? axis.from_below[i + 1 < n ? i + 1 : 0] : 0.0;
    }
    return axis;
}

template <std::size_t D>
std::vector<double> coarsest_inverse(coupled_grid<D> const& last, double scale) {
    auto const n = static_cast<Eigen::Index>(last.n_points());
    Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(n, n);
    auto const diagonal = last.diagonal();
    for (Eigen::Index i = 0; i < n; ++i) dense(i, i) = scale * diagonal[static_cast<std::size_t>(i)];
    for (std::size_t d = 0; d < D; ++d)
        last.for_points(d, [&](std::size_t i, std::size_t index) {
            auto const row = static_cast<Eigen::Index>(i), column = static_cast<Eigen::Index>(last.next(d, i, index));
            dense(row, column) -= scale * last.to_next[d][i];
            dense(column, row) -= scale * last.to_next[d][i];
        });
    double largest = dense.diagonal().maxCoeff();
    if (largest == 0.0) largest = 1.0;
    // Constants that the matrix makes nothing of, to rounding, are given an eigenvalue.
    double const of_constant = dense.sum() / static_cast<double>(n);
    if (of_constant <= 1e-10 * largest) dense.array() += largest / static_cast<double>(n);
    Eigen::MatrixXd const inverse = dense.llt().solve(Eigen::MatrixXd::Identity(n, n));
    return by_rows(inverse);
}

// As a hierarchy of the processor decides.
template <std::size_t D>
bool single_does(stencil_matrix<D> const& A, coupled_grid<D> const& grid, multigrid_nullspace nullspace) {
    if (grid.n_points() <= few_points) return false;
    if (nullspace != multigrid_nullspace::constants && !are_row_sums_enough(sum(A.diagonal()), sum(grid.excess)))
        return false;
    auto const longest = static_cast<double>(*std::ranges::max_element(grid.n));
    for (auto const& couplings : grid.to_next) {
        double largest = 0.0, least = std::numeric_limits<double>::infinity();
        for (double const c : couplings) {
            largest = std::max(largest, c);
            if (c > 0.0) least = std::min(least, c);
        }
        if (largest > 0.0 && !is_single_enough(largest, least, longest)) return false;
    }
    return true;
}

template <std::size_t D>
device_diffusion_setup setup_of(stencil_matrix<D> const& A, multigrid_nullspace nullspace) {
    device_diffusion_setup setup;
    auto now = coupled(A);
    setup.in_single = single_does(A, now, nullspace);
    setup.scale = power_of_two_below_inverse(norm_max(A.diagonal()));
    for (;;) {
        std::array<axis_operator, D> axes;
        for (std::size_t d = 0; d < D; ++d) axes[d] = mean_axis(now, d);
        auto& grid = setup.grids.emplace_back(to_device_grid(axes, 0.0));
        put_matrix(now, setup.matrices);
        if (now.n_points() <= most_unknowns_of_coarsest) break;
        auto const transfers = coarsen(axes);
        bool any = false;
        for (std::size_t d = 0; d < D; ++d) {
            if (!transfers[d]) continue;
            put_transfer(*transfers[d], grid.axes[place_on_device<D>[d]]);
            now = halved(now, d, *transfers[d]);
            any = true;
        }
        for (auto& axis : grid.axes) axis = transposed(std::move(axis));
        if (!any) break;
    }
    // Of a box that is as small, the coarser grid is itself.
    if (setup.grids.size() == 1) {
        setup.grids.push_back(setup.grids.front());
        setup.matrices.push_back(setup.matrices.front());
    }
    // For the residual, as it is: sums of rows that were taken for 0 are in it.
    setup.matrices.front().diagonal.assign(A.diagonal().begin(), A.diagonal().end());
    setup.coarsest_inverse = coarsest_inverse(now, setup.scale);
    return setup;
}

}  // namespace

template <std::size_t D>
std::shared_ptr<poise::detail::device_diffusion const> put_on_device(stencil_matrix<D> const& A, device const& where,
                                                                     multigrid_nullspace nullspace) {
    profile::scope const timing{"multigrid set-up"};
    if (A.n_unknowns() == 0) return nullptr;
    return poise::detail::cuda_api_of(where).make_diffusion(where, setup_of(A, nullspace));
}

solve_report conjugate_gradients_on_device(poise::detail::device_diffusion const& A,
                                           std::function<double()> const& norm_of_A, std::span<double const> b,
                                           std::span<double> x, krylov_options const& options) {
    solve_report report;
    report.method = "multigrid, conjugate gradients";
    report.n_unknowns = b.size();
    double const norm_b = norm2(b);
    report.tolerance = std::max(options.rtol * norm_b, options.atol);
    report.reason = stop_reason::converged;
    if (norm_b == 0.0) {
        std::ranges::fill(x, 0.0);
        return report;
    }
    auto const running = begun_on_device(b, x, [&](std::span<double const> guess) { return A.begin(b, guess); });
    auto const iterate = [&] {
        profile::scope const timing{"cycles"};
        double before = std::numeric_limits<double>::infinity();
        for (;;) {
            double residual_norm = running->restart();
            report.residual_norm = residual_norm;
            if (!std::isfinite(residual_norm)) return stop_reason::not_finite;
            if (residual_norm <= report.tolerance) return stop_reason::converged;
            if (residual_norm > 0.5 * before) {
                report.attainable_residual = attainable_residual(norm_of_A(), running->norm_of_x(), norm_b);
                return stop_reason::stagnated;
            }
            before = residual_norm;
            while (residual_norm > report.tolerance) {
                if (report.iterations == options.max_iterations) return stop_reason::max_iterations;
                auto const now = running->iterate();
                if (!(now.rho > 0.0)) return std::isfinite(now.rho) ? stop_reason::breakdown : stop_reason::not_finite;
                ++report.iterations;
                if (!(now.curvature > 0.0))
                    return std::isfinite(now.curvature) ? stop_reason::breakdown : stop_reason::not_finite;
                residual_norm = now.residual_norm;
                if (!std::isfinite(residual_norm)) return stop_reason::not_finite;
                if (options.on_iteration && !options.on_iteration(report.iterations, residual_norm))
                    return stop_reason::max_iterations;
            }
        }
    };
    report.reason = iterate();
    // Of the x that is returned.
    if (report.reason != stop_reason::converged && report.reason != stop_reason::stagnated)
        report.residual_norm = running->restart();
    get_from_device(*running, x);
    return report;
}

#define POISE_INSTANTIATE(D)                                                                                \
    template std::shared_ptr<poise::detail::device_diffusion const> put_on_device(stencil_matrix<D> const&, \
                                                                                  device const&, multigrid_nullspace);
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
