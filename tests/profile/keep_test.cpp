// SPDX-License-Identifier: MIT
#include <poise/profile/keep.hpp>

#include <gtest/gtest.h>

#include <array>
#include <complex>
#include <memory>
#include <string>
#include <vector>

namespace poise::profile {
namespace {

int twice(int n) { return 2 * n; }

enum class color : unsigned char { red, blue };
struct nothing {};
struct many {
    std::array<double, 100> values{};
};

template <class T>
void expect_kept(T value) {
    T const before = value;
    keep(value);
    EXPECT_EQ(value, before);
    keep(before);
    EXPECT_EQ(value, before);
    keep(T{before});
}

TEST(Keep, LeavesValuesOfAnyTypeAsTheyAre) {
    expect_kept(true);
    expect_kept('x');
    expect_kept(static_cast<short>(-3));
    expect_kept(42);
    expect_kept(~0ULL);
    expect_kept(1.5F);
    expect_kept(-0.1);
    expect_kept(0.1L);
    expect_kept(color::blue);
    expect_kept(static_cast<void const*>("text"));
    expect_kept(nullptr);
    expect_kept(std::complex<double>{1.0, 2.0});
    expect_kept(std::string(100, 'y'));
    expect_kept(std::vector<int>{1, 2, 3});
    expect_kept(std::array<char, 3>{'a', 'b', 'c'});
}

TEST(Keep, TakesWhatCannotBeCopiedOrHasNoValue) {
    auto owner = std::make_unique<int>(7);
    keep(owner);
    keep(std::make_unique<int>(8));
    EXPECT_EQ(*owner, 7);
    many large;
    large.values[99] = 3.0;
    keep(large);
    EXPECT_EQ(large.values[99], 3.0);
    keep(nothing{});
    keep(twice);
    keep(&twice);
    int plain[] = {1, 2, 3};
    keep(plain);
    EXPECT_EQ(plain[2], 3);
    int volatile observed = 5;
    keep(observed);
    EXPECT_EQ(observed, 5);
    int const constant = 6;
    keep(constant);
    EXPECT_EQ(constant, 6);
}

// The compiler is asked what it knows: nothing, of a variable that was kept, however well it optimises.
TEST(Keep, MakesTheCompilerForgetWhatAVariableHolds) {
    int n = 3;
    keep(n);
    EXPECT_FALSE(__builtin_constant_p(n));
    double x = 3.0;
    keep(x);
    EXPECT_FALSE(__builtin_constant_p(x));
    struct {
        int inside = 3;
    } object;
    keep(object);
    EXPECT_FALSE(__builtin_constant_p(object.inside));
}

int global = 0;

TEST(Keep, ClobberMemoryMakesTheCompilerForgetWhatMemoryHolds) {
    global = 3;
    clobber_memory();
    EXPECT_FALSE(__builtin_constant_p(global));
}

}  // namespace
}  // namespace poise::profile
