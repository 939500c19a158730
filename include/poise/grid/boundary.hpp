// SPDX-License-Identifier: MIT
// What holds on each side of a box.
#pragma once

#include <poise/grid/scalar_function.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace poise::grid {

/// u = value on the boundary. value: a number, or a callable of the coordinates.
template <class Value = double>
struct dirichlet {
    Value value{};
};
template <class Value>
dirichlet(Value) -> dirichlet<Value>;

/// ∂u/∂n = value on the boundary, n pointing outwards. neumann{0.0} is an insulated (symmetry) side.
template <class Value = double>
struct neumann {
    Value value{};
};
template <class Value>
neumann(Value) -> neumann<Value>;

/// κ ∂u/∂n + coefficient·u = value on the boundary, κ = 1 where a problem has none; coefficient ≥ 0. What is lost to
/// surroundings of temperature T by a heat transfer coefficient h: robin{h, h * T}. A callable gives the same value
/// whenever it is asked for a place: the matrix and the right-hand side both ask.
template <class Coefficient = double, class Value = double>
struct robin {
    Coefficient coefficient{};
    Value value{};
};
template <class Coefficient, class Value>
robin(Coefficient, Value) -> robin<Coefficient, Value>;

/// The box goes on where it ended: u and its derivatives are the same on both sides of the direction. No data.
struct periodic {};

enum class side : std::size_t { x_lower, x_upper, y_lower, y_upper, z_lower, z_upper };
enum class condition_kind { dirichlet, neumann, periodic, robin };

/// The condition on one side: its kind and its data.
template <std::size_t D>
struct condition {
    condition_kind kind = condition_kind::dirichlet;
    scalar_function<D> value = 0.0;
    scalar_function<D> coefficient = 0.0;  ///< of u, on a Robin side

    condition() = default;
    template <class Value>
    condition(dirichlet<Value> given) : kind{condition_kind::dirichlet}, value{std::move(given.value)} {}
    template <class Value>
    condition(neumann<Value> given) : kind{condition_kind::neumann}, value{std::move(given.value)} {}
    template <class Coefficient, class Value>
    condition(robin<Coefficient, Value> given)
        : kind{condition_kind::robin}, value{std::move(given.value)}, coefficient{std::move(given.coefficient)} {}
    condition(periodic) : kind{condition_kind::periodic} {}
};

/// The kinds alone, in the order of `side`: what a matrix depends on, but for the coefficients of Robin sides.
template <std::size_t D>
using condition_kinds = std::array<condition_kind, 2 * D>;

/// Throws std::invalid_argument, naming the direction, when one side is periodic and the opposite one is not.
template <std::size_t D>
void require_periodic_in_pairs(condition_kinds<D> const& kinds);

/// One condition per side of the box. Its data are numbers or callables; a field, which has no values on the sides of a
/// cell-centred grid, is refused with std::invalid_argument.
///   boundary<2> b = dirichlet{0.0};                                   // the same on all sides
///   boundary<2>{dirichlet{0.0}}.on(side::x_upper, neumann{1.0});      // but for one
///   boundary<2>{neumann{0.0}}.on(side::x_lower, periodic{});          // but for x, both sides of it
template <std::size_t D>
class boundary {
public:
    template <class Value>
    boundary(dirichlet<Value> everywhere) : boundary{condition<D>{std::move(everywhere)}} {}
    template <class Value>
    boundary(neumann<Value> everywhere) : boundary{condition<D>{std::move(everywhere)}} {}
    template <class Coefficient, class Value>
    boundary(robin<Coefficient, Value> everywhere) : boundary{condition<D>{std::move(everywhere)}} {}
    boundary(periodic) : boundary{condition<D>{periodic{}}} {}

    /// Sets one side; periodic{} sets the opposite one with it. Throws std::invalid_argument for a side this dimension
    /// does not have, for a field, and for another condition on a side that is periodic: its opposite needs one too.
    boundary& on(side where, condition<D> what);

    [[nodiscard]] condition<D> const& at(side where) const { return conditions_.at(static_cast<std::size_t>(where)); }
    /// The lower (end = 0) or upper (end = 1) side in direction d.
    [[nodiscard]] condition<D> const& at(std::size_t d, std::size_t end) const { return conditions_.at(2 * d + end); }
    [[nodiscard]] condition_kinds<D> kinds() const noexcept;

private:
    explicit boundary(condition<D> const& everywhere);

    std::array<condition<D>, 2 * D> conditions_;
};

}  // namespace poise::grid
