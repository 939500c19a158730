// SPDX-License-Identifier: MIT
#include "chip_thermal/model.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/reductions.hpp>
#include <poise/grid/boundary.hpp>
#include <poise/linear/neg_laplacian.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace chip_thermal {
namespace {

using poise::concat;
using poise::to_text;
using poise::grid::cartesian;

cartesian<2> countable_grid(floorplan const& plan, options const& chosen) {
    auto const die = die_grid(plan, chosen.cells);
    try {
        (void)poise::linear::n_unknowns(die, poise::grid::boundary<2>{poise::grid::neumann{0.0}}.kinds());
    } catch (std::invalid_argument const& too_many) {
        throw usage_error{concat(too_many.what(), " (--cells)")};
    }
    return die;
}

// -Δ on the grid has eigenvalues up to about 2 `stiffness`. Three digits must be left of what the smaller of it and
// the shift contributes to their sum: the constant part of u below, the differences between cells above.
void require_resolved(model const& m, options const& chosen) {
    double const hx = m.die.spacing(0);
    double const hy = m.die.spacing(1);
    double const stiffness = 2.0 / (hx * hx) + 2.0 / (hy * hy);
    double const least = 1e3 * std::numeric_limits<double>::epsilon() * stiffness;
    double const most = 1e-3 / std::numeric_limits<double>::epsilon() * stiffness;
    bool const in_range = m.shift() >= least && m.shift() <= most;
    if (std::isnormal(m.spreading) && std::isnormal(m.cooling) && in_range) return;
    throw usage_error{concat(
        "--resistance ", chosen.resistance, " K/W, --conductivity ", chosen.conductivity, " W/(m K) and --thickness ",
        chosen.thickness, " m make 1/(resistance area conductivity thickness) ", to_text(m.shift(), 3),
        " per m^2, outside the ", to_text(least, 3), " to ", to_text(most, 3), " that ", m.die.cells()[0], " x ",
        m.die.cells()[1], " cells resolve; check the units of these options and of the floorplan")};
}

}  // namespace

model::model(floorplan const& plan, options const& chosen)
    : die{countable_grid(plan, chosen)},
      blocks{plan, die},
      spreading{chosen.conductivity * chosen.thickness},
      cooling{1.0 / (chosen.resistance * plan.width() * plan.height())},
      capacity{chosen.heat_capacity * chosen.thickness},
      ambient{chosen.ambient} {
    require_resolved(*this, chosen);
}

void require_followed(model const& m, options const& chosen) {
    constexpr double most = 1e9;
    double const ratio = chosen.interval / m.time_constant();
    if (std::isnormal(m.capacity) && ratio >= 1.0 / most && ratio <= most) return;
    throw usage_error{concat("--heat-capacity ", chosen.heat_capacity, " J/(m^3 K), --thickness ", chosen.thickness,
                             " m and --resistance ", chosen.resistance, " K/W let the die follow its power within ",
                             to_text(m.time_constant(), 3), " s, and --interval is ", chosen.interval,
                             " s; check their units: neither may be more than 1e9 times the other")};
}

void require_solid(power_trace const& trace, options const& chosen) {
    for (std::size_t s = 0; s < trace.n_samples(); ++s) {
        double const watts = poise::sum(trace.watts(s));
        double const mean = chosen.ambient + chosen.resistance * watts;
        if (mean <= highest_mean_temperature) continue;
        throw input_error{
            chosen.power, 0,
            concat("sample ", s, " has ", to_text(watts, 4), " W in all, which with --resistance ", chosen.resistance,
                   " K/W and --ambient ", chosen.ambient, " K heats the die to ", to_text(mean, 4), " K; more than ",
                   highest_mean_temperature, " K cannot be meant: correct the watts or the options")};
    }
}

}  // namespace chip_thermal
