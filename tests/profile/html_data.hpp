// SPDX-License-Identifier: MIT
// Snapshots for the tests of the page: a plausible run, names that mean harm, very many scopes.
#pragma once

#include <poise/profile/html.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace poise_test {

namespace profile = poise::profile;

struct page_data {
    profile::snapshot shown;
    profile::timeline events;
    profile::html_options options;
};

/// The text that must never become markup, and what else a name of any bytes may hold.
inline std::vector<std::string> nasty_names() {
    return {
        "</script><script>window.broken = 1</script>",
        "<img src=x onerror=window.broken=1>",
        "<!-- comment <script>",
        "quote \" apostrophe ' backslash \\ amp &amp; {{data}}",
        "line\nbreak\ttab \x01 bell \x07 delete \x7f",
        "invalid \xff\xfe utf-8 \xc3",
        "right \xe2\x80\xae to left \xe2\x80\x8f marks",
        "separators \xe2\x80\xa8 and \xe2\x80\xa9",
        "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xd8\xb3\xd9\x84\xd8\xa7\xd9\x85 \xe6\xb8\xa9\xe5\xba\xa6 \xf0\x9f\x94\xa5",
        std::string(255, 'W'),
        "__proto__",
        "constructor",
        ""};
}

/// Events laid down one after the other on rows, and the trees that go with them.
class run_writer {
public:
    explicit run_writer(unsigned seed) : random_{seed} {}

    double around(double seconds) { return seconds * std::exp(std::normal_distribution{0.0, 0.12}(random_)); }
    std::size_t row(std::string name) {
        data_.events.rows.push_back({static_cast<unsigned>(data_.events.rows.size()), std::move(name), {}});
        free_s_.push_back(0.0);
        return free_s_.size() - 1;
    }
    /// Begins an event where its row is free; end() gives its place back to what stands around it.
    void begin(std::size_t row, std::string const& name, profile::category kind = profile::category::phase,
               std::uint64_t id = 0) {
        open_.push_back({row, data_.events.rows[row].events.size()});
        data_.events.rows[row].events.push_back({name_of(name), kind, free_s_[row], 0.0, id});
    }
    void spend(std::size_t row, double seconds) { free_s_[row] += seconds; }
    void wait_until(std::size_t row, double at_s) { free_s_[row] = std::max(free_s_[row], at_s); }
    void end() {
        auto const [row, event] = open_.back();
        open_.pop_back();
        data_.events.rows[row].events[event].stop_s = free_s_[row];
    }
    void leaf(std::size_t row, std::string const& name, double seconds) {
        begin(row, name);
        spend(row, around(seconds));
        end();
    }
    [[nodiscard]] double free_at(std::size_t row) const { return free_s_[row]; }
    page_data& data() noexcept { return data_; }

private:
    std::uint32_t name_of(std::string const& name) {
        auto& names = data_.events.names;
        auto const found = std::ranges::find(names, name);
        if (found != names.end()) return static_cast<std::uint32_t>(found - names.begin());
        names.push_back(name);
        return static_cast<std::uint32_t>(names.size() - 1);
    }

    page_data data_;
    std::vector<double> free_s_;
    std::vector<std::pair<std::size_t, std::size_t>> open_;
    std::mt19937 random_;
};

/// Adds up events to a tree, as the profiler would: of one row each, or tasks below a path of scopes.
class tree_builder {
public:
    void add(profile::timeline const& events, profile::timeline_row const& row, std::vector<std::string> const& spawn) {
        std::vector<std::pair<node*, double>> around;
        for (auto const& e : row.events) {
            while (!around.empty() && around.back().second <= e.start_s) around.pop_back();
            node* parent = around.empty() ? &root_ : around.back().first;
            if (e.kind == profile::category::task && !spawn.empty()) {
                parent = &root_;
                for (auto const& name : spawn) parent = &parent->children[name];
            }
            node& here = parent->children[events.names[e.name]];
            here.kind = e.kind;
            double const length = e.stop_s - e.start_s;
            here.calls.push_back(length);
            here.exclusive_s += length;
            if (!around.empty()) around.back().first->exclusive_s -= length;
            around.emplace_back(&here, e.stop_s);
        }
    }
    [[nodiscard]] profile::scope_statistics tree() const { return made_of("", root_); }

private:
    struct node {
        std::map<std::string, node> children;
        std::vector<double> calls;
        double exclusive_s = 0.0;
        profile::category kind = profile::category::phase;
    };
    static profile::scope_statistics made_of(std::string const& name, node const& from) {
        profile::scope_statistics s;
        s.name = name;
        s.kind = from.kind;
        auto calls = from.calls;
        std::ranges::sort(calls);
        s.calls = s.timed_calls = calls.size();
        for (double const c : calls) s.inclusive_s += c;
        s.exclusive_s = from.exclusive_s;
        if (!calls.empty()) {
            auto const at = [&](double share) {
                return calls[static_cast<std::size_t>(share * static_cast<double>(calls.size() - 1))];
            };
            s.min_s = calls.front(), s.max_s = calls.back();
            s.p50_s = at(0.5), s.p90_s = at(0.9), s.p99_s = at(0.99);
        }
        for (auto const& [child_name, child] : from.children) s.children.push_back(made_of(child_name, child));
        std::ranges::sort(s.children, std::ranges::greater{}, &profile::scope_statistics::inclusive_s);
        return s;
    }

    node root_;
};

page_data plausible_run();  // html_data.cpp
page_data nasty_run();
/// `n` scopes: 10 of 10 % each, with ever smaller ones below.
page_data large_run(std::size_t n);

}  // namespace poise_test
