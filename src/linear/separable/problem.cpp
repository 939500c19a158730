// SPDX-License-Identifier: MIT
#include "linear/separable/problem.hpp"

#include "grid/indices.hpp"
#include "linear/multigrid/power_of_two.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace poise::linear::detail {

template <std::size_t D>
std::size_t separable_problem<D>::n_unknowns() const {
    std::size_t product = 1;
    for (auto const& axis : axes) product *= static_cast<std::size_t>(axis.n());
    return product;
}
template <std::size_t D>
double separable_problem<D>::norm_infinity() const {
    double largest_diagonal = shift;
    for (auto const& axis : axes) {
        double largest = 0.0;
        for (std::ptrdiff_t i = 0; i < axis.n(); ++i) {
            auto const at = static_cast<std::size_t>(i);
            largest =
                std::max(largest, (axis.coupling_below(i) + axis.coupling_above(i) + axis.excess[at]) / axis.mass[at]);
        }
        largest_diagonal += largest;
    }
    return 2.0 * largest_diagonal;
}
template <std::size_t D>
bool separable_problem<D>::has_wall() const {
    return std::ranges::any_of(
        axes, [](axis_operator const& axis) { return axis.excess.front() > 0.0 || axis.excess.back() > 0.0; });
}
template <std::size_t D>
double separable_problem<D>::total_share() const {
    double product = 1.0;
    for (auto const& axis : axes) {
        double sum = 0.0;
        for (double const mass : axis.mass) sum += mass;
        product *= sum;
    }
    return product;
}

// Of a direction of n cells with coupling c and mass 1, c (π/n)² between two walls and a quarter of that beside one;
// without a wall, that is the smallest eigenvalue but 0. Where cells differ, c is of their resistances in series.
template <std::size_t D>
double separable_problem<D>::condition() const {
    double smallest = shift, smallest_alone = std::numeric_limits<double>::infinity();
    for (auto const& axis : axes) {
        if (axis.n() < 2 && axis.excess.front() == 0.0) continue;
        double const n = static_cast<double>(axis.n()) + 1.0;
        double const of_walls = axis.strength_in_series() * std::pow(std::numbers::pi / n, 2);
        bool const below = axis.excess.front() > 0.0, above = axis.excess.back() > 0.0;
        if (below || above)
            smallest += below && above ? std::max(of_walls, axis.n() < 2 ? axis.excess.front() : 0.0) : 0.25 * of_walls;
        else
            smallest_alone = std::min(smallest_alone, of_walls);
    }
    double const least = smallest > 0.0 ? smallest : smallest_alone;
    return norm_infinity() / least;
}

template <std::size_t D>
double separable_problem<D>::scale() const {
    return power_of_two_below_inverse(0.5 * norm_infinity());
}
template <std::size_t D>
std::array<axis_operator, D> separable_problem<D>::scaled_axes() const {
    double const factor = scale();
    auto scaled = axes;
    for (auto& axis : scaled) {
        for (double& value : axis.coupling) value *= factor;
        for (double& value : axis.excess) value *= factor;
        axis.around *= factor;
    }
    return scaled;
}

double factor_of_residual(double norm, std::size_t n) {
    double const typical = norm / std::sqrt(static_cast<double>(n));
    return typical > 0.0 && std::isfinite(typical) ? power_of_two_below_inverse(typical) : 1.0;
}

namespace {

template <std::size_t D>
grid::extents<D> extents_of(std::array<axis_operator, D> const& axes) {
    grid::extents<D> n;
    for (std::size_t d = 0; d < D; ++d) n[d] = axes[d].n();
    return n;
}

}  // namespace

template <std::size_t D>
std::vector<double> shares_of(std::array<axis_operator, D> const& axes) {
    std::vector<double> shares;
    grid::detail::for_each_index(extents_of(axes), [&](grid::extents<D> const& point) {
        double share = 1.0;
        for (std::size_t d = 0; d < D; ++d) share *= axes[d].mass[static_cast<std::size_t>(point[d])];
        shares.push_back(share);
    });
    return shares;
}

template <std::size_t D>
Eigen::MatrixXd matrix_of(separable_problem<D> const& problem, std::array<axis_operator, D> const& axes) {
    auto const n_points = extents_of(axes);
    auto const all_shares = shares_of(axes);
    auto const n = static_cast<Eigen::Index>(all_shares.size());
    Eigen::Map<Eigen::VectorXd const> const shares{all_shares.data(), n};
    Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(n, n);
    double const shift = problem.scale() * problem.shift;
    Eigen::Index i = 0;
    grid::detail::for_each_index(n_points, [&](grid::extents<D> const& point) {
        dense(i, i) += shift * shares[i];
        for (std::size_t d = 0; d < D; ++d) {
            auto const at = static_cast<std::size_t>(point[d]);
            double const across = shares[i] / axes[d].mass[at], above = axes[d].coupling_above(point[d]);
            dense(i, i) += across * (axes[d].coupling_below(point[d]) + above + axes[d].excess[at]);
            if (above == 0.0) continue;
            auto neighbour = point;
            neighbour[d] = point[d] + 1 < n_points[d] ? point[d] + 1 : 0;
            auto const j = static_cast<Eigen::Index>(grid::detail::place_of(neighbour, n_points));
            dense(i, j) -= across * above;
            dense(j, i) -= across * above;
        }
        ++i;
    });
    if (problem.is_almost_singular())
        dense += (dense.diagonal().maxCoeff() / shares.squaredNorm() + 1.0 / shares.squaredNorm()) * shares *
                 shares.transpose();
    return dense;
}

#define POISE_INSTANTIATE(D)                                                     \
    template struct separable_problem<D>;                                        \
    template std::vector<double> shares_of(std::array<axis_operator, D> const&); \
    template Eigen::MatrixXd matrix_of(separable_problem<D> const&, std::array<axis_operator, D> const&);
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::linear::detail
