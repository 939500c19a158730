// SPDX-License-Identifier: MIT
#include "support/expect_message.hpp"
#include "support/temporary_folder.hpp"

#include <poise/core/error.hpp>
#include <poise/grid/vti_series.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

namespace poise::grid {
namespace {

using poise_test::content_of;
using poise_test::expect_message;
using poise_test::temporary_folder;

TEST(VtiSeries, NamesAFileOfEachTime) {
    temporary_folder const folder;
    field<1> const u{cartesian<1>{{.cells = {3}}}, 1.0};
    vti_series series{folder.path("a & b.pvd"), {.name = "T"}};
    EXPECT_EQ(folder.n_entries(), 0);
    series.add(0.0, u);
    series.add(0.25, u);
    EXPECT_EQ(series.size(), 2U);
    EXPECT_EQ(folder.n_entries(), 3);
    EXPECT_EQ(content_of(folder.path("a & b.pvd")),
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
              "<VTKFile type=\"Collection\" version=\"1.0\">\n"
              "  <Collection>\n"
              "    <DataSet timestep=\"0\" file=\"a &amp; b_0000.vti\"/>\n"
              "    <DataSet timestep=\"0.25\" file=\"a &amp; b_0001.vti\"/>\n"
              "  </Collection>\n"
              "</VTKFile>\n");
    write_vti(folder.path("alone.vti"), u, {.name = "T"});
    EXPECT_EQ(content_of(folder.path("a & b_0001.vti")), content_of(folder.path("alone.vti")));
}

TEST(VtiSeries, WritesStretchedGridsToo) {
    temporary_folder const folder;
    vti_series series{folder.path("u.pvd")};
    series.add(1.0, field<1>{cartesian<1>{{.faces = {{{0.0, 0.2, 1.0}}}}}});
    EXPECT_NE(content_of(folder.path("u.pvd")).find("file=\"u_0000.vtr\""), std::string::npos);
    EXPECT_NE(content_of(folder.path("u_0000.vtr")).find("RectilinearGrid"), std::string::npos);
}

TEST(VtiSeries, IsAsItWasAfterARefusal) {
    temporary_folder const folder;
    field<1> const u{cartesian<1>{{.cells = {3}}}};
    vti_series series{folder.path("u.pvd")};
    series.add(2.0, u);
    auto const before = content_of(folder.path("u.pvd"));
    expect_message<std::invalid_argument>([&] { series.add(2.0, u); }, "the time is 2, not above the one before, 2");
    expect_message<std::invalid_argument>([&] { series.add(std::numeric_limits<double>::infinity(), u); },
                                          "the time is inf; it must be finite");
    EXPECT_EQ(content_of(folder.path("u.pvd")), before);
    series.add(3.0, u);
    EXPECT_EQ(series.size(), 2U);
}

TEST(VtiSeries, RefusesAnotherKindOfFile) {
    for (char const* path : {"heat.vti", ".pvd", "folder/.pvd", ""})
        expect_message<std::invalid_argument>([&] { vti_series{path}; }, "name a file that ends in .pvd");
}

TEST(VtiSeries, TellsWhatCannotBeWritten) {
    vti_series series{"/nowhere/at/all/u.pvd"};
    EXPECT_THROW(series.add(0.0, field<1>{cartesian<1>{{.cells = {3}}}}), file_error);
    EXPECT_EQ(series.size(), 0U);
}

}  // namespace
}  // namespace poise::grid
