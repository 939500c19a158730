// SPDX-License-Identifier: MIT
#include "profile/registry.hpp"

#include <poise/core/memory.hpp>
#include <poise/profile/report.hpp>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace poise::profile {
namespace {

using detail::node, detail::open_scope, detail::thread_state, detail::ticks, detail::timescale;

// A node of the tree of all threads.
struct merged_node {
    std::string_view name;  // in some thread's tree, which stays
    category kind = category::phase;
    std::map<std::string_view, std::size_t> children;
    std::uint64_t calls = 0;
    ticks inclusive = 0;
    ticks exclusive = 0;
    ticks shortest = ~ticks{0};
    ticks longest = 0;
    std::uint64_t allocations = 0;
    std::uint64_t allocated_bytes = 0;
    std::int64_t peak_bytes = 0;

    void add(node const& n) noexcept {
        if (n.calls.load() != 0) kind = n.kind;
        calls += n.calls.load();
        inclusive += n.inclusive.load();
        exclusive += n.exclusive.load();
        shortest = std::min(shortest, n.shortest.load());
        longest = std::max(longest, n.longest.load());
        allocations += n.allocations.load();
        allocated_bytes += n.allocated_bytes.load();
        peak_bytes = std::max(peak_bytes, n.peak_bytes.load());
    }
};

// Joins the threads' trees by name. Node 0 is the root.
class merger {
public:
    merger(ticks since, ticks until) : nodes_(1), since_{since}, until_{until} {}

    /// Returns whether a scope of the thread counts.
    bool add(thread_state const& thread, bool follows) {
        std::unordered_map<node const*, std::size_t> places;
        std::uint64_t const calls_before = calls_;
        thread.each_node([&](node const& n) {
            std::size_t const place = n.parent == nullptr ? 0 : child(places.at(n.parent), n);
            places.emplace(&n, place);
            if (!follows) return;
            nodes_[place].add(n);
            calls_ += n.calls.load();
        });
        add_open(thread, follows, places);
        return calls_ != calls_before;
    }

    [[nodiscard]] std::uint64_t calls() const noexcept { return calls_; }
    [[nodiscard]] scope_statistics tree(timescale const& scale, std::size_t place = 0) const {
        merged_node const& n = nodes_[place];
        scope_statistics made;
        made.name = n.name;
        made.kind = n.kind;
        made.calls = n.calls;
        made.inclusive_s = scale.seconds(n.inclusive);
        made.exclusive_s = scale.seconds(n.exclusive);
        made.min_s = n.shortest > n.longest ? 0.0 : scale.seconds(n.shortest);
        made.max_s = scale.seconds(n.longest);
        made.allocations = n.allocations;
        made.allocated_bytes = n.allocated_bytes;
        made.peak_bytes = static_cast<std::uint64_t>(n.peak_bytes);
        for (auto const& [name, child] : n.children) {
            scope_statistics below = tree(scale, child);
            if (below.calls != 0 || !below.children.empty()) made.children.push_back(std::move(below));
        }
        std::ranges::stable_sort(made.children, std::ranges::greater{}, &scope_statistics::inclusive_s);
        return made;
    }

private:
    std::size_t child(std::size_t parent, node const& n) {
        std::string_view const name{n.name, n.name_size};
        auto const [found, is_new] = nodes_[parent].children.try_emplace(name, nodes_.size());
        std::size_t const place = found->second;
        if (is_new) {
            nodes_.emplace_back();
            nodes_.back().name = name;
        }
        return place;
    }

    // Calls still running count up to now: the time since they began, less what closed and open scopes inside took.
    void add_open(thread_state const& thread, bool follows,
                  std::unordered_map<node const*, std::size_t> const& places) {
        std::unordered_set<node const*> entered;
        merged_node* around = nullptr;
        thread.each_open([&](open_scope const& s) {
            auto const known = places.find(s.where);
            if (known == places.end()) return;
            merged_node& here = nodes_[known->second];
            ticks const start = std::max(s.start, since_);
            ticks const elapsed = until_ > start ? until_ - start : 0;
            ticks const children = follows ? s.children : 0;
            if (!follows) {
                here.kind = s.where->kind;
                ++here.calls;
                ++calls_;
            }
            if (entered.insert(s.where).second) here.inclusive += elapsed;
            here.exclusive += elapsed > children ? elapsed - children : 0;
            if (around != nullptr) around->exclusive -= std::min(around->exclusive, elapsed);
            around = &here;
        });
    }

    std::vector<merged_node> nodes_;
    ticks since_;
    ticks until_;
    std::uint64_t calls_ = 0;
};

// The quickest of many batches of scopes in a record that nobody reads: what one costs when nothing disturbs it.
ticks measure_scope_cost() {
    thread_state* const scratch = thread_state::make();
    if (scratch == nullptr) return 0;
    constexpr int batches = 64, per_batch = 32;
    literal const name = "cost";
    std::uint64_t const key = detail::literal_key(name.label(), category::phase);
    ticks best = ~ticks{0};
    for (int b = 0; b < batches; ++b) {
        ticks const start = detail::now();
        for (int i = 0; i < per_batch; ++i) {
            auto* const entered = scratch->open(name.label(), key, category::phase,
                                                detail::enabled_bit | detail::memory_bit | detail::trace_bit);
            scratch->begin(entered, detail::now());
            scratch->close(entered, detail::now());
        }
        ticks const stop = detail::now();
        if (stop > start) best = std::min(best, (stop - start) / per_batch);
    }
    return best == ~ticks{0} ? 0 : best;
}

scope_statistics const* find_below(scope_statistics const& parent, std::string_view path) noexcept {
    for (scope_statistics const& child : parent.children) {
        if (path == child.name) return &child;
        // A name may hold a '/', so every child that the path begins with is tried.
        if (path.size() <= child.name.size() || !path.starts_with(child.name) || path[child.name.size()] != '/')
            continue;
        if (auto const* found = find_below(child, path.substr(child.name.size() + 1)); found != nullptr) return found;
    }
    return nullptr;
}

}  // namespace

report::report(metrics_registry const& registry) : has_allocations_{hooks_in_effect()}, metrics_{registry.snapshot()} {
    auto const resident = process_resident_memory();
    resident_bytes_ = resident.now_bytes;
    resident_peak_bytes_ = resident.peak_bytes;
    memory_ = process_memory_usage();
    detail::registry::reading const records;
    if (!records.ever_enabled()) return;
    has_memory_ = records.memory_was_on();
    merger all{records.origin().at, records.taken_at()};
    records.each_thread([&](thread_state const& thread, bool follows) {
        if (all.add(thread, follows)) ++threads_;
        if (!follows) return;
        unrecorded_calls_ += thread.too_deep();
        dropped_events_ += thread.dropped_events();
    });
    static ticks const scope_cost = measure_scope_cost();
    timescale const scale{records.origin()};
    calls_ = all.calls();
    scope_cost_s_ = scale.seconds(scope_cost);
    root_ = all.tree(scale);
    root_.inclusive_s = scale.seconds(records.measured());
}

scope_statistics const* report::find(std::string_view path) const noexcept { return find_below(root_, path); }

}  // namespace poise::profile
