// SPDX-License-Identifier: MIT
// The files of html/page as one, as cmake/PoiseEmbedPage.cmake made it: what stands before the data and what stands
// after, in pieces that every compiler takes as literals.
#pragma once

#include <span>
#include <string_view>

namespace poise::profile::detail {

extern std::span<std::string_view const> const page_before_data;
extern std::span<std::string_view const> const page_after_data;

}  // namespace poise::profile::detail
