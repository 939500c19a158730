// SPDX-License-Identifier: MIT
#include "pde/compact_right_hand_side.hpp"

#include "grid/sides.hpp"
#include "linear/diffusion_assembly.hpp"
#include "pde/discrete_problem.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/reductions.hpp>

#include <algorithm>
#include <cmath>

namespace poise::pde::detail {
namespace {

using grid::condition_kind;
using grid::detail::for_each_index;
using grid::detail::place_of;

// Smooth values on points that follow one another, and what they are around or beyond the ends.
struct line_of_points {
    double const* first;
    std::ptrdiff_t stride, n;
    bool periodic;

    double operator()(std::ptrdiff_t i) const {
        if (i >= 0 && i < n) return first[i * stride];
        if (periodic) return first[(i + n) % n * stride];
        return i < 0 ? beyond(0, 1) : beyond(n - 1, -1);
    }
    double second_difference(std::ptrdiff_t i) const {
        double const here = (*this)(i);
        return ((*this)(i - 1) - here) + ((*this)(i + 1) - here);
    }

private:
    // By the polynomial through the last five points, or all where there are fewer.
    double beyond(std::ptrdiff_t end, std::ptrdiff_t inwards) const {
        static constexpr double weights[5][5] = {
            {1.0}, {2.0, -1.0}, {3.0, -3.0, 1.0}, {4.0, -6.0, 4.0, -1.0}, {5.0, -10.0, 10.0, -5.0, 1.0}};
        std::ptrdiff_t const n_used = std::min<std::ptrdiff_t>(n, 5);
        double value = 0.0;
        for (std::ptrdiff_t i = 0; i < n_used; ++i)
            value += weights[n_used - 1][i] * first[(end + i * inwards) * stride];
        return value;
    }
};

template <std::size_t D>
std::ptrdiff_t stride_of(std::size_t d, grid::extents<D> const& n) {
    std::ptrdiff_t stride = 1;
    for (std::size_t e = 0; e < d; ++e) stride *= n[e];
    return stride;
}

template <std::size_t D>
std::size_t size_of(grid::extents<D> const& n) {
    return static_cast<std::size_t>(stride_of(D, n));
}

}  // namespace

template <std::size_t D>
compact_right_hand_side<D>::compact_right_hand_side(grid::cartesian<D> const& domain, grid::boundary<D> const& boundary,
                                                    grid::point<D> const& kappa, double shift)
    : domain_{domain},
      boundary_{boundary},
      kappa_{kappa},
      shift_{shift},
      axes_{grid::axis_stencils(domain, boundary.kinds())},
      points_{domain.points()} {
    for (std::size_t d = 0; d < D; ++d) {
        coupling_[d] = axes_[d].periodic && axes_[d].n == 1 ? 0.0 : kappa[d] / kappa[0] * axes_[d].coupling;
        if (axes_[d].periodic) points_[d] = axes_[d].n;
    }
}

template <std::size_t D>
std::vector<double> compact_right_hand_side<D>::operator()(std::span<double const> source) const {
    require_finite(source);
    index n = domain_.points();
    std::vector<double> b;
    for (std::size_t d = 0; d < D; ++d) {
        b = times_B(d, d == 0 ? source : b, n);
        n[d] = axes_[d].n;
    }
    if (b.empty()) return b;
    for (std::size_t d = 0; d < D; ++d)
        for (std::size_t end = 0; end < 2 && !axes_[d].periodic; ++end) {
            double const* value = boundary_.at(d, end).value.constant();
            bool const is_zero = value != nullptr && *value == 0.0 && closure_of(d, end).of_curvature == 0.0;
            if (!is_zero) subtract(d, end, known_layer(d, end, source), b);
        }
    return b;
}

template <std::size_t D>
void compact_right_hand_side<D>::require_finite(std::span<double const> source) const {
    if (!first_not_finite(source)) return;
    for_each_index(points_, [&](index const& point) {
        auto const place = static_cast<std::size_t>(place_of(point, domain_.points()));
        if (std::isfinite(source[place])) return;
        throw_invalid(concat("the source is ", source[place], " at ", linear::detail::position_of(domain_, place),
                             "; it must be finite, on the sides too in the compact fourth-order scheme"));
    });
}

// M B of direction d, from all points along it to the unknowns; n: of the values.
template <std::size_t D>
std::vector<double> compact_right_hand_side<D>::times_B(std::size_t d, std::span<double const> values,
                                                        index const& n) const {
    auto const& axis = axes_[d];
    std::ptrdiff_t const stride = stride_of(d, n);
    index n_out = n;
    n_out[d] = axis.n;
    std::vector<double> result(size_of(n_out));
    auto out = result.begin();
    for (double const* line = values.data(); out != result.end(); line += n[d] * stride)
        for (std::ptrdiff_t i = 0; i < axis.n; ++i) {
            std::ptrdiff_t const point = i + axis.first_point;
            bool const is_inside = point > 0 && point + 1 < points_[d];
            double const share = axis.share(i);
            double const* const in = line + point * stride;
            for (std::ptrdiff_t k = 0; k < stride; ++k, ++out) {
                double const second =
                    is_inside ? (in[k - stride] - in[k]) + (in[k + stride] - in[k])
                              : line_of_points{line + k, stride, points_[d], axis.periodic}.second_difference(point);
                *out = share * (in[k] + second / 12.0);
            }
        }
    return result;
}

template <std::size_t D>
auto compact_right_hand_side<D>::closure_of(std::size_t d, std::size_t end) const -> closure {
    if (boundary_.at(d, end).kind == condition_kind::neumann)
        return on_nodes() ? closure{1.0, 2.0, 1.0 / 3.0} : closure{1.0, 1.0, 1.0 / 24.0};
    return on_nodes() ? closure{0.0, 1.0, 0.0} : closure{-1.0, 2.0, 0.25};
}

template <std::size_t D>
auto compact_right_hand_side<D>::face_points(std::size_t d) const -> index {
    index n = points_;
    n[d] = 1;
    return n;
}

template <std::size_t D>
std::vector<double> compact_right_hand_side<D>::known_layer(std::size_t d, std::size_t end,
                                                            std::span<double const> source) const {
    closure const how = closure_of(d, end);
    auto const data = scaled_data(d, end);
    std::vector<double> layer(data.size());
    for (std::size_t i = 0; i < data.size(); ++i) layer[i] = how.of_data * data[i];
    if (how.of_curvature != 0.0) add_curvature(d, end, source, how.of_curvature / coupling_[d], data, layer);
    index n = face_points(d);
    for (std::size_t e = 0; e < D; ++e)
        if (e != d) layer = padded(e, layer, n);
    return layer;
}

// The data of κu; of its normal derivative h times them.
template <std::size_t D>
std::vector<double> compact_right_hand_side<D>::scaled_data(std::size_t d, std::size_t end) const {
    auto const& side = boundary_.at(d, end);
    double const scale = side.kind == condition_kind::neumann ? domain_.spacing(d) * kappa_[0] / kappa_[d] : kappa_[0];
    std::vector<double> data;
    for_each_index(face_points(d), [&](index const& point) {
        auto const x = grid::detail::point_on_side(domain_, d, end, point);
        data.push_back(scale * side_data(side, x));
    });
    return data;
}

template <std::size_t D>
void compact_right_hand_side<D>::add_curvature(std::size_t d, std::size_t end, std::span<double const> source,
                                               double factor, std::span<double const> data,
                                               std::span<double> layer) const {
    index const n = face_points(d);
    for_each_index(n, [&](index const& point) {
        auto const at = place_of(point, n);
        double curvature = shift_ * data[static_cast<std::size_t>(at)] - normal_source(d, end, source, point);
        for (std::size_t e = 0; e < D; ++e) {
            if (e == d) continue;
            std::ptrdiff_t const stride = stride_of(e, n);
            line_of_points const line{data.data() + at - point[e] * stride, stride, n[e], axes_[e].periodic};
            curvature -= coupling_[e] * line.second_difference(point[e]);
        }
        layer[static_cast<std::size_t>(at)] += factor * curvature;
    });
}

// The source on a Dirichlet side of cells; on a Neumann side h times its derivative.
template <std::size_t D>
double compact_right_hand_side<D>::normal_source(std::size_t d, std::size_t end, std::span<double const> source,
                                                 index const& point) const {
    index foot = point;
    foot[d] = 0;
    line_of_points const f{source.data() + place_of(foot, domain_.points()), stride_of(d, domain_.points()), points_[d],
                           false};
    std::ptrdiff_t const last = end == 0 ? 0 : points_[d] - 1, outwards = end == 0 ? -1 : 1;
    double const beyond = f(last + outwards);
    if (boundary_.at(d, end).kind == condition_kind::dirichlet) return 0.5 * (beyond + f(last));
    return on_nodes() ? 0.5 * (beyond - f(last - outwards)) : beyond - f(last);
}

// From points to the unknowns along direction d with one more at either end.
template <std::size_t D>
std::vector<double> compact_right_hand_side<D>::padded(std::size_t d, std::span<double const> values, index& n) const {
    std::ptrdiff_t const stride = stride_of(d, n), n_points = n[d];
    n[d] = axes_[d].n + 2;
    std::vector<double> result(size_of(n));
    auto out = result.begin();
    for (double const* line = values.data(); out != result.end(); line += n_points * stride)
        for (std::ptrdiff_t i = -1; i <= axes_[d].n; ++i)
            for (std::ptrdiff_t k = 0; k < stride; ++k)
                *out++ = line_of_points{line + k, stride, n_points, axes_[d].periodic}(i + axes_[d].first_point);
    return result;
}

// What the rows beside a side take from its layer. Beyond an edge of two sides, u is by the layer of the later one, and
// then by that of the earlier one at the mirrored point.
template <std::size_t D>
void compact_right_hand_side<D>::subtract(std::size_t d, std::size_t end, std::span<double const> layer,
                                          std::span<double> b) const {
    index n, steps;
    for (std::size_t e = 0; e < D; ++e) {
        n[e] = e == d ? 1 : axes_[e].n + 2;
        steps[e] = e == d ? 1 : 3;
    }
    grid::detail::for_each_beside<D>(axes_, d, end, [&](std::size_t unknown, index const& point, double share) {
        share *= axes_[d].share(point[d] - axes_[d].first_point);
        for_each_index(steps, [&](index place) {
            double factor = share;
            std::array<bool, D> is_step;
            for (std::size_t e = 0; e < D; ++e) {
                is_step[e] = e == d || place[e] != 1;
                if (e != d) place[e] += point[e] - axes_[e].first_point;
                if (e > d) factor *= mirror(e, place[e]);
            }
            b[unknown] -= factor * entry(is_step) * layer[static_cast<std::size_t>(place_of(place, n))];
        });
    });
}

template <std::size_t D>
double compact_right_hand_side<D>::mirror(std::size_t d, std::ptrdiff_t& place) const {
    std::ptrdiff_t const n = axes_[d].n;
    if (axes_[d].periodic || (place > 0 && place <= n)) return 1.0;
    std::size_t const end = place == 0 ? 0 : 1;
    std::ptrdiff_t const way = on_nodes() ? 2 : 1;
    place += end == 0 ? way : -way;
    return closure_of(d, end).mirrored;
}

// Of A = Σ_d K_d ⊗ (B of the other directions) + shift·(B of all) away from the sides, between points that are a step
// apart in these directions: K = -δ²/h², B = 1 + δ²/12.
template <std::size_t D>
double compact_right_hand_side<D>::entry(std::array<bool, D> const& is_step) const {
    double values = 1.0, sum = shift_;  // of B, and of K/B
    for (std::size_t d = 0; d < D; ++d) {
        values *= is_step[d] ? 1.0 / 12.0 : 10.0 / 12.0;
        sum += (is_step[d] ? -12.0 : 2.4) * coupling_[d];
    }
    return values * sum;
}

template class compact_right_hand_side<1>;
template class compact_right_hand_side<2>;
template class compact_right_hand_side<3>;

}  // namespace poise::pde::detail
