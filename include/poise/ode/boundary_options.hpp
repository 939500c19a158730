// SPDX-License-Identifier: MIT
// How a boundary-value problem is solved.
#pragma once

#include <poise/ode/solve_options.hpp>

#include <cstddef>
#include <vector>

namespace poise::ode {

/// How the mesh comes about.
enum class mesh_policy {
    adaptive,  ///< as the tolerance asks
    fixed,     ///< the one that it begins with, whatever the error is, which is estimated all the same
};

/// The estimated error e of a solution y is |eᵢ(x)| ≤ atolᵢ + rtol·|yᵢ| for every component i in every interval of the
/// mesh, with the largest |yᵢ| there.
struct boundary_options {
    double rtol = 1e-6;
    component_tolerance atol = 1e-6;
    /// What collocation begins with, of equal width; a guess that is a solution brings a mesh of its own. At least 2.
    std::size_t n_intervals = 8;
    /// Where not empty: the mesh to begin with, from a to b, rising.
    std::vector<double> mesh = {};
    mesh_policy policy = mesh_policy::adaptive;
    std::size_t max_intervals = 10'000;
    std::size_t max_iterations = 40;  ///< of Newton's method on a mesh, with a Jacobian each
    ode::on_failure on_failure = on_failure::throw_exception;
};

}  // namespace poise::ode
