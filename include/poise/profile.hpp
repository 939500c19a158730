// SPDX-License-Identifier: MIT
// Everything of the layer profile.
#pragma once

#include <poise/profile/benchmark.hpp>
#include <poise/profile/body.hpp>
#include <poise/profile/compare.hpp>
#include <poise/profile/context.hpp>
#include <poise/profile/control.hpp>
#include <poise/profile/keep.hpp>
#include <poise/profile/measure.hpp>
#include <poise/profile/memory.hpp>
#include <poise/profile/metrics.hpp>
#include <poise/profile/profiled.hpp>
#include <poise/profile/report.hpp>
#include <poise/profile/sample.hpp>
#include <poise/profile/scope.hpp>
#include <poise/profile/snapshot.hpp>
#include <poise/profile/timer.hpp>
#include <poise/profile/trace.hpp>
