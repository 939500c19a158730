// SPDX-License-Identifier: MIT
// Metrics as lines of a report.
#pragma once

#include <poise/profile/metric.hpp>

#include <iosfwd>

namespace poise::profile::detail {

/// A heading and one line per metric, 80 columns; nothing for no metrics.
void print_metrics(std::ostream& out, metrics_snapshot const& metrics);

}  // namespace poise::profile::detail
