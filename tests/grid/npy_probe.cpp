// SPDX-License-Identifier: MIT
// usage: npy_probe FROM TO    prints the shape and the numbers, bit for bit, of the array in FROM; of one to three
// dimensions, none of them empty, it also becomes a field, which is written to TO. Prints the refusal and ends with
// status 1 where FROM is refused.
#include <poise/core/error.hpp>
#include <poise/grid/npy.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <iostream>

namespace {

using namespace poise;

void print(grid::npy_array const& array) {
    for (std::size_t const extent : array.shape) std::printf("%zu ", extent);
    std::printf("\n");
    for (double const number : array.values)
        std::printf("%016llx\n", static_cast<unsigned long long>(std::bit_cast<std::uint64_t>(number)));
}

// NumPy has x last.
template <std::size_t D>
void copy(std::string const& from, std::string const& to, std::vector<std::size_t> const& shape) {
    grid::extents<D> cells;
    std::ranges::copy(shape.rbegin(), shape.rend(), cells.begin());
    grid::write_npy(to, grid::read_npy(from, grid::cartesian<D>{{.cells = cells}}));
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 3) return 2;
    auto const array = grid::read_npy(argv[1]);
    print(array);
    if (array.values.empty()) return 0;
    switch (array.shape.size()) {
        case 1:
            copy<1>(argv[1], argv[2], array.shape);
            break;
        case 2:
            copy<2>(argv[1], argv[2], array.shape);
            break;
        case 3:
            copy<3>(argv[1], argv[2], array.shape);
            break;
        default:
            break;
    }
} catch (poise::error const& refusal) {
    std::cout << refusal.what() << '\n';
    return 1;
}
