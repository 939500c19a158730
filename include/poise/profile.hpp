// SPDX-License-Identifier: MIT
// Everything of the layer profile; snapshot.hpp brings compare, memory, metrics, sample and scope.
#pragma once

#include <poise/profile/advice.hpp>
#include <poise/profile/benchmark.hpp>
#include <poise/profile/context.hpp>
#include <poise/profile/control.hpp>
#include <poise/profile/difference.hpp>
#include <poise/profile/export.hpp>
#include <poise/profile/html.hpp>
#include <poise/profile/json.hpp>
#include <poise/profile/measure.hpp>
#include <poise/profile/memoize.hpp>
#include <poise/profile/profiled.hpp>
#include <poise/profile/prometheus.hpp>
#include <poise/profile/report.hpp>
#include <poise/profile/timer.hpp>
#include <poise/profile/trace.hpp>
