// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <concepts>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

using poise_test::message_of;

static_assert(std::derived_from<poise::error, std::runtime_error>);
static_assert(std::derived_from<poise::file_error, poise::error>);
static_assert(std::derived_from<poise::input_error, poise::error>);
static_assert(std::derived_from<poise::not_enough_memory, poise::error>);
static_assert(std::derived_from<poise::not_converged, poise::error>);

TEST(Error, FileErrorHoldsPathStepAndReason) {
    poise::file_error const error{"out/u.png", "cannot be created", ENOENT};
    EXPECT_STREQ(error.what(), "out/u.png: cannot be created: No such file or directory");
    EXPECT_EQ(error.path(), "out/u.png");
    EXPECT_EQ(error.error_number(), ENOENT);
}

TEST(Error, FileErrorWithoutAReasonOfTheSystem) {
    poise::file_error const error{"out", "is a folder; give a file name", 0};
    EXPECT_STREQ(error.what(), "out: is a folder; give a file name");
    EXPECT_EQ(error.error_number(), 0);
}

TEST(Error, InputErrorNamesTheLineWhereOneIsAtFault) {
    poise::input_error const error{"A.mtx", 7, "row 9 of 3"};
    EXPECT_STREQ(error.what(), "A.mtx:7: row 9 of 3");
    EXPECT_EQ(error.source(), "A.mtx");
    EXPECT_EQ(error.line(), 7u);
    EXPECT_STREQ((poise::input_error{"A.mtx", 0, "is empty"}.what()), "A.mtx: is empty");
}

TEST(Error, NotEnoughMemorySaysHowMuchIsNeededAndThere) {
    poise::not_enough_memory const error{"the factor of 1048576 unknowns", std::uint64_t{3} << 30,
                                         std::uint64_t{1} << 29};
    EXPECT_STREQ(
        error.what(),
        "the factor of 1048576 unknowns needs 3.00 GiB and 512.00 MiB are available; choose a coarser grid or a "
        "machine with more memory");
    EXPECT_EQ(error.needed_bytes(), std::uint64_t{3} << 30);
    EXPECT_EQ(error.available_bytes(), std::uint64_t{1} << 29);
}

TEST(Error, RequireThrowsTheMessage) {
    int const n = 3;
    EXPECT_EQ(message_of<std::invalid_argument>([&] { POISE_REQUIRE(n == 4, "b has ", n, " entries, A has ", 4.5); }),
              "b has 3 entries, A has 4.5");
    EXPECT_NO_THROW(POISE_REQUIRE(n == 3, "never"));
}

TEST(Error, RequireMakesNoMessageUnlessItFails) {
    int n_made = 0;
    auto const part = [&] { return ++n_made; };
    POISE_REQUIRE(true, "part ", part());
    EXPECT_EQ(n_made, 0);
    EXPECT_THROW(POISE_REQUIRE(false, "part ", part()), std::invalid_argument);
    EXPECT_EQ(n_made, 1);
}

}  // namespace
