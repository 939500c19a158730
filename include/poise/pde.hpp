// SPDX-License-Identifier: MIT
// Everything of the layer pde: partial differential equations, stated and solved.
#pragma once

#include <poise/pde/advection_diffusion.hpp>
#include <poise/pde/burgers.hpp>
#include <poise/pde/diffusion.hpp>
#include <poise/pde/evolution.hpp>
#include <poise/pde/heat.hpp>
#include <poise/pde/helmholtz.hpp>
#include <poise/pde/in_time.hpp>
#include <poise/pde/method_of_lines.hpp>
#include <poise/pde/poisson.hpp>
#include <poise/pde/reaction_diffusion.hpp>
#include <poise/pde/reactions.hpp>
#include <poise/pde/solve.hpp>
#include <poise/pde/wave.hpp>
