// SPDX-License-Identifier: MIT
#include "task/graph_state.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <algorithm>
#include <cstring>

namespace poise::task::detail {
namespace {

// A node is a number of 31 bits; as many again are left for gates.
constexpr std::size_t most_tasks = std::size_t{1} << 30U;

std::size_t aligned(std::size_t offset, std::size_t alignment) { return (offset + alignment - 1) & ~(alignment - 1); }

// Ascending, and none twice: the same task may have been given for two arguments. Returns what is left.
std::span<input_range> merge(std::span<input_range> inputs) {
    if (inputs.size() == 1 && inputs[0].count > 0) return inputs;
    std::ranges::sort(inputs, {}, &input_range::first);
    std::size_t n = 0;
    for (input_range const& input : inputs) {
        if (input.count == 0) continue;
        if (n > 0 && inputs[n - 1].first + inputs[n - 1].count >= input.first) {
            auto& last = inputs[n - 1];
            last.count = std::max(last.first + last.count, input.first + input.count) - last.first;
        } else {
            inputs[n++] = input;
        }
    }
    return inputs.first(n);
}

}  // namespace

graph_state::~graph_state() {
    for (std::size_t i = owning_.size(); i-- > 0;) {
        family const& f = families[owning_[i]];
        f.kind->destroy(f.body);
    }
}

void graph_state::require_valid(task_description const& task, std::uint64_t graph_id,
                                std::span<input_range const> inputs) const {
    POISE_REQUIRE(!task.name.empty(), "graph: a task needs a name");
    POISE_REQUIRE(task.name.size() <= UINT32_MAX, "graph: a name of ", task.name.size(), " bytes is too long");
    POISE_REQUIRE(task.n <= most_tasks - n_tasks, "graph: ", task.n, " more tasks are too many; ", most_tasks,
                  " are possible");
    for (input_range const& input : inputs) {
        POISE_REQUIRE(input.graph_id == graph_id, "graph: an input of '", task.name, "' belongs to another graph");
        POISE_REQUIRE(input.first + input.count <= n_tasks, "graph: an input of '", task.name,
                      "' is no task of this graph");
    }
}

task_place graph_state::add(task_description const& task, std::uint64_t graph_id, std::span<input_range> inputs) {
    require_valid(task, graph_id, inputs);
    std::uint32_t const hash = hash_of(task.name);
    names_.reserve_one();
    auto const place = names_.find(hash, [&](std::uint32_t f) { return families[f].base_name() == task.name; });
    POISE_REQUIRE(!place.taken, "graph: there is a task '", task.name, "' already; names must be unique");

    body_kind const& kind = *task.body;
    inputs = merge(inputs);
    std::size_t n_inputs = 0;
    for (input_range const& input : inputs) n_inputs += input.count;
    bool const gate = plan::gated(task.n, n_inputs);
    std::size_t const edges = gate ? task.n + n_inputs : task.n * n_inputs;
    POISE_REQUIRE(edges < UINT32_MAX - n_edges, "graph: '", task.name, "' makes ", n_edges, " + ", edges,
                  " edges, which are too many; ", UINT32_MAX, " are possible");
    families.reserve_one();
    if (kind.destroy != nullptr) owning_.reserve_one();
    // Inputs that are not in one piece, the callable and the name, one behind the other.
    std::size_t const ranges_size = inputs.size() > 1 ? aligned(inputs.size() * sizeof(range), kind.alignment) : 0;
    std::byte* const ranges = memory_.offer(ranges_size + kind.size + task.name.size(),
                                            std::max(kind.alignment, ranges_size > 0 ? alignof(range) : 1));

    family& made = families.reserved();
    made.body = ranges + ranges_size;
    made.kind = &kind;
    made.offset = aligned(results_size, kind.result->alignment);
    made.first_id = static_cast<std::uint32_t>(n_tasks);
    made.name_size = static_cast<std::uint32_t>(task.name.size());
    made.mapped = task.mapped;
    made.n_ranges = static_cast<std::uint32_t>(inputs.size()) & 0x7FFF'FFFFU;
    if (inputs.size() > 1) made.many_ranges = reinterpret_cast<range*>(ranges);
    range* const kept = inputs.size() > 1 ? reinterpret_cast<range*>(ranges) : &made.one_range;
    for (std::size_t i = 0; i < inputs.size(); ++i)
        ::new (kept + i) range{inputs[i].first, static_cast<std::uint32_t>(inputs[i].count)};
    std::byte* const name = made.body + kind.size;
    std::memcpy(name, task.name.data(), task.name.size());

    task_place const made_at{made.body, made.first_id, made.offset};
    memory_.take(name + task.name.size());
    if (kind.destroy != nullptr) owning_.push_back(static_cast<std::uint32_t>(families.size()));
    names_.insert(place, hash, static_cast<std::uint32_t>(families.size()));
    families.append();
    n_tasks += task.n;
    n_gates += gate;
    n_edges += edges;
    results_size = made_at.offset + task.n * kind.result->size;
    return made_at;
}

void graph_state::withdraw() noexcept {
    family const& last = families[families.size() - 1];
    std::size_t const n = n_tasks - last.first_id;
    std::size_t n_inputs = 0;
    for (range const r : last.inputs()) n_inputs += r.count;
    bool const gate = plan::gated(n, n_inputs);
    n_edges -= gate ? n + n_inputs : n * n_inputs;
    n_gates -= gate;
    n_tasks = last.first_id;
    results_size = last.offset;
    auto const number = static_cast<std::uint32_t>(families.size() - 1);
    names_.erase_last(names_.find(hash_of(last.base_name()), [&](std::uint32_t f) { return f == number; }));
    if (last.kind->destroy != nullptr) owning_.pop_back();
    memory_.give_back(last.n_ranges > 1 ? reinterpret_cast<std::byte*>(const_cast<range*>(last.many_ranges))
                                        : last.body);
    families.pop_back();
}

std::uint32_t graph_state::family_of(std::uint32_t id, std::size_t n_families) const noexcept {
    // The last that begins at or before id: a map of no tasks begins where its successor does.
    std::size_t low = 0, high = n_families;
    while (high - low > 1) {
        std::size_t const middle = (low + high) / 2;
        (families[middle].first_id <= id ? low : high) = middle;
    }
    return static_cast<std::uint32_t>(low);
}

std::string graph_state::name_of(std::uint32_t id, family const& of) {
    return of.mapped ? concat(of.base_name(), "[", id - of.first_id, "]") : std::string{of.base_name()};
}

std::shared_ptr<plan const> graph_state::make_plan() {
    std::scoped_lock const lock{plan_mutex_};
    if (!plan_ || plan_->n_families != families.size()) plan_ = std::make_shared<plan const>(*this);
    return plan_;
}

}  // namespace poise::task::detail
