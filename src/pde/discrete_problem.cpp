// SPDX-License-Identifier: MIT
#include "pde/discrete_problem.hpp"

#include "grid/sides.hpp"
#include "linear/diffusion_assembly.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/reductions.hpp>
#include <poise/linear/neg_diffusion.hpp>

#include <algorithm>
#include <cmath>

namespace poise::pde::detail {

using grid::detail::for_each_index;
using grid::detail::place_of;

template <std::size_t D>
std::array<std::ptrdiff_t, D> discrete_problem<D>::unknowns() const {
    index n;
    for (std::size_t d = 0; d < D; ++d) n[d] = axes_[d].n;
    return n;
}

// Unknowns that follow one another along x: where they begin among the unknowns and among the points, and the share of
// a cell that the other directions leave them.
template <std::size_t D>
template <class Visitor>
void discrete_problem<D>::for_each_line(Visitor&& visit) const {
    index const n = unknowns();
    grid::detail::for_each_line(n, [&](index const& i) {
        index point = i;
        double share = 1.0;
        for (std::size_t d = 0; d < D; ++d) {
            point[d] += axes_[d].first_point;
            if (d > 0) share *= axes_[d].share(i[d]);
        }
        visit(static_cast<std::size_t>(place_of(i, n)), static_cast<std::size_t>(place_of(point, domain_.points())),
              share);
    });
}

template <std::size_t D>
std::vector<double> discrete_problem<D>::times_shares(std::span<double const> values) const {
    std::vector<double> result(n_unknowns());
    times_shares(values, result);
    return result;
}

template <std::size_t D>
void discrete_problem<D>::times_shares(std::span<double const> values, std::span<double> result) const {
    auto const nx = static_cast<std::size_t>(axes_[0].n);
    for_each_line([&](std::size_t unknown, std::size_t point, double share) {
        for (std::size_t i = 0; i < nx; ++i) result[unknown + i] = share * values[point + i];
        if (!axes_[0].is_uniform()) {
            for (std::size_t i = 0; i < nx; ++i) result[unknown + i] *= axes_[0].shares[i];
            return;
        }
        if (nx > 0) result[unknown] *= axes_[0].share(0);
        if (nx > 1) result[unknown + nx - 1] *= axes_[0].share(axes_[0].n - 1);
    });
}

template <std::size_t D>
void discrete_problem<D>::from_points(std::span<double const> values, std::span<double> unknown_values) const {
    auto const nx = static_cast<std::size_t>(axes_[0].n);
    for_each_line([&](std::size_t unknown, std::size_t point, double) {
        std::ranges::copy(values.subspan(point, nx), unknown_values.begin() + static_cast<std::ptrdiff_t>(unknown));
    });
}

template <std::size_t D>
std::vector<double> discrete_problem<D>::right_hand_side(std::span<double const> source) const {
    std::vector<double> b(n_unknowns());
    right_hand_side(source, b);
    return b;
}

template <std::size_t D>
void discrete_problem<D>::right_hand_side(std::span<double const> source, std::span<double> b) const {
    times_shares(source, b);
    if (auto const bad = first_not_finite(b)) refuse_source(*bad, b[*bad]);
    add_side_data(b);
}

template <std::size_t D>
void discrete_problem<D>::add_side_data(std::span<double> b) const {
    for (std::size_t d = 0; d < D; ++d)
        for (std::size_t end = 0; end < 2; ++end) add_side_data(d, end, b);
}

template <std::size_t D>
void discrete_problem<D>::refuse_source(std::size_t unknown, double value) const {
    index point;
    auto rest = static_cast<std::ptrdiff_t>(unknown);
    for (std::size_t d = 0; d < D; ++d) {
        point[d] = rest % axes_[d].n + axes_[d].first_point;
        rest /= axes_[d].n;
    }
    auto const place = static_cast<std::size_t>(place_of(point, domain_.points()));
    throw_invalid(
        concat("the source is ", value, " at ", linear::detail::position_of(domain_, place), "; it must be finite"));
}

// The unknowns next to one side: all multi-indices with i[d] fixed to the first or the last.
template <std::size_t D>
void discrete_problem<D>::add_side_data(std::size_t d, std::size_t end, std::span<double> b) const {
    auto const& side = boundary_.at(d, end);
    if (double const* value = side.value.constant(); value != nullptr && *value == 0.0) return;
    grid::detail::for_each_beside<D>(axes_, d, end, [&](std::size_t i, index const& point, double share) {
        auto const x = grid::detail::point_on_side(domain_, d, end, point);
        b[i] += share * data_weight(d, end, point, x) * side_data(boundary_.at(d, end), x);
    });
}

template <std::size_t D>
grid::field<D> discrete_problem<D>::to_field(std::span<double const> unknown_values) const {
    grid::field<D> u{domain_};
    to_field(unknown_values, u);
    return u;
}

template <std::size_t D>
void discrete_problem<D>::to_field(std::span<double const> unknown_values, grid::field<D>& u) const {
    auto const nx = static_cast<std::size_t>(axes_[0].n);
    for_each_line([&](std::size_t unknown, std::size_t point, double) {
        std::ranges::copy(unknown_values.subspan(unknown, nx), u.values().begin() + static_cast<std::ptrdiff_t>(point));
    });
    put_sides(u);
}

template <std::size_t D>
void discrete_problem<D>::put_sides(grid::field<D>& u) const {
    for (std::size_t d = 0; d < D; ++d)
        for (std::size_t end = 0; end < 2; ++end)
            if (is_known(d, end)) put_side_data(d, end, u);
    grid::detail::repeat_first_points(boundary_.kinds(), u);
}

template <std::size_t D>
double discrete_problem<D>::kappa_at_wall(std::size_t d, std::size_t end, index const& point) const {
    if (kappa_.empty()) return everywhere_[d];
    auto const kappa = linear::detail::kappa_along(d, domain_, kappa_);
    auto const& points = domain_.points();
    double const here = kappa[static_cast<std::size_t>(place_of(point, points))];
    if (!is_known(d, end)) return here;
    index wall = point;
    wall[d] += end == 0 ? -1 : 1;
    return linear::harmonic_mean(here, kappa[static_cast<std::size_t>(place_of(wall, points))]);
}

template <std::size_t D>
double discrete_problem<D>::data_weight(std::size_t d, std::size_t end, index const& point,
                                        grid::point<D> const& x) const {
    auto const& side = boundary_.at(d, end);
    if (side.kind == grid::condition_kind::dirichlet) return axes_[d].data_factor[end] * kappa_at_wall(d, end, point);
    if (side.kind != grid::condition_kind::robin) return axes_[d].data_factor[end];
    return grid::robin_side(axes_[d], end, kappa_at_wall(d, end, point), side.coefficient(x)).data_factor;
}

template <std::size_t D>
bool discrete_problem<D>::is_known(std::size_t d, std::size_t end) const {
    return domain_.centering() == grid::centering::node && boundary_.at(d, end).kind == grid::condition_kind::dirichlet;
}

template <std::size_t D>
void discrete_problem<D>::put_side_data(std::size_t d, std::size_t end, grid::field<D>& u) const {
    index const points = domain_.points();
    index face = points;
    face[d] = 1;
    for_each_index(face, [&](index point) {
        point[d] = end == 0 ? 0 : points[d] - 1;
        u.values()[static_cast<std::size_t>(place_of(point, points))] =
            side_data(boundary_.at(d, end), grid::detail::point_on_side(domain_, d, end, point));
    });
}

template <std::size_t D>
std::size_t discrete_problem<D>::n_unknowns() const {
    std::size_t product = 1;
    for (auto const& axis : axes_) product *= static_cast<std::size_t>(axis.n);
    return product;
}

template class discrete_problem<1>;
template class discrete_problem<2>;
template class discrete_problem<3>;

}  // namespace poise::pde::detail
