// SPDX-License-Identifier: MIT
// Stability functions: beside a step of the method, its order and the limits that are known.
#include "ode/methods.hpp"

#include <cmath>
#include <complex>
#include <stdexcept>

using namespace poise;

namespace {

template <class Method>
class Stability : public testing::Test {};
TYPED_TEST_SUITE(Stability, poise_test::explicit_methods, poise_test::method_names);

template <class Method>
void expect_a_step_of(Method const& method) {
    for (double const z : {-0.5, -2.0, 0.7}) {
        auto const f = ode::differentiable{[z](auto const&, auto y) { return z * y; }};
        auto const solution = ode::solve(ode::problem{f, 1.0, {0.0, 1.0}}, method, {.fixed_step = 1.0});
        EXPECT_NEAR(solution.y.back(), stability_function(method, z).real(), 1e-9) << method.name;
    }
}

// log₂ of what half a step leaves of R(z) − eᶻ, less one for the step itself.
template <class Method>
double order_of(Method const& method, double z) {
    auto const error = [&](double at) {
        return std::abs(stability_function(method, std::polar(at, 2.0)) - std::exp(std::polar(at, 2.0)));
    };
    return std::log2(error(z) / error(0.5 * z)) - 1.0;
}

}  // namespace

TYPED_TEST(Stability, FunctionIsAStepOfTheMethod) { expect_a_step_of(TypeParam{}); }

TYPED_TEST(Stability, FunctionHasTheOrderOfTheMethod) {
    EXPECT_GT(order_of(TypeParam{}, TypeParam::order > 7 ? 2.0 : 0.25), TypeParam::order - 0.3);
}

TYPED_TEST(Stability, IsLimited) {
    double const limit = stability_limit(TypeParam{});
    EXPECT_GT(limit, 2.0);
    EXPECT_LT(limit, 7.0);
    EXPECT_LE(std::abs(stability_function(TypeParam{}, -0.99 * limit)), 1.0);
    EXPECT_GT(std::abs(stability_function(TypeParam{}, -1.01 * limit)), 1.0);
}

TEST(StabilityOfExplicitMethods, HasLimitsThatAreKnown) {
    EXPECT_NEAR(stability_limit(ode::dormand_prince5{}), 3.3066, 3e-3);    // Hairer & Wanner (1996), §IV.2
    EXPECT_NEAR(stability_limit(ode::bogacki_shampine3{}), 2.5127, 3e-3);  // 1 + z + z²/2 + z³/6
    EXPECT_NEAR(stability_limit(ode::bogacki_shampine3{}, std::acos(0.0)), std::sqrt(3.0), 3e-3);
}

TEST(StabilityOfImplicitMethods, IsOfAStepAndReachesEverywhere) {
    expect_a_step_of(ode::rodas5p{});
    expect_a_step_of(ode::esdirk4{});
    expect_a_step_of(ode::radau5{});
    expect_a_step_of(ode::radau9{});
    expect_a_step_of(ode::radau13{});
    EXPECT_GT(order_of(ode::rodas5p{}, 0.25), 4.7);
    EXPECT_NEAR(order_of(ode::esdirk4{}, 0.05), 4.0, 0.1);
    EXPECT_GT(order_of(ode::radau5{}, 0.25), 4.7);
    EXPECT_GT(order_of(ode::radau9{}, 1.0), 8.5);
    for (double const angle : {0.0, 0.8, 1.5, std::acos(0.0)}) {
        EXPECT_EQ(stability_limit(ode::rodas5p{}, angle), HUGE_VAL) << "A-stable, " << angle;
        EXPECT_EQ(stability_limit(ode::esdirk4{}, angle), HUGE_VAL);
        EXPECT_EQ(stability_limit(ode::radau{}, angle), HUGE_VAL);
        EXPECT_EQ(stability_limit(ode::radau13{}, angle), HUGE_VAL);
    }
    EXPECT_LT(std::abs(stability_function(ode::rodas5p{}, -1e9)), 1e-6) << "and damps what is fast";
    EXPECT_LT(std::abs(stability_function(ode::esdirk4{}, -1e9)), 1e-6);
    EXPECT_LT(std::abs(stability_function(ode::radau13{}, -1e9)), 1e-6);
}

TEST(StabilityLimit, IsOfAnglesOfTheLeftHalfPlane) {
    EXPECT_THROW((void)stability_limit(ode::tsitouras5{}, -0.1), std::invalid_argument);
    EXPECT_THROW((void)stability_limit(ode::tsitouras5{}, 1.6), std::invalid_argument);
    EXPECT_THROW((void)stability_limit(ode::tsitouras5{}, std::nan("")), std::invalid_argument);
}
