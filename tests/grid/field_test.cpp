// SPDX-License-Identifier: MIT
#include "support/expect_message.hpp"
#include "support/message_of.hpp"
#include "support/temporary_folder.hpp"

#include <poise/grid.hpp>
#include <poise/grid/field.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

namespace poise::grid {
namespace {

using poise_test::expect_message;
using poise_test::message_of;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

TEST(Field, StoresXFastest) {
    cartesian<3> const grid{{.cells = {2, 3, 4}}};
    field<3> u{grid};
    u(1, 2, 3) = 7.0;
    EXPECT_EQ(u.values()[1 + 2 * (2 + 3 * 3)], 7.0);
    EXPECT_EQ(u.view()(1, 2, 3), 7.0);
    EXPECT_EQ(std::as_const(u)(1, 2, 3), 7.0);
}

TEST(Field, VisitsEveryPointInStorageOrder) {
    cartesian<3> const grid{{.upper = {2, 3, 4}, .cells = {2, 3, 4}}};
    std::size_t expected = 0;
    for_each_point(grid, [&](std::size_t i, point<3> const& x) {
        EXPECT_EQ(i, expected++);
        auto const cell = static_cast<std::ptrdiff_t>(i);
        EXPECT_EQ(x, (point<3>{0.5 + double(cell % 2), 0.5 + double(cell / 2 % 3), 0.5 + double(cell / 6)}));
    });
    EXPECT_EQ(expected, grid.size());
}

TEST(Field, SamplesAFunction) {
    cartesian<2> const grid{{.upper = {1, 2}, .cells = {1, 2}, .centering = centering::node}};
    auto const u = sample(grid, [](double x, double y) { return x + 10.0 * y; });
    EXPECT_EQ(std::vector<double>(u.values().begin(), u.values().end()), (std::vector<double>{0, 1, 10, 11, 20, 21}));
}

TEST(Field, RefusesTheWrongNumberOfValues) {
    cartesian<2> const grid{{.cells = {2, 3}}};
    expect_message<std::invalid_argument>(
        [&] {
            field<2>{grid, std::vector<double>(5)};
        },
        "5 values for a grid of 6 points");
}

// The midpoint and the trapezoidal rule are exact for linear functions: only rounding is left. Each of the n terms is
// below 10, sums are pairwise, so 1e-13 is far above n·eps and far below the h² of a wrong weight at the boundary.
template <std::size_t D>
void expect_linear_integral(centering where) {
    cartesian_options<D> options{.centering = where};
    double exact = 1.0;
    double middle = 0.5;
    for (std::size_t d = 0; d < D; ++d) {
        options.lower[d] = -0.5;
        options.upper[d] = 1.0 + static_cast<double>(d);
        options.cells[d] = 5 + 2 * static_cast<std::ptrdiff_t>(d);
        exact *= options.upper[d] - options.lower[d];
        middle += static_cast<double>(d + 1) * 0.5 * (options.upper[d] + options.lower[d]);
    }
    field<D> u{cartesian<D>{options}};
    for_each_point(u.grid(), [&](std::size_t i, point<D> const& x) {
        u.values()[i] = 0.5;
        for (std::size_t d = 0; d < D; ++d) u.values()[i] += static_cast<double>(d + 1) * x[d];
    });
    EXPECT_NEAR(integral(u), exact * middle, 1e-13) << D << " dimensions";
}

TEST(Integral, IsExactForLinearFunctions) {
    for (centering const where : {centering::cell, centering::node}) {
        expect_linear_integral<1>(where);
        expect_linear_integral<2>(where);
        expect_linear_integral<3>(where);
    }
}

TEST(Integral, ConvergesWithSecondOrder) {
    // ∫ sin over [0, π] = 2; the midpoint rule's error is h²/12 + O(h⁴), the trapezoidal rule's twice as large.
    for (centering const where : {centering::cell, centering::node}) {
        std::vector<double> errors;
        for (std::ptrdiff_t const n : {16, 32, 64, 128}) {
            cartesian<1> const grid{{.upper = {3.14159265358979323846}, .cells = {n}, .centering = where}};
            errors.push_back(std::abs(integral(sample(grid, [](double x) { return std::sin(x); })) - 2.0));
        }
        for (std::size_t i = 1; i < errors.size(); ++i) EXPECT_NEAR(std::log2(errors[i - 1] / errors[i]), 2.0, 0.05);
    }
}

TEST(Extrema, FindsTheFirstOfEquals) {
    std::vector<double> const values{3, -1, 4, -1, 4};
    auto const found = extrema(values);
    EXPECT_EQ(found.min, -1.0);
    EXPECT_EQ(found.argmin, 1U);
    EXPECT_EQ(found.max, 4.0);
    EXPECT_EQ(found.argmax, 2U);
}

TEST(Extrema, NeverChoosesNaN) {
    std::vector<double> const values{not_a_number, 2, not_a_number, 1};
    auto const found = extrema(values);
    EXPECT_EQ(found.min, 1.0);
    EXPECT_EQ(found.argmin, 3U);
    EXPECT_EQ(found.max, 2.0);
    EXPECT_EQ(found.argmax, 1U);
}

TEST(Extrema, AgreesWithASort) {
    constexpr unsigned seed = 20240611;
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random{seed};
    std::normal_distribution<double> normal;
    for (std::size_t n = 1; n < 50; ++n) {
        std::vector<double> values(n);
        for (double& value : values) value = normal(random);
        auto const found = extrema(values);
        EXPECT_EQ(values[found.argmin], found.min);
        EXPECT_EQ(values[found.argmax], found.max);
        std::ranges::sort(values);
        EXPECT_EQ(found.min, values.front());
        EXPECT_EQ(found.max, values.back());
    }
}

// Midpoint and trapezoidal rule are exact for linear functions, whatever the widths.
TEST(Field, IntegratesLinearFunctionsOnStretchedGridsExactly) {
    for (auto const where : {centering::cell, centering::node}) {
        cartesian<3> const grid{{.upper = {1, 1, 2},
                                 .cells = {0, 4, 0},
                                 .centering = where,
                                 .faces = {{{0.0, 0.1, 0.7, 1.0}, {}, {0.0, 0.5, 0.6, 2.0}}}}};
        EXPECT_NEAR(integral(field<3>{grid, 3.0}), 6.0, 1e-14);
        EXPECT_NEAR(integral(sample(grid, [](double x, double y, double z) { return x + 2 * y - z; })), 1.0, 1e-14);
    }
}

TEST(Field, ThatWasMovedFromIsRefused) {
    cartesian<2> const square{{.cells = {4, 3}}};
    field<2> u{square, 2.0};
    field<2> const v = std::move(u);
    EXPECT_EQ(v.values().size(), 12U);
    auto const expect_refusal = [](auto const& act) {
        EXPECT_EQ(message_of<std::invalid_argument>(act), "the field has no values: it was moved from");
    };
    // NOLINTBEGIN(bugprone-use-after-move): what is promised of it
    expect_refusal([&] { (void)integral(u); });
    expect_refusal([&] { (void)inner_product(u, v); });
    expect_refusal([&] { (void)interpolate(u, {0.5, 0.5}); });
    expect_refusal([&] { (void)interpolate(u, square); });
    expect_refusal([&] { (void)slice(u, 0, 0.5); });
    expect_refusal([&] { (void)gradient(u); });
    std::vector<double> values(12);
    expect_refusal([&] { scalar_function<2>{u}.evaluate(square, values); });
    poise_test::temporary_folder const folder;
    expect_refusal([&] { write_npy(folder.path("u.npy"), u); });
    expect_refusal([&] { write_vti(folder.path("u.vti"), u); });
    expect_refusal([&] { write_vtr(folder.path("u.vtr"), u); });
    expect_refusal([&] { write_csv(folder.path("u.csv"), u); });
    expect_refusal([&] { write_png(folder.path("u.png"), u); });
    expect_refusal([&] { vti_series{folder.path("u.pvd")}.add(0.0, u); });
    // NOLINTEND(bugprone-use-after-move)
    EXPECT_EQ(folder.n_entries(), 0);
    u = v;
    EXPECT_EQ(integral(u), 2.0);
}

}  // namespace
}  // namespace poise::grid
