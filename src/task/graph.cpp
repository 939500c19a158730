// SPDX-License-Identifier: MIT
#include "task/graph_state.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <algorithm>
#include <atomic>
#include <limits>
#include <utility>

namespace poise::task {
namespace {

std::uint64_t unused_id() {
    static std::atomic<std::uint64_t> next{1};
    return next.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

graph::graph() : id_{unused_id()} {}
graph::~graph() = default;
graph::graph(graph&& other) noexcept : id_{std::exchange(other.id_, unused_id())}, state_{std::move(other.state_)} {}
graph& graph::operator=(graph&& other) noexcept {
    id_ = std::exchange(other.id_, unused_id());
    state_ = std::move(other.state_);
    return *this;
}

detail::graph_state const& graph::state() const noexcept {
    static detail::graph_state const no_tasks;
    return state_ ? *state_ : no_tasks;
}

std::string detail::graph_state::name_of(std::uint32_t id) const {
    family const& f = of(id);
    return f.mapped ? concat(f.name, "[", index_of(id), "]") : f.name;
}

std::size_t graph::size() const noexcept { return state().size(); }

std::string graph::name(std::uint32_t id) const {
    POISE_REQUIRE(id < size(), "graph: task ", id, " of ", size(), " does not exist");
    return state().name_of(id);
}

std::uint32_t graph::add_tasks(std::string_view name, std::size_t n, bool mapped,
                               std::shared_ptr<detail::body const> body, std::vector<edge> const& inputs) {
    POISE_REQUIRE(!name.empty(), "graph: a task needs a name");
    POISE_REQUIRE(!state().names.contains(std::string{name}), "graph: there is a task '", name,
                  "' already; names must be unique");
    POISE_REQUIRE(n < std::numeric_limits<std::uint32_t>::max() - size(), "graph: ", n, " more tasks are too many");
    std::vector<std::uint32_t> ids;
    for (edge const& input : inputs) {
        POISE_REQUIRE(input.graph_id == id_, "graph: an input of '", name, "' belongs to another graph");
        POISE_REQUIRE(input.first + input.count <= size(), "graph: an input of '", name, "' is no task of this graph");
        for (std::size_t i = 0; i < input.count; ++i) ids.push_back(input.first + static_cast<std::uint32_t>(i));
    }
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());

    auto const first = static_cast<std::uint32_t>(size());
    if (!state_) state_ = std::make_unique<detail::graph_state>();
    state_->family_of.resize(size() + n, static_cast<std::uint32_t>(state_->families.size()));
    state_->families.push_back({std::string{name}, mapped, first, std::move(ids), std::move(body)});
    state_->names.emplace(name);
    return first;
}

void graph::refuse_empty(std::string_view name) {
    throw_invalid(concat("graph: the callable of '", name, "' is empty"));
}

}  // namespace poise::task
