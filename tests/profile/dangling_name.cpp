// SPDX-License-Identifier: MIT
// Compiled by CTest once for each kind of name.
#include <poise/profile/scope.hpp>

void run() {
#if defined(NAME_IS_LOCAL_ARRAY)
    char name[] = "run";
#elif defined(NAME_IS_LOCAL_CONSTANT)
    constexpr char name[] = "run";
#elif defined(NAME_IS_POINTER)
    char const* const name = "run";
#else
    static constexpr char name[] = "run";
    poise::profile::scope const same{"run"};
#endif
    poise::profile::scope const timing{name};
}
