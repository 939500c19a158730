// SPDX-License-Identifier: MIT
// This file is compiled with POISE_PROFILE_COMPILED_OUT and linked to others that are not.
#include <poise/profile/control.hpp>
#include <poise/profile/profiled.hpp>
#include <poise/profile/report.hpp>

#include <gtest/gtest.h>

#include <string>
#include <type_traits>

namespace poise::profile {
namespace {

static_assert(std::is_empty_v<scope>);
static_assert(std::is_trivially_destructible_v<scope>);
static_assert(!std::is_copy_constructible_v<scope>);

TEST(CompiledOut, RecordsNothing) {
    enable();
    reset();
    {
        scope const timing{"compiled out"};
        scope const copied{std::string{"compiled out too"}, category::task};
        EXPECT_EQ(profiled("compiled out as well", [] { return 3; })(), 3);
    }
    disable();
    EXPECT_EQ(report().calls(), 0U);
}

}  // namespace
}  // namespace poise::profile
