// SPDX-License-Identifier: MIT
// Private to src/ode: what to try where an integration failed.
#pragma once

#include <poise/ode/report.hpp>

namespace poise::ode::detail {

/// "; raise max_steps …": the end of a message.
[[nodiscard]] char const* remedy(stop_reason reason) noexcept;

}  // namespace poise::ode::detail
