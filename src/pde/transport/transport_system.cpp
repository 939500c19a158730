// SPDX-License-Identifier: MIT
#include "pde/transport/transport_system.hpp"

#include "pde/evolving.hpp"

#include <poise/profile/timer.hpp>
#include <poise/task/parallel_for.hpp>

#include <algorithm>

namespace poise::pde::detail {
namespace {

constexpr std::ptrdiff_t cells_of_piece = 2048;     // of a line in one dimension, in the first cache
constexpr std::size_t cells_of_thread = 1UL << 14;  // at least, of a sweep

}  // namespace

template <std::size_t D>
transport_system<D>::transport_system(transport_problem<D> const& problem)
    : problem_{problem}, sides_{problem}, velocities_{problem, sides_.kinds()} {
    for (std::size_t d = 0; d < D; ++d) {
        n_[d] = problem.domain.cells()[d];
        per_width_[d] = 1.0 / problem.domain.spacing(d);
        diffusion_rate_ += problem.kappa * per_width_[d] * per_width_[d];
    }
    auto const* const source = problem.source.constant();
    bool const has_none = source != nullptr && source->constant() != nullptr && *source->constant() == 0.0;
    if (!has_none) source_.resize(size());
    if (source != nullptr && !has_none) {
        source_ = finite_values(problem.domain, *source, "the source");
        total_source_ = sum(source_);
    }
    std::size_t const parts = D == 1 ? static_cast<std::size_t>((n_[0] + cells_of_piece - 1) / cells_of_piece)
                                     : static_cast<std::size_t>(n_[D - 1]);
    std::size_t const useful = std::max<std::size_t>(size() / cells_of_thread, 1);
    rooms_.resize(std::min({task::available_threads(), useful, parts}));
    auto const nx = static_cast<std::size_t>(D == 1 ? std::min(n_[0], cells_of_piece) : n_[0]);
    for (auto& room : rooms_) {
        room.line.resize(nx + 6), room.along_x.resize(nx + 1), room.rate.resize(nx);
        if constexpr (D > 1) room.lower_y.resize(nx), room.upper_y.resize(nx);
        if constexpr (D > 2) room.lower_z.resize(nx * static_cast<std::size_t>(n_[1])), room.upper_z.resize(nx);
    }
    evaluate_sides(problem.t.begin, sides_.data());
    set_time(problem.t.begin);
}

template <std::size_t D>
std::vector<double> transport_system<D>::initial() const {
    return finite_values(problem_.domain, problem_.initial, "the initial value");
}

template <std::size_t D>
void transport_system<D>::evaluate_sides(double t, std::span<double> data) {
    profile::timer const taken;
    sides_.evaluate(t, data);
    data_s_ += taken.seconds();
}

template <std::size_t D>
void transport_system<D>::set_time(double t) {
    if (t == time_) return;
    time_ = t;
    profile::timer const taken;
    if (velocities_.changes()) velocities_.evaluate(t);
    if (!problem_.source.is_constant()) evaluate_source(t);
    data_s_ += taken.seconds();
}

template <std::size_t D>
void transport_system<D>::evaluate_source(double t) {
    at_time(t, [&] {
        problem_.source.evaluate(t, problem_.domain, source_);
        if (auto const bad = first_not_finite(source_))
            throw_invalid(concat("the source is ", source_[*bad], " at ",
                                 linear::detail::position_of(problem_.domain, *bad), "; it must be finite"));
    });
    total_source_ = sum(source_);
}

template <std::size_t D>
double transport_system<D>::courant_rate(std::span<double const> u) const {
    if (problem_.velocity) return velocities_.rate();
    double of_all = 0.0;
    for (double const each : per_width_) of_all += each;
    return std::max(norm_max(u), sides_.largest_told()) * of_all;
}

template <std::size_t D>
double transport_system<D>::sweep(target const& to) {
    ++n_evaluations_;
    sides_.close(velocities_, to.y);
    auto const units = static_cast<std::size_t>(D == 1 ? (n_[0] + cells_of_piece - 1) / cells_of_piece : n_[D - 1]);
    std::size_t const n_parts = rooms_.size();
    task::parallel_for(n_parts, n_parts, [&](std::size_t begin, std::size_t end) {
        for (std::size_t part = begin; part < end; ++part)
            sweep_part(to, rooms_[part], static_cast<std::ptrdiff_t>(units * part / n_parts),
                       static_cast<std::ptrdiff_t>(units * (part + 1) / n_parts));
    });
    return supply();
}

template <std::size_t D>
void transport_system<D>::sweep_part(target const& to, workspace& room, std::ptrdiff_t first, std::ptrdiff_t last) {
    if constexpr (D == 1) {
        for (std::ptrdiff_t piece = first; piece < last; ++piece) {
            std::ptrdiff_t const from = piece * cells_of_piece, n = std::min(cells_of_piece, n_[0] - from);
            rate_along_x(to.y, room, 0, from, n);
            put_row(to, room, from, n);
        }
    } else if constexpr (D == 2) {
        flux_of_row(to.y, 1, first, 0, 0, room.lower_y.data());
        for (std::ptrdiff_t j = first; j < last; ++j) sweep_row(to, room, j, 0);
    } else {
        for (std::ptrdiff_t j = 0; j < n_[1]; ++j) flux_of_row(to.y, 2, first, j, 0, room.lower_z.data() + j * n_[0]);
        for (std::ptrdiff_t k = first; k < last; ++k) {
            flux_of_row(to.y, 1, 0, 0, k, room.lower_y.data());
            for (std::ptrdiff_t j = 0; j < n_[1]; ++j) sweep_row(to, room, j, k);
        }
    }
}

template <std::size_t D>
void transport_system<D>::sweep_row(target const& to, workspace& room, std::ptrdiff_t j, std::ptrdiff_t k) {
    std::ptrdiff_t const nx = n_[0], row = j + n_[1] * k;
    rate_along_x(to.y, room, row, 0, nx);
    flux_of_row(to.y, 1, j + 1, 0, k, room.upper_y.data());
    add_difference(room.lower_y.data(), room.upper_y.data(), per_width_[1], room.rate.data(), nx);
    std::swap(room.lower_y, room.upper_y);
    if constexpr (D > 2) {
        double* const lower = room.lower_z.data() + j * nx;
        flux_of_row(to.y, 2, k + 1, j, 0, room.upper_z.data());
        add_difference(lower, room.upper_z.data(), per_width_[2], room.rate.data(), nx);
        std::ranges::copy(room.upper_z, lower);
    }
    put_row(to, room, row * nx, nx);
}

template <std::size_t D>
void transport_system<D>::rate_along_x(double const* y, workspace& room, std::ptrdiff_t row, std::ptrdiff_t first,
                                       std::ptrdiff_t n) {
    std::ptrdiff_t const nx = n_[0], n_rows = n_[1] * n_[2];
    double const* const line = y + row * nx;
    for (std::ptrdiff_t m = 0; m < 3; ++m) {
        std::ptrdiff_t const below = first - 1 - m, above = first + n + m;
        room.line[static_cast<std::size_t>(2 - m)] =
            below >= 0 ? line[below] : sides_[0].beyond[static_cast<std::size_t>((-1 - below) * n_rows + row)];
        room.line[static_cast<std::size_t>(3 + n + m)] =
            above < nx ? line[above] : sides_[1].beyond[static_cast<std::size_t>((above - nx) * n_rows + row)];
    }
    std::copy_n(line + first, n, room.line.begin() + 3);
    flux_row of{.u = {}, .velocity = velocities_.number(0), .kappa = problem_.kappa * per_width_[0]};
    for (std::size_t m = 0; m < 6; ++m) {
        of.u[m] = room.line.data() + m;
        if (double const* in_cells = velocities_.in_cells(0))
            of.in_cells[m] = in_cells + row * (nx + 6) + first + static_cast<std::ptrdiff_t>(m);
    }
    if (double const* on_faces = velocities_.on_faces(0)) of.on_faces = on_faces + row * (nx + 1) + first;
    of.flux = room.along_x.data();
    of.n = n + 1;
    compute_fluxes(problem_.kind(), of);
    auto const at = static_cast<std::size_t>(row);
    if (first == 0) sides_.close_wall(velocities_, of, 0, 0, 0, at);
    if (first + n == nx) sides_.close_wall(velocities_, of, n, 0, 1, at);
    double& lower = room.along_x.front();
    double& upper = room.along_x[static_cast<std::size_t>(n)];
    if (first == 0)
        (sides_.has_own_flux(0) ? lower : sides_[0].flux[at]) = sides_.has_own_flux(0) ? sides_[0].flux[at] : lower;
    if (first + n == nx)
        (sides_.has_own_flux(0) ? upper : sides_[1].flux[at]) = sides_.has_own_flux(0) ? sides_[1].flux[at] : upper;
    std::fill_n(room.rate.begin(), n, 0.0);
    add_difference(room.along_x.data(), room.along_x.data() + 1, per_width_[0], room.rate.data(), n);
}

// Of the row of y or of z, between the cells face - 1 and face.
template <std::size_t D>
void transport_system<D>::flux_of_row(double const* y, std::size_t d, std::ptrdiff_t face, std::ptrdiff_t j,
                                      std::ptrdiff_t k, double* flux) {
    std::ptrdiff_t const nx = n_[0], n = n_[d], across = (d == 1 ? k : j) * nx, n_side = nx * n_[3 - d];
    bool const is_side = face == 0 || face == n;
    auto& of_side = sides_[2 * d + (face == 0 ? 0 : 1)].flux;
    if (is_side && sides_.has_own_flux(d)) {
        std::copy_n(of_side.begin() + across, nx, flux);
        return;
    }
    // Along a line of so many points of this direction.
    auto const row_of = [&](std::ptrdiff_t i, std::ptrdiff_t length) {
        return d == 1 ? (i + length * k) * nx : (j + n_[1] * i) * nx;
    };
    flux_row of{.u = {}, .velocity = velocities_.number(d), .kappa = problem_.kappa * per_width_[d]};
    for (std::ptrdiff_t m = 0; m < 6; ++m) {
        std::ptrdiff_t const cell = face - 3 + m;
        auto& u = of.u[static_cast<std::size_t>(m)];
        if (cell < 0)
            u = sides_[2 * d].beyond.data() + (-1 - cell) * n_side + across;
        else if (cell >= n)
            u = sides_[2 * d + 1].beyond.data() + (cell - n) * n_side + across;
        else
            u = y + row_of(cell, n);
        if (double const* in_cells = velocities_.in_cells(d))
            of.in_cells[static_cast<std::size_t>(m)] = in_cells + row_of(face + m, n + 6);
    }
    if (double const* on_faces = velocities_.on_faces(d)) of.on_faces = on_faces + row_of(face, n + 1);
    of.flux = flux;
    of.n = nx;
    compute_fluxes(problem_.kind(), of);
    if (!is_side) return;
    for (std::ptrdiff_t i = 0; i < nx; ++i)
        sides_.close_wall(velocities_, of, i, d, face == 0 ? 0 : 1, static_cast<std::size_t>(across + i));
    std::copy_n(flux, nx, of_side.begin() + across);
}

template <std::size_t D>
void transport_system<D>::put_row(target const& to, workspace& room, std::ptrdiff_t place, std::ptrdiff_t n) const {
    if (!source_.empty())
        for (std::ptrdiff_t i = 0; i < n; ++i)
            room.rate[static_cast<std::size_t>(i)] += source_[static_cast<std::size_t>(place + i)];
    if (to.u == nullptr)
        std::copy_n(room.rate.begin(), n, to.out + place);
    else
        combine_row(to.of_u, to.u + place, to.y + place, to.h, room.rate.data(), to.out + place, n);
}

template <std::size_t D>
double transport_system<D>::supply() const {
    double inflow = total_source_;
    for (std::size_t d = 0; d < D; ++d)
        if (!sides_.goes_around(d)) inflow += per_width_[d] * (sum(sides_[2 * d].flux) - sum(sides_[2 * d + 1].flux));
    return inflow * problem_.domain.cell_measure();
}

template class transport_system<1>;
template class transport_system<2>;
template class transport_system<3>;

}  // namespace poise::pde::detail
