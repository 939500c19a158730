// SPDX-License-Identifier: MIT
#include <poise/profile/snapshot.hpp>

namespace poise::profile {

scope_statistics const* scope_statistics::find(std::string_view path) const noexcept {
    for (scope_statistics const& child : children) {
        if (path == child.name) return &child;
        // A name may hold a '/', so every child that the path begins with is tried.
        if (path.size() <= child.name.size() || !path.starts_with(child.name) || path[child.name.size()] != '/')
            continue;
        if (auto const* found = child.find(path.substr(child.name.size() + 1)); found != nullptr) return found;
    }
    return nullptr;
}

}  // namespace poise::profile
