// SPDX-License-Identifier: MIT
#include "pde/transport/transport_sides.hpp"

#include "grid/sides.hpp"
#include "pde/evolving.hpp"
#include "pde/same_films.hpp"
#include "pde/transport/side_closing.hpp"

#include <algorithm>
#include <cmath>

namespace poise::pde::detail {

template <std::size_t D>
transport_sides<D>::transport_sides(transport_problem<D> const& problem)
    : problem_{problem}, boundary_{problem.boundary.at(problem.t.begin)}, kinds_{boundary_.kinds()} {
    for (std::size_t side = 0; side < 2 * D; ++side) {
        std::size_t const d = side / 2, end = side % 2,
                          n = problem.domain.size() / static_cast<std::size_t>(problem.domain.cells()[d]);
        auto& values = sides_[side];
        values.beyond.resize(3 * n);
        values.flux.resize(n);
        values.first_datum = data_.size();
        if (!goes_around(d)) data_.resize(data_.size() + n);
        if (kinds_[side] != grid::condition_kind::robin) continue;
        values.coefficient.resize(n);
        for_each_face(d, end, [&](std::size_t i, grid::extents<D> const& cell) {
            auto const x = grid::detail::point_on_side(problem_.domain, d, end, cell);
            double const coefficient = boundary_.at(d, end).coefficient(x);
            POISE_REQUIRE(coefficient >= 0.0 && std::isfinite(coefficient), "the coefficient of the ",
                          end == 0 ? "lower" : "upper", " side of ", "xyz"[d], " is ", coefficient, " at ",
                          grid::detail::position_text(x), "; it must be finite and >= 0");
            values.coefficient[i] = coefficient;
        });
    }
}

template <std::size_t D>
template <class Visitor>
void transport_sides<D>::for_each_face(std::size_t d, std::size_t end, Visitor const& visit) const {
    auto face = problem_.domain.cells();
    face[d] = 1;
    std::size_t number = 0;
    grid::detail::for_each_index(face, [&](grid::extents<D> cell) {
        cell[d] = end == 0 ? 0 : problem_.domain.cells()[d] - 1;
        visit(number++, cell);
    });
}

template <std::size_t D>
void transport_sides<D>::evaluate(double t, std::span<double> data) const {
    at_time(t, [&] {
        auto const put = [&](grid::boundary<D> const& now) {
            for (std::size_t side = 0; side < 2 * D; ++side) {
                if (goes_around(side / 2)) continue;
                auto const& condition = now.at(side / 2, side % 2);
                for_each_face(side / 2, side % 2, [&](std::size_t i, grid::extents<D> const& cell) {
                    auto const x = grid::detail::point_on_side(problem_.domain, side / 2, side % 2, cell);
                    double const value = side_data(condition, x);
                    POISE_REQUIRE(
                        problem_.kappa > 0.0 || condition.kind != grid::condition_kind::neumann || value == 0.0,
                        problem_.kappa_name, " is 0, nothing diffuses, and the boundary data of a Neumann side is ",
                        value, "; give 0, or make it Dirichlet");
                    data[sides_[side].first_datum + i] = value;
                });
            }
        };
        if (problem_.boundary.is_constant()) return put(boundary_);
        auto const now = problem_.boundary.at(t, kinds_);
        require_same_films<D>(problem_.domain, grid::axis_stencils(problem_.domain, kinds_), boundary_, now);
        put(now);
    });
}

template <std::size_t D>
void transport_sides<D>::close(velocities<D> const& velocities, double const* y) {
    for (std::size_t side = 0; side < 2 * D; ++side)
        goes_around(side / 2) ? continue_periodic(y, side / 2, side % 2)
                              : close_side(velocities, y, side / 2, side % 2);
}

template <std::size_t D>
void transport_sides<D>::continue_periodic(double const* y, std::size_t d, std::size_t end) {
    auto& beyond = sides_[2 * d + end].beyond;
    std::ptrdiff_t const n = problem_.domain.cells()[d];
    auto const n_faces = beyond.size() / 3;
    for_each_face(d, end, [&](std::size_t face, grid::extents<D> cell) {
        for (std::ptrdiff_t m = 0; m < 3; ++m) {
            cell[d] = end == 0 ? n - 1 - m % n : m % n;
            beyond[static_cast<std::size_t>(m) * n_faces + face] =
                y[grid::detail::place_of(cell, problem_.domain.cells())];
        }
    });
}

template <std::size_t D>
void transport_sides<D>::close_side(velocities<D> const& velocities, double const* y, std::size_t d, std::size_t end) {
    std::ptrdiff_t const n = problem_.domain.cells()[d];
    auto& side = sides_[2 * d + end];
    side_face face{.kind = problem_.kind(),
                   .condition = kinds_[2 * d + end],
                   .is_lower = end == 0,
                   .value = 0.0,
                   .coefficient = 0.0,
                   .velocity = 0.0,
                   .kappa = problem_.kappa * (1.0 / problem_.domain.spacing(d)),
                   .u = {}};
    for_each_face(d, end, [&](std::size_t i, grid::extents<D> cell) {
        face.value = data_[side.first_datum + i];
        face.coefficient = side.coefficient.empty() ? 0.0 : side.coefficient[i];
        face.velocity = velocities.through_side(d, end, i);
        for (std::ptrdiff_t m = 0; m < 5; ++m) {
            std::ptrdiff_t const inwards = std::min(m, n - 1);
            cell[d] = end == 0 ? inwards : n - 1 - inwards;
            face.u[static_cast<std::size_t>(m)] = y[grid::detail::place_of(cell, problem_.domain.cells())];
        }
        auto const closed = close_face(face);
        side.flux[i] = closed.flux;
        for (std::size_t m = 0; m < 3; ++m) side.beyond[m * side.flux.size() + i] = closed.beyond[m];
    });
}

// Where nothing flows through the side, nothing is carried, whatever the polynomials on both sides of it say.
template <std::size_t D>
void transport_sides<D>::close_wall(velocities<D> const& velocities, flux_row const& of, std::ptrdiff_t i,
                                    std::size_t d, std::size_t end, std::size_t face) const {
    bool const is_wall = problem_.velocity && problem_.scheme == advection_scheme::weno5 && !goes_around(d) &&
                         velocities.through_side(d, end, face) == 0.0;
    if (!is_wall) return;
    std::size_t const side = 2 * d + end;
    double const datum = data_[sides_[side].first_datum + face];
    bool const is_told = kinds_[side] == grid::condition_kind::neumann;
    of.flux[i] = !is_told ? diffusive_flux(of, i) : end == 0 ? datum : -datum;
}

template <std::size_t D>
double transport_sides<D>::largest_told() const {
    double largest = 0.0;
    for (std::size_t side = 0; side < 2 * D; ++side)
        if (kinds_[side] == grid::condition_kind::dirichlet)
            largest = std::max(largest,
                               norm_max(std::span{data_}.subspan(sides_[side].first_datum, sides_[side].flux.size())));
    return largest;
}

template <std::size_t D>
bool transport_sides<D>::are_periodic() const noexcept {
    return std::ranges::all_of(kinds_, [](auto kind) { return kind == grid::condition_kind::periodic; });
}

template class transport_sides<1>;
template class transport_sides<2>;
template class transport_sides<3>;

}  // namespace poise::pde::detail
