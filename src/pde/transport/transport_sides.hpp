// SPDX-License-Identifier: MIT
// Private to src/pde: the sides of a grid that something is carried on, their data and what lies beyond them.
#pragma once

#include "pde/transport/transport_problem.hpp"
#include "pde/transport/velocities.hpp"

#include <poise/grid/boundary.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace poise::pde::detail {

/// Sides are numbered 2·direction + end, lower ends 0. Not thread-safe but for its const members.
template <std::size_t D>
class transport_sides {
public:
    struct side_values {
        std::vector<double> coefficient;  ///< of Robin sides
        std::vector<double> beyond;       ///< three layers of cells, the nearest first
        std::vector<double> flux;
        std::size_t first_datum = 0;
    };

    /// Without data yet: evaluate(t, data()) gives them. The problem must outlive it. Throws std::invalid_argument for
    /// coefficients of Robin sides that are negative or not finite.
    explicit transport_sides(transport_problem<D> const& problem);

    /// The data of all sides, one side after the other, at time t. Throws std::invalid_argument where they are not
    /// finite or a side became another, naming where and when.
    void evaluate(double t, std::span<double> data) const;
    /// What the sides are closed with from now on.
    [[nodiscard]] std::span<double> data() noexcept { return data_; }
    [[nodiscard]] std::size_t n_data() const noexcept { return data_.size(); }

    [[nodiscard]] grid::condition_kinds<D> const& kinds() const noexcept { return kinds_; }
    [[nodiscard]] side_values const& operator[](std::size_t side) const { return sides_[side]; }
    [[nodiscard]] side_values& operator[](std::size_t side) { return sides_[side]; }
    [[nodiscard]] bool goes_around(std::size_t d) const { return kinds_[2 * d] == grid::condition_kind::periodic; }
    /// Whether fluxes through the sides across d come from close(), not from the cells beyond.
    [[nodiscard]] bool has_own_flux(std::size_t d) const {
        return !goes_around(d) && problem_.scheme != advection_scheme::weno5;
    }
    [[nodiscard]] bool are_periodic() const noexcept;
    /// The largest magnitude among the data of Dirichlet sides.
    [[nodiscard]] double largest_told() const;

    /// Fills the cells beyond the sides, and the fluxes through them, from u = y.
    void close(velocities<D> const& velocities, double const* y);
    /// Where nothing flows through the side, nothing is carried, whatever the polynomials on both sides of it say.
    void close_wall(velocities<D> const& velocities, flux_row const& of, std::ptrdiff_t i, std::size_t d,
                    std::size_t end, std::size_t face) const;

private:
    void close_side(velocities<D> const& velocities, double const* y, std::size_t d, std::size_t end);
    void continue_periodic(double const* y, std::size_t d, std::size_t end);
    template <class Visitor>
    void for_each_face(std::size_t d, std::size_t end, Visitor const& visit) const;

    transport_problem<D> const& problem_;
    grid::boundary<D> boundary_;  ///< at the beginning
    grid::condition_kinds<D> kinds_;
    std::array<side_values, 2 * D> sides_;
    std::vector<double> data_;
};

}  // namespace poise::pde::detail
