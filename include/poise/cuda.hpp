// SPDX-License-Identifier: MIT
// Everything of the leaf cuda, for files that nvcc compiles: ensembles on GPUs.
#pragma once

#include <poise/core/device.hpp>
#include <poise/cuda/solve_ensemble.hpp>
