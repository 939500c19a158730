// SPDX-License-Identifier: MIT
#include "support/temporary_folder.hpp"

#include <poise/grid/csv.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <sstream>

namespace poise::grid {
namespace {

template <std::size_t D>
std::string written(field<D> const& u) {
    poise_test::temporary_folder const folder;
    write_csv(folder.path("u.csv"), u);
    EXPECT_EQ(folder.n_entries(), 1);
    return poise_test::content_of(folder.path("u.csv"));
}

TEST(Csv, WritesOneRowAPoint) {
    EXPECT_EQ(written(field<1>{cartesian<1>{{.upper = {2}, .cells = {2}}}, {1, 0.1}}), "x,u\n0.5,1\n1.5,0.1\n");
    EXPECT_EQ(written(field<2>{cartesian<2>{{.upper = {1, 4}, .cells = {1, 2}}}, {-1, 1e300}}),
              "x,y,u\n0.5,1,-1\n0.5,3,1e+300\n");
    EXPECT_EQ(written(field<3>{cartesian<3>{{.cells = {1, 1, 1}}}, 7.0}), "x,y,z,u\n0.5,0.5,0.5,7\n");
}

TEST(Csv, SaysWhatIsNotFinite) {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    double const infinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ(written(field<1>{cartesian<1>{{.upper = {4}, .cells = {4}}}, {nan, -nan, infinity, -infinity}}),
              "x,u\n0.5,nan\n1.5,nan\n2.5,inf\n3.5,-inf\n");
}

TEST(Csv, LosesNoDigit) {
    auto const grid = cartesian<2>{{.upper = {0.3, 0.7}, .cells = {7, 11}, .centering = centering::node}};
    auto const u = sample(grid, [](double x, double y) { return (x + 1.0 / 3.0) * (y - 1e-5) * 1e-7; });
    std::istringstream text{written(u)};
    std::string line;
    std::getline(text, line);
    for_each_point(grid, [&](std::size_t i, point<2> const& x) {
        ASSERT_TRUE(std::getline(text, line));
        char* rest = line.data();
        EXPECT_EQ(std::strtod(rest, &rest), x[0]);
        EXPECT_EQ(std::strtod(rest + 1, &rest), x[1]);
        EXPECT_EQ(std::strtod(rest + 1, &rest), u.values()[i]);
        EXPECT_EQ(*rest, '\0');
    });
    EXPECT_FALSE(std::getline(text, line));
}

}  // namespace
}  // namespace poise::grid
