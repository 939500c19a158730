// SPDX-License-Identifier: MIT
// Names of functions as long as a line allows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace poise::profile::detail {

/// At most `columns` characters. Where it must be shorter, first the arguments of templates become "<…>", then
/// parameters "(…)", then the end "…"; what cannot be printed becomes '?'.
[[nodiscard]] std::string fitted_function(std::string_view name, std::size_t columns);

}  // namespace poise::profile::detail
