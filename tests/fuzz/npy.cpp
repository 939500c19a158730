// SPDX-License-Identifier: MIT
#include "harness.hpp"

#include <poise/core/error.hpp>
#include <poise/grid/npy.hpp>

#include <cstring>

namespace poise_fuzz {

bool accepts(std::string_view bytes) {
    try {
        auto const array = poise::grid::from_npy(bytes);
        std::size_t n = 1;
        for (std::size_t const extent : array.shape) n *= extent;
        ensure(array.values.size() == n, "numbers that the shape does not have");
        bool const as_in_memory = bytes.find("'<f8'") != bytes.npos && bytes.find("False") != bytes.npos;
        if (as_in_memory && 8 * n != 0)
            ensure(std::memcmp(bytes.data() + bytes.size() - 8 * n, array.values.data(), 8 * n) == 0,
                   "numbers that are not those of the file");
        return true;
    } catch (poise::error const& refusal) {
        ensure_readable(refusal.what());
        return false;
    }
}

}  // namespace poise_fuzz
