// SPDX-License-Identifier: MIT
#include "harness.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    (void)poise_fuzz::accepts({reinterpret_cast<char const*>(data), size});
    return 0;
}
