// SPDX-License-Identifier: MIT
#include "grid/little_endian.hpp"
#include "grid/options.hpp"
#include "grid/whole.hpp"
#include "grid/xml_text.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/grid/vti.hpp>

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string_view>

namespace poise::grid {
namespace {

// XML has no way to write most control characters, so a viewer could not open the file.
void require_printable(char const* writer, std::string_view name) {
    POISE_REQUIRE(!name.empty(), writer, ": the name is empty; give one, such as \"u\"");
    auto const is_control = [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; };
    auto const found = std::ranges::find_if(name, is_control);
    POISE_REQUIRE(found == name.end(), writer, ": the name has the control character ",
                  found == name.end() ? 0 : int{*found}, " at position ", found - name.begin());
}

// Of a direction that the grid does not have, 0 … 0.
template <std::size_t D>
std::vector<double> places_of_nodes(cartesian<D> const& grid, std::size_t d) {
    if (d >= D) return {0.0};
    auto options = detail::options_of(grid);
    options.centering = centering::node;
    cartesian<D> const nodes{options};
    std::vector<double> places;
    for (std::ptrdiff_t i = 0; i < nodes.points()[d]; ++i) places.push_back(nodes.coordinate(d, i));
    return places;
}

constexpr std::size_t size_of_block(std::size_t n) { return sizeof(std::uint64_t) + n * sizeof(double); }

std::string data_array(std::string_view name, std::size_t offset) {
    return concat("<DataArray type=\"Float64\" Name=\"", name, "\" format=\"appended\" offset=\"", offset, "\"/>\n");
}

// What the two kinds of file have in common, around the kind's own attributes and, in a piece, elements.
template <std::size_t D>
std::string header_of(cartesian<D> const& grid, std::string_view kind, std::string_view attributes,
                      std::string_view elements, std::size_t offset, std::string_view name) {
    std::string extent;
    for (std::size_t d = 0; d < 3; ++d)
        extent += concat("0 ", d < D ? grid.cells()[d < D ? d : 0] : 0, d < 2 ? " " : "");
    char const* const data = grid.centering() == centering::cell ? "CellData" : "PointData";
    std::string const title = detail::xml_escaped(name);
    return concat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", "<VTKFile type=\"", kind,
                  "\" version=\"1.0\" byte_order=\"LittleEndian\" header_type=\"UInt64\">\n", "  <", kind,
                  " WholeExtent=\"", extent, "\"", attributes, ">\n", "    <Piece Extent=\"", extent, "\">\n",
                  "      <", data, " Scalars=\"", title, "\">\n", "        ", data_array(title, offset), "      </",
                  data, ">\n", elements, "    </Piece>\n", "  </", kind, ">\n", "  <AppendedData encoding=\"raw\">\n",
                  "   _");
}

template <std::size_t D>
std::string header_of_image(cartesian<D> const& grid, std::string_view name) {
    std::string origin, spacing;
    for (std::size_t d = 0; d < 3; ++d) {
        char const* const gap = d < 2 ? " " : "";
        origin += concat(d < D ? grid.lower()[d < D ? d : 0] : 0.0, gap);
        spacing += concat(d < D ? grid.spacing(d < D ? d : 0) : 1.0, gap);
    }
    return header_of(grid, "ImageData", concat(" Origin=\"", origin, "\" Spacing=\"", spacing, "\""), "", 0, name);
}

void write_blocks(std::string const& path, std::string const& header,
                  std::initializer_list<std::span<double const>> blocks) {
    atomic_file file{path};
    file.write(header);
    for (auto const& values : blocks) {
        file.write(detail::little_endian(std::uint64_t{values.size_bytes()}));
        detail::write_little_endian(file, values);
    }
    file.write("\n  </AppendedData>\n</VTKFile>\n");
    file.commit();
}

}  // namespace

template <std::size_t D>
void write_vti(std::string const& path, field<D> const& u, vti_options const& options) {
    detail::require_whole(u);
    require_printable("write_vti", options.name);
    for (std::size_t d = 0; d < D; ++d)
        POISE_REQUIRE(u.grid().is_uniform(d), "write_vti: the cells in ", "xyz"[d],
                      " differ in width, which ImageData has no place for; take write_vtr");
    write_blocks(path, header_of_image(u.grid(), options.name), {u.values()});
}

template <std::size_t D>
void write_vtr(std::string const& path, field<D> const& u, vti_options const& options) {
    detail::require_whole(u);
    require_printable("write_vtr", options.name);
    std::array<std::vector<double>, 3> places;
    std::string coordinates = "      <Coordinates>\n";
    std::size_t offset = 0;
    for (std::size_t d = 0; d < 3; ++d) {
        places[d] = places_of_nodes(u.grid(), d);
        coordinates += "        " + data_array(concat("xyz"[d]), offset);
        offset += size_of_block(places[d].size());
    }
    coordinates += "      </Coordinates>\n";
    write_blocks(path, header_of(u.grid(), "RectilinearGrid", "", coordinates, offset, options.name),
                 {places[0], places[1], places[2], u.values()});
}

#define POISE_INSTANTIATE(D)                                                          \
    template void write_vti(std::string const&, field<D> const&, vti_options const&); \
    template void write_vtr(std::string const&, field<D> const&, vti_options const&);
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::grid
