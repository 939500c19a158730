// SPDX-License-Identifier: MIT
#include "profile/merged_tree.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace poise::profile::detail {
namespace {

double in_seconds(timescale const& scale, double duration) noexcept {
    return scale.seconds(static_cast<ticks>(std::max(duration, 0.0)));
}

// Of a few buckets, in any order and some of them more than once: what several threads counted.
class percentiles {
public:
    explicit percentiles(std::vector<std::pair<std::size_t, std::uint64_t>> counted) : counted_{std::move(counted)} {
        std::ranges::sort(counted_);
        for (auto const& [bucket, count] : counted_) n_ += count;
    }
    [[nodiscard]] ticks at(double q) const noexcept {
        if (n_ == 0) return 0;
        std::uint64_t const rank = quantile_rank(n_, q);
        std::uint64_t passed = 0;
        for (auto const& [bucket, count] : counted_)
            if ((passed += count) >= rank) return duration_buckets::middle(bucket);
        return 0;
    }

private:
    std::vector<std::pair<std::size_t, std::uint64_t>> counted_;
    std::uint64_t n_ = 0;
};

[[gnu::noinline]] void sort_by_time(std::vector<scope_statistics>& scopes) {
    std::ranges::sort(scopes, [](scope_statistics const& a, scope_statistics const& b) {
        return a.inclusive_s != b.inclusive_s ? a.inclusive_s > b.inclusive_s : a.name < b.name;
    });
}

}  // namespace

bool merged_tree::add(thread_state const& thread, bool follows) {
    places known;
    std::uint64_t const calls_before = calls_;
    thread.tree().each([&](node const& n) {
        bool const is_root = n.parent == nullptr;
        std::size_t const place = is_root ? 0 : child(known[(n.*up_)->number], n);
        known.push_back(place);
        if (follows && !is_root) add_node(place, known[n.beneath->number], n, thread.tree().pool());
    });
    add_open(thread, follows, known);
    return calls_ != calls_before;
}

std::size_t merged_tree::child(std::size_t parent, node const& n) {
    std::string_view const name{n.name, n.name_size};
    auto const [found, is_new] = known_.try_emplace({parent, name}, nodes_.size());
    if (is_new) {
        nodes_[parent].children.push_back(nodes_.size());
        nodes_.emplace_back();
        nodes_.back().name = name;
    }
    return found->second;
}

void merged_tree::describe(merged_node& into, node const& n) const noexcept {
    into.kind = n.kind;
    into.file = n.file;
    into.line = n.line;
    into.recorded = n.how.load() != mode::automatic ? n.how.load() : of_program_;
    into.demoted = into.demoted || n.demoted.load();
}

void merged_tree::add_node(std::size_t place, std::size_t around, node const& n, duration_pool const& pool) {
    std::uint64_t const calls = n.calls.load();
    if (calls == 0) return;
    merged_node& into = nodes_[place];
    describe(into, n);
    calls_ += calls;
    into.calls += calls;
    into.timed += n.exact.calls.load() + n.sampled.calls.load();
    // What the calls that were not timed took is not known to the scope around them either: it counted as its own.
    double const timed = static_cast<double>(n.sampled.calls.load());
    double const others = static_cast<double>(calls - std::min(calls, n.exact.calls.load()));
    double const scale = timed > 0.0 ? std::max(others / timed, 1.0) : 1.0;
    double const seen = static_cast<double>(n.sampled.exclusive.load());
    into.inclusive +=
        static_cast<double>(n.exact.inclusive.load()) + static_cast<double>(n.sampled.inclusive.load()) * scale;
    if (up_ == &node::parent) into.inclusive -= static_cast<double>(n.foreign.load());
    into.exclusive += static_cast<double>(n.exact.exclusive.load()) + seen * scale;
    nodes_[around].exclusive -= seen * (scale - 1.0);
    into.shortest = std::min(into.shortest, n.shortest.load());
    into.longest = std::max(into.longest, n.longest.load());
    into.allocations += n.allocations.load();
    into.allocated_bytes += n.allocated_bytes.load();
    into.peak_bytes = std::max(into.peak_bytes, n.peak_bytes.load());
    into.moved_bytes += n.moved_bytes.load();
    into.flops += n.flops.load();
    n.lasting.each(pool, [&](std::size_t bucket, std::uint64_t count) { into.lasting.emplace_back(bucket, count); });
}

// Calls still running count up to now: the time since they began, less what closed and open scopes inside took.
void merged_tree::add_open(thread_state const& thread, bool follows, places const& known) {
    std::unordered_set<node const*> entered;
    merged_node* around = nullptr;
    bool const logical = up_ == &node::parent;
    thread.each_open([&](open_scope const& s) {
        if (s.where->number >= known.size()) return;  // younger than the walk over the nodes
        merged_node& here = nodes_[known[s.where->number]];
        if (!follows) {
            describe(here, *s.where);
            ++here.calls;
            ++calls_;
        }
        if ((s.modes & timed_bits) == 0) return;
        ticks const start = std::max(s.start, since_);
        double const elapsed = until_ > start ? static_cast<double>(until_ - start) : 0.0;
        double const children = follows ? static_cast<double>(s.children) : 0.0;
        double const foreign =
            follows && logical && (s.modes & foreign_bit) != 0 ? static_cast<double>(s.foreign) : 0.0;
        if (entered.insert(s.where).second) here.inclusive += elapsed - foreign;
        here.exclusive += std::max(elapsed - children, 0.0);
        if (around != nullptr) around->exclusive -= std::min(std::max(around->exclusive, 0.0), elapsed);
        around = &here;
    });
}

scope_statistics merged_tree::statistics(timescale const& scale) const {
    scope_statistics root;
    fill(root, scale, 0);
    return root;
}

// Recursion: what needs room on the stack is done in functions of its own, which have returned by then.
void merged_tree::fill(scope_statistics& into, timescale const& scale, std::size_t place) const {
    fill_own(into, scale, nodes_[place]);
    into.children.reserve(nodes_[place].children.size());
    for (std::size_t const child : nodes_[place].children) {
        into.children.emplace_back();
        fill(into.children.back(), scale, child);
        if (into.children.back().calls == 0 && into.children.back().children.empty()) into.children.pop_back();
    }
    sort_by_time(into.children);
}

[[gnu::noinline]] void merged_tree::fill_own(scope_statistics& into, timescale const& scale, merged_node const& n) {
    bool const finished = n.shortest <= n.longest;
    into.name = n.name;
    into.kind = n.kind;
    into.recorded = n.recorded;
    into.demoted = n.demoted;
    into.file = n.file;
    into.line = n.line;
    into.calls = n.calls;
    into.timed_calls = n.timed;
    into.inclusive_s = in_seconds(scale, n.inclusive);
    into.exclusive_s = in_seconds(scale, n.exclusive);
    into.min_s = finished ? scale.seconds(n.shortest) : 0.0;
    into.max_s = scale.seconds(n.longest);
    if (finished) {
        percentiles const p{n.lasting};
        auto const seconds = [&](ticks t) { return scale.seconds(std::clamp(t, n.shortest, n.longest)); };
        into.p50_s = seconds(p.at(0.5));
        into.p90_s = seconds(p.at(0.9));
        into.p99_s = seconds(p.at(0.99));
    }
    into.allocations = n.allocations;
    into.allocated_bytes = n.allocated_bytes;
    into.peak_bytes = static_cast<std::uint64_t>(n.peak_bytes);
    into.moved_bytes = n.moved_bytes;
    into.flops = n.flops;
}

}  // namespace poise::profile::detail
