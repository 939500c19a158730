// SPDX-License-Identifier: MIT
// Private to src/: round numbers along an axis.
#pragma once

#include <string>
#include <vector>

namespace poise::grid::detail {

struct tick {
    double value = 0.0;
    std::string label;
};

/// The multiples of 1, 2 or 5 times a power of ten in [lower, upper], the smallest such step that gives at most
/// max_steps steps across. Labels share one form: as many digits as the step needs, a common power of ten where the
/// numbers are large or small. lower < upper, both finite.
[[nodiscard]] std::vector<tick> round_ticks(double lower, double upper, int max_steps);

}  // namespace poise::grid::detail
