// SPDX-License-Identifier: MIT
// Trees of scopes and of functions as lists of paths.
#pragma once

#include <poise/profile/snapshot.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace poise::profile::detail {

/// A name as part of a path that '/' joins: no two lists of names make the same path.
[[nodiscard]] inline std::string path_part(std::string_view name) {
    std::string part;
    for (char const c : name) {
        if (c == '/' || c == '\\') part += '\\';
        part += c;
    }
    return part;
}

inline std::string_view name_of(scope_statistics const& s) noexcept { return s.name; }
inline std::string_view name_of(function_statistics const& s) noexcept { return s.where.function; }

/// visit(path, node) for every node below `parent`, whose own path is given, outer before inner. part(name) is what
/// stands between separators.
template <class Node, class Part, class Visit>
void for_each_below(Node const& parent, std::string& path, bool top, char separator, Part const& part,
                    Visit const& visit) {
    std::size_t const length = path.size();
    for (Node const& child : parent.children) {
        if (!top) path += separator;
        path += part(name_of(child));
        visit(std::as_const(path), child);
        for_each_below(child, path, false, separator, part, visit);
        path.resize(length);
    }
}
template <class Node, class Part, class Visit>
void for_each_node(Node const& root, char separator, Part const& part, Visit const& visit) {
    std::string path;
    for_each_below(root, path, true, separator, part, visit);
}
template <class Visit>
void for_each_scope(scope_statistics const& root, Visit const& visit) {
    for_each_node(root, '/', path_part, visit);
}

}  // namespace poise::profile::detail
