// SPDX-License-Identifier: MIT
// hypre's algebraic multigrid as the preconditioner of its conjugate gradients.
#pragma once

#include <poise/linear/csr.hpp>

#include <memory>
#include <span>

namespace poise_bench {

enum class boomeramg_settings {
    classical,   ///< Falgout coarsening, classical interpolation, symmetric Gauss–Seidel: hypre's defaults
    aggressive,  ///< HMIS coarsening, extended+i interpolation, one level of aggressive coarsening, l1 Gauss–Seidel
};

/// Set up for one matrix; solves to a relative residual of 1e-8.
class boomeramg {
public:
    /// strong_threshold 0.25 in 2D and 0.5 in 3D, as hypre's manual says.
    boomeramg(poise::linear::csr_view A, int dimension, boomeramg_settings settings);
    ~boomeramg();
    boomeramg(boomeramg&&) noexcept;

    /// x: from zero. Returns the number of iterations.
    int solve(std::span<double const> b, std::span<double> x);

private:
    struct implementation;
    std::unique_ptr<implementation> implementation_;
};

}  // namespace poise_bench
