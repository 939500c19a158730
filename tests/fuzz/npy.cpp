// SPDX-License-Identifier: MIT
#include "harness.hpp"

#include <poise/core/error.hpp>
#include <poise/grid/npy.hpp>

#include <cstring>

namespace poise_fuzz {
namespace {

struct parts {
    std::string_view header;
    std::string_view numbers;
};

// A file that was accepted. Its header is preceded by its length, of 2 bytes in format 1 and of 4 in formats 2 and 3.
parts parts_of(std::string_view file) {
    std::size_t const length_at = 8;
    std::size_t const header_at = length_at + (file[6] == 1 ? 2 : 4);
    std::size_t n_bytes = 0;
    for (std::size_t i = header_at; i-- > length_at;) n_bytes = n_bytes << 8 | static_cast<unsigned char>(file[i]);
    return {file.substr(header_at, n_bytes), file.substr(header_at + n_bytes)};
}

// In a header that was accepted these can be nothing but the type and the order; numbers may look like anything.
bool is_as_in_memory(std::string_view header) {
    return header.find("'<f8'") != header.npos && header.find("False") != header.npos;
}

}  // namespace

bool accepts(std::string_view bytes) {
    try {
        auto const array = poise::grid::from_npy(bytes);
        std::size_t n = 1;
        for (std::size_t const extent : array.shape) n *= extent;
        ensure(array.values.size() == n, "numbers that the shape does not have");
        auto const [header, numbers] = parts_of(bytes);
        if (is_as_in_memory(header)) {
            ensure(numbers.size() == 8 * n, "bytes that the shape does not have");
            ensure(n == 0 || std::memcmp(numbers.data(), array.values.data(), 8 * n) == 0,
                   "numbers that are not those of the file");
        }
        return true;
    } catch (poise::error const& refusal) {
        ensure_readable(refusal.what());
        return false;
    }
}

}  // namespace poise_fuzz
