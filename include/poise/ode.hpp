// SPDX-License-Identifier: MIT
// Everything of the layer ode: solve.hpp brings problem, stability and the methods that `automatic` chooses from, with
// bdf, esdirk4, rkl2 and radau; solve_boundary.hpp, solve_ensemble.hpp and solve_second_order.hpp their problems.
#pragma once

#include <poise/ode/bogacki_shampine3.hpp>
#include <poise/ode/continuation.hpp>
#include <poise/ode/dop853.hpp>
#include <poise/ode/dormand_prince5.hpp>
#include <poise/ode/gauss_collocation.hpp>
#include <poise/ode/shooting.hpp>
#include <poise/ode/solve.hpp>
#include <poise/ode/solve_boundary.hpp>
#include <poise/ode/solve_ensemble.hpp>
#include <poise/ode/solve_second_order.hpp>
#include <poise/ode/ssprk3.hpp>
#include <poise/ode/stiffness.hpp>
#include <poise/ode/stormer_verlet.hpp>
#include <poise/ode/verner9.hpp>
