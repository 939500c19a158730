// SPDX-License-Identifier: MIT
#include "peers/arkode.hpp"

#include "peers/sundials.hpp"

#include <arkode/arkode_erkstep.h>
#include <sundials/sundials_context.h>

#include <algorithm>

namespace poise_bench {

bool arkode_erk(cvode_problem const& problem, int order, double rtol, std::span<double const> atol,
                std::span<double> y) {
    auto const n = static_cast<sunindextype>(y.size());
    SUNContext context = nullptr;
    SUNContext_Create(nullptr, &context);
    N_Vector state = N_VNew_Serial(n, context), tolerances = N_VNew_Serial(n, context);
    std::ranges::copy(problem.y0, N_VGetArrayPointer(state));
    std::ranges::copy(atol, N_VGetArrayPointer(tolerances));
    void* integrator = ERKStepCreate(sundials_right_hand_side<cvode_problem>, problem.t0, state, context);
    ERKStepSetUserData(integrator, const_cast<cvode_problem*>(&problem));
    ERKStepSVtolerances(integrator, rtol, tolerances);
    ERKStepSetOrder(integrator, order);
    ERKStepSetErrHandlerFn(integrator, say_nothing, nullptr);
    ERKStepSetMaxNumSteps(integrator, 10'000'000);
    ERKStepSetStopTime(integrator, problem.t1);
    double t = problem.t0;
    bool const is_there = ERKStepEvolve(integrator, problem.t1, state, &t, ARK_NORMAL) >= 0;
    std::copy_n(N_VGetArrayPointer(state), y.size(), y.begin());
    ERKStepFree(&integrator);
    N_VDestroy(state);
    N_VDestroy(tolerances);
    SUNContext_Free(&context);
    return is_there;
}

}  // namespace poise_bench
