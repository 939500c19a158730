// SPDX-License-Identifier: MIT
#include "peers/cvode.hpp"

#include "peers/sundials.hpp"

#include <cvode/cvode.h>
#include <sundials/sundials_context.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

#include <algorithm>

namespace poise_bench {
namespace {

int jacobian(realtype t, N_Vector y, N_Vector, SUNMatrix J, void* problem, N_Vector, N_Vector, N_Vector) {
    static_cast<cvode_problem const*>(problem)->jacobian(t, N_VGetArrayPointer(y), SUNDenseMatrix_Data(J));
    return 0;
}

}  // namespace

bool cvode(cvode_problem const& problem, cvode_method method, double rtol, std::span<double const> atol,
           std::span<double> y) {
    auto const n = static_cast<sunindextype>(y.size());
    SUNContext context = nullptr;
    SUNContext_Create(nullptr, &context);
    N_Vector state = N_VNew_Serial(n, context), tolerances = N_VNew_Serial(n, context);
    std::ranges::copy(problem.y0, N_VGetArrayPointer(state));
    std::ranges::copy(atol, N_VGetArrayPointer(tolerances));
    void* integrator = CVodeCreate(method == cvode_method::bdf ? CV_BDF : CV_ADAMS, context);
    CVodeInit(integrator, sundials_right_hand_side<cvode_problem>, problem.t0, state);
    CVodeSetUserData(integrator, const_cast<cvode_problem*>(&problem));
    CVodeSVtolerances(integrator, rtol, tolerances);
    CVodeSetErrHandlerFn(integrator, say_nothing, nullptr);
    CVodeSetMaxNumSteps(integrator, 10'000'000);
    CVodeSetStopTime(integrator, problem.t1);
    SUNMatrix J = nullptr;
    SUNLinearSolver linear = nullptr;
    SUNNonlinearSolver fixed_point = nullptr;
    if (method == cvode_method::bdf) {
        J = SUNDenseMatrix(n, n, context);
        linear = SUNLinSol_Dense(state, J, context);
        CVodeSetLinearSolver(integrator, linear, J);
        if (problem.jacobian != nullptr) CVodeSetJacFn(integrator, jacobian);
    } else {
        fixed_point = SUNNonlinSol_FixedPoint(state, 0, context);
        CVodeSetNonlinearSolver(integrator, fixed_point);
    }
    double t = problem.t0;
    bool const is_there = CVode(integrator, problem.t1, state, &t, CV_NORMAL) >= 0;
    std::copy_n(N_VGetArrayPointer(state), y.size(), y.begin());
    CVodeFree(&integrator);
    if (linear != nullptr) SUNLinSolFree(linear);
    if (J != nullptr) SUNMatDestroy(J);
    if (fixed_point != nullptr) SUNNonlinSolFree(fixed_point);
    N_VDestroy(state);
    N_VDestroy(tolerances);
    SUNContext_Free(&context);
    return is_there;
}

}  // namespace poise_bench
