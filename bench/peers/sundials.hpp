// SPDX-License-Identifier: MIT
// What every integrator of SUNDIALS is called with here.
#pragma once

#include <nvector/nvector_serial.h>

namespace poise_bench {

/// f of a Problem that writes its right-hand side as f(t, y, dydt); the problem is the integrator's user data.
template <class Problem>
int sundials_right_hand_side(realtype t, N_Vector y, N_Vector dydt, void* problem) {
    static_cast<Problem const*>(problem)->f(t, N_VGetArrayPointer(y), N_VGetArrayPointer(dydt));
    return 0;
}

/// An error handler: what an integrator gives up with is told by what it returns.
inline void say_nothing(int, char const*, char const*, char*, void*) {}

}  // namespace poise_bench
