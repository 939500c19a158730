// SPDX-License-Identifier: MIT
// Exceptions, or reports to look at.
#pragma once

namespace poise::pde {

/// What to do with a solve that misses its tolerance.
enum class on_failure {
    throw_exception,  ///< linear::not_converged or pde::not_converged, which carries the report
    return_report,    ///< the caller looks at the report
};

}  // namespace poise::pde
