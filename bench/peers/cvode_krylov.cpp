// SPDX-License-Identifier: MIT
#include "peers/cvode_krylov.hpp"

#include "peers/sundials.hpp"

#include <cvode/cvode.h>
#include <sundials/sundials_context.h>
#include <sunlinsol/sunlinsol_band.h>
#include <sunlinsol/sunlinsol_spgmr.h>
#include <sunmatrix/sunmatrix_band.h>

#include <algorithm>

namespace poise_bench {

bool cvode_large(cvode_large_problem const& problem, cvode_linear linear, double rtol, double atol,
                 std::span<double> y) {
    auto const n = static_cast<sunindextype>(y.size());
    SUNContext context = nullptr;
    SUNContext_Create(nullptr, &context);
    N_Vector state = N_VNew_Serial(n, context);
    std::ranges::copy(problem.y0, N_VGetArrayPointer(state));
    void* integrator = CVodeCreate(CV_BDF, context);
    CVodeInit(integrator, sundials_right_hand_side<cvode_large_problem>, problem.t0, state);
    CVodeSetUserData(integrator, const_cast<cvode_large_problem*>(&problem));
    CVodeSStolerances(integrator, rtol, atol);
    CVodeSetErrHandlerFn(integrator, say_nothing, nullptr);
    CVodeSetMaxNumSteps(integrator, 10'000'000);
    CVodeSetStopTime(integrator, problem.t1);
    SUNMatrix J = nullptr;
    SUNLinearSolver solver = nullptr;
    if (linear == cvode_linear::gmres) {
        solver = SUNLinSol_SPGMR(state, SUN_PREC_NONE, 0, context);
    } else {
        auto const width = static_cast<sunindextype>(problem.bandwidth);
        J = SUNBandMatrix(n, width, width, context);
        solver = SUNLinSol_Band(state, J, context);
    }
    CVodeSetLinearSolver(integrator, solver, J);
    double t = problem.t0;
    bool const is_there = CVode(integrator, problem.t1, state, &t, CV_NORMAL) >= 0;
    std::copy_n(N_VGetArrayPointer(state), y.size(), y.begin());
    CVodeFree(&integrator);
    SUNLinSolFree(solver);
    if (J != nullptr) SUNMatDestroy(J);
    N_VDestroy(state);
    SUNContext_Free(&context);
    return is_there;
}

}  // namespace poise_bench
