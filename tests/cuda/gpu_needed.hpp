// SPDX-License-Identifier: MIT
// Tests that need a GPU: skipped with the reason where there is none, and failed where POISE_REQUIRE_GPU=1.
#pragma once

#include <poise/core/device.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace poise_test {

inline bool gpu_is_required() {
    char const* const required = std::getenv("POISE_REQUIRE_GPU");
    return required != nullptr && required == std::string{"1"};
}

}  // namespace poise_test

#define POISE_NEED_GPU()                                          \
    if (auto const best = poise::device::best(); best.is_cpu()) { \
        if (poise_test::gpu_is_required()) FAIL() << best;        \
        GTEST_SKIP() << best;                                     \
    }
