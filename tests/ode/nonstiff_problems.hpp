// SPDX-License-Identifier: MIT
// Classical problems that are not stiff.
// Source: Hairer, Nørsett & Wanner (1993), Solving Ordinary Differential Equations I, §II.0 (Arenstorf), §II.10
// (Pleiades); Burrau (1913), Astron. Nachr. 195, 113 (three bodies).
#pragma once

#include <poise/ode/problem.hpp>

#include <array>
#include <cmath>
#include <cstddef>

namespace poise_test {

/// The attractor, before chaos has eaten the digits.
struct lorenz {
    static constexpr char const* name = "Lorenz";
    static constexpr poise::ode::time_span t{0.0, 10.0};
    static constexpr std::array<double, 3> y0{1.0, 0.0, 0.0};
    template <class Y, class D>
    void operator()(double, Y const& y, D& dydt) const {
        dydt[0] = 10.0 * (y[1] - y[0]);
        dydt[1] = y[0] * (28.0 - y[2]) - y[1];
        dydt[2] = y[0] * y[1] - 8.0 / 3.0 * y[2];
    }
};

/// Ten revolutions on an ellipse of eccentricity 1/2.
struct kepler {
    static constexpr char const* name = "Kepler";
    static constexpr poise::ode::time_span t{0.0, 62.83185307179586};
    static constexpr std::array<double, 4> y0{0.5, 0.0, 0.0, 1.7320508075688772};
    template <class Y, class D>
    void operator()(double, Y const& y, D& dydt) const {
        using std::sqrt;
        auto const square = y[0] * y[0] + y[1] * y[1];
        auto const cube = square * sqrt(square);
        dydt[0] = y[2];
        dydt[1] = y[3];
        dydt[2] = -y[0] / cube;
        dydt[3] = -y[1] / cube;
    }
};

/// A satellite around the earth and the moon.
struct arenstorf {
    static constexpr char const* name = "Arenstorf";
    static constexpr poise::ode::time_span t{0.0, 17.0652165601579625588917206249};
    static constexpr std::array<double, 4> y0{0.994, 0.0, 0.0, -2.00158510637908252240537862224};
    template <class Y, class D>
    void operator()(double, Y const& y, D& dydt) const {
        using std::sqrt;
        constexpr double moon = 0.012277471, earth = 1.0 - moon;
        auto const a = (y[0] + moon) * (y[0] + moon) + y[1] * y[1], b = (y[0] - earth) * (y[0] - earth) + y[1] * y[1];
        auto const to_earth = earth / (a * sqrt(a)), to_moon = moon / (b * sqrt(b));
        dydt[0] = y[2];
        dydt[1] = y[3];
        dydt[2] = y[0] + 2.0 * y[3] - to_earth * (y[0] + moon) - to_moon * (y[0] - earth);
        dydt[3] = y[1] - 2.0 * y[2] - to_earth * y[1] - to_moon * y[1];
    }
};

/// Seven stars in a plane: places, then velocities.
struct pleiades {
    static constexpr char const* name = "Pleiades";
    static constexpr poise::ode::time_span t{0.0, 3.0};
    static constexpr std::array<double, 28> y0{3, 3, -1, -3, 2, -2,   2,    3, -3, 2, 0,     0, -4, 4,
                                               0, 0, 0,  0,  0, 1.75, -1.5, 0, 0,  0, -1.25, 1, 0,  0};
    template <class Y, class D>
    void operator()(double, Y const& y, D& dydt) const {
        using std::sqrt;
        for (std::size_t i = 0; i < 7; ++i) {
            dydt[i] = y[14 + i];
            dydt[7 + i] = y[21 + i];
            double ax = 0.0, ay = 0.0;
            for (std::size_t j = 0; j < 7; ++j) {
                if (j == i) continue;
                auto const dx = y[j] - y[i], dy = y[7 + j] - y[7 + i], square = dx * dx + dy * dy;
                auto const pull = static_cast<double>(j + 1) / (square * sqrt(square));
                ax += pull * dx;
                ay += pull * dy;
            }
            dydt[14 + i] = ax;
            dydt[21 + i] = ay;
        }
    }
};

/// Burrau's: masses 3, 4 and 5 in the corners of a triangle of sides 3, 4 and 5, until close encounters have begun.
struct three_bodies {
    static constexpr char const* name = "Three bodies";
    static constexpr poise::ode::time_span t{0.0, 10.0};
    static constexpr std::array<double, 12> y0{1, 3, -2, -1, 1, -1};
    template <class Y, class D>
    void operator()(double, Y const& y, D& dydt) const {
        using std::sqrt;
        constexpr double mass[] = {3.0, 4.0, 5.0};
        for (std::size_t i = 0; i < 3; ++i) {
            dydt[2 * i] = y[6 + 2 * i];
            dydt[2 * i + 1] = y[7 + 2 * i];
            double ax = 0.0, ay = 0.0;
            for (std::size_t j = 0; j < 3; ++j) {
                if (j == i) continue;
                auto const dx = y[2 * j] - y[2 * i], dy = y[2 * j + 1] - y[2 * i + 1], square = dx * dx + dy * dy;
                auto const pull = mass[j] / (square * sqrt(square));
                ax += pull * dx;
                ay += pull * dy;
            }
            dydt[6 + 2 * i] = ax;
            dydt[7 + 2 * i] = ay;
        }
    }
};

}  // namespace poise_test
