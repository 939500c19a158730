// SPDX-License-Identifier: MIT
#include "pde/transport/velocities.hpp"

#include "grid/indices.hpp"
#include "pde/transport/side_closing.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/core/reductions.hpp>

#include <algorithm>
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
        auto const n_faces = problem.domain.size() / static_cast<std::size_t>(n[d]);
        n[d] = length(d);
        values_[d].resize(n_faces * static_cast<std::size_t>(n[d]));
        if (!goes_around(d)) through_[2 * d].resize(n_faces), through_[2 * d + 1].resize(n_faces);
    }
    for (std::size_t d = 0; d < D; ++d) {
        if (numbers_[d])
            largest_[d] = std::abs(*numbers_[d]);
        else if (auto const* const unchanging = problem.velocity->along(d).constant())
            evaluate(d, problem.t.begin, *unchanging);
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
        auto const& along = problem_.velocity->along(d);
        if (!along.is_constant()) along.use_at(t, [&](auto const& f) { evaluate(d, t, f); });
        rate_ += largest_[d] / problem_.domain.spacing(d);
    }
}

template <std::size_t D>
template <class Function>
void velocities<D>::evaluate(std::size_t d, double t, Function const& along) {
    auto const& domain = problem_.domain;
    std::ptrdiff_t const last = domain.cells()[d];
    double const lower = domain.lower()[d], upper = domain.upper()[d];
    largest_[d] = 0.0;
    auto const value_at = [&](grid::point<D> const& x) {
        double const value = along(x);
        POISE_REQUIRE(std::isfinite(value), "the velocity along ", "xyz"[d], " is ", value, " at ",
                      grid::detail::position_text(x), ", t = ", t, "; it must be finite");
        largest_[d] = std::max(largest_[d], std::abs(value));
        return value;
    };
    auto n = domain.cells();
    if (!is_in_cells_) n[d] += 1;
    grid::detail::for_each_index(n, [&](grid::extents<D> const& i) {
        auto from = i;
        if (!is_in_cells_ && goes_around(d) && i[d] == last) from[d] = 0;
        grid::point<D> x;
        for (std::size_t e = 0; e < D; ++e) x[e] = domain.coordinate(e, from[e]);
        if (!is_in_cells_)
            x[d] = from[d] == last
                       ? upper
                       : lower + (upper - lower) * (static_cast<double>(from[d]) / static_cast<double>(last));
        auto to = i;
        if (is_in_cells_) to[d] += 3;
        values_[d][place(d, to)] = value_at(x);
    });
    if (is_in_cells_ && goes_around(d)) continue_around(d);
    for (std::size_t end = 0; end < 2 && !goes_around(d); ++end) {
        auto faces = domain.cells();
        faces[d] = 1;
        std::size_t number = 0;
        grid::detail::for_each_index(faces, [&](grid::extents<D> i) {
            i[d] = end == 0 ? 0 : last;
            auto& through = through_[2 * d + end][number++];
            if (!is_in_cells_) {
                through = values_[d][place(d, i)];
                return;
            }
            grid::point<D> x;
            for (std::size_t e = 0; e < D; ++e) x[e] = e == d ? (end == 0 ? lower : upper) : domain.coordinate(e, i[e]);
            through = value_at(x);
        });
        if (is_in_cells_) continue_beyond(d, end);
    }
}

template <std::size_t D>
void velocities<D>::continue_around(std::size_t d) {
    auto faces = problem_.domain.cells();
    std::ptrdiff_t const n = faces[d];
    faces[d] = 1;
    grid::detail::for_each_index(faces, [&](grid::extents<D> i) {
        auto const at = [&](std::ptrdiff_t cell) -> double& {
            i[d] = cell + 3;
            return values_[d][place(d, i)];
        };
        for (std::ptrdiff_t m = 0; m < 3; ++m) {
            at(-1 - m) = at(n - 1 - m % n);
            at(n + m) = at(m % n);
        }
    });
}

template <std::size_t D>
void velocities<D>::continue_beyond(std::size_t d, std::size_t end) {
    auto faces = problem_.domain.cells();
    std::ptrdiff_t const n = faces[d];
    faces[d] = 1;
    std::size_t number = 0;
    grid::detail::for_each_index(faces, [&](grid::extents<D> i) {
        // Cell m before the side, or −1 − m beyond it.
        auto const at = [&](std::ptrdiff_t m) -> double& {
            i[d] = 3 + (end == 0 ? m : n - 1 - m);
            return values_[d][place(d, i)];
        };
        auto const beyond = continue_from(through_[2 * d + end][number++], {at(0), at(1), at(2), at(3)});
        for (std::ptrdiff_t m = 0; m < 3; ++m) at(-1 - m) = beyond[static_cast<std::size_t>(m)];
    });
}

template class velocities<1>;
template class velocities<2>;
template class velocities<3>;

}  // namespace poise::pde::detail
