// SPDX-License-Identifier: MIT
#include "profile/metrics_text.hpp"
#include "profile/text.hpp"

#include <poise/core/concat.hpp>
#include <poise/profile/advice.hpp>
#include <poise/profile/report.hpp>

#include <algorithm>
#include <map>
#include <ostream>
#include <span>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

namespace poise::profile {
namespace {

constexpr std::size_t name_columns = 24;
constexpr std::size_t most_indented = 14;
constexpr double sampled_share = 0.05;
constexpr double noisy_costs = 5.0;  // a scope that takes less than so many of its own costs

std::string right(std::string const& text, std::size_t columns) {
    return std::string(text.size() < columns ? columns - text.size() : 1, ' ') + text;
}

// Seven characters at most.
std::string count_to_text(std::uint64_t count) {
    if (count < 10'000'000) return to_text(count);
    double value = static_cast<double>(count);
    char const* unit = "";
    for (char const* larger : {"k", "M", "G", "T", "P", "E"}) {
        if (value < 1000.0) break;
        value /= 1000.0;
        unit = larger;
    }
    return to_text_fixed(value, 1) + unit;
}

std::string share(double part, double whole) { return whole > 0.0 ? to_text_fixed(100.0 * part / whole, 1) : "-"; }

std::string indented(std::string_view name, std::size_t depth) {
    std::size_t const indent = std::min(2 * depth, most_indented);
    return std::string(indent, ' ') + detail::padded(name, name_columns - indent);
}

// The children past the longest few as one.
scope_statistics folded(std::span<scope_statistics const> rest) {
    scope_statistics sum;
    sum.name = concat("… ", rest.size(), " more");
    for (auto const& s : rest) {
        sum.calls += s.calls;
        sum.inclusive_s += s.inclusive_s;
        sum.exclusive_s += s.exclusive_s;
        sum.timed_calls += s.timed_calls;
        if (s.recorded == mode::sampled) sum.recorded = mode::sampled;
        sum.allocations += s.allocations;
        sum.allocated_bytes += s.allocated_bytes;
        sum.peak_bytes = std::max(sum.peak_bytes, s.peak_bytes);
    }
    return sum;
}

void collect_demoted(scope_statistics const& parent, std::vector<std::string_view>& names) {
    for (auto const& child : parent.children) {
        if (child.demoted) names.push_back(child.name);
        collect_demoted(child, names);
    }
}

bool any_work(scope_statistics const& s) noexcept {
    return s.moved_bytes != 0.0 || s.flops != 0.0 || std::ranges::any_of(s.children, any_work);
}

class writer {
public:
    writer(std::ostream& out, snapshot const& shown, text_options const& chosen)
        : out_{out}, shown_{shown}, chosen_{chosen} {}

    void write() {
        if (shown_.wall_s <= 0.0 && shown_.calls == 0) {
            out_ << "profile: nothing measured; call poise::profile::enable() or set POISE_PROFILE=1\n";
        } else {
            header();
            times();
            if (shown_.has_memory) memory_of_scopes();
            rates();
        }
        memory();
        allocation_sites();
        samples();
        for (comparison const& c : shown_.comparisons) out_ << '\n' << c;
        if (!shown_.measurements.empty()) out_ << '\n';
        for (measurement const& m : shown_.measurements) out_ << m << '\n';
    }

private:
    template <class Row>
    void below(scope_statistics const& parent, std::size_t depth, Row const& row) {
        std::span<scope_statistics const> const children = parent.children;
        auto const small = std::ranges::find_if(
            children, [&](auto const& s) { return s.inclusive_s < chosen_.at_least * shown_.wall_s; });
        auto n_shown = static_cast<std::size_t>(small - children.begin());
        // One child too many is shown: a line that says so would take its place.
        if (n_shown > chosen_.children + 1) n_shown = chosen_.children;
        if (n_shown + 1 == children.size() && n_shown > 0 && small == children.end()) n_shown = children.size();
        for (auto const& child : children.first(n_shown)) {
            row(child, depth);
            below(child, depth + 1, row);
        }
        if (n_shown < children.size()) row(folded(children.subspan(n_shown)), depth);
    }

    void header() {
        out_ << "profile: " << seconds_to_text(shown_.wall_s) << " measured, " << shown_.threads.size()
             << (shown_.threads.size() == 1 ? " thread, " : " threads, ") << count_to_text(shown_.calls)
             << " scopes, own cost " << seconds_to_text(shown_.scope_cost_s) << " each, "
             << share(shown_.overhead_s, thread_time()) << " %\n";
        if (shown_.unrecorded_calls != 0)
            out_ << shown_.unrecorded_calls << " scopes were nested too deep and are not recorded\n";
        if (shown_.dropped_events != 0)
            out_ << shown_.dropped_events << " events are not in the trace; raise options::trace_events_per_thread\n";
    }

    // What the threads spent, the time that was measured where it is more.
    double thread_time() const {
        double sum = 0.0;
        for (thread_statistics const& thread : shown_.threads)
            for (scope_statistics const& scope : thread.root.children) sum += scope.inclusive_s;
        return std::max(sum, shown_.wall_s);
    }

    void times() {
        out_ << "\ntimes are sums over threads; % is of the wall time and may exceed 100\n"
             << detail::padded("scope", name_columns) << "   calls     total      self      %       p50        p99\n";
        bool noise = false, estimated = false, incomplete = false;
        below(shown_.root, 0, [&](scope_statistics const& s, std::size_t depth) {
            bool const counted = s.timed_calls == 0 && s.inclusive_s == 0.0;
            bool const part = s.timed_calls < s.calls && s.recorded == mode::sampled;
            bool const some = s.timed_calls > 0 && s.timed_calls < s.calls && s.recorded == mode::counted;
            char const* const mark = part ? "~" : some ? ">" : "";
            bool const quantiles = !counted && s.p50_s > 0.0;
            incomplete |= some;
            bool const small = !counted && s.p50_s > 0.0 && s.p50_s < noisy_costs * shown_.scope_cost_s;
            estimated |= part;
            noise |= small;
            auto const time = [](bool known, std::string const& before, double t, std::size_t columns) {
                return right(known ? before + seconds_to_text(t) : "-", columns);
            };
            out_ << indented(s.name, depth) << right(count_to_text(s.calls), 8)
                 << time(!counted, mark, s.inclusive_s, 10) << time(!counted, mark, s.exclusive_s, 10)
                 << right(counted ? "-" : share(s.inclusive_s, shown_.wall_s), 7) << time(quantiles, "", s.p50_s, 10)
                 << time(quantiles, "", s.p99_s, 10) << (small ? "!" : "") << '\n';
        });
        if (estimated) out_ << "~ estimated: one call of 16 was timed" << demoted_names() << '\n';
        if (incomplete) out_ << "> at least: only some of the calls were timed\n";
        if (noise)
            out_ << "! not much longer than the scope's own cost, " << seconds_to_text(shown_.scope_cost_s)
                 << ": little more than noise\n";
    }

    std::string demoted_names() const {
        std::vector<std::string_view> names;
        collect_demoted(shown_.root, names);
        if (names.empty()) return {};
        std::string text = concat("; because they cost more than ", to_text(100.0 * shown_.overhead_budget, 3), " %:");
        for (std::size_t i = 0; i < names.size() && i < chosen_.rows; ++i)
            text += concat(i == 0 ? "\n  " : ", ", detail::fitted(names[i], name_columns));
        if (names.size() > chosen_.rows) text += concat(" and ", names.size() - chosen_.rows, " more");
        return text;
    }

    void memory_of_scopes() {
        out_ << '\n' << detail::padded("scope", name_columns + 12) << "allocations         bytes          peak\n";
        below(shown_.root, 0, [&](scope_statistics const& s, std::size_t depth) {
            out_ << indented(s.name, depth) << right(count_to_text(s.allocations), 23)
                 << right(bytes_to_text(s.allocated_bytes), 14) << right(bytes_to_text(s.peak_bytes), 14) << '\n';
        });
    }

    void rates() {
        if (!any_work(shown_.root)) return;
        out_ << '\n' << detail::padded("scope", name_columns + 4) << "      moved         GB/s      flop     Gflop/s\n";
        below(shown_.root, 0, [&](scope_statistics const& s, std::size_t depth) {
            if (s.moved_bytes == 0.0 && s.flops == 0.0) return;
            auto const rate = [&](double work) {
                return work > 0.0 && s.inclusive_s > 0.0 ? to_text_fixed(1e-9 * work / s.inclusive_s, 2) : "-";
            };
            out_ << indented(s.name, depth) << right(bytes_to_text(static_cast<std::uint64_t>(s.moved_bytes)), 15)
                 << right(rate(s.moved_bytes), 13) << right(to_text(s.flops, 4), 10) << right(rate(s.flops), 12)
                 << '\n';
        });
    }

    void memory() {
        auto const& m = shown_.memory;
        out_ << "\nmemory\n";
        if (shown_.has_memory && shown_.has_allocations)
            out_ << "  heap       " << bytes_to_text(m.heap_live_bytes) << " live, " << bytes_to_text(m.heap_peak_bytes)
                 << " peak, " << count_to_text(m.allocations) << " allocations\n";
        else if (shown_.has_memory)
            out_ << "  allocations not measured: link poise::allocation_hooks\n";
        if (m.library_peak_bytes != 0)
            out_ << "  libraries  " << bytes_to_text(m.library_live_bytes) << " live, "
                 << bytes_to_text(m.library_peak_bytes) << " peak\n";
        out_ << "  resident   " << bytes_to_text(shown_.resident_bytes) << " now, "
             << bytes_to_text(shown_.resident_peak_bytes) << " peak\n"
             << "  profiler   " << bytes_to_text(shown_.record_bytes) << " at most\n";
    }

    // By the function that asked for memory, whoever called it.
    void allocation_sites() {
        if (shown_.allocation_sites.empty()) return;
        std::map<std::string, double> bytes_of;
        for (allocation_site const& site : shown_.allocation_sites)
            bytes_of[site.stack.empty() ? "(elsewhere)" : place_text(site.stack.front())] += site.allocated_bytes;
        std::vector<std::pair<std::string, double>> places(bytes_of.begin(), bytes_of.end());
        std::ranges::stable_sort(places, std::ranges::greater{}, &std::pair<std::string, double>::second);
        out_ << "\nwhere the most bytes were allocated, estimated\n";
        for (auto const& [where, bytes] : std::span{places}.first(std::min(places.size(), chosen_.rows)))
            out_ << "  " << detail::padded(where, 62) << right(bytes_to_text(static_cast<std::uint64_t>(bytes)), 16)
                 << '\n';
    }

    // Of each sampled profile, what takes more than a twentieth; the whole is printed by its own operator<<.
    void samples() {
        for (sampled_profile const& profile : shown_.samples) {
            out_ << "\nfunctions of " << (profile.name.empty() ? "sample()" : detail::fitted(profile.name, 50)) << ", "
                 << profile.root.total_samples << " samples\n";
            for (bottleneck const& hot : profile.bottlenecks(sampled_share)) {
                std::string const where = place_text(hot.where);
                out_ << "  " << detail::padded(where, 54) << right(share(hot.share.estimate, 1.0), 7) << " % ("
                     << share(hot.share.low, 1.0) << " to " << share(hot.share.high, 1.0) << ")\n";
            }
        }
    }

    static std::string place_text(source_frame const& frame) {
        if (frame.file.empty()) return frame.function;
        std::string const place = concat(frame.file.substr(frame.file.rfind('/') + 1), ":", frame.line);
        return concat(detail::fitted(frame.function, 61 - std::min<std::size_t>(place.size(), 30)), " ", place);
    }

    std::ostream& out_;
    snapshot const& shown_;
    text_options const& chosen_;
};

}  // namespace

std::string report::text(text_options const& chosen) const {
    std::ostringstream out;
    writer{out, data_, chosen}.write();
    detail::print_metrics(out, data_.metrics);
    if (auto const found = advise(data_); !found.empty()) out << "\nwhat to do next\n" << found;
    return std::move(out).str();
}

std::ostream& operator<<(std::ostream& out, report const& shown) { return out << shown.text(); }

}  // namespace poise::profile
