// SPDX-License-Identifier: MIT
// Private to src/: the parts of a step of conjugate gradients, each once over all points.
#pragma once

#include "cuda/multigrid/operators.hpp"
#include "cuda/multigrid/sums.hpp"

#include <cstddef>

namespace poise::cuda::detail {

/// What one step leaves to the next, in the memory of the GPU.
struct iteration_numbers {
    double rho = 0.0, beta = 0.0, curvature = 0.0, residual = 0.0;  ///< the last one squared
    two_sums of_z;                                                  ///< zᵀr and zᵀq
    double scale = 1.0;
};

/// The vectors of an iteration.
struct iteration_vectors {
    grid_view<double> grid;
    numbers_by_point<double> A;
    double const* b;
    double *x, *r, *z, *p, *q;
    iteration_numbers* numbers;

    POISE_ON_GPUS_TOO std::ptrdiff_t place(cell_position const& at) const { return grid.place(at.x, at.y, at.z); }
    POISE_ON_GPUS_TOO double times_A(cell_position const& at, double const* v) const {
        auto const row = A.at(grid, at);
        return row.diagonal * v[place(at)] - around(grid, row, at, v);
    }
};

// Terms of sums, which do a part of a step beside.
/// r = b - A x; rᵀr.
struct compute_residual {
    static constexpr char const* name = "residual";
    static constexpr double bytes_of_point = 56;
    iteration_vectors of;
    POISE_ON_GPUS_TOO double operator()(cell_position const& at) const {
        std::ptrdiff_t const i = of.place(at);
        double const r = of.b[i] - of.times_A(at, of.x);
        of.r[i] = r;
        return r * r;
    }
};
/// p = z + beta p; nothing is summed.
struct turn_direction {
    static constexpr char const* name = "direction";
    static constexpr double bytes_of_point = 24;
    iteration_vectors of;
    POISE_ON_GPUS_TOO double operator()(cell_position const& at) const {
        std::ptrdiff_t const i = of.place(at);
        double const beta = of.numbers->beta;
        of.p[i] = beta == 0.0 ? of.z[i] : of.z[i] + beta * of.p[i];
        return 0.0;
    }
};
/// q = A p; pᵀq.
struct apply_A {
    static constexpr char const* name = "matrix";
    static constexpr double bytes_of_point = 48;
    iteration_vectors of;
    POISE_ON_GPUS_TOO double operator()(cell_position const& at) const {
        std::ptrdiff_t const i = of.place(at);
        double const q = of.times_A(at, of.p);
        of.q[i] = q;
        return of.p[i] * q;
    }
};
/// x += alpha p, r -= alpha q; rᵀr.
struct step_along {
    static constexpr char const* name = "step";
    static constexpr double bytes_of_point = 48;
    iteration_vectors of;
    POISE_ON_GPUS_TOO double operator()(cell_position const& at) const {
        std::ptrdiff_t const i = of.place(at);
        // Where zᵀr or pᵀA p is not positive the method ends, and x stays as it is.
        double const rho = of.numbers->rho, curvature = of.numbers->curvature;
        double const alpha = rho > 0.0 && curvature > 0.0 ? rho / curvature : 0.0;
        of.x[i] += alpha * of.p[i];
        double const r = of.r[i] - alpha * of.q[i];
        of.r[i] = r;
        return r * r;
    }
};
/// zᵀr and zᵀq; of a first direction there is no q.
struct products_of_z {
    static constexpr char const* name = "products";
    static constexpr double bytes_of_point = 24;
    iteration_vectors of;
    bool is_first;
    POISE_ON_GPUS_TOO two_sums operator()(cell_position const& at) const {
        std::ptrdiff_t const i = of.place(at);
        return {of.z[i] * of.r[i], is_first ? 0.0 : of.z[i] * of.q[i]};
    }
};

/// beta, so that the next direction is conjugate to this one however M changes from one to the next: with r⁺ = r -
/// alpha q, z⁺ᵀ(r⁺ - r)/(zᵀr) = -z⁺ᵀq / curvature.
struct choose_beta {
    static constexpr int n_threads = 32, n_resident = 1;
    iteration_numbers* numbers;
    bool is_first;

    static constexpr char const* name = "beta";
    [[nodiscard]] static double bytes() { return 0.0; }
    [[nodiscard]] static int n_blocks() { return 1; }
    [[nodiscard]] static std::size_t shared_bytes() { return 0; }
    template <class Block>
    POISE_ON_GPUS_TOO void operator()(Block& block) const {
        block.phase([&](int thread) {
            if (thread != 0) return;
            numbers->beta = is_first ? 0.0 : -numbers->of_z.second / numbers->curvature;
            numbers->rho = numbers->of_z.first;
        });
    }
};

/// Where a descent begins: the residual, which is kept in the precision of the cycle.
template <class T>
struct rounded_residual {
    grid_view<T> grid;
    double const* r;
    T* kept;
    static constexpr bool measures = false;
    [[nodiscard]] static double bytes_of_point() { return static_cast<double>(sizeof(double) + sizeof(T)); }

    POISE_ON_GPUS_TOO T operator()(cell_position const& p, bool is_own, double*) const {
        std::ptrdiff_t const place = grid.place(p.x, p.y, p.z);
        T const value = static_cast<T>(r[place]);
        if (is_own) kept[place] = value;
        return value;
    }
};

}  // namespace poise::cuda::detail
