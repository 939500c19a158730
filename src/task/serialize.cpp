// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/task/serialize.hpp>

namespace poise::task::detail {

std::size_t read_size(byte_reader& in, std::size_t size_of_element) {
    auto const size = task::read<std::uint64_t>(in);
    // Elements whose size is not known take a byte at least, or nothing at all.
    std::size_t const most = size_of_element == 0 ? std::size_t{1} << 40U : in.remaining() / size_of_element;
    if (size > most) throw error{concat("serialised data: ", size, " elements cannot be in what is left")};
    return size;
}

void refuse_variant(std::uint64_t index, std::size_t n) {
    throw error{concat("serialised data: alternative ", index, " of a variant of ", n)};
}

}  // namespace poise::task::detail
