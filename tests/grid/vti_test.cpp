// SPDX-License-Identifier: MIT
#include "support/expect_message.hpp"
#include "support/temporary_folder.hpp"

#include <poise/core/concat.hpp>
#include <poise/grid/vti.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>

namespace poise::grid {
namespace {

using poise_test::expect_message;

// What a reader takes from the file: attributes from the text before the data, the numbers behind the first '_'.
class vti_file {
public:
    template <std::size_t D>
    explicit vti_file(field<D> const& u, vti_options const& options = {}) {
        poise_test::temporary_folder const folder;
        write_vti(folder.path("u.vti"), u, options);
        EXPECT_EQ(folder.n_entries(), 1);
        bytes_ = poise_test::content_of(folder.path("u.vti"));
        data_ = bytes_.find("<AppendedData encoding=\"raw\">");
        data_ = bytes_.find('_', data_) + 1;
    }

    [[nodiscard]] std::string header() const { return bytes_.substr(0, data_); }
    [[nodiscard]] bool has(std::string const& text) const { return header().find(text) != std::string::npos; }
    /// The first value of the attribute behind the element's name.
    [[nodiscard]] std::string attribute(std::string const& element, std::string const& name) const {
        auto const start = bytes_.find(" " + name + "=\"", bytes_.find("<" + element + " ")) + name.size() + 3;
        return bytes_.substr(start, bytes_.find('"', start) - start);
    }
    [[nodiscard]] std::vector<double> values() const {
        std::uint64_t n_bytes = 0;
        for (std::size_t i = 8; i-- > 0;) n_bytes = n_bytes << 8 | static_cast<unsigned char>(bytes_[data_ + i]);
        EXPECT_LE(data_ + 8 + n_bytes, bytes_.size());
        std::vector<double> numbers(n_bytes / 8);
        std::memcpy(numbers.data(), bytes_.data() + data_ + 8, n_bytes);
        EXPECT_EQ(bytes_.substr(data_ + 8 + n_bytes), "\n  </AppendedData>\n</VTKFile>\n");
        return numbers;
    }

private:
    std::string bytes_;
    std::size_t data_ = 0;
};

std::vector<double> vector_of(std::span<double const> values) { return {values.begin(), values.end()}; }

TEST(Vti, WritesCellsInThreeDimensions) {
    auto const number = [](double x, double y, double z) { return x + 10 * y + 100 * z; };
    auto const u = sample(cartesian<3>{{.lower = {1, 2, 3}, .upper = {2, 4, 6}, .cells = {2, 8, 4}}}, number);
    vti_file const file{u};
    EXPECT_EQ(file.attribute("VTKFile", "type"), "ImageData");
    EXPECT_EQ(file.attribute("VTKFile", "byte_order"), "LittleEndian");
    EXPECT_EQ(file.attribute("VTKFile", "header_type"), "UInt64");
    EXPECT_EQ(file.attribute("ImageData", "WholeExtent"), "0 2 0 8 0 4");
    EXPECT_EQ(file.attribute("ImageData", "Origin"), "1 2 3");
    EXPECT_EQ(file.attribute("ImageData", "Spacing"), "0.5 0.25 0.75");
    EXPECT_EQ(file.attribute("Piece", "Extent"), "0 2 0 8 0 4");
    EXPECT_EQ(file.attribute("CellData", "Scalars"), "u");
    EXPECT_EQ(file.attribute("DataArray", "type"), "Float64");
    EXPECT_EQ(file.attribute("DataArray", "format"), "appended");
    EXPECT_EQ(file.attribute("DataArray", "offset"), "0");
    EXPECT_FALSE(file.has("PointData"));
    EXPECT_EQ(file.values(), vector_of(u.values()));
}

TEST(Vti, WritesNodesAsPoints) {
    auto const grid = cartesian<2>{{.upper = {0.3, 2}, .cells = {3, 2}, .centering = centering::node}};
    auto const u = sample(grid, [](double x, double y) { return x * y; });
    vti_file const file{u, {.name = "T"}};
    EXPECT_EQ(file.attribute("ImageData", "WholeExtent"), "0 3 0 2 0 0");  // points run from 0 to the number of cells
    EXPECT_EQ(file.attribute("ImageData", "Spacing"), to_text(0.3 / 3) + " 1 1");
    EXPECT_EQ(file.attribute("PointData", "Scalars"), "T");
    EXPECT_FALSE(file.has("CellData"));
    EXPECT_EQ(file.values(), vector_of(u.values()));
}

TEST(Vti, LaysOneDimensionInSpace) {
    vti_file const file{field<1>{cartesian<1>{{.lower = {-1}, .upper = {3}, .cells = {2}}}, {5, 6}}};
    EXPECT_EQ(file.attribute("ImageData", "WholeExtent"), "0 2 0 0 0 0");
    EXPECT_EQ(file.attribute("ImageData", "Origin"), "-1 0 0");
    EXPECT_EQ(file.attribute("ImageData", "Spacing"), "2 1 1");
    EXPECT_EQ(file.values(), (std::vector<double>{5, 6}));
}

TEST(Vti, EscapesTheName) {
    field<1> const u{cartesian<1>{{.cells = {1}}}};
    vti_file const file{u, {.name = "T < \"K\" & > µ"}};
    EXPECT_EQ(file.attribute("DataArray", "Name"), "T &lt; &quot;K&quot; &amp; &gt; µ");
    EXPECT_EQ(file.attribute("CellData", "Scalars"), "T &lt; &quot;K&quot; &amp; &gt; µ");
}

TEST(Vti, RefusesNamesNoReaderTakes) {
    poise_test::temporary_folder const folder;
    field<1> const u{cartesian<1>{{.cells = {1}}}};
    expect_message<std::invalid_argument>([&] { write_vti(folder.path("u.vti"), u, {.name = ""}); },
                                          "the name is empty");
    expect_message<std::invalid_argument>([&] { write_vti(folder.path("u.vti"), u, {.name = "a\nb"}); },
                                          "control character 10 at position 1");
    EXPECT_EQ(folder.n_entries(), 0);
}

// Four blocks, each behind its number of bytes: where the nodes are along x, y and z, and the values.
TEST(Vtr, WritesTheNodesOfAStretchedGrid) {
    cartesian<2> const grid{{.upper = {1, 3}, .cells = {0, 2}, .faces = {{{0.0, 0.25, 1.0, 4.0}, {}}}}};
    auto const u = sample(grid, [](double x, double y) { return x + 10 * y; });
    poise_test::temporary_folder const folder;
    write_vtr(folder.path("u.vtr"), u, {.name = "T"});
    auto const bytes = poise_test::content_of(folder.path("u.vtr"));
    auto const has = [&](std::string const& text) { return bytes.find(text) != std::string::npos; };
    EXPECT_TRUE(has("<VTKFile type=\"RectilinearGrid\""));
    EXPECT_TRUE(has("<RectilinearGrid WholeExtent=\"0 3 0 2 0 0\">"));
    EXPECT_TRUE(
        has("<CellData Scalars=\"T\">\n        <DataArray type=\"Float64\" Name=\"T\" format=\"appended\" "
            "offset=\"88\"/>"));
    EXPECT_TRUE(has("Name=\"x\" format=\"appended\" offset=\"0\"/>"));
    EXPECT_TRUE(has("Name=\"y\" format=\"appended\" offset=\"40\"/>"));
    EXPECT_TRUE(has("Name=\"z\" format=\"appended\" offset=\"72\"/>"));
    auto const data = bytes.find('_', bytes.find("<AppendedData")) + 1;
    auto const block = [&](std::size_t offset) {
        std::uint64_t n_bytes = 0;
        std::memcpy(&n_bytes, bytes.data() + data + offset, 8);
        std::vector<double> numbers(n_bytes / 8);
        std::memcpy(numbers.data(), bytes.data() + data + offset + 8, n_bytes);
        return numbers;
    };
    EXPECT_EQ(block(0), (std::vector<double>{0.0, 0.25, 1.0, 4.0}));
    EXPECT_EQ(block(40), (std::vector<double>{0.0, 1.5, 3.0}));
    EXPECT_EQ(block(72), (std::vector<double>{0.0}));
    EXPECT_EQ(block(88), vector_of(u.values()));
}

TEST(Vti, RefusesAStretchedGrid) {
    field<1> const u{cartesian<1>{{.faces = {{{0.0, 0.25, 1.0}}}}}};
    expect_message<std::invalid_argument>(
        [&] { write_vti("unused.vti", u); },
        "write_vti: the cells in x differ in width, which ImageData has no place for; take write_vtr");
}

}  // namespace
}  // namespace poise::grid
