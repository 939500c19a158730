// SPDX-License-Identifier: MIT
#include "grid/little_endian.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/grid/vti.hpp>

#include <algorithm>
#include <string_view>

namespace poise::grid {
namespace {

std::string xml_escaped(std::string_view text) {
    std::string escaped;
    for (char const letter : text) switch (letter) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            default:
                escaped += letter;
        }
    return escaped;
}

// XML has no way to write most control characters, so a viewer could not open the file.
void require_printable(std::string_view name) {
    POISE_REQUIRE(!name.empty(), "write_vti: the name is empty; give one, such as \"u\"");
    auto const is_control = [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; };
    auto const found = std::ranges::find_if(name, is_control);
    POISE_REQUIRE(found == name.end(), "write_vti: the name has the control character ",
                  found == name.end() ? 0 : int{*found}, " at position ", found - name.begin());
}

template <std::size_t D>
std::string header_of(cartesian<D> const& grid, std::string_view name) {
    std::string extent;
    std::string origin;
    std::string spacing;
    for (std::size_t d = 0; d < 3; ++d) {
        char const* const gap = d < 2 ? " " : "";
        extent += concat("0 ", d < D ? grid.cells()[d < D ? d : 0] : 0, gap);
        origin += concat(d < D ? grid.lower()[d < D ? d : 0] : 0.0, gap);
        spacing += concat(d < D ? grid.spacing(d < D ? d : 0) : 1.0, gap);
    }
    char const* const data = grid.centering() == centering::cell ? "CellData" : "PointData";
    std::string const title = xml_escaped(name);
    return concat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
                  "<VTKFile type=\"ImageData\" version=\"1.0\" byte_order=\"LittleEndian\" header_type=\"UInt64\">\n",
                  "  <ImageData WholeExtent=\"", extent, "\" Origin=\"", origin, "\" Spacing=\"", spacing, "\">\n",
                  "    <Piece Extent=\"", extent, "\">\n", "      <", data, " Scalars=\"", title, "\">\n",
                  "        <DataArray type=\"Float64\" Name=\"", title, "\" format=\"appended\" offset=\"0\"/>\n",
                  "      </", data, ">\n", "    </Piece>\n", "  </ImageData>\n", "  <AppendedData encoding=\"raw\">\n",
                  "   _");
}

}  // namespace

template <std::size_t D>
void write_vti(std::string const& path, field<D> const& u, vti_options const& options) {
    require_printable(options.name);
    atomic_file file{path};
    file.write(header_of(u.grid(), options.name));
    file.write(detail::little_endian(std::uint64_t{u.values().size_bytes()}));
    detail::write_little_endian(file, u.values());
    file.write("\n  </AppendedData>\n</VTKFile>\n");
    file.commit();
}

template void write_vti(std::string const&, field<1> const&, vti_options const&);
template void write_vti(std::string const&, field<2> const&, vti_options const&);
template void write_vti(std::string const&, field<3> const&, vti_options const&);

}  // namespace poise::grid
