// SPDX-License-Identifier: MIT
// Private to ode: polynomials on the intervals of a mesh.
#pragma once

#include <poise/ode/detail/gauss_tableau.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <span>
#include <vector>

namespace poise::ode::detail {

/// Of each interval: y at its beginning, and at K Gauss points how far it is from that; then y at the end of the last.
template <std::size_t K>
struct collocation_polynomials {
    std::size_t n = 0;      ///< components
    std::vector<double> x;  ///< the mesh
    std::vector<double> z;

    [[nodiscard]] std::size_t n_intervals() const noexcept { return x.empty() ? 0 : x.size() - 1; }
    [[nodiscard]] std::size_t stride() const noexcept { return (K + 1) * n; }
    [[nodiscard]] double* begin_of(std::size_t interval) noexcept { return z.data() + interval * stride(); }
    [[nodiscard]] double const* begin_of(std::size_t interval) const noexcept { return z.data() + interval * stride(); }
    [[nodiscard]] double width(std::size_t interval) const noexcept { return x[interval + 1] - x[interval]; }
    void set_size() { z.resize(n_intervals() * stride() + n); }

    [[nodiscard]] std::size_t interval_of(double at) const noexcept {
        auto const after = std::upper_bound(x.begin() + 1, x.end() - 1, at);
        return static_cast<std::size_t>(std::distance(x.begin(), after)) - 1;
    }

    /// In an interval, by Horner's scheme.
    void evaluate(std::size_t interval, double at, std::span<double> y) const noexcept {
        double const theta = (at - x[interval]) / width(interval);
        std::array<double, K> basis{};
        for (std::size_t l = 0; l < K; ++l) {
            for (std::size_t m = K; m-- > 0;) basis[l] = basis[l] * theta + gauss<K>.coefficient[m][l];
            basis[l] *= theta;
        }
        double const* const from = begin_of(interval);
        for (std::size_t i = 0; i < n; ++i) {
            double sum = 0.0;
            for (std::size_t l = 0; l < K; ++l) sum += basis[l] * from[(l + 1) * n + i];
            y[i] = from[i] + sum;
        }
    }

    /// The derivative of order K times hᴷ, which is the same in all of an interval.
    [[nodiscard]] double highest(std::size_t interval, std::size_t component) const noexcept {
        double const* const from = begin_of(interval);
        double sum = 0.0;
        for (std::size_t l = 0; l < K; ++l) sum += gauss<K>.highest[l] * from[(l + 1) * n + component];
        return sum;
    }
};

}  // namespace poise::ode::detail
