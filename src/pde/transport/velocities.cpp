// SPDX-License-Identifier: MIT
#include "pde/transport/velocities.hpp"

#include "grid/indices.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/reductions.hpp>

#include <cmath>

namespace poise::pde::detail {

template <std::size_t D>
velocities<D>::velocities(transport_problem<D> const& problem, grid::condition_kinds<D> const& kinds)
    : problem_{problem}, kinds_{kinds}, is_in_cells_{problem.scheme == advection_scheme::weno5} {
    if (!problem.velocity) return;
    for (std::size_t d = 0; d < D; ++d) {
        if (double const* number = problem.velocity->number(d)) {
            numbers_[d] = *number;
            continue;
        }
        changes_ |= !problem.velocity->along(d).is_constant();
        auto n = problem.domain.cells();
        n[d] = length(d);
        std::size_t size = 1;
        for (auto const extent : n) size *= static_cast<std::size_t>(extent);
        values_[d].resize(size);
    }
    evaluate(problem.t.begin);
}

template <std::size_t D>
std::size_t velocities<D>::place(std::size_t d, grid::extents<D> index) const {
    auto n = problem_.domain.cells();
    n[d] = length(d);
    return static_cast<std::size_t>(grid::detail::place_of(index, n));
}

template <std::size_t D>
void velocities<D>::evaluate(double t) {
    rate_ = 0.0;
    if (!problem_.velocity) return;
    for (std::size_t d = 0; d < D; ++d) {
        if (!numbers_[d]) evaluate(d, t);
        double const largest = numbers_[d] ? std::abs(*numbers_[d]) : norm_max(values_[d]);
        rate_ += largest / problem_.domain.spacing(d);
    }
}

template <std::size_t D>
void velocities<D>::evaluate(std::size_t d, double t) {
    auto const& domain = problem_.domain;
    auto const velocity = problem_.velocity->along(d).at(t);
    auto n = domain.cells();
    std::ptrdiff_t const last = n[d];
    if (!is_in_cells_) n[d] += 1;
    bool const is_periodic = kinds_[2 * d] == grid::condition_kind::periodic;
    grid::detail::for_each_index(n, [&](grid::extents<D> const& i) {
        grid::point<D> x;
        auto from = i;
        if (!is_in_cells_ && is_periodic && i[d] == last) from[d] = 0;
        for (std::size_t e = 0; e < D; ++e) x[e] = domain.coordinate(e, from[e]);
        if (!is_in_cells_) {
            double const whole = domain.upper()[d] - domain.lower()[d];
            x[d] = from[d] == last
                       ? domain.upper()[d]
                       : domain.lower()[d] + whole * (static_cast<double>(from[d]) / static_cast<double>(last));
        }
        double const value = velocity(x);
        POISE_REQUIRE(std::isfinite(value), "the velocity along ", "xyz"[d], " is ", value, " at ",
                      grid::detail::position_text(x), ", t = ", t, "; it must be finite");
        auto to = i;
        if (is_in_cells_) to[d] += 3;
        values_[d][place(d, to)] = value;
    });
    if (is_in_cells_) continue_beyond(d);
}

template <std::size_t D>
void velocities<D>::continue_beyond(std::size_t d) {
    auto& values = values_[d];
    auto face = problem_.domain.cells();
    std::ptrdiff_t const n = face[d];
    bool const is_periodic = kinds_[2 * d] == grid::condition_kind::periodic;
    face[d] = 1;
    grid::detail::for_each_index(face, [&](grid::extents<D> i) {
        auto const at = [&](std::ptrdiff_t cell) -> double& {
            i[d] = cell + 3;
            return values[place(d, i)];
        };
        for (std::ptrdiff_t m = 0; m < 3; ++m) {
            if (is_periodic) {
                at(-1 - m) = at((n - 1 - m % n));
                at(n + m) = at(m % n);
            } else {
                auto const next = [](double a, double b, double c, double e, double f) {
                    return ((5.0 * a - 10.0 * b) + 10.0 * c - 5.0 * e) + f;
                };
                at(-1 - m) = next(at(-m), at(1 - m), at(2 - m), at(3 - m), at(4 - m));
                at(n + m) = next(at(n + m - 1), at(n + m - 2), at(n + m - 3), at(n + m - 4), at(n + m - 5));
            }
        }
    });
}

template <std::size_t D>
double velocities<D>::through_side(std::size_t d, std::size_t end, grid::extents<D> const& cell) const {
    if (numbers_[d] || !problem_.velocity) return number(d);
    auto at = cell;
    if (!is_in_cells_) {
        at[d] += end == 0 ? 0 : 1;
        return values_[d][place(d, at)];
    }
    at[d] += 3;
    double const inside = values_[d][place(d, at)];
    at[d] += end == 0 ? -1 : 1;
    return 0.5 * (inside + values_[d][place(d, at)]);
}

template class velocities<1>;
template class velocities<2>;
template class velocities<3>;

}  // namespace poise::pde::detail
