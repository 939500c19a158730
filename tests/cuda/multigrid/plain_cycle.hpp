// SPDX-License-Identifier: MIT
// What the programs of a multigrid cycle do, written plainly: whole grids, one stage after the other.
#pragma once

#include "core/device_multigrid.hpp"

#include <cstddef>
#include <random>
#include <vector>

namespace poise_test {

using poise::detail::device_axis;
using poise::detail::device_grid;

/// Of any numbers: what the programs do does not hang on what they mean. Transfers are those of a direction that is
/// halved or not; the coarser one's number of points comes with it.
inline device_axis random_axis(std::mt19937& random, std::size_t n, bool is_periodic, bool is_halved,
                               std::size_t first) {
    std::uniform_real_distribution<double> positive{0.5, 1.5};
    device_axis axis;
    axis.is_periodic = is_periodic;
    axis.is_halved = is_halved;
    axis.first = static_cast<std::ptrdiff_t>(first);
    for (std::size_t i = 0; i < n; ++i) {
        axis.below.push_back(i > 0 || is_periodic ? positive(random) : 0.0);
        axis.above.push_back(i + 1 < n || is_periodic ? positive(random) : 0.0);
        axis.excess.push_back(0.1 * positive(random));
        axis.share.push_back(positive(random));
        bool const has_below = i > 0 || is_periodic, has_above = i + 1 < n || is_periodic;
        bool const is_between = is_halved && i % 2 != first;
        axis.from_below.push_back(is_between && has_below ? positive(random) : 0.0);
        axis.from_above.push_back(is_between && has_above ? positive(random) : 0.0);
        if (is_between || !is_halved) continue;
        axis.of_below.push_back(has_below ? positive(random) : 0.0);
        axis.of_middle.push_back(positive(random));
        axis.of_above.push_back(has_above ? positive(random) : 0.0);
    }
    return axis;
}
inline std::size_t n_coarse(device_axis const& axis) { return axis.is_halved ? axis.of_middle.size() : axis.n(); }

class plain_grid {
public:
    explicit plain_grid(device_grid const& grid) : grid_{grid} {}

    [[nodiscard]] std::size_t n() const { return grid_.n_points(); }

    /// act(place, x, y, z) for points whose coordinates have an even sum (colour 0) or an odd one.
    template <class Act>
    void for_colour(std::size_t colour, Act const& act) const {
        for (std::size_t z = 0, i = 0; z < axis(2).n(); ++z)
            for (std::size_t y = 0; y < axis(1).n(); ++y)
                for (std::size_t x = 0; x < axis(0).n(); ++x, ++i)
                    if ((x + y + z) % 2 == colour) act(i, x, y, z);
    }
    [[nodiscard]] double diagonal(std::size_t x, std::size_t y, std::size_t z) const {
        double sum = grid_.shift;
        for (auto const& [a, i] : {std::pair{&axis(0), x}, {&axis(1), y}, {&axis(2), z}})
            sum += a->below[i] + a->above[i] + a->excess[i];
        return sum;
    }
    /// Σ couplings times neighbours.
    [[nodiscard]] double around(std::vector<double> const& u, std::size_t x, std::size_t y, std::size_t z) const {
        auto const along = [&](device_axis const& a, std::size_t i, auto const& at) {
            double sum = 0.0;
            if (a.below[i] != 0.0) sum += a.below[i] * u[at(i > 0 ? i - 1 : a.n() - 1)];
            if (a.above[i] != 0.0) sum += a.above[i] * u[at(i + 1 < a.n() ? i + 1 : 0)];
            return sum;
        };
        return along(axis(0), x, [&](std::size_t i) { return place(i, y, z); }) +
               along(axis(1), y, [&](std::size_t i) { return place(x, i, z); }) +
               along(axis(2), z, [&](std::size_t i) { return place(x, y, i); });
    }
    void relax(std::size_t colour, double omega, std::vector<double> const& b, std::vector<double>& u) const {
        auto const before = u;
        for_colour(colour, [&](std::size_t i, std::size_t x, std::size_t y, std::size_t z) {
            double const exact = (b[i] + around(before, x, y, z)) / diagonal(x, y, z);
            u[i] += omega * (exact - u[i]);
        });
    }
    [[nodiscard]] std::vector<double> residual(std::vector<double> const& b, std::vector<double> const& u) const {
        std::vector<double> r(n());
        for (std::size_t colour = 0; colour < 2; ++colour)
            for_colour(colour, [&](std::size_t i, std::size_t x, std::size_t y, std::size_t z) {
                r[i] = b[i] + around(u, x, y, z) - diagonal(x, y, z) * u[i];
            });
        return r;
    }
    [[nodiscard]] std::vector<double> restricted(std::vector<double> const& r) const {
        std::vector<double> coarse;
        for_coarse([&](auto const& of_x, auto const& of_y, auto const& of_z) {
            double sum = 0.0;
            for (auto const& [z, wz] : of_z)
                for (auto const& [y, wy] : of_y)
                    for (auto const& [x, wx] : of_x) sum += wz * wy * wx * r[place(x, y, z)];
            coarse.push_back(sum);
        });
        return coarse;
    }
    [[nodiscard]] std::vector<double> interpolated(std::vector<double> const& coarse) const {
        std::vector<double> fine(n());
        for (std::size_t colour = 0; colour < 2; ++colour)
            for_colour(colour, [&](std::size_t i, std::size_t x, std::size_t y, std::size_t z) {
                for (auto const& [Z, wz] : from(axis(2), z))
                    for (auto const& [Y, wy] : from(axis(1), y))
                        for (auto const& [X, wx] : from(axis(0), x))
                            fine[i] += wz * wy * wx * coarse[(Z * n_coarse(axis(1)) + Y) * n_coarse(axis(0)) + X];
            });
        return fine;
    }

private:
    using weights = std::vector<std::pair<std::size_t, double>>;

    [[nodiscard]] device_axis const& axis(std::size_t d) const { return grid_.axes[d]; }
    [[nodiscard]] std::size_t place(std::size_t x, std::size_t y, std::size_t z) const {
        return (z * axis(1).n() + y) * axis(0).n() + x;
    }
    static weights of(device_axis const& a, std::size_t coarse) {
        if (!a.is_halved) return {{coarse, 1.0}};
        std::size_t const i = 2 * coarse + static_cast<std::size_t>(a.first), n = a.n();
        return {{(i + n - 1) % n, a.of_below[coarse]}, {i, a.of_middle[coarse]}, {(i + 1) % n, a.of_above[coarse]}};
    }
    static weights from(device_axis const& a, std::size_t i) {
        if (!a.is_halved) return {{i, 1.0}};
        auto const first = static_cast<std::size_t>(a.first);
        if (i % 2 == first) return {{(i - first) / 2, 1.0}};
        weights all;
        if (i > 0) all.emplace_back((i - 1 - first) / 2, a.from_below[i]);
        if (i + 1 < a.n())
            all.emplace_back((i + 1 - first) / 2, a.from_above[i]);
        else if (a.is_periodic)
            all.emplace_back(0, a.from_above[i]);
        return all;
    }
    template <class Act>
    void for_coarse(Act const& act) const {
        for (std::size_t Z = 0; Z < n_coarse(axis(2)); ++Z)
            for (std::size_t Y = 0; Y < n_coarse(axis(1)); ++Y)
                for (std::size_t X = 0; X < n_coarse(axis(0)); ++X) act(of(axis(0), X), of(axis(1), Y), of(axis(2), Z));
    }

    device_grid const& grid_;
};

}  // namespace poise_test
