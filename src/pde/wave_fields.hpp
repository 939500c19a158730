// SPDX-License-Identifier: MIT
// Private to src/pde: between the lines of leapfrog steps and fields with their sides.
#pragma once

#include "grid/sides.hpp"
#include "pde/leapfrog/medium.hpp"
#include "pde/wave_forcing.hpp"
#include "pde/wave_solving.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace poise::pde::detail {

/// References what it is given.
template <std::size_t D>
class wave_fields {
public:
    wave_fields(wave_to_solve<D> const& given, wave_medium<D> const& medium, wave_forcing<D> const& from_outside)
        : given_{given}, medium_{medium}, from_outside_{from_outside} {}

    /// The unknowns of values on all points.
    void to_lines(std::span<double const> values, wave_values& lines) const {
        for_each_line([&](std::size_t point, std::size_t at, std::size_t n) {
            for (std::size_t i = 0; i < n; ++i) lines[at + i] = values[point + i];
        });
    }
    /// u += weight·lines on the points of unknowns.
    void add(wave_values const& lines, double weight, grid::field<D>& u) const {
        if (weight == 0.0) return;
        for_each_line([&](std::size_t point, std::size_t at, std::size_t n) {
            for (std::size_t i = 0; i < n; ++i) u.values()[point + i] += weight * lines[at + i];
        });
    }
    /// Dirichlet data, and how they change: by a parabola through three times, dt apart, within the span.
    void put_sides(double t, double dt, grid::field<D>& u, grid::field<D>& velocity) const {
        from_outside_.put_sides(t, u);
        if (!given_.problem.boundary.is_constant()) add_changes_of_sides(t, dt, velocity);
        grid::detail::repeat_first_points(given_.boundary.kinds(), velocity);
    }

private:
    void add_changes_of_sides(double t, double dt, grid::field<D>& velocity) const {
        auto const [begin, end] = given_.problem.t;
        double const middle = std::abs(t - begin) < std::abs(dt) ? begin + dt
                              : std::abs(t - end) < std::abs(dt) ? end - dt
                                                                 : t;
        double const s = (t - middle) / dt;
        std::array<double, 3> const slopes{s - 0.5, -2.0 * s, s + 0.5};
        for (int m = 0; m < 3; ++m) {
            grid::field<D> of_sides{given_.problem.domain};
            from_outside_.put_sides(middle + (m - 1) * dt, of_sides);
            for (std::size_t i = 0; i < of_sides.values().size(); ++i)
                velocity.values()[i] += slopes[static_cast<std::size_t>(m)] / dt * of_sides.values()[i];
        }
    }

    template <class Visitor>
    void for_each_line(Visitor const& visit) const {
        auto const& layout = medium_.layout();
        for (std::ptrdiff_t k = 0; k < layout.n[2]; ++k)
            for (std::ptrdiff_t j = 0; j < layout.n[1]; ++j)
                visit(medium_.first_point(j, k), static_cast<std::size_t>(layout.offset(j, k)),
                      static_cast<std::size_t>(layout.n[0]));
    }

    wave_to_solve<D> const& given_;
    wave_medium<D> const& medium_;
    wave_forcing<D> const& from_outside_;
};

}  // namespace poise::pde::detail
