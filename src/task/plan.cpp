// SPDX-License-Identifier: MIT
#include "task/cycle.hpp"
#include "task/graph_state.hpp"
#include "task/resource_state.hpp"
#include "task/special.hpp"

#include <algorithm>
#include <utility>

namespace poise::task::detail {
namespace {

// The steps from a graph to a plan; each fills more of it.
class planner {
public:
    planner(graph_state const& g, plan& made) : g_{g}, made_{made} {}

    // What each task calls, what it waits for, and how many wait for it. In the order of adding, so that its inputs
    // have been there.
    void describe() {
        auto gate = first_gate();
        for_each_family([&](graph_state::family const& f, std::uint32_t end_id) {
            std::uint32_t const n_shared = count_shared(f), n_tasks = end_id - f.first_id;
            bool const has_gate = plan::gated(n_tasks, n_shared);
            for (std::uint32_t id = f.first_id; id < end_id; ++id) {
                made_.nodes[id] = {f.kind->call, f.body, 0, 0};
                made_.n_inputs[id] = has_gate ? 1 : n_shared;
            }
            if (has_gate) add_gate(gate++, f.first_id, n_tasks, n_shared);
            f.for_each_range([&](graph_state::range const& r) {
                if (r.per_task != 0)
                    for (std::uint32_t id = f.first_id; id < end_id; ++id)
                        made_.n_inputs[id] += r.of_task(id - f.first_id).count;
                add_successors(r.first, r.count, r.per_task != 0 || has_gate ? 1 : n_tasks);
            });
            made_.suspends = made_.suspends || f.kind->how != ending::returned;
            if (auto const* kind = f.kind->result; kind->destroy != nullptr)
                made_.owned.push_back({kind, f.offset, f.first_id, n_tasks});
        });
        for (order_edge const& e : made_.orders.edges()) {
            bool const has_gate = plan::gated(e.n_later, e.n_earlier);
            if (has_gate) add_gate(gate++, e.later, e.n_later, e.n_earlier);
            for (std::uint32_t id = e.later; id < e.later + e.n_later; ++id)
                made_.n_inputs[id] += has_gate ? 1 : e.n_earlier;
            add_successors(e.earlier, e.n_earlier, has_gate ? 1 : e.n_later);
        }
    }

    // The edges, each list from its end, so that the one added first stands last.
    void connect() {
        std::uint32_t end = 0;
        for (plan::node& n : made_.nodes) n.first_successor = end += n.n_successors;
        auto gate = first_gate();
        for_each_family([&](graph_state::family const& f, std::uint32_t end_id) {
            bool const has_gate = plan::gated(end_id - f.first_id, count_shared(f));
            for (std::uint32_t id = f.first_id; id < end_id; ++id) {
                if (has_gate) put(gate, id, false);
                f.for_each_range([&](graph_state::range const& r) {
                    if (r.per_task == 0 && has_gate) return;
                    auto const own = r.of_task(id - f.first_id);
                    put_all(own.first, own.count, id, own.tolerant != 0);
                });
            }
            if (!has_gate) return;
            f.for_each_range([&](graph_state::range const& r) {
                if (r.per_task == 0) put_all(r.first, r.count, gate, r.tolerant != 0);
            });
            ++gate;
        });
        for (order_edge const& e : made_.orders.edges()) {
            bool const has_gate = plan::gated(e.n_later, e.n_earlier);
            for (std::uint32_t id = e.later; id < e.later + e.n_later; ++id)
                has_gate ? put(gate, id, false) : put_all(e.earlier, e.n_earlier, id, e.tolerant);
            if (has_gate) put_all(e.earlier, e.n_earlier, gate++, e.tolerant);
        }
    }

    void find_roots() {
        for (auto id = first_gate(); id-- > 0;)
            if (made_.n_inputs[id] == 0) made_.roots.push_back(id);
    }

    // Numbers are in order but for gates, which stand behind all tasks, and for what was said by after().
    void find_order() {
        bool const backward = std::ranges::any_of(
            made_.orders.edges(), [](order_edge const& e) { return e.earlier + e.n_earlier > e.later; });
        if (backward)
            made_.order = order_or_throw(g_, made_);
        else if (!gates_.empty())
            put_gates_before_their_tasks();
    }

    // Retries and timeouts are code around the code of a task, so that tasks without them know nothing of it.
    void configure() {
        auto& options = made_.options;
        for (auto const& c : g_.configurations)
            for (std::uint32_t id = c.first_id; id < c.first_id + c.n_tasks; ++id) options[id] = c.options;
        made_.specials.reserve(options.size());
        for (auto const& [id, chosen] : options) {
            if (chosen.priority != 0) priorities_.emplace_back(id, chosen.priority);
            if (chosen.retries == 0 && chosen.timeout.count() == 0 && chosen.uses.empty()) continue;
            made_.suspends = made_.suspends || may_wait(chosen);
            for (use const& u : chosen.uses)
                if (std::ranges::find(made_.used, u.of) == made_.used.end()) made_.used.push_back(u.of);
            auto const& family = g_.families[g_.family_of(id)];
            plan::node& n = made_.nodes[id];
            made_.specials.push_back(
                {n.call, n.body, in_order_of_taking(chosen), family.kind->result, family.offset_of(id)});
            n.call = run_special;
            n.body = &made_.specials.back();
        }
    }

    // The most critical to the end of each list. The rank of a task is the number of tasks in a row that follow it.
    void sort() {
        made_.is_wide = most_successors_ > 1 || made_.roots.size() > 1;
        if (!made_.is_wide) return;
        auto const rank = ranks();
        auto const sort = [&](auto&& nodes, auto const& number_of) {
            auto const less = [&](auto a, auto b) {
                std::uint32_t const i = number_of(a), j = number_of(b);
                return rank[i] != rank[j] ? rank[i] < rank[j] : i > j;
            };
            if (!std::ranges::is_sorted(nodes, less)) std::ranges::sort(nodes, less);
        };
        sort(made_.roots, [](std::uint32_t id) { return id; });
        for (plan::node const& n : made_.nodes)
            if (n.n_successors > 1) sort(made_.successors(n), [](plan::edge e) { return e.to(); });
    }

private:
    // Everybody takes resources in the same order, so that nobody waits in a circle; none is named twice.
    [[nodiscard]] static task_options in_order_of_taking(task_options options) {
        std::ranges::sort(options.uses, {}, [](use const& u) { return resource_access::state(u.of).number(); });
        std::vector<use> joined;
        for (use& u : options.uses)
            if (!joined.empty() && joined.back().of == u.of)
                joined.back().amount += u.amount;
            else
                joined.push_back(std::move(u));
        options.uses = std::move(joined);
        return options;
    }

    struct placed_gate {
        std::uint32_t node;
        std::uint32_t first_task;
    };

    [[nodiscard]] std::uint32_t first_gate() const noexcept { return static_cast<std::uint32_t>(made_.n_tasks); }

    [[nodiscard]] static std::uint32_t count_shared(graph_state::family const& f) noexcept {
        std::uint32_t n = 0;
        f.for_each_range([&](graph_state::range const& r) { n += r.per_task == 0 ? r.count : 0; });
        return n;
    }
    // Those that have tasks.
    template <class Visit>
    void for_each_family(Visit&& visit) const {
        graph_state::family const* before = nullptr;
        auto const visit_before = [&](std::uint32_t end_id) {
            if (before != nullptr && before->first_id < end_id) visit(*before, end_id);
        };
        g_.families.for_each(made_.n_families, [&](std::size_t, graph_state::family const& f) {
            visit_before(f.first_id);
            before = &f;
        });
        visit_before(first_gate());
    }

    void add_gate(std::uint32_t node, std::uint32_t first_task, std::uint32_t n_tasks, std::uint32_t n_inputs) {
        made_.nodes[node] = {nullptr, nullptr, 0, n_tasks};
        made_.n_inputs[node] = n_inputs;
        gates_.push_back({node, first_task});
    }
    void add_successors(std::uint32_t first, std::uint32_t count, std::uint32_t more) {
        for (std::uint32_t input = first; input < first + count; ++input) {
            auto& n = made_.nodes[input].n_successors;
            n += more;
            most_successors_ = std::max(most_successors_, n);
        }
    }
    void put(std::uint32_t from, std::uint32_t to, bool tolerant) {
        made_.edges[--made_.nodes[from].first_successor] = plan::edge{to, made_.n_inputs[to] == 1, tolerant};
    }
    void put_all(std::uint32_t first, std::uint32_t count, std::uint32_t to, bool tolerant) {
        for (std::uint32_t input = first; input < first + count; ++input) put(input, to, tolerant);
    }

    void put_gates_before_their_tasks() {
        std::ranges::stable_sort(gates_, {}, &placed_gate::first_task);
        made_.order = block<std::uint32_t>{made_.n_nodes};
        std::size_t at = 0;
        auto next = gates_.begin();
        for (std::uint32_t id = 0; id < first_gate(); ++id) {
            for (; next != gates_.end() && next->first_task == id; ++next) made_.order[at++] = next->node;
            made_.order[at++] = id;
        }
    }

    [[nodiscard]] block<std::int64_t> ranks() const {
        block<std::int64_t> rank{made_.n_nodes, 0};
        for (auto const& [id, priority] : priorities_) rank[id] = priority;
        for (std::size_t i = made_.n_nodes; i-- > 0;) {
            std::uint32_t const n = made_.in_order(i);
            std::int64_t behind = 0;
            for (plan::edge const e : made_.successors(made_.nodes[n]))
                behind = std::max<std::int64_t>(behind, rank[e.to()] + !made_.is_gate(e.to()));
            rank[n] += behind;
        }
        return rank;
    }

    graph_state const& g_;
    plan& made_;
    std::uint32_t most_successors_ = 0;
    std::vector<placed_gate> gates_;
    std::vector<std::pair<std::uint32_t, int>> priorities_;
};

}  // namespace

plan::plan(graph_state const& g)
    : n_tasks{g.total.n_tasks},
      n_families{g.families.size()},
      n_nodes{n_tasks + g.total.n_gates},
      results_size{g.total.results_size},
      nodes{n_nodes},
      edges{g.total.n_edges},
      n_inputs{n_nodes},
      orders{g.orders} {
    planner steps{g, *this};
    steps.describe();
    steps.connect();
    steps.find_roots();
    steps.find_order();
    steps.configure();
    steps.sort();
}

std::string_view plan::version_of(std::uint32_t id) const noexcept {
    auto const found = options.find(id);
    return found == options.end() ? std::string_view{} : found->second.version;
}

bool plan::keeps(std::uint32_t id) const noexcept {
    auto const found = options.find(id);
    return found == options.end() || found->second.keep;
}

std::vector<std::uint32_t> plan::levels() const {
    std::vector<std::uint32_t> level(n_nodes);
    for (std::size_t i = 0; i < n_nodes; ++i) {
        std::uint32_t const n = in_order(i);
        for (edge const e : successors(nodes[n])) level[e.to()] = std::max(level[e.to()], level[n] + !is_gate(n));
    }
    level.resize(n_tasks);
    return level;
}

}  // namespace poise::task::detail
