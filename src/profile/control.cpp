// SPDX-License-Identifier: MIT
#include "profile/registry.hpp"
#include "profile/remembered.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
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

void enable(options const& chosen) {
    POISE_REQUIRE(chosen.scopes != mode::automatic && chosen.scopes != mode::off,
                  "profile::enable: options::scopes is automatic or off; give counted, sampled, timed or precise");
    POISE_REQUIRE(chosen.overhead_budget >= 0.0, "profile::enable: options::overhead_budget is ",
                  chosen.overhead_budget, "; give a share of the time such as 0.02, or 1 for no limit");
    detail::registry::enable(chosen);
}
void disable() noexcept { detail::registry::disable(); }
void reset() noexcept {
    detail::registry::reset();
    detail::forget();
}

void set_mode(std::string_view name, mode how) {
    POISE_REQUIRE(!name.empty() && name.size() <= detail::max_name_bytes, "profile::set_mode: the name '", name,
                  "' has ", name.size(), " bytes; names of scopes have 1 to ", detail::max_name_bytes);
    POISE_REQUIRE(detail::registry::tell_mode(name, how), "profile::set_mode: no room for '", name,
                  "', 64 names have a mode already");
}

}  // namespace poise::profile
