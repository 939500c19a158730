// SPDX-License-Identifier: MIT
// Everything of the layer core: errors, devices, indices, views, reductions, files read and written whole.
#pragma once

#include <poise/core/atomic_file.hpp>
#include <poise/core/buffer.hpp>
#include <poise/core/concat.hpp>
#include <poise/core/device.hpp>
#include <poise/core/error.hpp>
#include <poise/core/flight.hpp>
#include <poise/core/index.hpp>
#include <poise/core/input_file.hpp>
#include <poise/core/memory.hpp>
#include <poise/core/ndspan.hpp>
#include <poise/core/reductions.hpp>
#include <poise/core/single_flight_cache.hpp>
#include <poise/core/version.hpp>
