// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/core/version.hpp>

#include <gtest/gtest.h>

namespace {

TEST(Version, IsTheOneThatTheBuildReadFromTheHeader) {
    EXPECT_EQ(poise::concat(POISE_VERSION_MAJOR, '.', POISE_VERSION_MINOR, '.', POISE_VERSION_PATCH),
              POISE_PROJECT_VERSION);
}

}  // namespace
