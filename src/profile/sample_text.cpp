// SPDX-License-Identifier: MIT
#include "profile/function_name.hpp"
#include "profile/text.hpp"

#include <poise/core/concat.hpp>
#include <poise/profile/sample.hpp>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <string>
#include <string_view>

namespace poise::profile {
namespace {

constexpr std::size_t columns = 80;

// Right-aligned in `width` columns.
std::string right(std::string_view text, std::size_t width) {
    return concat(std::string(width - std::min(width, text.size()), ' '), text);
}

std::string percent(double share) { return to_text_fixed(100.0 * share, 1); }

double share(std::uint64_t samples, std::uint64_t of) {
    return of == 0 ? 0.0 : static_cast<double>(samples) / static_cast<double>(of);
}

// "solver.cpp:120"; of a name too long, the beginning.
std::string place(source_frame const& where, std::size_t width) {
    if (where.file.empty()) return {};
    std::string const line = concat(':', where.line);
    std::string_view const name = std::string_view{where.file}.substr(where.file.rfind('/') + 1);
    return detail::fitted(name, width - std::min(width, line.size())) + line;
}

// Calls of a function by itself and nothing else are one line; the last of them.
function_statistics const& last_of_itself(function_statistics const& node, std::size_t& calls) {
    function_statistics const* last = &node;
    for (calls = 1; last->self_samples == 0 && last->children.size() == 1 &&
                    last->children.front().where.function == node.where.function;
         ++calls)
        last = &last->children.front();
    return *last;
}

class tree_text {
public:
    tree_text(std::ostream& out, std::uint64_t samples) : out_{out}, samples_{samples} {}

    void children_of(function_statistics const& node, std::size_t depth) {
        constexpr std::size_t most = 12;
        constexpr double least = 0.005;
        std::uint64_t folded = 0;
        std::size_t n = 0, n_folded = 0;
        for (function_statistics const& child : node.children) {
            if (n < most && share(child.total_samples, samples_) >= least) {
                ++n;
                line(child, depth);
            } else {
                ++n_folded;
                folded += child.total_samples;
            }
        }
        if (n_folded != 0)
            out_ << shares(percent(share(folded, samples_)), "") << indent(depth) << "… " << n_folded << " more\n";
    }

private:
    static std::string shares(std::string_view total, std::string_view self) {
        return concat(right(total, 7), right(self, 8), "  ");
    }
    static std::string indent(std::size_t depth) { return std::string(std::min<std::size_t>(depth, 20), ' '); }

    void line(function_statistics const& node, std::size_t depth) {
        constexpr std::size_t before = 17, place_width = 22;
        std::string const margin = indent(depth);
        std::string const where = place(node.where, place_width);
        std::size_t const width = columns - before - margin.size() - (where.empty() ? 0 : place_width + 1);
        std::size_t calls = 0;
        function_statistics const& last = last_of_itself(node, calls);
        std::string const times = calls == 1 ? "" : concat(" x", calls);
        std::string const name = detail::fitted_function(node.where.function, width - times.size()) + times;
        out_ << shares(percent(share(node.total_samples, samples_)), percent(share(last.self_samples, samples_)))
             << margin << (where.empty() ? name : concat(detail::padded(name, width), ' ', where)) << '\n';
        children_of(last, depth + 1);
    }

    std::ostream& out_;
    std::uint64_t samples_;
};

void say_why_empty(std::ostream& out, sampled_profile const& shown) {
    if (shown.engine.starts_with("not sampled")) return;
    out << "no samples: it ran " << seconds_to_text(shown.duration_s) << ", " << seconds_to_text(shown.cpu_s)
        << " of it on a processor;\na look is taken every " << seconds_to_text(1.0 / shown.asked_hz)
        << ".\nTo call it again and again: sample_options::min_duration_s\n";
}

}  // namespace

std::ostream& operator<<(std::ostream& out, sampled_profile const& shown) {
    std::uint64_t const n = shown.root.total_samples;
    out << detail::fitted(concat("sampled", shown.name.empty() ? "" : " ", shown.name, ": ", n, " samples in ",
                                 seconds_to_text(shown.duration_s), ", ", seconds_to_text(shown.cpu_s),
                                 " on processors; asked for ", to_text(shown.asked_hz, 6), " Hz"),
                          columns)
        << '\n'
        << detail::fitted(shown.engine, columns) << '\n';
    if (shown.lost_samples != 0) out << shown.lost_samples << " samples found no room and are not in it\n";
    if (!shown.failure.empty()) out << detail::fitted("it ended with: " + shown.failure, columns) << '\n';
    if (n == 0) {
        say_why_empty(out, shown);
        return out;
    }
    out << "total %  self %  function\n";
    tree_text{out, n}.children_of(shown.root, 0);
    return out;
}

std::ostream& operator<<(std::ostream& out, bottleneck const& shown) {
    std::string const threshold = to_text(100.0 * shown.threshold, 3) + " %";
    out << percent(shown.share.estimate) << " % (" << percent(shown.share.low) << " to " << percent(shown.share.high)
        << "), ";
    if (shown.verdict == significance::above) {
        out << "above " << threshold;
        if (shown.share.estimate < 1.0) out << ", at most " << to_text(shown.max_speedup, 3) << "x faster without";
    } else if (std::isinf(shown.more_s)) {
        out << "undecided at " << threshold << ", its very share";
    } else {
        out << "undecided at " << threshold << ", " << shown.more_samples << " more samples or "
            << seconds_to_text(shown.more_s) << " would tell";
    }
    out << ": " << detail::fitted(shown.where.function, std::string::npos);
    if (!shown.where.file.empty()) out << ", " << place(shown.where, std::string::npos);
    return out;
}

}  // namespace poise::profile
