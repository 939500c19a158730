// SPDX-License-Identifier: MIT
#include <poise/profile.hpp>

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace poise::profile {
namespace {

TEST(WithoutHooks, TheReportSaysWhatToLink) {
    enable({.memory = true});
    {
        scope const timing{"allocates"};
        std::string const text(1000, 'x');
    }
    disable();
    EXPECT_FALSE(hooks_in_effect());
    report const r;
    EXPECT_TRUE(r.has_memory());
    EXPECT_FALSE(r.has_allocations());
    EXPECT_EQ(r.find("allocates")->allocations, 0U);
    std::ostringstream text;
    text << r;
    EXPECT_NE(text.str().find("allocations not measured: link poise::allocation_hooks"), std::string::npos)
        << text.str();
}

}  // namespace
}  // namespace poise::profile
