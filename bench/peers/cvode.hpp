// SPDX-License-Identifier: MIT
// CVODE of SUNDIALS, as its manual sets it up.
#pragma once

#include <cstddef>
#include <span>

namespace poise_bench {

struct cvode_problem {
    void (*f)(double t, double const* y, double* dydt);
    void (*jacobian)(double t, double const* y, double* J);  ///< by columns, 0 before; nullptr: CVODE's differences
    std::span<double const> y0;
    double t0, t1;
};
enum class cvode_method {
    bdf,    ///< with Newton's method and a dense matrix
    adams,  ///< with fixed-point iteration
};

/// y(t1) in y; false where it gave up.
[[nodiscard]] bool cvode(cvode_problem const& problem, cvode_method method, double rtol, std::span<double const> atol,
                         std::span<double> y);

}  // namespace poise_bench
