// SPDX-License-Identifier: MIT
// Private to ode: what a stepper is told.
#pragma once

#include <poise/ode/detail/linear_combinations.hpp>
#include <poise/ode/jacobian_structure.hpp>

namespace poise::ode::detail {

struct stepper_setup {
    error_weights weights;
    bool keeps_stages;  ///< interpolate() will be called, which is not free where states are small
    bool has_fixed_steps;
    jacobian_structure const& jacobian;
};

}  // namespace poise::ode::detail
