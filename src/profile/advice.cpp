// SPDX-License-Identifier: MIT
#include "profile/advice_rules.hpp"
#include "profile/text.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/profile/advice.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <ostream>

namespace poise::profile {
namespace detail {

findings::findings(snapshot const& s, timeline const& t, advice_options const& o) : seen{s}, events{t}, options{o} {
    double busy_s = 0.0;
    for (auto const& thread : s.threads)
        for (auto const& child : thread.root.children) busy_s += child.inclusive_s;
    if (s.wall_s > 0.0) threads_at_work_ = std::max(1.0, busy_s / s.wall_s);
}

void findings::add(advice&& a) {
    if (!matters(a.gain_s)) return;
    a.share = share(a.gain_s);
    found.push_back(std::move(a));
}

std::optional<double> findings::metric_value(std::string_view name) const {
    std::optional<double> sum;
    for (auto const& m : seen.metrics)
        if (m.name == name) sum = sum.value_or(0.0) + (m.kind == metric_kind::histogram ? m.histogram.sum : m.value);
    return sum;
}

std::string percent(double share) { return concat(to_text_fixed(100.0 * share, 1), " %"); }

}  // namespace detail

namespace {

constexpr std::size_t columns = 80;

void require_sensible(advice_options const& o) {
    std::array const numbers{
        std::pair{"min_share", o.min_share},
        std::pair{"min_wall_s", o.min_wall_s},
        std::pair{"min_build_share", o.min_build_share},
        std::pair{"min_hit_rate", o.min_hit_rate},
        std::pair{"min_eviction_rate", o.min_eviction_rate},
        std::pair{"min_allocations_per_call", o.min_allocations_per_call},
        std::pair{"allocation_s", o.allocation_s},
        std::pair{"mapped_byte_s", o.mapped_byte_s},
        std::pair{"min_span_share", o.min_span_share},
        std::pair{"task_overhead_s", o.task_overhead_s},
        std::pair{"min_task_overheads", o.min_task_overheads},
        std::pair{"max_outside_share", o.max_outside_share},
        std::pair{"min_scope_costs", o.min_scope_costs},
    };
    for (auto const& [name, value] : numbers)
        POISE_REQUIRE(std::isfinite(value) && value >= 0.0, "advice_options::", name, " is ", value,
                      "; it must be finite and not negative");
}

// The end of the first word; "%" does not part from its number.
std::size_t end_of_word(std::string_view text) {
    std::size_t end = std::min(text.find(' '), text.size());
    if (text.substr(end).starts_with(" %")) end = std::min(text.find(' ', end + 1), text.size());
    return end;
}

// Words, broken into lines that begin with so many blanks.
void print_wrapped(std::ostream& out, std::string_view text, std::size_t indent) {
    std::size_t used = 0;
    while (!text.empty()) {
        std::size_t const length = end_of_word(text);
        // A path may be longer than a line.
        std::string const word = detail::fitted_end(text.substr(0, length), columns - indent);
        auto const width = static_cast<std::size_t>(
            std::ranges::count_if(word, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
        if (used == 0 || used + 1 + width > columns) {
            out << (used == 0 ? "" : "\n") << std::string(indent, ' ');
            used = indent;
        } else {
            out << ' ';
            ++used;
        }
        out << word;
        used += width;
        text.remove_prefix(std::min(length + 1, text.size()));
    }
    out << '\n';
}

}  // namespace

char const* to_string(advice_rule rule) noexcept {
    switch (rule) {
        case advice_rule::rebuilt_values:
            return "rebuilt values";
        case advice_rule::small_cache:
            return "small cache";
        case advice_rule::repeated_build:
            return "repeated build";
        case advice_rule::repeated_allocation:
            return "repeated allocation";
        case advice_rule::critical_path:
            return "critical path";
        case advice_rule::small_tasks:
            return "small tasks";
        case advice_rule::outside_scopes:
            return "outside scopes";
        case advice_rule::costly_scope:
            return "costly scope";
    }
    return "unknown";
}

std::ostream& operator<<(std::ostream& out, advice const& shown) {
    std::string const share = shown.share > 0.0 ? detail::percent(shown.share) : std::string{"?"};
    print_wrapped(out, concat(share, " ", shown.scope, ": ", shown.message), 0);
    print_wrapped(out, shown.remedy, 8);
    return out;
}

std::ostream& operator<<(std::ostream& out, std::vector<advice> const& shown) {
    for (auto const& a : shown) out << a;
    return out;
}

std::vector<advice> advise(snapshot const& s, timeline const& events, advice_options const& options) {
    require_sensible(options);
    detail::findings all{s, events, options};
    if (!(s.wall_s >= options.min_wall_s) || s.wall_s <= 0.0) return {};
    detail::look_at_caches(all);
    detail::look_at_scopes(all);
    detail::look_at_tasks(all);
    detail::look_at_main_thread(all);
    std::ranges::stable_sort(all.found, [](advice const& a, advice const& b) {
        return a.gain_s != b.gain_s ? a.gain_s > b.gain_s : a.share > b.share;
    });
    return std::move(all.found);
}

std::vector<advice> advise(snapshot const& s, advice_options const& options) { return advise(s, timeline{}, options); }

}  // namespace poise::profile
