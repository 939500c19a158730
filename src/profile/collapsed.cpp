// SPDX-License-Identifier: MIT
#include "profile/scope_paths.hpp"
#include "profile/text.hpp"

#include <poise/core/atomic_file.hpp>
#include <poise/core/concat.hpp>
#include <poise/profile/export.hpp>

#include <cmath>
#include <cstdint>

namespace poise::profile {
namespace {

template <class Node, class Weight>
std::string collapsed(Node const& root, Weight const& weight) {
    std::string text;
    detail::for_each_node(root, ';', detail::stack_frame, [&](std::string const& stack, Node const& node) {
        std::uint64_t const w = weight(node);
        if (w != 0) text.append(stack).append(" ").append(to_text(w)).append("\n");
    });
    return text;
}

std::uint64_t microseconds(scope_statistics const& s) {
    return s.exclusive_s > 0.0 ? static_cast<std::uint64_t>(std::llround(s.exclusive_s * 1e6)) : 0;
}

}  // namespace

std::string to_collapsed(snapshot const& s) { return collapsed(s.root, microseconds); }
std::string to_collapsed(sampled_profile const& p) {
    return collapsed(p.root, [](function_statistics const& f) { return f.self_samples; });
}

void write_collapsed(std::string const& path, snapshot const& s) { write_file(path, to_collapsed(s)); }
void write_collapsed(std::string const& path, sampled_profile const& p) { write_file(path, to_collapsed(p)); }

}  // namespace poise::profile
