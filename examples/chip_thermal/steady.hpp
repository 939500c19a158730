// SPDX-License-Identifier: MIT
// The temperatures that a sample's power leads to when it lasts.
#pragma once

#include "chip_thermal/model.hpp"

#include <poise/grid/field.hpp>
#include <poise/linear/operator_cache.hpp>

#include <memory>
#include <span>
#include <vector>

namespace chip_thermal {

/// The temperatures of all blocks in one sample, in kelvin, in the order of floorplan::blocks().
struct sample_temperatures {
    std::vector<double> mean;     ///< over the area of the block
    std::vector<double> highest;  ///< of the cells under the block
    double balance_error = 0.0;   ///< |∫ h (T − T_ambient) − total power| / total power
};

/// −k d Δu + h u = q with insulated edges, u = T − T_ambient. watts: of each block. Throws
/// poise::linear::not_converged where rounding keeps it from being accurate. Thread-safe.
[[nodiscard]] poise::grid::field<2> steady_rise(model const& m, std::span<double const> watts);

/// The same on the blocks.
[[nodiscard]] sample_temperatures solve_sample(model const& m, std::span<double const> watts);

/// Of blocks, from a rise above ambient in every cell; balance_error is left 0.
[[nodiscard]] sample_temperatures temperatures_of_blocks(model const& m, poise::grid::field<2> const& rise);

/// Held by a graph while it runs, so that the cache cannot drop the operator between two samples.
using held_operator = std::shared_ptr<poise::linear::factored_operator const>;
[[nodiscard]] held_operator hold_operator(model const& m);

}  // namespace chip_thermal
