// SPDX-License-Identifier: MIT
// From addresses to functions, files and lines.
#pragma once

#include <poise/profile/sample.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace poise::profile::detail {

/// The function that an instruction belongs to; where the compiler inlined it into others, those too, the innermost
/// first. Never empty: what has no name is "[libfoo.so+0x…]", where its function begins in its file, or "[0x…]".
/// address: within the instruction; for a return address, one less.
/// Thread-safe. The first call reads the debug information of the program, some 20 ms per MB; an address seen before
/// costs a copy. Allocates, takes locks: not for signal handlers.
[[nodiscard]] std::vector<source_frame> symbolise(std::uintptr_t address);

/// Where names come from: "libbacktrace", or what is missing.
[[nodiscard]] std::string_view symbol_source() noexcept;

}  // namespace poise::profile::detail
