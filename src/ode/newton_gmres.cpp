// SPDX-License-Identifier: MIT
#include "core/multiversion.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/reductions.hpp>
#include <poise/ode/detail/newton_gmres.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace poise::ode::detail {
namespace {

// What is left of a vector that is a combination of others, beside it; and of a column of R, with the rounding of
// products in it.
constexpr double dependent = 1e-14, singular = 1e-12;

// y += a x.
POISE_MULTIVERSION void add(double a, std::size_t n, double const* x, double* y) {
    for (std::size_t i = 0; i < n; ++i) y[i] += a * x[i];
}

}  // namespace

newton_gmres::newton_gmres(matrix_free how, std::size_t n) : how_{std::move(how)}, n_{n} {
    POISE_REQUIRE(how_.most_products >= 1, "ode: matrix_free with most_products = 0; give a number >= 1");
    how_.most_products = std::min(how_.most_products, n);
    R_.resize(how_.most_products * (how_.most_products + 1));
    cosine_.resize(how_.most_products);
    sine_.resize(how_.most_products);
    g_.resize(how_.most_products);
}

void newton_gmres::prepare(double t, std::span<double const> y, double shift) {
    if (how_.prepare) how_.prepare(t, y, shift);
    is_fresh_ = true;
    n_last_ = 0;
}

// In numbers of weights: (I − J / shift) x / w = b / (shift w).
newton_gmres::outcome newton_gmres::solve(double shift, std::span<double const> weights, double tolerance,
                                          linear::map_view J, std::span<double> x) {
    auto const first = v(0);
    for (std::size_t i = 0; i < n_; ++i) first[i] = x[i] / (shift * weights[i]);
    double const before = norm2(first);
    if (!std::isfinite(before)) return outcome::not_finite;
    if (before == 0.0) return std::ranges::fill(x, 0.0), outcome::solved;
    for (double& value : first) value /= before;

    double const enough = tolerance * std::sqrt(static_cast<double>(n_));
    double g = before;
    std::size_t n_columns = 0;
    while (n_columns < how_.most_products && (n_columns == 0 || std::abs(g) > enough)) {
        multiply(J, shift, weights, n_columns);
        double const h = orthogonalise(n_columns);
        if (!std::isfinite(h)) return outcome::not_finite;
        if (!rotate(n_columns, h, g)) break;
        ++n_columns;
        // The space is one that A keeps, and the solution is in it.
        if (h == 0.0) break;
    }
    n_last_ = n_columns;
    if (std::exchange(is_fresh_, false)) n_fresh_ = n_columns;
    combine(n_columns, weights, x);
    if (std::abs(g) <= enough) return outcome::solved;
    return std::abs(g) <= 0.1 * before ? outcome::reduced : outcome::too_slow;
}

// v(j + 1) = A M v(j), not orthogonal yet.
void newton_gmres::multiply(linear::map_view J, double shift, std::span<double const> weights, std::size_t j) {
    auto const from = workspace_.vector(0, n_), to = workspace_.vector(1, n_);
    auto const vj = v(j), zj = z(j), next = v(j + 1);
    if (how_.precondition) {
        for (std::size_t i = 0; i < n_; ++i) from[i] = shift * weights[i] * vj[i];
        how_.precondition(from, to);
        for (std::size_t i = 0; i < n_; ++i) zj[i] = to[i] / weights[i];
    }
    for (std::size_t i = 0; i < n_; ++i) from[i] = weights[i] * zj[i];
    J(from, to);
    ++n_products_;
    for (std::size_t i = 0; i < n_; ++i) next[i] = zj[i] - to[i] / (shift * weights[i]);
}

// By modified Gram-Schmidt; what is left of v(j + 1) has length 1, if anything is. Its length before.
double newton_gmres::orthogonalise(std::size_t j) {
    auto const next = v(j + 1);
    auto const R = column(j);
    whole_ = norm2(next);
    for (std::size_t i = 0; i <= j; ++i) {
        R[i] = dot(v(i), next);
        add(-R[i], n_, v(i).data(), next.data());
    }
    double const h = norm2(next);
    if (h <= dependent * whole_) return 0.0;
    for (double& value : next) value /= h;
    return h;
}

// The rotations so far and one that takes h to 0.
bool newton_gmres::rotate(std::size_t j, double h, double& g) {
    auto const R = column(j);
    for (std::size_t i = 0; i < j; ++i) {
        double const above = R[i];
        R[i] = cosine_[i] * above + sine_[i] * R[i + 1];
        R[i + 1] = cosine_[i] * R[i + 1] - sine_[i] * above;
    }
    double const length = std::hypot(R[j], h);
    if (length <= singular * whole_) return false;
    cosine_[j] = R[j] / length;
    sine_[j] = h / length;
    R[j] = length;
    g_[j] = cosine_[j] * g;
    g *= -sine_[j];
    return true;
}

// x = w Z R⁻¹ g.
void newton_gmres::combine(std::size_t n_columns, std::span<double const> weights, std::span<double> x) {
    std::ranges::fill(x, 0.0);
    for (std::size_t k = n_columns; k-- > 0;) {
        auto const R = column(k);
        double const y = g_[k] / R[k];
        for (std::size_t i = 0; i < k; ++i) g_[i] -= R[i] * y;
        add(y, n_, z(k).data(), x.data());
    }
    for (std::size_t i = 0; i < n_; ++i) x[i] *= weights[i];
}

}  // namespace poise::ode::detail
