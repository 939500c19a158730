// SPDX-License-Identifier: MIT
#include "grid/whole.hpp"

#include <poise/core/atomic_file.hpp>
#include <poise/core/concat.hpp>
#include <poise/grid/csv.hpp>

#include <cmath>
#include <string_view>

namespace poise::grid {
namespace {

// A NaN's sign says nothing, yet to_text() would show it.
std::string number(double value) { return std::isnan(value) ? "nan" : to_text(value); }

}  // namespace

template <std::size_t D>
void write_csv(std::string const& path, field<D> const& u) {
    detail::require_whole(u);
    atomic_file file{path};
    for (std::size_t d = 0; d < D; ++d) file.write(concat("xyz"[d], ','));
    file.write("u\n");
    for_each_point(u.grid(), [&](std::size_t i, point<D> const& x) {
        std::string line;
        for (double const coordinate : x) line += concat(coordinate, ',');
        line += concat(number(u.values()[i]), '\n');
        file.write(line);
    });
    file.commit();
}

template void write_csv(std::string const&, field<1> const&);
template void write_csv(std::string const&, field<2> const&);
template void write_csv(std::string const&, field<3> const&);

}  // namespace poise::grid
