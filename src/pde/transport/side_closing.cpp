// SPDX-License-Identifier: MIT
#include "pde/transport/side_closing.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace poise::pde::detail {
namespace {

using grid::condition_kind;

// How u goes on: by the condition, by what the cells tell, or as it is in the first one.
enum class continuation { data, outflow, flat };

struct closing {
    continuation how;
    double value;  ///< of the condition
};

// What Godunov's flux takes u to be on the face, of u beyond it and before it, with the flow counted inwards.
double state_on_face(double beyond, double before) {
    if (beyond > before) return beyond + before > 0.0 ? beyond : before;
    return beyond >= 0.0 ? beyond : std::min(before, 0.0);
}

closing closing_of(side_face const& face) {
    bool const is_dirichlet = face.condition == condition_kind::dirichlet;
    if (face.kappa > 0.0) return {continuation::data, face.value};
    double const inwards = face.is_lower ? 1.0 : -1.0;
    if (face.kind.what == transported::by_velocity) {
        if (!(inwards * face.velocity > 0.0)) return {continuation::outflow, 0.0};
        return {is_dirichlet ? continuation::data : continuation::flat, face.value};
    }
    double const before = inwards * face.u[0];
    if (!is_dirichlet) return {before > 0.0 ? continuation::flat : continuation::outflow, 0.0};
    double const state = state_on_face(inwards * face.value, before);
    if (state == before && inwards * face.value != before) return {continuation::outflow, 0.0};
    return {continuation::data, inwards * state};
}

// of_value·u − of_slope·∂u/∂x = value on the face, x inwards in widths of a cell.
struct condition_on_line {
    double of_value, of_slope, value;
};

condition_on_line condition_of(side_face const& face, double value) {
    if (face.condition == condition_kind::dirichlet) return {1.0, 0.0, value};
    return {face.condition == condition_kind::robin ? face.coefficient : 0.0, face.kappa, value};
}

// Of the straight line through the first cell.
double slope_of_line(condition_on_line const& on_face, double u) {
    return (on_face.of_value * u - on_face.value) / (on_face.of_slope + 0.5 * on_face.of_value);
}

std::array<double, 3> beyond_of_line(condition_on_line const& on_face, double u) {
    if (on_face.of_slope == 0.0) return {on_face.value, on_face.value, on_face.value};
    double const slope = slope_of_line(on_face, u);
    return {u - slope, u - 2.0 * slope, u - 3.0 * slope};
}

// Newton's form from the first cell on: the cubic through four cells and a multiple of the product of its roots.
struct quartic {
    std::array<double, 4> differences;
    double of_roots = 0.0;

    explicit quartic(std::array<double, 5> const& u)
        : differences{u[0], u[1] - u[0], u[2] - 2.0 * u[1] + u[0], (u[3] - u[0]) - 3.0 * (u[2] - u[1])} {}
    [[nodiscard]] double cubic_on_face() const {
        auto const& [u, first, second, third] = differences;
        return u - 0.5 * first + 0.375 * second - 0.3125 * third;
    }
    [[nodiscard]] double cubic_slope_on_face() const {
        return differences[1] - differences[2] + 23.0 / 24.0 * differences[3];
    }
    void meet(condition_on_line const& on_face) {
        of_roots = (on_face.value - on_face.of_value * cubic_on_face() + on_face.of_slope * cubic_slope_on_face()) /
                   (6.5625 * on_face.of_value + 22.0 * on_face.of_slope);
    }
    [[nodiscard]] std::array<double, 3> beyond() const {
        auto const& [u, first, second, third] = differences;
        return {(u - first) + second - third + 24.0 * of_roots,
                (u - 2.0 * first) + 3.0 * second - 4.0 * third + 120.0 * of_roots,
                (u - 3.0 * first) + 6.0 * second - 10.0 * third + 360.0 * of_roots};
    }
};

// Fourth differences beside first ones, as at nine points a wave.
bool is_smooth(quartic const& line, std::initializer_list<double> values) {
    auto const [least, most] = std::minmax(values);
    return std::abs(24.0 * line.of_roots) <= 0.25 * (most - least);
}

std::array<double, 3> beyond_by_quartic(side_face const& face, closing const& side) {
    auto const& u = face.u;
    std::array<double, 3> const flat{u[0], u[0], u[0]};
    if (side.how == continuation::flat) return flat;
    auto const on_face = condition_of(face, side.value);
    bool const is_outflow = side.how == continuation::outflow;
    quartic line{u};
    if (is_outflow)
        line.of_roots = ((u[4] - 4.0 * u[3]) + 6.0 * u[2] - 4.0 * u[1] + u[0]) / 24.0;
    else
        line.meet(on_face);
    double const fifth = is_outflow ? u[4] : on_face.of_slope == 0.0 ? on_face.value : u[3];
    if (is_smooth(line, {u[0], u[1], u[2], u[3], fifth})) return line.beyond();
    return is_outflow ? flat : beyond_of_line(on_face, u[0]);
}

// on_face: u there. What flows out past a condition on the slope has it too, or the last cell would be of first order.
double carried(side_face const& face, closing const& side, double on_face) {
    double const u = face.u[0];
    bool const is_central = face.kind.scheme == advection_scheme::central;
    bool const is_on_line = side.how == continuation::data && face.condition != condition_kind::dirichlet &&
                            face.kind.scheme == advection_scheme::limited;
    if (is_on_line) return face.kind.what == transported::by_itself ? 0.5 * on_face * on_face : face.velocity * on_face;
    if (face.kind.what == transported::by_itself) {
        if (is_central && face.kappa > 0.0) return 0.5 * on_face * on_face;
        return face.is_lower ? godunov_flux(on_face, u) : godunov_flux(u, on_face);
    }
    bool const flows_in = (face.is_lower ? face.velocity : -face.velocity) > 0.0;
    // As what flows out of it: the cell stays as it is. A difference against the flow would grow.
    if (flows_in && is_central && side.how == continuation::flat) return face.velocity * 0.5 * (u + face.u[1]);
    if (flows_in || (is_central && side.how == continuation::data)) return face.velocity * on_face;
    return face.velocity * (is_central ? u - 0.5 * (face.u[1] - u) : u);
}

closed_face by_line(side_face const& face, closing const& side) {
    double const u = face.u[0];
    if (side.how != continuation::data) return {{u, u, u}, carried(face, side, u)};
    auto const condition = condition_of(face, side.value);
    double const slope = slope_of_line(condition, u);
    // Through its other face first order carries the cell's value: with the face's own here half of the slope would be
    // lost.
    double const part = face.kind.scheme == advection_scheme::upwind ? 1.0 : 0.5;
    double const on_face = condition.of_slope == 0.0 ? condition.value : u - part * slope;
    double const diffusive = face.kappa * (face.is_lower ? slope : -slope);
    return {{u - slope, u - slope, u - slope}, carried(face, side, on_face) - diffusive};
}

}  // namespace

std::array<double, 3> continue_from(double on_side, std::array<double, 4> const& cells) {
    quartic line{{cells[0], cells[1], cells[2], cells[3], 0.0}};
    line.meet({1.0, 0.0, on_side});
    if (is_smooth(line, {cells[0], cells[1], cells[2], cells[3], on_side})) return line.beyond();
    return {2.0 * on_side - cells[0], 2.0 * on_side - cells[1], 2.0 * on_side - cells[2]};
}

closed_face close_face(side_face const& face) {
    auto const side = closing_of(face);
    if (face.kind.scheme == advection_scheme::weno5) return {beyond_by_quartic(face, side), 0.0};
    return by_line(face, side);
}

}  // namespace poise::pde::detail
