// SPDX-License-Identifier: MIT
#include "profile/registry.hpp"

#include <poise/profile/control.hpp>

#include <cstdlib>
#include <string_view>

namespace poise::profile {
namespace detail {

constinit unsigned active_modes = 0;

namespace {

// Beside `active_modes`, which every scope refers to: so a linker that takes single objects from an archive takes this
// too.
[[maybe_unused]] bool const enabled_at_start = [] {
    char const* const asked = std::getenv("POISE_PROFILE");
    bool const on = asked != nullptr && std::string_view{asked} == "1";
    if (on) registry::enable({.memory = true});
    return on;
}();

}  // namespace
}  // namespace detail

void enable(options const& chosen) noexcept { detail::registry::enable(chosen); }
void disable() noexcept { detail::registry::disable(); }
void reset() noexcept { detail::registry::reset(); }

}  // namespace poise::profile
