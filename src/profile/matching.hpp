// SPDX-License-Identifier: MIT
// Which scope of one tree is which of another.
#pragma once

#include <poise/profile/snapshot.hpp>

#include <map>
#include <string_view>
#include <tuple>

namespace poise::profile::detail {

/// The children of a scope by name and category. Where siblings share both, the first is matched first.
class children_of {
public:
    children_of() = default;
    explicit children_of(scope_statistics const* parent) {
        if (parent == nullptr) return;
        for (auto const& child : parent->children) left_.emplace(key{child.name, child.kind}, &child);
    }

    /// The one that matches, which is then taken; nullptr where there is none.
    scope_statistics const* take(scope_statistics const& like) {
        key const wanted{like.name, like.kind};
        auto const found = left_.lower_bound(wanted);
        if (found == left_.end() || found->first != wanted) return nullptr;
        scope_statistics const* const child = found->second;
        left_.erase(found);
        return child;
    }
    /// visit(scope) for those that were not taken.
    template <class Visit>
    void each_left(Visit const& visit) const {
        for (auto const& left : left_) visit(*left.second);
    }

private:
    using key = std::tuple<std::string_view, category>;
    std::multimap<key, scope_statistics const*> left_;
};

}  // namespace poise::profile::detail
