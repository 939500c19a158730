// SPDX-License-Identifier: MIT
#include "profile/registry.hpp"
#include "profile/text.hpp"

#include <poise/core/atomic_file.hpp>
#include <poise/core/concat.hpp>
#include <poise/profile/trace.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>
#include <vector>

namespace poise::profile {
namespace {

using detail::event, detail::thread_state, detail::ticks;

struct row {
    unsigned number;
    std::vector<event> events;
};

// Outer scopes first. Events are recorded when scopes are left, so of two with the same times the later is the outer.
void order(std::vector<event>& events) {
    std::ranges::reverse(events);
    std::ranges::stable_sort(events, [](event const& a, event const& b) {
        return a.start != b.start ? a.start < b.start : a.stop > b.stop;
    });
}

row row_of(thread_state const& thread, bool follows, ticks since, ticks until) {
    row result{thread.row, {}};
    if (follows) thread.each_event([&](event const& e) { result.events.push_back(e); });
    std::vector<event> open;
    thread.each_open([&](detail::open_scope const& s) {
        ticks const start = std::max(s.start, since);
        if ((s.modes & detail::trace_bit) != 0) open.push_back({s.where, start, std::max(start, until)});
    });
    result.events.insert(result.events.end(), open.rbegin(), open.rend());
    order(result.events);
    return result;
}

std::string metadata(char const* what, unsigned tid, std::string const& arguments) {
    return concat(R"({"ph":"M","pid":)", ::getpid(), ",\"tid\":", tid, ",\"name\":\"", what, "\",\"args\":{", arguments,
                  "}}");
}

std::string microseconds(std::uint64_t ns) {
    std::array<char, 32> text;
    std::snprintf(text.data(), text.size(), "%llu.%03llu", static_cast<unsigned long long>(ns / 1000),
                  static_cast<unsigned long long>(ns % 1000));
    return text.data();
}

void write_row(atomic_file& file, row const& written, detail::timescale const& scale) {
    std::string const name = written.number == 0 ? "main" : concat("worker ", written.number);
    file.write(concat(",\n", metadata("thread_name", written.number, concat("\"name\":\"", name, "\"")), ",\n",
                      metadata("thread_sort_index", written.number, concat("\"sort_index\":", written.number))));
    std::string const place = concat(R"({"ph":"X","pid":)", ::getpid(), ",\"tid\":", written.number);
    std::vector<std::uint64_t> ends;  // of the events around this one
    for (event const& e : written.events) {
        std::uint64_t const start = scale.nanoseconds_at(e.start);
        std::uint64_t stop = scale.nanoseconds_at(e.stop);
        while (!ends.empty() && ends.back() <= start && ends.back() < stop) ends.pop_back();
        if (!ends.empty()) stop = std::min(stop, ends.back());
        ends.push_back(stop);
        file.write(concat(",\n", place, ",\"name\":", detail::json_string({e.where->name, e.where->name_size}),
                          ",\"cat\":\"", e.where->kind == category::task ? "task" : "phase",
                          "\",\"ts\":", microseconds(start), ",\"dur\":", microseconds(stop - start), "}"));
    }
}

}  // namespace

void write_trace(std::string const& path) {
    std::vector<row> rows;
    std::uint64_t dropped = 0;
    detail::anchor origin;
    {
        detail::registry::reading const records;
        origin = records.origin();
        records.each_thread([&](thread_state const& thread, bool follows) {
            row found = row_of(thread, follows, origin.at, records.taken_at());
            if (!found.events.empty()) rows.push_back(std::move(found));
            if (follows) dropped += thread.dropped_events();
        });
    }
    std::ranges::sort(rows, {}, &row::number);
    detail::timescale const scale{origin};
    atomic_file file{path};
    file.write(concat("{\"displayTimeUnit\":\"ns\",\"otherData\":{\"dropped_events\":", dropped,
                      "},\n\"traceEvents\":[\n", metadata("process_name", 0, "\"name\":\"poise\"")));
    for (row const& r : rows) write_row(file, r, scale);
    file.write("\n]}\n");
    file.commit();
}

}  // namespace poise::profile
