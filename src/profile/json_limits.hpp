// SPDX-License-Identifier: MIT
// What the writer and the reader of profiles must agree on.
#pragma once

#include <cstddef>
#include <string_view>

namespace poise::profile::detail {

inline constexpr std::string_view json_schema_name = "poise-profile";

/// Objects within each other. Trees are walked by recursion, here and wherever they are copied or destroyed: a file
/// must not be able to exhaust the stack. The profiler itself records 128 levels of scopes.
inline constexpr std::size_t max_json_levels = 1000;
/// Brackets within each other: two for each object, and some for what is ignored.
inline constexpr std::size_t max_json_brackets = 2 * max_json_levels + 100;

}  // namespace poise::profile::detail
