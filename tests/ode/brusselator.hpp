// SPDX-License-Identifier: MIT
// The Brusselator in one dimension, u and v in turns: five bands.
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

namespace poise_test {

struct brusselator {
    static double diffusion(std::size_t n) { return 0.02 * static_cast<double>((n + 1) * (n + 1)); }

    template <class T, class Y, class D>
    void operator()(T const&, Y const& y, D& dydt) const {
        std::size_t const n = y.size() / 2;
        for (std::size_t i = 0; i < n; ++i) {
            auto const u = y[2 * i], v = y[2 * i + 1];
            auto du = -2.0 * u, dv = -2.0 * v;
            if (i > 0)
                du += y[2 * i - 2], dv += y[2 * i - 1];
            else
                du += 1.0, dv += 3.0;
            if (i + 1 < n)
                du += y[2 * i + 2], dv += y[2 * i + 3];
            else
                du += 1.0, dv += 3.0;
            dydt[2 * i] = 1.0 + u * u * v - 4.0 * u + diffusion(n) * du;
            dydt[2 * i + 1] = 3.0 * u - u * u * v + diffusion(n) * dv;
        }
    }

    /// Of n places.
    static std::vector<double> start(std::size_t n) {
        std::vector<double> y(2 * n);
        for (std::size_t i = 0; i < n; ++i) {
            y[2 * i] = 1.0 + std::sin(2.0 * std::numbers::pi * static_cast<double>(i + 1) / static_cast<double>(n + 1));
            y[2 * i + 1] = 3.0;
        }
        return y;
    }
};

}  // namespace poise_test
