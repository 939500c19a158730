// SPDX-License-Identifier: MIT
// A test that starts with nothing measured and profiling on, and leaves it off.
#pragma once

#include <poise/profile/control.hpp>

#include <gtest/gtest.h>

namespace poise::profile {

class profiled : public testing::Test {
protected:
    profiled() {
        enable();
        reset();
    }
    ~profiled() override {
        disable();
        reset();
    }
};

}  // namespace poise::profile
