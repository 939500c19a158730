// SPDX-License-Identifier: MIT
// The main job: from a floorplan and a power trace to temperatures, as a graph of tasks.
#pragma once

#include "chip_thermal/floorplan.hpp"
#include "chip_thermal/options.hpp"
#include "chip_thermal/steady.hpp"

#include <poise/task/executor.hpp>
#include <poise/task/run.hpp>

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace chip_thermal {

/// The most that a block reaches over the trace, and in which sample; the first of equals.
struct block_peak {
    std::string block;
    double mean = 0.0;
    std::size_t mean_sample = 0;
    double highest = 0.0;
    std::size_t highest_sample = 0;
};

struct job_result {
    std::vector<block_peak> peaks;            ///< one per block, the hottest first
    std::vector<std::string> hottest_blocks;  ///< per sample, the block of the highest mean temperature
    double worst_balance_error = 0.0;
    std::size_t n_samples = 0;
    std::vector<std::string> files;  ///< what was written
    poise::task::summary graph;
};

/// −k d ΔT + h (T − T_ambient) = q on the die with insulated edges, h = 1/(resistance · area), for every sample:
/// read → check → operator → solve[0..n) → hottest → table, picture and cells, each a task.
/// Writes temperatures.csv, hottest.png and hottest.vti into chosen.output, which is made if need be, and nothing
/// before every sample is solved. Throws the exception of the first task that failed: input_error for a bad input file,
/// usage_error for options that do not make an equation that can be solved, poise::not_enough_memory for a grid too
/// large for this machine, poise::linear::not_converged where rounding keeps the temperatures from being accurate,
/// poise::file_error for an output that cannot be written. The result does not depend on the number of threads, to the
/// last bit.
[[nodiscard]] job_result run_job(options const& chosen,
                                 std::function<void(poise::task::progress const&)> on_progress = {});

/// The table of the peaks and the energy balance, for people.
std::ostream& operator<<(std::ostream& out, job_result const& result);

}  // namespace chip_thermal
