// SPDX-License-Identifier: MIT
#include "profile/site_statistics.hpp"

#include "profile/allocation_sites.hpp"
#include "profile/symbols.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace poise::profile::detail {
namespace {

std::string path_of(node const* scope) {
    if (scope == nullptr || scope->parent == nullptr) return {};
    std::string path = path_of(scope->parent);
    if (!path.empty()) path += '/';
    return path.append(scope->name, scope->name_size);
}

// What stands between operator new and the code that asked for memory: the profiler's own functions and the standard
// library's. A function template's name begins with the type it returns.
bool is_machinery(source_frame const& frame) noexcept {
    std::string_view const name = frame.function;
    if (name.starts_with("operator new")) return true;
    std::string_view const before_arguments = name.substr(0, name.find_first_of("<("));
    std::string_view const qualified = before_arguments.substr(before_arguments.rfind(' ') + 1);
    return qualified.starts_with("std::") || qualified.starts_with("__gnu_cxx::") ||
           qualified.starts_with("poise::profile::detail::");
}

std::vector<source_frame> frames_of(allocation_sites::site_record const& site) {
    std::vector<source_frame> frames;
    for (std::size_t i = 0; i < site.depth; ++i)
        // A return address stands behind the call it belongs to.
        for (source_frame& frame : symbolise(site.stack[i] - 1)) frames.push_back(std::move(frame));
    auto const first = std::ranges::find_if_not(frames, is_machinery);
    if (first != frames.end()) frames.erase(frames.begin(), first);
    return frames;
}

}  // namespace

std::vector<allocation_site> site_statistics() {
    std::vector<allocation_site> made;
    for (auto const& site : allocation_sites::found())
        made.push_back({frames_of(site), path_of(site.scope), site.samples, site.allocations, site.bytes});
    std::ranges::stable_sort(made, std::ranges::greater{}, &allocation_site::allocated_bytes);
    return made;
}

}  // namespace poise::profile::detail
