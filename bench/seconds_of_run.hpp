// SPDX-License-Identifier: MIT
#pragma once

#include "alternate.hpp"

#include <poise/task/executor.hpp>

#include <cstdlib>

namespace poise_bench {

/// Of a graph whose tasks all succeed; ends the program where one does not.
inline double seconds_of_run(poise::task::executor const& executor, poise::task::graph const& g) {
    return seconds_of([&] {
        if (auto const run = executor.run(g); !run) std::abort();
    });
}

}  // namespace poise_bench
