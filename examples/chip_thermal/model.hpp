// SPDX-License-Identifier: MIT
// The equation that gives the temperatures of a die, checked before anything is solved.
#pragma once

#include "chip_thermal/coverage.hpp"
#include "chip_thermal/floorplan.hpp"
#include "chip_thermal/options.hpp"
#include "chip_thermal/power_trace.hpp"

#include <poise/grid/cartesian.hpp>

namespace chip_thermal {

/// Everything of −k d ΔT + h (T − T_ambient) = q that is the same for all samples. Divided by k d, the equation is
/// −Δu + shift·u = q/(k d) with u = T − T_ambient. Immutable, so thread-safe.
struct model {
    poise::grid::cartesian<2> die;
    coverage blocks;
    double spreading;  ///< k d, W/K
    double cooling;    ///< h = 1/(resistance · area), W/(m² K)
    double capacity;   ///< c d, J/(m² K)
    double ambient;    ///< K

    /// Throws usage_error for more cells than a matrix can count, and for constants with which rounding would lose
    /// the cooling beside the spreading of heat between cells, or the spreading beside the cooling.
    model(floorplan const& plan, options const& chosen);

    [[nodiscard]] double shift() const noexcept { return cooling / spreading; }
    /// In which the mean of what is not carried off yet falls by e, in seconds.
    [[nodiscard]] double time_constant() const noexcept { return capacity / cooling; }
};

/// Throws usage_error where, beside the time between samples, the die takes up heat so fast or so slowly that rounding
/// would lose one of them.
void require_followed(model const& m, options const& chosen);

/// Above it no die is solid, and the watts or an option must be wrong.
inline constexpr double highest_mean_temperature = 1e6;  // K

/// Throws input_error for a sample that brings the die to more than highest_mean_temperature: summed over the die, the
/// equation gives its mean temperature, ambient + resistance · total power.
void require_solid(power_trace const& trace, options const& chosen);

}  // namespace chip_thermal
