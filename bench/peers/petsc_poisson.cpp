// SPDX-License-Identifier: MIT
#include "peers/begin_mpi.hpp"
#include "peers/poisson.hpp"

#include <petscdmda.h>
#include <petscksp.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace poise_bench {
namespace {

void require(PetscErrorCode code) {
    if (code == 0) return;
    std::fprintf(stderr, "PETSc failed with %d\n", static_cast<int>(code));
    std::abort();
}

// h^power: rows are scaled by the volume of a cell, as restriction adds up what it takes.
double of_volume(double cells, PetscInt power) { return std::pow(cells, -static_cast<double>(power)); }

// The points of a grid with its boundary, so that every second one is a point of the coarser grid.
struct box {
    PetscInt dimension = 0, x0 = 0, y0 = 0, z0 = 0, nx = 0, ny = 0, nz = 0;
    std::array<PetscInt, 3> last{};

    explicit box(DM grid) {
        PetscInt mx = 0, my = 0, mz = 0;
        require(DMDAGetInfo(grid, &dimension, &mx, &my, &mz, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
                            nullptr, nullptr, nullptr));
        require(DMDAGetCorners(grid, &x0, &y0, &z0, &nx, &ny, &nz));
        last = {mx - 1, my - 1, mz - 1};
    }
    [[nodiscard]] bool is_inside(PetscInt i, PetscInt j, PetscInt k) const {
        return i > 0 && i < last[0] && j > 0 && j < last[1] && (dimension < 3 || (k > 0 && k < last[2]));
    }
};

PetscErrorCode fill_matrix(KSP solver, Mat, Mat A, void*) {
    DM grid = nullptr;
    require(KSPGetDM(solver, &grid));
    box const all{grid};
    double const coupling = of_volume(static_cast<double>(all.last[0]), all.dimension - 2);
    for (PetscInt k = all.z0; k < all.z0 + all.nz; ++k)
        for (PetscInt j = all.y0; j < all.y0 + all.ny; ++j)
            for (PetscInt i = all.x0; i < all.x0 + all.nx; ++i) {
                MatStencil row{};
                row.i = i;
                row.j = j;
                row.k = k;
                std::array<MatStencil, 7> columns;
                std::array<PetscScalar, 7> values;
                PetscInt n = 1;
                columns[0] = row;
                values[0] = 2.0 * static_cast<double>(all.dimension) * coupling;
                for (int d = 0; all.is_inside(i, j, k) && d < all.dimension; ++d)
                    for (PetscInt step = -1; step <= 1; step += 2) {
                        MatStencil to = row;
                        (d == 0 ? to.i : d == 1 ? to.j : to.k) += step;
                        if (!all.is_inside(to.i, to.j, to.k)) continue;
                        columns[static_cast<std::size_t>(n)] = to;
                        values[static_cast<std::size_t>(n++)] = -coupling;
                    }
                require(MatSetValuesStencil(A, 1, &row, n, columns.data(), values.data(), INSERT_VALUES));
            }
    require(MatAssemblyBegin(A, MAT_FINAL_ASSEMBLY));
    return MatAssemblyEnd(A, MAT_FINAL_ASSEMBLY);
}

class petsc_solver : public poisson_peer {
public:
    petsc_solver(int dimension, std::ptrdiff_t n) : n_{n} {
        begin_mpi();
        require(PetscInitializeNoArguments());
        auto const points = static_cast<PetscInt>(n + 2);
        DM grid = nullptr;
        if (dimension == 2)
            require(DMDACreate2d(PETSC_COMM_SELF, DM_BOUNDARY_NONE, DM_BOUNDARY_NONE, DMDA_STENCIL_STAR, points, points,
                                 1, 1, 1, 1, nullptr, nullptr, &grid));
        else
            require(DMDACreate3d(PETSC_COMM_SELF, DM_BOUNDARY_NONE, DM_BOUNDARY_NONE, DM_BOUNDARY_NONE,
                                 DMDA_STENCIL_STAR, points, points, points, 1, 1, 1, 1, 1, nullptr, nullptr, nullptr,
                                 &grid));
        require(DMSetUp(grid));
        PetscInt levels = 1;
        for (std::ptrdiff_t cells = n + 1; cells % 2 == 0 && cells > 4; cells /= 2) ++levels;
        std::string const options =
            "-ksp_type cg -ksp_norm_type unpreconditioned -ksp_rtol 1e-8 -pc_type mg -mg_levels_ksp_type richardson "
            "-mg_levels_ksp_max_it 1 -mg_levels_pc_type sor -mg_coarse_pc_type lu -pc_mg_levels " +
            std::to_string(levels);
        require(PetscOptionsInsertString(nullptr, options.c_str()));
        require(KSPCreate(PETSC_COMM_SELF, &solver_));
        require(KSPSetDM(solver_, grid));
        require(KSPSetComputeOperators(solver_, fill_matrix, nullptr));
        require(KSPSetFromOptions(solver_));
        require(KSPSetUp(solver_));
        require(DMCreateGlobalVector(grid, &b_));
        require(VecDuplicate(b_, &x_));
        require(DMDestroy(&grid));
        dimension_ = dimension;
    }
    ~petsc_solver() override {
        (void)VecDestroy(&b_);
        (void)VecDestroy(&x_);
        (void)KSPDestroy(&solver_);
    }

    void solve(std::span<double const> b, std::span<double> x) override {
        double const volume = of_volume(static_cast<double>(n_ + 1), dimension_);
        copy(b_, [&](PetscScalar& to, std::size_t i) { to = volume * b[i]; });
        require(KSPSolve(solver_, b_, x_));
        copy(x_, [&](PetscScalar const& from, std::size_t i) { x[i] = from; });
    }

private:
    // Calls act(value, number) for the points inside.
    template <class Act>
    void copy(Vec vector, Act const& act) const {
        PetscScalar* values = nullptr;
        require(VecGetArray(vector, &values));
        std::ptrdiff_t const points = n_ + 2, planes = dimension_ == 3 ? n_ : 1;
        std::size_t number = 0;
        for (std::ptrdiff_t k = 0; k < planes; ++k)
            for (std::ptrdiff_t j = 0; j < n_; ++j)
                for (std::ptrdiff_t i = 0; i < n_; ++i)
                    act(values[((dimension_ == 3 ? k + 1 : 0) * points + j + 1) * points + i + 1], number++);
        require(VecRestoreArray(vector, &values));
    }

    std::ptrdiff_t n_;
    int dimension_ = 0;
    KSP solver_ = nullptr;
    Vec b_ = nullptr, x_ = nullptr;
};

}  // namespace

std::unique_ptr<poisson_peer> petsc_poisson(int dimension, std::ptrdiff_t n) {
    return std::make_unique<petsc_solver>(dimension, n);
}

}  // namespace poise_bench
