// SPDX-License-Identifier: MIT
// Everything of the layer task: graphs of tasks with typed results, and their executors.
#pragma once

#include <poise/task/execute_parallel.hpp>
#include <poise/task/executor.hpp>
#include <poise/task/export.hpp>
#include <poise/task/graph.hpp>
#include <poise/task/inputs.hpp>
#include <poise/task/parallel_for.hpp>
#include <poise/task/reduce.hpp>
#include <poise/task/run.hpp>
#include <poise/task/stream.hpp>
#include <poise/task/sweep.hpp>
#include <poise/task/wait.hpp>
#include <poise/task/workflow.hpp>
