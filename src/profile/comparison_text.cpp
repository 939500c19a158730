// SPDX-License-Identifier: MIT
#include "profile/text.hpp"

#include <poise/core/concat.hpp>
#include <poise/profile/compare.hpp>

#include <cmath>
#include <ostream>

namespace poise::profile {
namespace {

constexpr std::size_t name_columns = 20;
constexpr std::size_t time_columns = 9;
constexpr std::size_t ratio_columns = 25;

// Three digits after the point where ratios usually are.
std::string ratio_to_text(double ratio) {
    return ratio >= 0.1 && ratio < 10.0 ? to_text_fixed(ratio, 3) : to_text(ratio, ratio < 1.0 ? 3 : 4);
}

std::string range_to_text(interval const& ratios) {
    return concat(ratio_to_text(ratios.low), "–", ratio_to_text(ratios.high));
}

std::string percent(double share) { return concat(to_text(100.0 * share, 3), " %"); }

std::string outcome_to_text(comparison const& of, contender const& c) {
    if (c.outcome == verdict::faster) return "faster";
    if (c.outcome == verdict::slower) return "slower";
    if (c.outcome == verdict::equivalent) return "equivalent";
    double const more_s = seconds_to_verdict(of, c);
    // Past that, the estimate says no more than that the ratio lies where verdicts part.
    bool const hopeless = !(more_s < 1000.0 * of.duration_s);
    return hopeless ? "undecided"
                    : concat("undecided, ", more_s < 100.0 ? to_text(more_s, 2) : to_text_fixed(more_s, 0), " s more");
}

std::string row(std::string_view name, std::string const& time, std::string const& ratio) {
    using detail::padded;
    return concat(padded(name, name_columns), " ", padded(time, time_columns), " ", padded(ratio, ratio_columns), " ");
}

}  // namespace

std::ostream& operator<<(std::ostream& out, verdict outcome) {
    constexpr char const* names[] = {"faster", "slower", "equivalent", "undecided"};
    return out << names[static_cast<std::size_t>(outcome)];
}

std::ostream& operator<<(std::ostream& out, measurement const& m) {
    if (!m.name.empty()) out << detail::fitted(m.name, 80) << ": ";
    return out << concat(seconds_to_text(m.median_s), " a call (", seconds_to_text(m.median_interval_s.low), " to ",
                         seconds_to_text(m.median_interval_s.high), "), MAD ", seconds_to_text(m.mad_s), ", least ",
                         seconds_to_text(m.min_s), "; ", m.slices_s.size(), " slices of ", m.calls_per_slice,
                         m.calls_per_slice == 1 ? " call" : " calls");
}

std::ostream& operator<<(std::ostream& out, comparison const& c) {
    out << concat(c.name.empty() ? "comparison" : detail::fitted(c.name, 24), ": ", c.pairs, " pairs in ",
                  seconds_to_text(c.duration_s), ", differences below ", percent(c.min_effect), " count as none\n");
    for (contender const& one : c.contenders) {
        bool const is_first = &one == &c.contenders.front();
        std::string const time = seconds_to_text(one.times.median_s);
        if (is_first)
            out << row(one.times.name, time, "1") << "noise " << range_to_text(c.noise_floor) << '\n';
        else
            out << row(one.times.name, time,
                       concat(ratio_to_text(one.ratio), " (", range_to_text(one.ratio_interval), ")"))
                << outcome_to_text(c, one) << '\n';
    }
    return out;
}

}  // namespace poise::profile
