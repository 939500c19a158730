// SPDX-License-Identifier: MIT
// CVODE of SUNDIALS for large systems: BDF, Newton's method and GMRES or a banded matrix.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

namespace poise_bench {

enum class cvode_linear {
    gmres,   ///< without a preconditioner
    banded,  ///< LU, with CVODE's own differences
};

struct cvode_large_problem {
    std::function<void(double t, double const* y, double* dydt)> f;
    std::span<double const> y0;
    double t0, t1;
    std::ptrdiff_t bandwidth = 0;  ///< of a banded matrix, to either side
};

/// y(t1) in y, with the relative and absolute tolerances of all components; false where it gave up.
[[nodiscard]] bool cvode_large(cvode_large_problem const& problem, cvode_linear linear, double rtol, double atol,
                               std::span<double> y);

}  // namespace poise_bench
