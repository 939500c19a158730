// SPDX-License-Identifier: MIT
#include <poise/ode/detail/lane_controller.hpp>
#include <poise/ode/ensemble_options.hpp>
#include <poise/ode/lane_functions.hpp>
#include <poise/ode/lanes.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

using namespace poise;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN(),
                 infinity = std::numeric_limits<double>::infinity();

struct portable {
    using registers = ode::detail::portable_registers;
    static constexpr auto instructions = ode::instruction_set::portable;
};
#if POISE_HAS_REGISTERS
struct sse2 {
    using registers = ode::detail::sse2_registers;
    static constexpr auto instructions = ode::instruction_set::sse2;
};
struct avx2 {
    using registers = ode::detail::avx2_registers;
    static constexpr auto instructions = ode::instruction_set::avx2;
};
struct avx512 {
    using registers = ode::detail::avx512_registers;
    static constexpr auto instructions = ode::instruction_set::avx512;
};
using sets = testing::Types<portable, sse2, avx2, avx512>;
#else
using sets = testing::Types<portable>;
#endif

// As one would compare bits, but that NaN is NaN.
bool is_same(double a, double b) {
    return (std::isnan(a) && std::isnan(b)) || std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

std::vector<double> const hard{0.0,      -0.0,      1.0,          -1.0,
                               infinity, -infinity, not_a_number, 5e-324,
                               1e308,    -1e308,    2.25e-308,    0.7071067811865475,
                               3.5,      -2.5,      1e-20,        4503599627370497.0};

template <class Set>
class Lanes : public testing::Test {
protected:
    using number = ode::lanes<typename Set::registers>;

    void SetUp() override {
        if (!ode::is_available(Set::instructions))
            GTEST_SKIP() << "this processor has no " << ode::to_string(Set::instructions);
    }
    // Every pair of numbers comes by, each in every lane.
    template <class Body>
    static void for_pairs(Body const& body) {
        for (std::size_t i = 0; i < hard.size(); ++i)
            for (std::size_t j = 0; j < hard.size(); ++j) {
                number a, b;
                for (std::size_t l = 0; l < number::size; ++l) {
                    a.set(l, hard[(i + l) % hard.size()]);
                    b.set(l, hard[(j + 3 * l) % hard.size()]);
                }
                body(a, b);
            }
    }
    template <class OfLanes, class OfOne>
    static void expect_same(OfLanes const& of_lanes, OfOne const& of_one) {
        for_pairs([&](number const& a, number const& b) {
            number const c = of_lanes(a, b);
            for (std::size_t l = 0; l < number::size; ++l)
                ASSERT_TRUE(is_same(c[l], of_one(a[l], b[l])))
                    << a[l] << " and " << b[l] << " give " << c[l] << ", not " << of_one(a[l], b[l]);
        });
    }
    template <class OfLanes, class OfOne>
    static void expect_same_mask(OfLanes const& of_lanes, OfOne const& of_one) {
        for_pairs([&](number const& a, number const& b) {
            unsigned const bits = of_lanes(a, b).bits();
            for (std::size_t l = 0; l < number::size; ++l)
                ASSERT_EQ((bits >> l & 1U) != 0, of_one(a[l], b[l])) << a[l] << " and " << b[l];
            ASSERT_EQ(bits >> number::size, 0u);
        });
    }
};
TYPED_TEST_SUITE(Lanes, sets);

}  // namespace

TYPED_TEST(Lanes, ComputeWhatDoublesDo) {
    this->expect_same([](auto a, auto b) { return a + b; }, [](double a, double b) { return a + b; });
    this->expect_same([](auto a, auto b) { return a - b; }, [](double a, double b) { return a - b; });
    this->expect_same([](auto a, auto b) { return a * b; }, [](double a, double b) { return a * b; });
    this->expect_same([](auto a, auto b) { return a / b; }, [](double a, double b) { return a / b; });
    this->expect_same([](auto a, auto) { return -a; }, [](double a, double) { return -a; });
    this->expect_same([](auto a, auto) { return sqrt(a); }, [](double a, double) { return std::sqrt(a); });
    this->expect_same([](auto a, auto) { return abs(a); }, [](double a, double) { return std::abs(a); });
    this->expect_same([](auto a, auto b) { return min(a, b); }, [](double a, double b) { return std::min(a, b); });
    this->expect_same([](auto a, auto b) { return max(a, b); }, [](double a, double b) { return std::max(a, b); });
    this->expect_same([](auto a, auto) { return 2.5 - a; }, [](double a, double) { return 2.5 - a; });
    this->expect_same([](auto a, auto) { return a / -0.0; }, [](double a, double) { return a / -0.0; });
    this->expect_same([](auto a, auto b) { return a += b, a *= b, a -= 1.0, a /= b, a; },
                      [](double a, double b) { return a += b, a *= b, a -= 1.0, a /= b, a; });
}

TYPED_TEST(Lanes, CompareAndChooseLaneByLane) {
    this->expect_same_mask([](auto a, auto b) { return a < b; }, [](double a, double b) { return a < b; });
    this->expect_same_mask([](auto a, auto b) { return a <= b; }, [](double a, double b) { return a <= b; });
    this->expect_same_mask([](auto a, auto b) { return a > b; }, [](double a, double b) { return a > b; });
    this->expect_same_mask([](auto a, auto b) { return a >= b; }, [](double a, double b) { return a >= b; });
    this->expect_same_mask([](auto a, auto b) { return a == b; }, [](double a, double b) { return a == b; });
    this->expect_same_mask([](auto a, auto b) { return a != b; }, [](double a, double b) { return a != b; });
    this->expect_same_mask([](auto a, auto) { return isfinite(a); }, [](double a, double) { return std::isfinite(a); });
    this->expect_same_mask([](auto a, auto b) { return (a < b) & (a > 0.0); },
                           [](double a, double b) { return a < b && a > 0.0; });
    this->expect_same_mask([](auto a, auto b) { return (a < b) | !(a > 0.0); },
                           [](double a, double b) { return a < b || !(a > 0.0); });
    this->expect_same([](auto a, auto b) { return select(a < b, a, 7.0); },
                      [](double a, double b) { return ode::select(a < b, a, 7.0); });
}

// To two units in the last place of the C library, and where it is exact, zero or not finite as that.
TYPED_TEST(Lanes, HaveTheFunctionsOfCmath) {
    using lane_number = typename TestFixture::number;
    std::mt19937_64 random{12};
    auto const expect_near = [&](char const* name, auto const& of_lanes, auto const& of_one, double from, double to) {
        std::uniform_real_distribution<double> between{from, to};
        for (int i = 0; i < 2000; ++i) {
            lane_number x;
            for (std::size_t l = 0; l < lane_number::size; ++l)
                x.set(l, i < 40 ? hard[(i + l) % hard.size()] : between(random));
            lane_number const y = of_lanes(x);
            for (std::size_t l = 0; l < lane_number::size; ++l) {
                double const expected = of_one(x[l]);
                double const ulp = std::max(std::abs(expected) * 2.3e-16, 5e-324);
                if (is_same(y[l], expected)) continue;
                ASSERT_LE(std::abs(y[l] - expected), 2.0 * ulp) << name << '(' << x[l] << ") is " << y[l];
            }
        }
    };
#define POISE_EXPECT_NEAR(name, from, to) \
    expect_near(                          \
        #name, [](auto const& x) { return name(x); }, [](double x) { return std::name(x); }, from, to)
    POISE_EXPECT_NEAR(exp, -750.0, 720.0);
    POISE_EXPECT_NEAR(exp, -1.0, 1.0);
    POISE_EXPECT_NEAR(expm1, -1.0, 1.0);
    POISE_EXPECT_NEAR(log, 0.0, 3.0);
    POISE_EXPECT_NEAR(log, 0.0, 1e300);
    POISE_EXPECT_NEAR(log1p, -1.0, 1.0);
    POISE_EXPECT_NEAR(log10, 0.0, 3.0);
    POISE_EXPECT_NEAR(cbrt, -3.0, 3.0);
    POISE_EXPECT_NEAR(sin, -10.0, 10.0);
    POISE_EXPECT_NEAR(sin, -1e6, 1e6);
    POISE_EXPECT_NEAR(cos, -10.0, 10.0);
    POISE_EXPECT_NEAR(cos, -1e6, 1e6);
    POISE_EXPECT_NEAR(tan, -10.0, 10.0);
    POISE_EXPECT_NEAR(asin, -1.0, 1.0);
    POISE_EXPECT_NEAR(acos, -1.0, 1.0);
    POISE_EXPECT_NEAR(atan, -10.0, 10.0);
    POISE_EXPECT_NEAR(sinh, -10.0, 10.0);
    POISE_EXPECT_NEAR(cosh, -10.0, 10.0);
    POISE_EXPECT_NEAR(tanh, -3.0, 3.0);
#undef POISE_EXPECT_NEAR
    this->expect_same([](auto a, auto b) { return pow(a, b); }, [](double a, double b) { return std::pow(a, b); });
    this->expect_same([](auto a, auto) { return pow(a, 1.5); }, [](double a, double) { return std::pow(a, 1.5); });
    this->expect_same([](auto, auto b) { return pow(2.0, b); }, [](double, double b) { return std::pow(2.0, b); });
    this->expect_same([](auto a, auto b) { return hypot(a, b); }, [](double a, double b) { return std::hypot(a, b); });
    this->expect_same([](auto a, auto b) { return atan2(a, b); }, [](double a, double b) { return std::atan2(a, b); });
}

TYPED_TEST(Lanes, TakeNumbersApartAndScaleThem) {
    using lane_number = typename TestFixture::number;
    for (double const x : {1.0, 0.70710678118654746, 0.70710678118654757, 1.4142135623730949, 1.4142135623730951,
                           1e-300, 3.7e300, 2.3e-308}) {
        lane_number m, e;
        lane_number::split(lane_number{x}, m, e);
        EXPECT_EQ(std::ldexp(m[0], static_cast<int>(e[0])), x);
        EXPECT_GE(m[0], std::sqrt(0.5) * (1.0 - 1e-15));
        EXPECT_LT(m[0], std::sqrt(2.0) * (1.0 + 1e-15));
        EXPECT_EQ(scaled(m, e)[lane_number::size - 1], x);
        EXPECT_NEAR(quick_log2(lane_number{x})[0], std::log2(x), 2e-6);
    }
    for (double x = -900.0; x < 900.0; x += 0.37)
        EXPECT_NEAR(quick_exp2(lane_number{x})[1] / std::exp2(x), 1.0, 1e-5) << x;
}
