// SPDX-License-Identifier: MIT
#include "grid/little_endian.hpp"
#include "grid/whole.hpp"

#include <poise/core/concat.hpp>
#include <poise/grid/npy.hpp>

namespace poise::grid {
namespace {

// The magic, the length of the rest, and a Python dictionary padded so that the numbers start at a multiple of 64.
// Source: NumPy, numpy.lib.format, "Format Version 1.0".
template <std::size_t D>
std::string header_of(extents<D> const& points) {
    constexpr std::size_t bytes_before_text = 10;
    constexpr std::size_t alignment = 64;
    std::string shape;
    for (std::size_t d = D; d-- > 0;) shape += concat(points[d], D == 1 ? "," : d > 0 ? ", " : "");
    std::string text = concat("{'descr': '<f8', 'fortran_order': False, 'shape': (", shape, "), }");
    std::size_t const used = bytes_before_text + text.size() + 1;
    text.append((alignment - used % alignment) % alignment, ' ');
    text += '\n';
    std::string const magic{"\x93NUMPY\x01\x00", 8};
    return magic + detail::little_endian(static_cast<std::uint16_t>(text.size())) + text;
}

}  // namespace

template <std::size_t D>
void write_npy(std::string const& path, field<D> const& u) {
    detail::require_whole(u);
    atomic_file file{path};
    file.write(header_of<D>(u.grid().points()));
    detail::write_little_endian(file, u.values());
    file.commit();
}

template void write_npy(std::string const&, field<1> const&);
template void write_npy(std::string const&, field<2> const&);
template void write_npy(std::string const&, field<3> const&);

}  // namespace poise::grid
