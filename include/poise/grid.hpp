// SPDX-License-Identifier: MIT
// Everything of the layer grid: Cartesian grids, fields, boundary conditions, stencils, files and pictures of fields.
#pragma once

#include <poise/grid/boundary.hpp>
#include <poise/grid/cartesian.hpp>
#include <poise/grid/colour_map.hpp>
#include <poise/grid/csv.hpp>
#include <poise/grid/field.hpp>
#include <poise/grid/field_arithmetic.hpp>
#include <poise/grid/gradient.hpp>
#include <poise/grid/interpolate.hpp>
#include <poise/grid/npy.hpp>
#include <poise/grid/png.hpp>
#include <poise/grid/scalar_function.hpp>
#include <poise/grid/slice.hpp>
#include <poise/grid/stencil.hpp>
#include <poise/grid/vti.hpp>
#include <poise/grid/vti_series.hpp>
