// SPDX-License-Identifier: MIT
// Private to src/pde: saved times of a method of equal steps, and what they need of which step.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace poise::pde::detail {

/// Two states one step apart are seen after step `after`, the older one first: what u and ∂u/∂t have of them.
struct wave_view {
    std::size_t after = 0;
    std::array<double, 2> u{}, velocity{};
};

/// A time that is saved, from what is seen at two steps.
struct wave_record {
    double t;
    bool is_on_step;
    std::array<wave_view, 2> views;
};

/// At step n ≥ 1, ∂u/∂t by the central difference.
[[nodiscard]] inline wave_record record_on_step(double t, std::size_t n, double dt) {
    double const over = 0.5 / dt;
    return {t, true, {{{n, {0.0, 1.0}, {-over, 0.0}}, {n + 1, {}, {0.0, over}}}}};
}

/// At x steps from the beginning, 0 < x < n_steps, n_steps ≥ 2: the cubic through four states around it.
[[nodiscard]] inline wave_record record_between(double t, double x, std::size_t n_steps, double dt) {
    auto const last = static_cast<double>(n_steps) - 2.0;
    double const first = std::clamp(std::floor(x) - 1.0, 0.0, std::max(last, 0.0));
    double const s = x - first;
    std::array<double, 4> u{}, velocity{};
    for (std::size_t m = 0; m < 4; ++m) {
        double weight = 1.0, slope = 0.0;
        for (std::size_t k = 0; k < 4; ++k) {
            if (k == m) continue;
            double const distance = static_cast<double>(m) - static_cast<double>(k);
            slope = slope * (s - static_cast<double>(k)) / distance + weight / distance;
            weight *= (s - static_cast<double>(k)) / distance;
        }
        u[m] = weight;
        velocity[m] = slope / dt;
    }
    auto const at = static_cast<std::size_t>(first);
    return {t,
            false,
            {{{at + 1, {u[0], u[1]}, {velocity[0], velocity[1]}}, {at + 3, {u[2], u[3]}, {velocity[2], velocity[3]}}}}};
}

/// The least number of equal steps, at least n and at most a tenth more, of which all times are ends; n where there is
/// none. times: parts of the span.
[[nodiscard]] inline std::size_t steps_through(std::vector<double> const& times, std::size_t n) {
    constexpr std::size_t most_parts = 4096;
    for (std::size_t parts = 1; parts <= std::min(n, most_parts); ++parts) {
        bool const fits = std::ranges::all_of(times, [&](double part) {
            double const x = part * static_cast<double>(parts);
            return std::abs(x - std::round(x)) <= 1e-12 * std::max(1.0, x);
        });
        if (!fits) continue;
        std::size_t const rounded = (n + parts - 1) / parts * parts;
        return rounded <= n + n / 10 + 1 ? rounded : n;
    }
    return n;
}

}  // namespace poise::pde::detail
