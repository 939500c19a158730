// SPDX-License-Identifier: MIT
#include "profile/debug_info.hpp"

namespace poise::profile::detail::debug_info {

std::vector<source_frame> frames_at(std::uintptr_t) { return {}; }
std::string symbol_at(std::uintptr_t) { return {}; }
void forget() noexcept {}
std::string_view source() noexcept { return "exported names only: poise was built without libbacktrace"; }

}  // namespace poise::profile::detail::debug_info
