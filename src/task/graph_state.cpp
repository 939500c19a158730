// SPDX-License-Identifier: MIT
#include "task/graph_state.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace poise::task::detail {
namespace {

// A node is a number of 30 bits, of which half are left for gates.
constexpr std::size_t most_tasks = std::size_t{1} << 29U;

std::size_t aligned(std::size_t offset, std::size_t alignment) { return (offset + alignment - 1) & ~(alignment - 1); }

bool is_plain(input_range const& input) { return input.per_task == 0 && !input.tolerant; }

// Ascending, and what is one piece as one: the same task may have been given for two arguments. Returns what is left.
std::span<input_range> merge(std::span<input_range> inputs) {
    if (inputs.size() == 1 && inputs[0].count > 0) return inputs;
    if (inputs.size() > 8)
        std::ranges::stable_sort(inputs, {}, &input_range::first);
    else
        for (std::size_t i = 1; i < inputs.size(); ++i)
            for (std::size_t k = i; k > 0 && inputs[k].first < inputs[k - 1].first; --k)
                std::swap(inputs[k], inputs[k - 1]);
    std::size_t n = 0;
    for (input_range const& input : inputs) {
        if (input.count == 0) continue;
        if (n > 0 && is_plain(inputs[n - 1]) && is_plain(input) &&
            inputs[n - 1].first + inputs[n - 1].count >= input.first) {
            auto& last = inputs[n - 1];
            last.count = std::max(last.first + last.count, input.first + input.count) - last.first;
        } else {
            inputs[n++] = input;
        }
    }
    return inputs.first(n);
}

// Of an input that is passed element by element.
std::size_t n_pieces(input_range const& input) {
    return input.count / input.per_task + (input.count % input.per_task != 0);
}

// "solve[3]" as the name of a map and an index; nothing for other names.
struct member_name {
    std::string_view map;
    std::size_t index;
};
std::optional<member_name> as_member(std::string_view name) {
    auto const open = name.rfind('[');
    if (open == std::string_view::npos || name.back() != ']') return {};
    std::size_t index = 0;
    char const* const end = name.data() + name.size() - 1;
    auto const [stopped, failed] = std::from_chars(name.data() + open + 1, end, index);
    if (failed != std::errc{} || stopped != end) return {};
    return member_name{name.substr(0, open), index};
}

[[noreturn]] void refuse_repeated(std::string_view name) {
    throw_invalid(concat("graph: there is a task '", name, "' already; names must be unique"));
}

}  // namespace

graph_state::~graph_state() {
    for (std::size_t i = owning_.size(); i-- > 0;) {
        family const& f = families[owning_[i]];
        f.kind->destroy(f.body);
    }
}

// Results of exabytes would wrap around, and then be too small.
bool graph_state::has_room_for(task_description const& task) const noexcept {
    std::size_t const size = task.body->result->size;
    return size < (std::size_t{1} << 20U) || task.n < ((std::size_t{1} << 62U) - total.results_size) / size;
}

// What add() asks in a glance; require_valid() finds the words when the answer is no.
inline bool graph_state::is_valid(task_description const& task, std::uint64_t graph_id,
                                  std::span<input_range const> inputs) const noexcept {
    bool valid = task.name.size() - 1 < UINT32_MAX && task.n <= most_tasks - total.n_tasks && has_room_for(task);
    for (input_range const& input : inputs)
        valid = valid && input.graph_id == graph_id && input.first + input.count <= total.n_tasks &&
                (input.per_task == 0 || n_pieces(input) == task.n);
    return valid;
}

void graph_state::require_valid(task_description const& task, std::uint64_t graph_id,
                                std::span<input_range const> inputs) const {
    POISE_REQUIRE(!task.name.empty(), "graph: a task needs a name");
    POISE_REQUIRE(task.name.size() <= UINT32_MAX, "graph: a name of ", task.name.size(), " bytes is too long");
    POISE_REQUIRE(task.n <= most_tasks - total.n_tasks, "graph: ", task.n, " more tasks are too many; ", most_tasks,
                  " are possible");
    POISE_REQUIRE(has_room_for(task), "graph: the results of '", task.name, "', ", task.n, " of ",
                  task.body->result->size, " bytes, are more than an address can tell");
    for (input_range const& input : inputs) {
        POISE_REQUIRE(input.graph_id == graph_id, "graph: an input of '", task.name, "' belongs to another graph");
        POISE_REQUIRE(input.first + input.count <= total.n_tasks, "graph: an input of '", task.name,
                      "' is no task of this graph");
        POISE_REQUIRE(input.per_task == 0 || n_pieces(input) == task.n, "graph: '", task.name, "' has ", task.n,
                      " tasks, but its input, element by element, is for ", n_pieces(input));
    }
}

inline graph_state::totals graph_state::totals_with(task_description const& task,
                                                    std::span<input_range const> inputs) const noexcept {
    std::size_t n_shared = 0, n_own = 0;
    for (input_range const& input : inputs) (input.per_task == 0 ? n_shared : n_own) += input.count;
    bool const gate = plan::gated(task.n, n_shared);
    result_kind const& result = *task.body->result;
    return {.n_tasks = total.n_tasks + task.n,
            .n_gates = total.n_gates + gate,
            .n_edges = total.n_edges + n_own + (gate ? task.n + n_shared : task.n * n_shared),
            .results_size = aligned(total.results_size, result.alignment) + task.n * result.size};
}

void graph_state::require_room(std::string_view name, std::size_t n_edges) {
    POISE_REQUIRE(n_edges < UINT32_MAX, "graph: with '", name, "' there would be ", n_edges,
                  " edges, which are too many; ", UINT32_MAX, " are possible");
}

task_place graph_state::add(task_description const& task, std::uint64_t graph_id, std::span<input_range> inputs) {
    std::uint32_t const hash = hash_of(task.name);
    names_.reserve_one();
    names_.prefetch(hash);
    if (!is_valid(task, graph_id, inputs)) [[unlikely]]
        require_valid(task, graph_id, inputs);
    body_kind const& kind = *task.body;
    inputs = merge(inputs);
    totals const with = totals_with(task, inputs);
    if (with.n_edges >= UINT32_MAX) [[unlikely]]
        require_room(task.name, with.n_edges);
    auto const place = names_.find(hash, [&](std::uint32_t f) { return families[f].base_name() == task.name; });
    if (place.taken || (task.name.back() == ']' && is_member(task.name))) [[unlikely]]
        refuse_repeated(task.name);
    if (task.mapped && n_bracketed_ > 0) [[unlikely]]
        require_no_members(task);
    families.reserve_one();
    if (kind.destroy != nullptr) owning_.reserve_one();
    // Inputs that are not plain, the callable and the name, one behind the other.
    bool const plain = inputs.size() == 1 && is_plain(inputs[0]);
    std::size_t const ranges_size = plain ? 0 : aligned(inputs.size() * sizeof(range), kind.alignment);
    std::byte* const begin = memory_.offer(ranges_size + kind.size + task.name.size(),
                                           std::max(kind.alignment, ranges_size > 0 ? alignof(range) : 1));

    family& made = families.reserved();
    made.body = begin + ranges_size;
    made.kind = &kind;
    made.offset = aligned(total.results_size, kind.result->alignment);
    made.first_id = static_cast<std::uint32_t>(total.n_tasks);
    made.name_size = static_cast<std::uint32_t>(task.name.size());
    made.n_ranges = static_cast<std::uint32_t>(inputs.size()) & 0x3FFF'FFFFU;
    made.is_plain = plain;
    made.mapped = task.mapped;
    if (plain) {
        made.plain_range = {inputs[0].first, static_cast<std::uint32_t>(inputs[0].count)};
    } else {
        auto* const ranges = reinterpret_cast<range*>(begin);
        for (std::size_t i = 0; i < inputs.size(); ++i)
            ::new (ranges + i)
                range{inputs[i].first, static_cast<std::uint32_t>(inputs[i].count),
                      static_cast<std::uint32_t>(std::min(inputs[i].per_task, inputs[i].count)) & 0x7FFF'FFFFU,
                      inputs[i].tolerant};
        made.many_ranges = ranges;
    }
    std::byte* const name = made.body + kind.size;
    std::memcpy(name, task.name.data(), task.name.size());

    task_place const made_at{made.body, made.first_id, made.offset};
    memory_.take(name + task.name.size());
    if (kind.destroy != nullptr) owning_.push_back(static_cast<std::uint32_t>(families.size()));
    names_.insert(place, hash, static_cast<std::uint32_t>(families.size()));
    families.append();
    n_bracketed_ += !task.mapped && task.name.back() == ']';
    before_last_ = std::exchange(total, with);
    return made_at;
}

// Whether it is the name of a task of a map.
bool graph_state::is_member(std::string_view name) const {
    result_kind const* kind = nullptr;
    bool map = false;
    return find(name, &kind, &map).has_value();
}

// A map whose tasks would be called as others are, which were added before.
void graph_state::require_no_members(task_description const& map) const {
    for (std::size_t f = 0; f < families.size(); ++f) {
        if (families[f].mapped) continue;
        auto const member = as_member(families[f].base_name());
        if (member && member->map == map.name && member->index < map.n) refuse_repeated(families[f].base_name());
    }
}

void graph_state::withdraw() noexcept {
    family const& last = families[families.size() - 1];
    n_bracketed_ -= !last.mapped && last.base_name().back() == ']';
    auto const number = static_cast<std::uint32_t>(families.size() - 1);
    names_.erase_last(names_.find(hash_of(last.base_name()), [&](std::uint32_t f) { return f == number; }));
    if (last.kind->destroy != nullptr) owning_.pop_back();
    memory_.give_back(last.is_plain ? last.body : reinterpret_cast<std::byte*>(const_cast<range*>(last.many_ranges)));
    families.pop_back();
    total = before_last_;
}

void graph_state::order(input_range const& later, input_range const& earlier) {
    bool const gate = plan::gated(later.count, earlier.count);
    std::size_t const edges = gate ? later.count + earlier.count : later.count * earlier.count;
    if (edges == 0) return;
    require_room("after()", total.n_edges + edges);
    orders.push_back({later.first, static_cast<std::uint32_t>(later.count), earlier.first,
                      static_cast<std::uint32_t>(earlier.count), earlier.tolerant});
    total.n_gates += gate;
    total.n_edges += edges;
    std::scoped_lock const lock{plan_mutex_};
    plan_ = nullptr;
}

void graph_state::configure(input_range const& tasks, task_options const& options) {
    configurations.push_back({tasks.first, static_cast<std::uint32_t>(tasks.count), options});
    std::scoped_lock const lock{plan_mutex_};
    plan_ = nullptr;
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

std::vector<std::uint32_t> graph_state::inputs_of(std::uint32_t id, family const& of, order_list const& also) {
    std::vector<std::uint32_t> found;
    for_each_input(id, of, [&](std::uint32_t input) { found.push_back(input); });
    also.for_each(id, [&](order_edge const& e) {
        for (std::uint32_t i = 0; i < e.n_earlier; ++i) found.push_back(e.earlier + i);
    });
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

std::string graph_state::name_of(std::uint32_t id, family const& of) {
    return of.mapped ? concat(of.base_name(), "[", id - of.first_id, "]") : std::string{of.base_name()};
}

std::optional<found_tasks> graph_state::find(std::string_view name, result_kind const** kind, bool* map) const {
    if (families.size() == 0) return {};
    auto const place = names_.find(hash_of(name), [&](std::uint32_t f) { return families[f].base_name() == name; });
    if (place.taken) {
        std::uint32_t const number = names_.number(place);
        family const& f = families[number];
        *kind = f.kind->result;
        *map = f.mapped;
        return found_tasks{f.first_id, f.offset, end_of(number, families.size(), total.n_tasks) - f.first_id};
    }
    auto const member = as_member(name);
    if (!member) return {};
    auto const whole = find(member->map, kind, map);
    if (!whole || !*map || member->index >= whole->n) return {};
    *map = false;
    return found_tasks{whole->first_id + static_cast<std::uint32_t>(member->index),
                       whole->offset + member->index * (*kind)->size, 1};
}

std::shared_ptr<plan const> graph_state::make_plan() {
    std::scoped_lock const lock{plan_mutex_};
    if (!plan_ || plan_->n_families != families.size()) plan_ = std::make_shared<plan const>(*this);
    return plan_;
}

}  // namespace poise::task::detail
