// SPDX-License-Identifier: MIT
// ARKODE of SUNDIALS: its explicit Runge-Kutta methods.
#pragma once

#include "peers/cvode.hpp"

#include <span>

namespace poise_bench {

/// By the method that ARKODE takes for that order, 2 to 9. y(t1) in y; false where it gave up.
[[nodiscard]] bool arkode_erk(cvode_problem const& problem, int order, double rtol, std::span<double const> atol,
                              std::span<double> y);

}  // namespace poise_bench
