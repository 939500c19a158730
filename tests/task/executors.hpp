// SPDX-License-Identifier: MIT
#pragma once

#include <poise/task/executor.hpp>

#include <vector>

namespace poise_test {

/// One of each kind that runs tasks in this process.
inline std::vector<poise::task::executor> executors() {
    return {poise::task::serial(), poise::task::executor{{.threads = 1}}, poise::task::executor{{.threads = 2}},
            poise::task::executor{{.threads = 4, .timed = false}}};
}

}  // namespace poise_test
