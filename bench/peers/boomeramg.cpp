// SPDX-License-Identifier: MIT
#include "peers/boomeramg.hpp"

#include "peers/begin_mpi.hpp"

#include <HYPRE.h>
#include <HYPRE_IJ_mv.h>
#include <HYPRE_krylov.h>
#include <HYPRE_parcsr_ls.h>

#include <numeric>
#include <vector>

namespace poise_bench {

struct boomeramg::implementation {
    HYPRE_IJMatrix A = nullptr;
    HYPRE_IJVector b = nullptr, x = nullptr;
    HYPRE_ParCSRMatrix par_A = nullptr;
    HYPRE_ParVector par_b = nullptr, par_x = nullptr;
    HYPRE_Solver amg = nullptr, cg = nullptr;
    int n = 0;

    ~implementation() {
        HYPRE_ParCSRPCGDestroy(cg);
        HYPRE_BoomerAMGDestroy(amg);
        HYPRE_IJVectorDestroy(x);
        HYPRE_IJVectorDestroy(b);
        HYPRE_IJMatrixDestroy(A);
    }
};

boomeramg::boomeramg(poise::linear::csr_view A, int dimension, boomeramg_settings settings)
    : implementation_{std::make_unique<implementation>()} {
    begin_mpi();
    auto& own = *implementation_;
    own.n = A.n_rows;
    std::vector<int> rows(static_cast<std::size_t>(A.n_rows)), sizes(rows.size());
    std::iota(rows.begin(), rows.end(), 0);
    for (std::size_t r = 0; r < rows.size(); ++r) sizes[r] = A.row_start[r + 1] - A.row_start[r];
    HYPRE_IJMatrixCreate(MPI_COMM_SELF, 0, own.n - 1, 0, own.n - 1, &own.A);
    HYPRE_IJMatrixSetObjectType(own.A, HYPRE_PARCSR);
    HYPRE_IJMatrixSetRowSizes(own.A, sizes.data());
    HYPRE_IJMatrixInitialize(own.A);
    HYPRE_IJMatrixSetValues(own.A, own.n, sizes.data(), rows.data(), A.columns.data(), A.values.data());
    HYPRE_IJMatrixAssemble(own.A);
    HYPRE_IJMatrixGetObject(own.A, reinterpret_cast<void**>(&own.par_A));
    for (auto* vector : {&own.b, &own.x}) {
        HYPRE_IJVectorCreate(MPI_COMM_SELF, 0, own.n - 1, vector);
        HYPRE_IJVectorSetObjectType(*vector, HYPRE_PARCSR);
        HYPRE_IJVectorInitialize(*vector);
        HYPRE_IJVectorAssemble(*vector);
    }
    HYPRE_IJVectorGetObject(own.b, reinterpret_cast<void**>(&own.par_b));
    HYPRE_IJVectorGetObject(own.x, reinterpret_cast<void**>(&own.par_x));

    HYPRE_BoomerAMGCreate(&own.amg);
    HYPRE_BoomerAMGSetMaxIter(own.amg, 1);
    HYPRE_BoomerAMGSetTol(own.amg, 0.0);
    HYPRE_BoomerAMGSetStrongThreshold(own.amg, dimension == 3 ? 0.5 : 0.25);
    if (settings == boomeramg_settings::classical) {
        HYPRE_BoomerAMGSetCoarsenType(own.amg, 6);
        HYPRE_BoomerAMGSetInterpType(own.amg, 0);
        HYPRE_BoomerAMGSetRelaxType(own.amg, 6);
    } else {
        HYPRE_BoomerAMGSetCoarsenType(own.amg, 10);
        HYPRE_BoomerAMGSetInterpType(own.amg, 6);
        HYPRE_BoomerAMGSetPMaxElmts(own.amg, 4);
        HYPRE_BoomerAMGSetAggNumLevels(own.amg, 1);
        HYPRE_BoomerAMGSetRelaxType(own.amg, 8);
    }
    HYPRE_ParCSRPCGCreate(MPI_COMM_SELF, &own.cg);
    HYPRE_PCGSetMaxIter(own.cg, 1000);
    HYPRE_PCGSetTol(own.cg, 1e-8);
    HYPRE_PCGSetTwoNorm(own.cg, 1);
    HYPRE_PCGSetPrecond(own.cg, reinterpret_cast<HYPRE_PtrToSolverFcn>(HYPRE_BoomerAMGSolve),
                        reinterpret_cast<HYPRE_PtrToSolverFcn>(HYPRE_BoomerAMGSetup), own.amg);
    HYPRE_ParCSRPCGSetup(own.cg, own.par_A, own.par_b, own.par_x);
}
boomeramg::~boomeramg() = default;
boomeramg::boomeramg(boomeramg&&) noexcept = default;

int boomeramg::solve(std::span<double const> b, std::span<double> x) {
    auto& own = *implementation_;
    HYPRE_IJVectorSetValues(own.b, own.n, nullptr, b.data());
    HYPRE_ParVectorSetConstantValues(own.par_x, 0.0);
    HYPRE_ParCSRPCGSolve(own.cg, own.par_A, own.par_b, own.par_x);
    HYPRE_IJVectorGetValues(own.x, own.n, nullptr, x.data());
    int iterations = 0;
    HYPRE_PCGGetNumIterations(own.cg, &iterations);
    return iterations;
}

}  // namespace poise_bench
