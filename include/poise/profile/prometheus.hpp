// SPDX-License-Identifier: MIT
// Metrics and scopes as text that Prometheus reads.
#pragma once

#include <poise/profile/metric.hpp>
#include <poise/profile/snapshot.hpp>

#include <cstddef>
#include <string>

namespace poise::profile {

/// Prometheus' text exposition format 0.0.4. "linear.solve.calls" becomes poise_linear_solve_calls_total: dots become
/// underscores, counters end in _total; gauges and histograms that end in _total, _sum, _count or _bucket, which mean
/// something else there, get _value after it. Names that become equal are told apart by _2, _3, …; the help of a metric
/// that nobody described is its name in the registry. Histograms show the buckets that hold something.
/// Label values are escaped; bytes that are no UTF-8 are shown as \xff. An empty value is the same as no label there;
/// series that become equal are told apart by a label duplicate="2".
/// Source: prometheus.io/docs/instrumenting/exposition_formats; `promtool check metrics` has nothing to say about it.
[[nodiscard]] std::string prometheus_text(metrics_snapshot const& metrics);

struct prometheus_options {
    /// Scopes that get series of their own, the longest first. The others share path="(other)", which has their calls
    /// and their self time alone: of what may lie inside each other, sums mean nothing.
    std::size_t max_scopes = 1000;
};

/// The scopes, the memory and the metrics of a snapshot. Scopes by path: poise_scope_calls_total{path="run/solve"},
/// poise_scope_seconds_total and poise_scope_self_seconds_total, with allocation counting on also
/// poise_scope_allocations_total, poise_scope_allocated_bytes_total and poise_scope_peak_bytes; where a scope said so,
/// poise_scope_moved_bytes_total and poise_scope_flops_total.
[[nodiscard]] std::string prometheus_text(snapshot const& taken, prometheus_options const& options = {});

/// The same in a file, whole or not at all, as node_exporter's textfile collector wants it. Throws file_error.
void write_prometheus(std::string const& path, metrics_snapshot const& metrics);
void write_prometheus(std::string const& path, snapshot const& taken, prometheus_options const& options = {});

}  // namespace poise::profile
