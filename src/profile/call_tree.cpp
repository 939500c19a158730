// SPDX-License-Identifier: MIT
#include "profile/call_tree.hpp"

#include "profile/registry.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace poise::profile::detail {
namespace {

constexpr std::size_t first_table_size = 256;
constexpr std::size_t max_file_bytes = 1024;  // of longer ones the end is kept

std::uint32_t copied_size(std::size_t size) noexcept {
    return static_cast<std::uint32_t>(std::min(size, max_name_bytes));
}

bool is(node const& candidate, naming const& name) noexcept {
    if (candidate.key != name.key) return false;
    if ((name.key & copied_bit) == 0) return true;
    return std::string_view{candidate.name, candidate.name_size} == std::string_view{name.text, copied_size(name.size)};
}

std::size_t slot_of(node const* parent, node const* beneath, std::uint64_t key, std::size_t table_size) noexcept {
    auto const places = reinterpret_cast<std::uintptr_t>(parent) ^ reinterpret_cast<std::uintptr_t>(beneath) << 1;
    return static_cast<std::size_t>((places ^ key) * 0x9E3779B97F4A7C15ULL >> 32) & (table_size - 1);
}

node* remembered(node& parent, node* beneath, node* child) noexcept {
    parent.recent_beneath = beneath;
    return parent.recent = child;
}

}  // namespace

std::uint64_t copied_key(char const* text, std::size_t size, category kind) noexcept {
    std::uint64_t hash = 0xCBF29CE484222325ULL + static_cast<std::uint64_t>(kind);  // FNV-1a
    for (std::size_t i = 0; i < size; ++i) hash = (hash ^ static_cast<unsigned char>(text[i])) * 0x100000001B3ULL;
    return hash | copied_bit;
}

bool is_same_path(node const* a, node const* b) noexcept {
    for (; a != b; a = a->parent, b = b->parent) {
        if (a == nullptr || b == nullptr || a->key != b->key) return false;
        if (std::string_view{a->name, a->name_size} != std::string_view{b->name, b->name_size}) return false;
    }
    return true;
}

void node::clear(duration_pool& pool) noexcept {
    calls.store(0);
    exact.clear();
    sampled.clear();
    foreign.store(0);
    shortest.store(~ticks{0});
    longest.store(0);
    allocations.store(0);
    allocated_bytes.store(0);
    peak_bytes.store(0);
    moved_bytes.store(0.0);
    flops.store(0.0);
    lasting.clear(pool);
    calls_to_timed = 1;
    undemote();
}

void call_tree::start() noexcept {
    root_.name = root_.file = other_.file = "";
    root_.tree = other_.tree = this;
    root_.clear(pool_);
    other_.name = "(other)";
    other_.name_size = 7;
    other_.parent = other_.beneath = &root_;
    other_.level = max_level;  // so that what is entered in it is part of it
    other_.clear(pool_);
    other_.number = 1;
    root_.next.store(&other_);
    newest_ = &other_;
}

node* call_tree::child(node& parent, node* beneath, naming const& name) noexcept {
    if (beneath->physical_level == max_level) beneath = &root_;  // stolen tasks within stolen tasks, without end
    if (node* const last = last_child(parent, beneath, name.key); last != nullptr && is(*last, name)) return last;
    if (node* const known = find(parent, beneath, name); known != nullptr) return remembered(parent, beneath, known);
    if (2 * table_used_ >= table_size_ && !grow_table()) return &other_;
    node* found = nullptr;
    for (node* up = &parent; up != nullptr && found == nullptr; up = up->parent)
        if (is(*up, name)) found = up;  // a scope inside itself
    if (found == nullptr) found = make(parent, beneath, name);
    if (found == nullptr) return &other_;
    insert({&parent, beneath, name.key, found});
    return remembered(parent, beneath, found);
}

node* call_tree::find(node const& parent, node const* beneath, naming const& name) const noexcept {
    if (table_size_ == 0) return nullptr;
    for (std::size_t slot = slot_of(&parent, beneath, name.key, table_size_); table_[slot].child != nullptr;
         slot = (slot + 1) & (table_size_ - 1)) {
        entry const& e = table_[slot];
        if (e.parent == &parent && e.beneath == beneath && is(*e.child, name)) return e.child;
    }
    return nullptr;
}

node* call_tree::make(node& parent, node* beneath, naming const& name) noexcept {
    if (n_nodes_ == max_nodes || parent.level == max_level) return nullptr;
    std::uint32_t const size = copied_size(name.size);
    auto* const made = static_cast<node*>(arena_.allocate(sizeof(node)));
    auto* const text = static_cast<char*>(arena_.allocate(size));
    if (made == nullptr || text == nullptr) return nullptr;
    if (size != 0) std::memcpy(text, name.text, size);
    made->tree = this;
    made->parent = &parent;
    made->beneath = beneath;
    made->key = name.key;
    made->name = text;
    made->name_size = size;
    made->file = copy_of(name.file);
    made->line = name.line();
    made->kind = name.kind();
    made->level = static_cast<std::uint16_t>(parent.level + 1);
    made->physical_level = static_cast<std::uint16_t>(beneath->physical_level + 1);
    made->number = static_cast<std::uint32_t>(n_nodes_ + 2);
    made->stated = name.stated();
    made->clear(pool_);
    newest_->next.publish(made);
    newest_ = made;
    ++n_nodes_;
    // After it can be found, so that a set_mode() of this moment either finds it or is found.
    registry::tell(*made);
    return made;
}

char const* call_tree::copy_of(char const* file) noexcept {
    if (file == copied_file_ && file != nullptr) return copy_of_file_;
    std::size_t const size = std::strlen(file) + 1;
    auto* const copy = static_cast<char*>(arena_.allocate(std::min(size, max_file_bytes)));
    if (copy == nullptr) return "";
    std::memcpy(copy, size <= max_file_bytes ? file : file + (size - max_file_bytes), std::min(size, max_file_bytes));
    copied_file_ = file;
    return copy_of_file_ = copy;
}

bool call_tree::grow_table() noexcept {
    std::size_t const old_size = table_size_;
    std::size_t const size = old_size == 0 ? first_table_size : 2 * old_size;
    if (size > 8 * max_nodes) return false;
    auto* const pages = static_cast<entry*>(map_pages(size * sizeof(entry)));
    if (pages == nullptr) return false;
    entry* const old = table_;
    table_ = pages;
    table_size_ = size;
    table_used_ = 0;
    for (std::size_t i = 0; i < old_size; ++i)
        if (old[i].child != nullptr) insert(old[i]);
    if (old != nullptr) unmap_pages(old, old_size * sizeof(entry));
    return true;
}

void call_tree::insert(entry const& added) noexcept {
    std::size_t slot = slot_of(added.parent, added.beneath, added.key, table_size_);
    while (table_[slot].child != nullptr) slot = (slot + 1) & (table_size_ - 1);
    table_[slot] = added;
    ++table_used_;
}

node* call_tree::adopt(node const* foreign) noexcept {
    if (foreign->parent == nullptr) return &root_;
    if (foreign->tree == this) return const_cast<node*>(foreign);
    if (foreign == adopted_from_) return adopted_;
    node* const parent = adopt(foreign->parent);
    naming const same{foreign->name, foreign->name_size, foreign->file,
                      traits_of(foreign->line, foreign->kind, foreign->stated), foreign->key};
    node* const here = foreign->key == 0 ? &other_ : child(*parent, parent, same);
    adopted_from_ = foreign;
    return adopted_ = here;
}

}  // namespace poise::profile::detail
