// SPDX-License-Identifier: MIT
// The places of one thread's scopes: nodes by path, found again by what names them.
//
// One thread adds, any may walk. All zeros is a tree before start(). Nothing is ever given back: contexts and events
// point into it. It is bounded.
#pragma once

#include "profile/node.hpp"
#include "profile/pages.hpp"

#include <poise/profile/scope.hpp>

#include <cstddef>
#include <cstdint>

namespace poise::profile::detail {

inline constexpr std::size_t max_nodes = std::size_t{1} << 16;  // calls past it go to one node "(other)"
inline constexpr std::uint16_t max_level = 128;  // deeper calls go there too: trees are walked by recursion
inline constexpr std::size_t max_name_bytes = 255;

/// Names that are copied are told from literals by the top bit, which no address of a literal reaches.
inline constexpr std::uint64_t copied_bit = std::uint64_t{1} << 63;
/// Equal literals of two places share their address where the linker merges them; the line, modulo 4096, tells them
/// apart, so that only a scope inside itself counts as recursion.
[[nodiscard]] inline std::uint64_t literal_key(char const* text, traits how) noexcept {
    return reinterpret_cast<std::uintptr_t>(text) << 16 | (how & 0xFFFFU);
}
[[nodiscard]] std::uint64_t copied_key(char const* text, std::size_t size, category kind) noexcept;

/// A scope as it is entered.
struct naming {
    char const* text;
    unsigned size;
    char const* file;
    traits how;
    std::uint64_t key;

    [[nodiscard]] category kind() const noexcept { return static_cast<category>(how & 1U); }
    [[nodiscard]] mode stated() const noexcept { return static_cast<mode>(how >> 1 & 7U); }
    [[nodiscard]] unsigned line() const noexcept { return how >> 4; }
};

/// Whether two nodes stand for one scope: of two trees, or of one tree that has it once where it was entered and once
/// where it was adopted.
[[nodiscard]] bool is_same_path(node const* a, node const* b) noexcept;

class call_tree {
public:
    void start() noexcept;

    [[nodiscard]] node* root() noexcept { return &root_; }
    [[nodiscard]] duration_pool& pool() noexcept { return pool_; }
    [[nodiscard]] duration_pool const& pool() const noexcept { return pool_; }

    /// The child of `parent` that was entered last, if it has this key and was entered on top of `beneath`; else
    /// nullptr. Its name is not looked at: literals only.
    [[nodiscard]] static node* last_child(node const& parent, node const* beneath, std::uint64_t key) noexcept {
        node* const recent = parent.recent;
        bool const same = recent != nullptr && recent->key == key && parent.recent_beneath == beneath;
        return same ? recent : nullptr;
    }
    /// The child of `parent` of that name, on top of `beneath`, made when it is new. `parent` or one above it for a
    /// scope inside itself; "(other)" when there is no room.
    [[nodiscard]] node* child(node& parent, node* beneath, naming const& name) noexcept;
    /// The node of the same path as one of any tree, made when it is new; a node of this tree itself.
    [[nodiscard]] node* adopt(node const* foreign) noexcept;
    /// All nodes, parents before their children.
    template <class Visit>
    void each(Visit const& visit) const {
        for (node const* n = &root_; n != nullptr; n = n->next.acquire()) visit(*n);
    }
    template <class Visit>
    void each(Visit const& visit) {
        for (node* n = &root_; n != nullptr; n = n->next.acquire()) visit(*n);
    }

private:
    struct entry {
        node const* parent;
        node const* beneath;
        std::uint64_t key;
        node* child;
    };

    node* find(node const& parent, node const* beneath, naming const& name) const noexcept;
    node* make(node& parent, node* beneath, naming const& name) noexcept;
    char const* copy_of(char const* file) noexcept;
    bool grow_table() noexcept;
    void insert(entry const& added) noexcept;

    node root_;
    node other_;
    node* newest_;
    std::size_t n_nodes_;
    arena arena_;
    duration_pool pool_;
    entry* table_;
    std::size_t table_size_;
    std::size_t table_used_;
    char const* copied_file_;  // the latest, and its copy: a library that holds it may be unloaded
    char const* copy_of_file_;
    node const* adopted_from_;
    node* adopted_;
};

}  // namespace poise::profile::detail
