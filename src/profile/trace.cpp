// SPDX-License-Identifier: MIT
#include "profile/task_pieces.hpp"
#include "profile/text.hpp"

#include <poise/core/atomic_file.hpp>
#include <poise/core/concat.hpp>
#include <poise/profile/trace.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <unordered_map>

namespace poise::profile {
namespace {

// Where an arrow begins or ends.
struct call_of_task {
    unsigned row;
    unsigned long long start_ns;
    unsigned long long stop_ns;
};

unsigned long long nanoseconds(double seconds) { return static_cast<unsigned long long>(std::llround(seconds * 1e9)); }

std::string microseconds(unsigned long long ns) {
    std::array<char, 32> text;
    std::snprintf(text.data(), text.size(), "%llu.%03llu", ns / 1000, ns % 1000);
    return text.data();
}

class writer {
public:
    explicit writer(timeline const& shown) : shown_{shown} {
        for (std::string const& name : shown.names) names_.push_back(detail::json_string(name));
    }

    std::string text() {
        text_ = concat("{\"displayTimeUnit\":\"ns\",\"otherData\":{\"dropped_events\":", shown_.dropped_events,
                       "},\n\"traceEvents\":[\n");
        add_metadata("process_name", 0, "\"name\":\"poise\"");
        for (timeline_row const& row : shown_.rows) add_row(row);
        add_arrows();
        for (memory_point const& p : shown_.memory)
            text_ += concat(",\n{\"ph\":\"C\",\"pid\":", pid_,
                            ",\"name\":\"heap\",\"ts\":", microseconds(nanoseconds(p.at_s)),
                            ",\"args\":{\"live bytes\":", p.heap_live_bytes, "}}");
        return text_ += "\n]}\n";
    }

private:
    void add_metadata(char const* what, unsigned tid, std::string const& arguments) {
        text_ += concat(R"({"ph":"M","pid":)", pid_, ",\"tid\":", tid, ",\"name\":\"", what, "\",\"args\":{", arguments,
                        "}}");
    }

    void add_row(timeline_row const& row) {
        text_ += ",\n";
        add_metadata("thread_name", row.row, "\"name\":" + detail::json_string(row.name));
        text_ += ",\n";
        add_metadata("thread_sort_index", row.row, concat("\"sort_index\":", row.row));
        std::string const place = concat(",\n{\"ph\":\"X\",\"pid\":", pid_, ",\"tid\":", row.row, ",\"name\":");
        for (timeline_event const& e : row.events) {
            auto const start = nanoseconds(e.start_s), stop = nanoseconds(e.stop_s);
            if (e.id != 0) detail::add_piece(tasks_, e, call_of_task{row.row, start, stop});
            text_ += concat(place, names_[e.name], ",\"cat\":\"", e.kind == category::task ? "task" : "phase",
                            "\",\"ts\":", microseconds(start), ",\"dur\":", microseconds(stop - start), "}");
        }
    }

    // From just before the end of one task to the beginning of the next: an arrow hangs on the slice around its time.
    void add_arrows() {
        for (task_edge const& edge : shown_.edges) {
            auto const from = tasks_.find(edge.from), to = tasks_.find(edge.to);
            if (from == tasks_.end() || to == tasks_.end()) continue;
            std::string const common =
                concat(",\"pid\":", pid_, ",\"name\":\"needs\",\"cat\":\"edge\",\"id\":", ++n_arrows_);
            auto const& last = from->second.last;
            auto const& first = to->second.first;
            auto const leaves = std::max(last.start_ns + 1, last.stop_ns) - 1;
            text_ += concat(",\n{\"ph\":\"s\"", common, ",\"tid\":", last.row, ",\"ts\":", microseconds(leaves),
                            "},\n{\"ph\":\"f\",\"bp\":\"e\"", common, ",\"tid\":", first.row,
                            ",\"ts\":", microseconds(first.start_ns), "}");
        }
    }

    timeline const& shown_;
    int const pid_ = ::getpid();
    std::vector<std::string> names_;
    std::unordered_map<std::uint64_t, detail::task_pieces<call_of_task>> tasks_;
    std::uint64_t n_arrows_ = 0;
    std::string text_;
};

}  // namespace

std::string to_trace(timeline const& shown) { return writer{shown}.text(); }

void write_trace(std::string const& path, timeline const& shown) { write_file(path, to_trace(shown)); }
void write_trace(std::string const& path) { write_trace(path, take_timeline()); }

}  // namespace poise::profile
