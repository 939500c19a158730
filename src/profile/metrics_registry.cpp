// SPDX-License-Identifier: MIT
#include "profile/metric_shards.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/profile/metrics.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <type_traits>
#include <variant>

namespace poise::profile {
namespace {

using any_metric = std::variant<counter, gauge, histogram>;  // in the order of metric_kind

// Nodes of a map stay where they are, which is what callers' references rely on.
using series_map = std::map<metric_labels, any_metric>;
struct family {
    metric_kind kind;
    series_map series{};
};
using family_map = std::map<std::string, family, std::less<>>;
using help_text = std::shared_ptr<std::string const>;

char const* with_article(metric_kind kind) noexcept {
    constexpr std::array texts{"a counter", "a gauge", "a histogram"};
    return texts[static_cast<std::size_t>(kind)];
}

bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
bool is_word(char c) noexcept { return is_lower(c) || (c >= '0' && c <= '9') || c == '_'; }

void require_name(std::string_view name) {
    POISE_REQUIRE(!name.empty() && std::ranges::all_of(name, [](char c) { return is_word(c) || c == '.'; }),
                  "metric name '", name, "' is not made of a-z, 0-9, '_' and '.'");
}

void require_label_name(std::string_view metric, std::string_view name) {
    POISE_REQUIRE(!name.empty() && is_lower(name[0]) && std::ranges::all_of(name, is_word), "label '", name,
                  "' of metric '", metric, "' is not made of a-z, 0-9 and '_', a letter first");
    POISE_REQUIRE(name != "le" && name != "quantile" && name != "overflow" && name != "duplicate", "label '", name,
                  "' of metric '", metric, "' has a meaning of its own; use another name");
}

metric_labels sorted(std::string_view metric, metric_labels const& labels) {
    metric_labels ordered = labels;
    std::ranges::sort(ordered);
    for (std::size_t i = 0; i < ordered.size(); ++i) {
        require_label_name(metric, ordered[i].name);
        POISE_REQUIRE(i == 0 || ordered[i].name != ordered[i - 1].name, "label '", ordered[i].name, "' of metric '",
                      metric, "' is given twice");
    }
    return ordered;
}

// Emptied by the caller after the lock is released: a node that was not needed is freed there.
template <class Map, class... Arguments>
typename Map::node_type make_node(Arguments&&... arguments) {
    Map one;
    one.try_emplace(std::forward<Arguments>(arguments)...);
    return one.extract(one.begin());
}

template <class Metric>
constexpr metric_kind kind_for = std::is_same_v<Metric, counter> ? metric_kind::counter
                                 : std::is_same_v<Metric, gauge> ? metric_kind::gauge
                                                                 : metric_kind::histogram;

metric_labels overflow_labels() { return {{"overflow", "true"}}; }
metric_kind kind_of(any_metric const& any) noexcept { return static_cast<metric_kind>(any.index()); }

struct seen_series {
    std::string const* name;
    metric_labels const* labels;
    any_metric const* value;
    help_text help;
};

metric value_of(seen_series const& seen) {
    metric m{.name = *seen.name, .kind = kind_of(*seen.value), .labels = *seen.labels};
    if (auto const* counted = std::get_if<counter>(seen.value)) m.value = static_cast<double>(counted->value());
    if (auto const* level = std::get_if<gauge>(seen.value)) m.value = level->value();
    if (auto const* spread = std::get_if<histogram>(seen.value)) m.histogram = spread->statistics();
    if (seen.help != nullptr) m.help = *seen.help;
    return m;
}

}  // namespace

// All of it is guarded by lock_metrics(), under which nothing is allocated: nodes are made before, freed after.
struct metrics_registry::state {
    family_map families;
    std::map<std::string, help_text, std::less<>> helps;
    std::size_t n_series = 0;

    state() = default;
    ~state();
    state(state const&) = delete;
    state& operator=(state const&) = delete;

    template <class Metric>
    Metric& get(std::string_view name, metric_labels const& labels);
    any_metric* find(std::string_view name, metric_labels const& labels);
    any_metric& insert(family_map::node_type& made, series_map::node_type& wanted, series_map::node_type& overflow);
    bool list(std::vector<seen_series>& seen) const;

    template <class Visit>
    void each_metric(Visit const& visit) {
        for (auto& [name, members] : families)
            for (auto& [labels, any] : members.series) std::visit(visit, any);
    }
    // Of another kind, what it is.
    static any_metric* any_of(family& members) noexcept { return &members.series.begin()->second; }

    static void take_slot(profile::counter& c) noexcept { c.slot_ = detail::take_counter_slot(); }
    static void take_slot(profile::histogram& h) noexcept { h.slot_ = detail::take_histogram_slot(); }
    static void take_slot(profile::gauge&) noexcept {}
    static void give_slot(profile::counter& c) noexcept { detail::give_counter_slot(c.slot_); }
    static void give_slot(profile::histogram& h) noexcept { detail::give_histogram_slot(h.slot_); }
    static void give_slot(profile::gauge&) noexcept {}
    static void begin(profile::counter& c) noexcept { c.begin(); }
    static void begin(profile::histogram& h) noexcept { h.begin(); }
    static void begin(profile::gauge& g) noexcept { g.set(0.0); }
};

metrics_registry::state::~state() {
    auto const lock = detail::lock_metrics();
    each_metric([](auto& m) { give_slot(m); });
}

template <class Metric>
Metric& metrics_registry::state::get(std::string_view name, metric_labels const& labels) {
    require_name(name);
    metric_labels const ordered = sorted(name, labels);
    any_metric* found = nullptr;
    {
        auto const lock = detail::lock_metrics();
        found = find(name, ordered);
    }
    if (found == nullptr) {
        auto made = make_node<family_map>(std::string{name}, family{kind_for<Metric>});
        auto wanted = make_node<series_map>(ordered, std::in_place_type<Metric>);
        auto overflow =
            make_node<series_map>(ordered.empty() ? ordered : overflow_labels(), std::in_place_type<Metric>);
        auto const lock = detail::lock_metrics();
        found = &insert(made, wanted, overflow);
    }
    Metric* const metric = std::get_if<Metric>(found);
    POISE_REQUIRE(metric != nullptr, "metric '", name, "' is ", with_article(kind_of(*found)), " and was asked for as ",
                  with_article(kind_for<Metric>), "; use another name");
    return *metric;
}

any_metric* metrics_registry::state::find(std::string_view name, metric_labels const& labels) {
    auto const known = families.find(name);
    if (known == families.end()) return nullptr;
    auto const series = known->second.series.find(labels);
    return series == known->second.series.end() ? nullptr : &series->second;
}

// Nodes that are not needed stay with the caller, who frees them after the lock.
any_metric& metrics_registry::state::insert(family_map::node_type& made, series_map::node_type& wanted,
                                            series_map::node_type& overflow) {
    metric_kind const kind = made.mapped().kind;
    family& members = families.insert(families.end(), std::move(made))->second;
    if (members.kind != kind) return *any_of(members);
    bool const full = members.series.size() >= max_series && !members.series.contains(wanted.key());
    std::size_t const before = members.series.size();
    any_metric& found = members.series.insert(members.series.end(), std::move(full ? overflow : wanted))->second;
    if (members.series.size() != before) {
        ++n_series;
        std::visit([](auto& m) { take_slot(m), begin(m); }, found);
    }
    return found;
}

// False where the list has no room: it must not grow here.
bool metrics_registry::state::list(std::vector<seen_series>& seen) const {
    auto const lock = detail::lock_metrics();
    if (seen.capacity() < n_series) return false;
    for (auto const& [name, members] : families) {
        auto const help = helps.find(name);
        for (auto const& [labels, any] : members.series)
            seen.push_back({&name, &labels, &any, help == helps.end() ? nullptr : help->second});
    }
    return true;
}

metrics_registry::metrics_registry() : state_{std::make_unique<state>()} {}
metrics_registry::~metrics_registry() = default;

counter& metrics_registry::counter(std::string_view name, metric_labels const& labels) {
    return state_->get<profile::counter>(name, labels);
}
gauge& metrics_registry::gauge(std::string_view name, metric_labels const& labels) {
    return state_->get<profile::gauge>(name, labels);
}
histogram& metrics_registry::histogram(std::string_view name, metric_labels const& labels) {
    return state_->get<profile::histogram>(name, labels);
}

void metrics_registry::describe(std::string_view name, std::string_view help) {
    require_name(name);
    auto text = std::make_shared<std::string const>(help);
    auto made = make_node<decltype(state::helps)>(std::string{name}, text);
    auto const lock = detail::lock_metrics();
    state_->helps.insert(state_->helps.end(), std::move(made))->second.swap(text);
}

metrics_snapshot metrics_registry::snapshot() const {
    std::vector<seen_series> seen;
    for (std::size_t room = 64; !state_->list(seen); room *= 2) seen.reserve(room);
    metrics_snapshot taken;
    taken.reserve(seen.size());
    for (auto const& one : seen) taken.push_back(value_of(one));
    return taken;
}

void metrics_registry::reset() {
    auto const lock = detail::lock_metrics();
    state_->each_metric([](auto& m) { state::begin(m); });
}

metrics_registry& metrics() {
    // Never destroyed: static objects may still count while the program ends.
    static auto& registry = *new metrics_registry;
    return registry;
}

}  // namespace poise::profile
