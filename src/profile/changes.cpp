// SPDX-License-Identifier: MIT
#include "profile/matching.hpp"
#include "profile/scope_paths.hpp"
#include "profile/text.hpp"

#include <poise/core/concat.hpp>
#include <poise/profile/difference.hpp>

#include <algorithm>
#include <cmath>
#include <ostream>

namespace poise::profile {
namespace {

constexpr std::size_t shown_scopes = 20;
constexpr std::size_t path_columns = 32;

scope_statistics const nothing;

// Every scope of either tree once.
class collector {
public:
    explicit collector(std::vector<scope_change>& found) : found_{found} {}

    void add_below(scope_statistics const* before, scope_statistics const* after, std::string const& path) {
        detail::children_of old{before};
        if (after != nullptr)
            for (auto const& child : after->children) add(old.take(child), &child, path);
        old.each_left([&](scope_statistics const& child) { add(&child, nullptr, path); });
    }

private:
    void add(scope_statistics const* before, scope_statistics const* after, std::string const& parent) {
        auto const& b = before != nullptr ? *before : nothing;
        auto const& a = after != nullptr ? *after : nothing;
        std::string const path = concat(parent, detail::path_part(after != nullptr ? a.name : b.name));
        found_.push_back({path, b.calls, a.calls, b.inclusive_s, a.inclusive_s, b.exclusive_s, a.exclusive_s});
        add_below(before, after, path + '/');
    }

    std::vector<scope_change>& found_;
};

std::string right(std::string const& text, std::size_t columns) {
    return std::string(text.size() < columns ? columns - text.size() : 1, ' ') + text;
}
// Years have too many digits for a column.
std::string time_text(double s) { return s < 1e8 ? seconds_to_text(s) : concat(to_text(s, 4), " s"); }
std::string signed_time(double s) { return concat(s < 0.0 ? "-" : "+", time_text(std::abs(s))); }
std::string ratio(double before_s, double after_s) {
    if (before_s <= 0.0) return after_s > 0.0 ? "new" : "";
    if (after_s <= 0.0) return "gone";
    double const r = after_s / before_s;
    return r < 1000.0 ? to_text_fixed(r, 2) : ">1000";
}

void print_row(std::ostream& out, std::string const& path, double before_s, double after_s) {
    out << detail::padded(detail::fitted_end(path, path_columns), path_columns) << right(time_text(before_s), 13)
        << right(time_text(after_s), 13) << right(signed_time(after_s - before_s), 13)
        << right(ratio(before_s, after_s), 8) << '\n';
}

}  // namespace

change_list changes(snapshot const& before, snapshot const& after) {
    change_list list{{}, before.wall_s, after.wall_s};
    collector{list.scopes}.add_below(&before.root, &after.root, "");
    std::ranges::stable_sort(list.scopes, std::ranges::greater{},
                             [](scope_change const& c) { return std::abs(c.change_s()); });
    return list;
}

std::ostream& operator<<(std::ostream& out, change_list const& shown) {
    out << detail::padded("self time by scope", path_columns) << "       before        after       change   ratio\n";
    print_row(out, "(wall time)", shown.wall_before_s, shown.wall_after_s);
    std::size_t n = 0;
    for (auto const& c : shown.scopes) {
        if (n == shown_scopes || c.change_s() == 0.0) break;
        print_row(out, c.path, c.exclusive_before_s, c.exclusive_after_s);
        ++n;
    }
    if (n < shown.scopes.size()) out << "… " << shown.scopes.size() - n << " more, changed less\n";
    return out;
}

}  // namespace poise::profile
