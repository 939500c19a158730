// SPDX-License-Identifier: MIT
#include "profile/text.hpp"

#include <poise/core/atomic_file.hpp>
#include <poise/core/concat.hpp>
#include <poise/profile/export.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <tuple>
#include <vector>

namespace poise::profile {
namespace {

// The frames that all profiles of the file share, each once.
class frame_table {
public:
    std::size_t index(std::string_view name, std::string_view file = {}, unsigned line = 0) {
        auto const [at, is_new] = index_.try_emplace(key{name, file, line}, index_.size());
        if (!is_new) return at->second;
        json_ +=
            concat(json_.empty() ? "" : ",\n", "{\"name\":", detail::json_string(name.empty() ? "(no name)" : name));
        if (!file.empty()) json_ += concat(",\"file\":", detail::json_string(file));
        if (line != 0) json_ += concat(",\"line\":", line);
        json_ += '}';
        return at->second;
    }
    std::size_t index(scope_statistics const& s) { return index(s.name, s.file, s.line); }
    std::size_t index(function_statistics const& f) { return index(f.where.function, f.where.file, f.where.line); }
    [[nodiscard]] std::string const& json() const noexcept { return json_; }

private:
    using key = std::tuple<std::string, std::string, unsigned>;
    std::map<key, std::size_t> index_;
    std::string json_;
};

std::string head(char const* type, std::string_view name, double start_s, double stop_s) {
    return concat("{\"type\":\"", type, "\",\"name\":", detail::json_string(name),
                  ",\"unit\":\"seconds\",\"startValue\":", start_s, ",\"endValue\":", stop_s);
}

// A tree as a list of stacks with weights.
class sampled {
public:
    explicit sampled(frame_table& frames) : frames_{frames} {}

    template <class Node, class Weight>
    void add_below(Node const& parent, Weight const& weight) {
        for (Node const& child : parent.children) {
            std::size_t const length = stack_.size();
            stack_ += concat(stack_.empty() ? "" : ",", frames_.index(child));
            add(weight(child));
            add_below(child, weight);
            stack_.resize(length);
        }
    }
    [[nodiscard]] std::string json(std::string_view name) const {
        return concat(head("sampled", name, 0.0, total_), ",\"samples\":[", samples_, "],\"weights\":[", weights_,
                      "]}");
    }

private:
    void add(double weight) {
        if (!(weight > 0.0 && std::isfinite(weight))) return;
        samples_ += concat(samples_.empty() ? "" : ",", '[', stack_, ']');
        weights_ += concat(weights_.empty() ? "" : ",", weight);
        total_ += weight;
    }

    frame_table& frames_;
    std::string stack_, samples_, weights_;
    double total_ = 0.0;
};

std::string tree_json(frame_table& frames, std::string_view name, scope_statistics const& root) {
    sampled stacks{frames};
    stacks.add_below(root, [](scope_statistics const& s) { return s.exclusive_s; });
    return stacks.json(name);
}

std::string samples_json(frame_table& frames, sampled_profile const& p) {
    auto const n = static_cast<double>(p.root.total_samples);
    double const seconds = p.duration_s > 0.0 && n > 0.0 ? p.duration_s / n : 1.0;
    sampled stacks{frames};
    stacks.add_below(p.root,
                     [&](function_statistics const& f) { return seconds * static_cast<double>(f.self_samples); });
    return stacks.json(concat("sampled ", p.name));
}

// speedscope refuses what is not properly nested or goes back in time, by however little: times are put in order.
class evented {
public:
    void open(std::size_t frame, double start_s, double stop_s) {
        close_until(start_s);
        double const latest = open_.empty() ? stop_s : std::min(stop_s, open_.back().stop_s);
        add('O', frame, start_s);
        open_.push_back({frame, std::max(latest, now_s_)});
    }
    [[nodiscard]] std::string json(std::string_view name) {
        while (!open_.empty()) close();
        return concat(head("evented", name, first_s_, now_s_), ",\"events\":[", events_, "]}");
    }

private:
    struct open_frame {
        std::size_t frame;
        double stop_s;
    };
    void close_until(double at_s) {
        while (!open_.empty() && open_.back().stop_s <= at_s) close();
    }
    void close() {
        add('C', open_.back().frame, open_.back().stop_s);
        open_.pop_back();
    }
    void add(char type, std::size_t frame, double at_s) {
        if (events_.empty()) first_s_ = now_s_ = at_s;
        now_s_ = std::max(now_s_, at_s);
        events_ +=
            concat(events_.empty() ? "" : ",", "{\"type\":\"", type, "\",\"frame\":", frame, ",\"at\":", now_s_, '}');
    }

    std::vector<open_frame> open_;
    std::string events_;
    double first_s_ = 0.0, now_s_ = 0.0;
};

std::string row_json(frame_table& frames, timeline const& events, timeline_row const& row) {
    evented calls;
    for (auto const& e : row.events) {
        std::string_view const name = e.name < events.names.size() ? std::string_view{events.names[e.name]} : "?";
        calls.open(frames.index(name), e.start_s, e.stop_s);
    }
    return calls.json(concat(row.name, ", timeline"));
}

}  // namespace

std::string to_speedscope(snapshot const& s, timeline const& events) {
    frame_table frames;
    std::vector<std::string> profiles;
    for (auto const& row : events.rows)
        if (!row.events.empty()) profiles.push_back(row_json(frames, events, row));
    profiles.push_back(tree_json(frames, "all threads", s.root));
    if (s.threads.size() > 1)
        for (auto const& thread : s.threads) profiles.push_back(tree_json(frames, thread.name, thread.root));
    for (auto const& p : s.samples) profiles.push_back(samples_json(frames, p));

    std::string text = concat(R"({"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":"poise",)",
                              R"("name":"profile","activeProfileIndex":0,"shared":{"frames":[)", '\n', frames.json(),
                              "\n]},\"profiles\":[");
    for (auto const& profile : profiles) text.append(&profile == profiles.data() ? "\n" : ",\n").append(profile);
    return text += "\n]}\n";
}

void write_speedscope(std::string const& path, snapshot const& s, timeline const& events) {
    write_file(path, to_speedscope(s, events));
}

}  // namespace poise::profile
