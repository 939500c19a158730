// SPDX-License-Identifier: MIT
// Everything of the layer task: graphs of tasks with typed results, and their executor.
#pragma once

#include <poise/task/executor.hpp>
#include <poise/task/graph.hpp>
#include <poise/task/run.hpp>
