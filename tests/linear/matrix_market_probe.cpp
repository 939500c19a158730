// SPDX-License-Identifier: MIT
// usage: matrix_market_probe matrix|vector FROM TO    prints what FROM holds, its numbers bit for bit, and writes it to
// TO. Prints the refusal and ends with status 1 where FROM is refused.
#include <poise/core/error.hpp>
#include <poise/linear/matrix_market.hpp>

#include <bit>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string_view>

namespace {

using namespace poise;

unsigned long long bits(double number) { return std::bit_cast<std::uint64_t>(number); }

void print(linear::csr_view A) {
    std::printf("%d %d\n", A.n_rows, A.n_cols);
    for (index_t row = 0; row < A.n_rows; ++row)
        for (index_t e = A.row_start[row]; e < A.row_start[row + 1]; ++e)
            std::printf("%d %d %016llx\n", row, A.columns[e], bits(A.values[e]));
}

void print(std::vector<double> const& b) {
    std::printf("%zu 1\n", b.size());
    for (std::size_t row = 0; row < b.size(); ++row) std::printf("%zu 0 %016llx\n", row, bits(b[row]));
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 4) return 2;
    auto const copy = [&](auto const& content) {
        print(content);
        linear::write_matrix_market(argv[3], content);
    };
    if (std::string_view{argv[1]} == "vector")
        copy(linear::read_matrix_market_vector(argv[2]));
    else
        copy(linear::read_matrix_market(argv[2]));
} catch (poise::error const& refusal) {
    std::cout << refusal.what() << '\n';
    return 1;
}
