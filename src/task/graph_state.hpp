// SPDX-License-Identifier: MIT
// Private to src/: what a graph keeps of its tasks.
#pragma once

#include <poise/task/graph.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

namespace poise::task::detail {

struct graph_state {
    // One add() or map(): its tasks share their code and their inputs.
    struct family {
        std::string name;
        bool mapped;
        std::uint32_t first;                // its first task
        std::vector<std::uint32_t> inputs;  // task ids, ascending, each once
        std::shared_ptr<detail::body const> code;
    };

    std::vector<family> families;
    std::vector<std::uint32_t> family_of;  // one per task
    std::unordered_set<std::string> names;

    [[nodiscard]] std::size_t size() const noexcept { return family_of.size(); }
    [[nodiscard]] family const& of(std::uint32_t id) const noexcept { return families[family_of[id]]; }
    [[nodiscard]] std::size_t index_of(std::uint32_t id) const noexcept { return id - of(id).first; }
    [[nodiscard]] std::string name_of(std::uint32_t id) const;
};

}  // namespace poise::task::detail
