// SPDX-License-Identifier: MIT
#include "chip_thermal/model.hpp"

#include "support/message_of.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace {

using namespace chip_thermal;
using poise_test::message_of;

floorplan const& die() {
    static floorplan const plan{"die.flp", {{"a", 0, 0, 0.012, 0.010, 1}}};
    return plan;
}

options with(std::ptrdiff_t cells, double conductivity = 130.0, double thickness = 1e-3, double resistance = 0.5) {
    options chosen;
    chosen.cells = cells;
    chosen.conductivity = conductivity;
    chosen.thickness = thickness;
    chosen.resistance = resistance;
    return chosen;
}

std::string refusal(options const& chosen) {
    return message_of<usage_error>([&] { static_cast<void>(model{die(), chosen}); });
}

TEST(Model, HoldsTheConstantsOfTheEquation) {
    model const m{die(), with(24)};
    EXPECT_EQ(m.die.cells(), (poise::grid::extents<2>{24, 20}));
    EXPECT_DOUBLE_EQ(m.spreading, 0.13);
    EXPECT_DOUBLE_EQ(m.cooling, 2.0 / 1.2e-4);
    EXPECT_DOUBLE_EQ(m.shift(), 2.0 / 1.2e-4 / 0.13);
    EXPECT_EQ(m.ambient, 318.15);
}

TEST(Model, RefusesMoreCellsThanAMatrixCounts) {
    EXPECT_EQ(refusal(with(60000)),
              "number of unknowns 60000 x 50000 exceeds 429496729; choose a smaller size (--cells)");
}

TEST(Model, RefusesConstantsThatOverflowAndNamesThem) {
    EXPECT_EQ(refusal(with(12, 1e-200, 1e-200)),
              "--resistance 0.5 K/W, --conductivity 1e-200 W/(m K) and --thickness 1e-200 m make 1/(resistance area "
              "conductivity thickness) inf per m^2, outside the 8.88e-07 to 1.8e+19 that 12 x 10 cells resolve; check "
              "the units of these options and of the floorplan");
    EXPECT_NE(refusal(with(12, 1e200, 1e200)).find("thickness) 0 per m^2"), std::string::npos);
    EXPECT_NE(refusal(with(12, 1e200, 1e200, 1e-300)).find("--resistance 1e-300 K/W"), std::string::npos);
    // The product is too small for all digits of a double, though the shift would be in range.
    EXPECT_NE(refusal(with(12, 1e-160, 1e-155, 1e307)).find("thickness) "), std::string::npos);
}

// A cell of 1 mm x 1 mm: 2/hx² + 2/hy² = 4e6 per m², so the shift may be from 4e9 ε to 4e3/ε.
TEST(Model, RefusesAShiftThatTheGridDoesNotResolve) {
    double const epsilon = std::numeric_limits<double>::epsilon();
    auto const with_shift = [](double shift) { return with(12, 1.0, 1.0, 1.0 / (1.2e-4 * shift)); };
    EXPECT_NO_THROW(model(die(), with_shift(4.1e9 * epsilon)));
    EXPECT_NE(refusal(with_shift(3.9e9 * epsilon)).find("thickness) 8.66e-07 per m^2, outside the 8.88e-07"),
              std::string::npos);
    EXPECT_NO_THROW(model(die(), with_shift(3.9e3 / epsilon)));
    EXPECT_NE(refusal(with_shift(4.1e3 / epsilon)).find("thickness) 1.85e+19 per m^2"), std::string::npos);
}

TEST(Model, RefusesPowersAndAmbientsThatNoDieEndures) {
    auto chosen = with(12);
    chosen.power = "p.ptrace";
    auto const message = [&](std::vector<double> watts) {
        return message_of<input_error>([&] { require_solid(power_trace{1, std::move(watts)}, chosen); });
    };
    EXPECT_NO_THROW(require_solid(power_trace(1, {0.0, 1.9e6}), chosen));
    EXPECT_EQ(message({1.0, 2e6}),
              "p.ptrace: sample 1 has 2e+06 W in all, which with --resistance 0.5 K/W and --ambient 318.15 K heats the "
              "die to 1e+06 K; more than 1e+06 K cannot be meant: correct the watts or the options");
    EXPECT_NE(message({1e308}).find("sample 0 has 1e+308 W"), std::string::npos);
    EXPECT_NE(message_of<input_error>([&] {
                  require_solid(power_trace(2, {1e308, 1e308}), chosen);
              }).find("inf W"),
              std::string::npos);
    chosen.ambient = 1e308;
    EXPECT_NE(message({0.0}).find("--ambient 1e+308 K"), std::string::npos);
}

}  // namespace
