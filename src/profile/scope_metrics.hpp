// SPDX-License-Identifier: MIT
// Scopes and memory of a snapshot in the form of metrics.
#pragma once

#include <poise/profile/metric.hpp>
#include <poise/profile/snapshot.hpp>

#include <cstddef>

namespace poise::profile::detail {

/// scope.calls, scope.seconds and so on, with the label path. The longest `max_scopes` scopes have series of their own,
/// the others share "(other)". Series of one name stand together.
[[nodiscard]] metrics_snapshot scope_metrics(snapshot const& taken, std::size_t max_scopes);
/// Wall time and memory of the process.
[[nodiscard]] metrics_snapshot process_metrics(snapshot const& taken);

}  // namespace poise::profile::detail
