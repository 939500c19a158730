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

std::size_t graph::size() const noexcept { return state_ ? state_->total.n_tasks : 0; }

std::string graph::name(std::uint32_t id) const {
    POISE_REQUIRE(id < size(), "graph: task ", id, " of ", size(), " does not exist");
    return state_->name_of(id);
}

detail::task_place graph::reserve(detail::task_description const& task, std::span<detail::input_range> inputs) {
    if (!state_) state_ = std::make_shared<detail::graph_state>();
    return state_->add(task, id_, inputs);
}

void graph::withdraw() noexcept { state_->withdraw(); }

void graph::order(detail::input_range const& later, detail::input_range const& earlier) {
    POISE_REQUIRE(later.graph_id == id_ && earlier.graph_id == id_, "graph: after() got a handle of another graph");
    state_->order(later, earlier);
}

void graph::after(std::string_view later, std::string_view earlier) {
    auto const range = [&](std::string_view name) -> detail::input_range {
        detail::result_kind const* kind = nullptr;
        bool map = false;
        auto const found = state().find(name, &kind, &map);
        POISE_REQUIRE(found, "graph: after() knows no task '", name, "'");
        return {id_, found->first_id, found->n};
    };
    auto const of_later = range(later), of_earlier = range(earlier);
    state_->order(of_later, of_earlier);
}

void graph::configure(detail::input_range const& tasks, task_options const& options) {
    POISE_REQUIRE(tasks.graph_id == id_, "graph: configure() got a handle of another graph");
    POISE_REQUIRE(options.retries >= 0, "graph: retries is ", options.retries, "; give a number >= 0");
    POISE_REQUIRE(options.backoff.count() >= 0, "graph: backoff is ", options.backoff.count(), " ns; give a time >= 0");
    POISE_REQUIRE(options.timeout.count() >= 0, "graph: timeout is ", options.timeout.count(),
                  " ns; give a time > 0, or 0 for no limit");
    POISE_REQUIRE(-1000 <= options.priority && options.priority <= 1000, "graph: priority is ", options.priority,
                  "; give a number from -1000 to 1000");
    for (use const& u : options.uses) {
        POISE_REQUIRE(u.amount > 0, "graph: uses 0 of '", u.of.name(), "'; give at least 1");
        std::size_t amount = 0;
        for (use const& other : options.uses) amount += other.of == u.of ? other.amount : 0;
        POISE_REQUIRE(amount <= u.of.capacity(), "graph: uses ", amount, " of '", u.of.name(), "', which has ",
                      u.of.capacity());
    }
    state_->configure(tasks, options);
}

detail::found_tasks graph::find_tasks(std::string_view name, detail::result_kind const& kind, bool map) const {
    detail::result_kind const* found_kind = nullptr;
    bool found_map = false;
    auto const found = state().find(name, &found_kind, &found_map);
    POISE_REQUIRE(found, "graph: there is no task '", name, "'");
    POISE_REQUIRE(found_map == map, "graph: '", name, "' is ",
                  found_map ? "a map; use find_map()" : "no map; use find()");
    POISE_REQUIRE(found_kind == &kind, "graph: the result of '", name, "' is of another type");
    return *found;
}

bool graph::contains(std::string_view name) const {
    detail::result_kind const* kind = nullptr;
    bool map = false;
    return state().find(name, &kind, &map).has_value();
}

void graph::require_acyclic() const { (void)detail::graph_access::plan_of(*this); }

std::vector<std::uint32_t> graph::levels() const { return detail::graph_access::plan_of(*this)->levels(); }

std::vector<std::uint32_t> graph::inputs_of(std::uint32_t id) const {
    POISE_REQUIRE(id < size(), "graph: task ", id, " of ", size(), " does not exist");
    return state().inputs_of(id, state().families[state().family_of(id)], detail::order_list{state().orders});
}

detail::graph_state const& graph::state() const noexcept { return detail::graph_access::state(*this); }

void graph::refuse_empty(std::string_view name) {
    throw_invalid(concat("graph: the callable of '", name, "' is empty"));
}

}  // namespace poise::task
