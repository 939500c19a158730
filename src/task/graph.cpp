// SPDX-License-Identifier: MIT
#include "task/graph_state.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <atomic>
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

std::size_t graph::size() const noexcept { return state_ ? state_->n_tasks : 0; }

std::string graph::name(std::uint32_t id) const {
    POISE_REQUIRE(id < size(), "graph: task ", id, " of ", size(), " does not exist");
    return state_->name_of(id);
}

detail::task_place graph::reserve(detail::task_description const& task, std::span<detail::input_range> inputs) {
    if (!state_) state_ = std::make_shared<detail::graph_state>();
    return state_->add(task, id_, inputs);
}

void graph::withdraw() noexcept { state_->withdraw(); }

void graph::refuse_empty(std::string_view name) {
    throw_invalid(concat("graph: the callable of '", name, "' is empty"));
}

}  // namespace poise::task
