// SPDX-License-Identifier: MIT
#include "profile/statistics.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/profile/sample.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>

namespace poise::profile {
namespace {

using key = std::pair<std::string, std::string>;  // function and file

struct merged {
    source_frame where;
    std::uint64_t most = 0;  // samples of the place that `where` is from
    std::uint64_t self = 0, total = 0;
};

// A function that stands above itself has counted its samples already.
void merge(function_statistics const& node, std::set<key>& above, std::map<key, merged>& into) {
    key const name{node.where.function, node.where.file};
    bool const outermost = above.insert(name).second;
    merged& sum = into[name];
    sum.self += node.self_samples;
    if (outermost) sum.total += node.total_samples;
    if (std::uint64_t const here = std::max(node.self_samples, std::uint64_t{1}); here > sum.most) {
        sum.most = here;
        sum.where = node.where;
    }
    for (function_statistics const& child : node.children) merge(child, above, into);
    if (outermost) above.erase(name);
}

// Wilson's interval leaves out the threshold t as soon as |p − t| > z √(t (1 − t) / n).
void say_how_many_more(bottleneck& b, std::uint64_t samples, double duration_s) {
    constexpr double z = 1.959963984540054;
    double const difference = std::abs(b.share.estimate - b.threshold);
    double const needed = z * z * b.threshold * (1.0 - b.threshold) / (difference * difference);
    double const more = std::max(1.0, std::ceil(needed - static_cast<double>(samples)));
    if (!(more < 1e18)) {
        b.more_samples = std::numeric_limits<std::uint64_t>::max();
        b.more_s = std::numeric_limits<double>::infinity();
        return;
    }
    b.more_samples = static_cast<std::uint64_t>(more);
    b.more_s = more * duration_s / static_cast<double>(samples);
}

}  // namespace

std::vector<bottleneck> sampled_profile::bottlenecks(double threshold, share_of what) const {
    POISE_REQUIRE(threshold > 0.0 && threshold < 1.0, "bottlenecks: the threshold is ", threshold,
                  "; it must be between 0 and 1, 0.05 for 5 %");
    std::map<key, merged> functions;
    std::set<key> above;
    for (function_statistics const& top : root.children) merge(top, above, functions);
    std::vector<bottleneck> found;
    for (auto const& [function, sum] : functions) {
        bottleneck b;
        b.where = sum.where;
        b.what = what;
        b.threshold = threshold;
        b.samples = what == share_of::self ? sum.self : sum.total;
        if (b.samples == 0) continue;  // callers alone
        b.share = detail::wilson_interval(b.samples, root.total_samples);
        if (b.share.high <= threshold) continue;
        b.max_speedup = 1.0 / (1.0 - b.share.estimate);
        b.verdict = b.share.low > threshold ? significance::above : significance::undecided;
        if (b.verdict == significance::undecided) say_how_many_more(b, root.total_samples, duration_s);
        found.push_back(std::move(b));
    }
    std::ranges::stable_sort(found, std::ranges::greater{}, &bottleneck::samples);
    return found;
}

}  // namespace poise::profile
