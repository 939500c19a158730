// SPDX-License-Identifier: MIT
// Private to src/: what graph::after() said, to be looked up by task.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace poise::task::detail {

// All of the first are after all of the second.
struct order_edge {
    std::uint32_t later, n_later;
    std::uint32_t earlier, n_earlier;
    bool tolerant;
};

class order_list {
public:
    order_list() = default;
    explicit order_list(std::vector<order_edge> edges) : edges_{std::move(edges)} {
        for (std::uint32_t e = 0; e < edges_.size(); ++e)
            for (std::uint32_t i = 0; i < edges_[e].n_later; ++i) by_task_.emplace_back(edges_[e].later + i, e);
        std::ranges::sort(by_task_);
    }
    [[nodiscard]] std::vector<order_edge> const& edges() const noexcept { return edges_; }
    /// visit(edge) for those in which a task is later.
    template <class Visit>
    void for_each(std::uint32_t task, Visit&& visit) const {
        auto at = std::ranges::lower_bound(by_task_, task, {}, &std::pair<std::uint32_t, std::uint32_t>::first);
        for (; at != by_task_.end() && at->first == task; ++at) visit(edges_[at->second]);
    }

private:
    std::vector<order_edge> edges_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> by_task_;  // of each later task the edges
};

}  // namespace poise::task::detail
