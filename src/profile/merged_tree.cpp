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

}  // namespace

bool merged_tree::add(thread_state const& thread, bool follows) {
    places known;
    std::uint64_t const calls_before = calls_;
    thread.tree().each([&](node const& n) {
        std::size_t const place = n.parent == nullptr ? 0 : child(known.at(n.*up_), n);
        known.emplace(&n, place);
        if (follows && n.parent != nullptr) add_node(place, known.at(n.beneath), n, thread.tree().pool());
    });
    add_open(thread, follows, known);
    return calls_ != calls_before;
}

std::size_t merged_tree::child(std::size_t parent, node const& n) {
    std::string_view const name{n.name, n.name_size};
    auto const [found, is_new] = nodes_[parent].children.try_emplace(name, nodes_.size());
    std::size_t const place = found->second;
    if (is_new) {
        nodes_.emplace_back();
        nodes_.back().name = name;
    }
    return place;
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
    n.lasting.each(pool, [&](std::size_t bucket, std::uint64_t count) {
        if (into.lasting.empty()) into.lasting.resize(duration_buckets::n_buckets);
        into.lasting[bucket] += count;
    });
}

// Calls still running count up to now: the time since they began, less what closed and open scopes inside took.
void merged_tree::add_open(thread_state const& thread, bool follows, places const& known) {
    std::unordered_set<node const*> entered;
    merged_node* around = nullptr;
    bool const logical = up_ == &node::parent;
    thread.each_open([&](open_scope const& s) {
        auto const found = known.find(s.where);
        if (found == known.end()) return;
        merged_node& here = nodes_[found->second];
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

scope_statistics merged_tree::statistics(timescale const& scale, std::size_t place) const {
    merged_node const& n = nodes_[place];
    bool const finished = n.shortest <= n.longest;
    auto const quantile_s = [&](double q) {
        if (n.lasting.empty()) return 0.0;
        return scale.seconds(std::clamp(quantile<duration_buckets>(n.lasting, q), n.shortest, n.longest));
    };
    scope_statistics made;
    made.name = n.name;
    made.kind = n.kind;
    made.recorded = n.recorded;
    made.demoted = n.demoted;
    made.file = n.file;
    made.line = n.line;
    made.calls = n.calls;
    made.timed_calls = n.timed;
    made.inclusive_s = in_seconds(scale, n.inclusive);
    made.exclusive_s = in_seconds(scale, n.exclusive);
    made.min_s = finished ? scale.seconds(n.shortest) : 0.0;
    made.max_s = scale.seconds(n.longest);
    if (finished) {
        made.p50_s = quantile_s(0.5);
        made.p90_s = quantile_s(0.9);
        made.p99_s = quantile_s(0.99);
    }
    made.allocations = n.allocations;
    made.allocated_bytes = n.allocated_bytes;
    made.peak_bytes = static_cast<std::uint64_t>(n.peak_bytes);
    made.moved_bytes = n.moved_bytes;
    made.flops = n.flops;
    for (auto const& [name, child] : n.children) {
        scope_statistics below = statistics(scale, child);
        if (below.calls != 0 || !below.children.empty()) made.children.push_back(std::move(below));
    }
    std::ranges::stable_sort(made.children, std::ranges::greater{}, &scope_statistics::inclusive_s);
    return made;
}

}  // namespace poise::profile::detail
