// SPDX-License-Identifier: MIT
// What debug information and symbol tables say of an address; empty where poise is built without libbacktrace.
#pragma once

#include <poise/profile/sample.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace poise::profile::detail::debug_info {

/// The functions at an address, the innermost first, names as the linker knows them. Not thread-safe.
[[nodiscard]] std::vector<source_frame> frames_at(std::uintptr_t address);
/// The symbol that covers an address, local ones too. Not thread-safe.
[[nodiscard]] std::string symbol_at(std::uintptr_t address);
/// Other objects are loaded now than were when it was first asked. Not thread-safe.
void forget() noexcept;
[[nodiscard]] std::string_view source() noexcept;

}  // namespace poise::profile::detail::debug_info
