// SPDX-License-Identifier: MIT
// All layers of poise but the leaves.
#pragma once

#include <poise/core.hpp>
#include <poise/grid.hpp>
#include <poise/linear.hpp>
#include <poise/ode.hpp>
#include <poise/pde.hpp>
#include <poise/profile.hpp>
#include <poise/task.hpp>
