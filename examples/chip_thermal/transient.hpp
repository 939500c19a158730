// SPDX-License-Identifier: MIT
// The job in time: a power trace's samples one after the other, each beginning where the one before it ended.
#pragma once

#include "chip_thermal/floorplan.hpp"
#include "chip_thermal/options.hpp"
#include "chip_thermal/steady.hpp"

#include <poise/grid/field.hpp>
#include <poise/task/executor.hpp>
#include <poise/task/run.hpp>

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace chip_thermal {

/// The end of a sample.
struct moment {
    double t = 0.0;             ///< s
    std::string hottest_block;  ///< the one with the hottest cell
    double highest = 0.0;       ///< of any cell, K
    double steady = 0.0;        ///< the same if the sample's power lasted
    /// Of the means of blocks to those that the sample's power leads to, the largest, K.
    double farthest_mean = 0.0;
};

struct transient_result {
    std::vector<moment> moments;  ///< one for each sample
    double time_constant = 0.0;   ///< of the die's mean, s
    /// Of ∫ c d u over a sample, what it changes by less what the equation of the die's mean alone says, beside what is
    /// held; the largest.
    double worst_balance_error = 0.0;
    std::vector<std::string> files;  ///< what was written
    poise::task::summary graph;
};

/// c d ∂u/∂t = k d Δu − h u + q, u = T − T_ambient, with insulated edges, from u = 0 on; q is that of one sample for
/// `interval` seconds, and then that of the next. Exact in time: power is constant within a sample, so that each is
/// one solve of pde::heat by the eigenfunctions of the grid's operator, two transforms and one back, from where the
/// last one ended; only rounding is left of an error in time. The package has no heat capacity of its own. Beside it
/// the samples' steady temperatures are solved as in run_job, in parallel: what the die has not come to yet.
/// Writes transient.csv (means of blocks over time), transient.pvd with up to chosen.frames fields of a .vti each, and
/// transient.png, the same fields side by side, into chosen.output, nothing before all is solved. Throws as run_job
/// does, and usage_error where interval and time constant differ by more than 1e9. The result does not depend on the
/// number of threads, to the last bit.
[[nodiscard]] transient_result run_transient(options const& chosen,
                                             std::function<void(poise::task::progress const&)> on_progress = {});

/// A table of the moments, of at most 20, the hottest among them, and the energy balance, for people.
std::ostream& operator<<(std::ostream& out, transient_result const& result);

/// A field that is kept, of temperatures in kelvin, at the end of a sample.
struct frame {
    double t = 0.0;
    poise::grid::field<2> temperature;
};

/// Its paths; each writes one file, write_series one more for each frame.
[[nodiscard]] std::string write_series(options const& chosen, std::vector<frame> const& frames);
[[nodiscard]] std::string write_tiles(options const& chosen, floorplan const& plan, std::vector<frame> const& frames);
/// rows: of each sample.
[[nodiscard]] std::string write_history(options const& chosen, floorplan const& plan,
                                        std::vector<sample_temperatures> const& rows);

/// When the sample ends, in seconds.
[[nodiscard]] inline double end_of(std::size_t sample, options const& chosen) {
    return static_cast<double>(sample + 1) * chosen.interval;
}

}  // namespace chip_thermal
