// SPDX-License-Identifier: MIT
// Everything of the layer profile: scopes, tasks' contexts, memory, metrics, the report and the trace.
#pragma once

#include <poise/profile/cache_metrics.hpp>
#include <poise/profile/compare.hpp>
#include <poise/profile/context.hpp>
#include <poise/profile/control.hpp>
#include <poise/profile/log_linear.hpp>
#include <poise/profile/memoize.hpp>
#include <poise/profile/memory.hpp>
#include <poise/profile/metrics.hpp>
#include <poise/profile/prometheus.hpp>
#include <poise/profile/report.hpp>
#include <poise/profile/sample.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/snapshot.hpp>
#include <poise/profile/trace.hpp>
