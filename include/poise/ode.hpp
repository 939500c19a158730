// SPDX-License-Identifier: MIT
// Everything of the layer ode: initial-value and boundary-value problems of ordinary differential equations.
#pragma once

#include <poise/ode/automatic.hpp>
#include <poise/ode/bdf.hpp>
#include <poise/ode/bogacki_shampine3.hpp>
#include <poise/ode/boundary_problem.hpp>
#include <poise/ode/continuation.hpp>
#include <poise/ode/dop853.hpp>
#include <poise/ode/dormand_prince5.hpp>
#include <poise/ode/ensemble.hpp>
#include <poise/ode/gauss_collocation.hpp>
#include <poise/ode/jacobian.hpp>
#include <poise/ode/problem.hpp>
#include <poise/ode/radau.hpp>
#include <poise/ode/rkl2.hpp>
#include <poise/ode/rodas5p.hpp>
#include <poise/ode/second_order_problem.hpp>
#include <poise/ode/shooting.hpp>
#include <poise/ode/solve.hpp>
#include <poise/ode/solve_boundary.hpp>
#include <poise/ode/solve_ensemble.hpp>
#include <poise/ode/solve_second_order.hpp>
#include <poise/ode/ssprk3.hpp>
#include <poise/ode/stability.hpp>
#include <poise/ode/stiffness.hpp>
#include <poise/ode/stormer_verlet.hpp>
#include <poise/ode/tsitouras5.hpp>
#include <poise/ode/verner7.hpp>
#include <poise/ode/verner9.hpp>
