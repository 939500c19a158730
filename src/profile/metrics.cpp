// SPDX-License-Identifier: MIT
#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/profile/metrics.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <variant>

namespace poise::profile {
namespace {

char const* kind_name(std::size_t index) noexcept { return index == 0 ? "counter" : "gauge"; }

bool may_stand_in_a_name(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

}  // namespace

struct metrics_registry::state {
    mutable std::mutex mutex;
    // Nodes of a map stay where they are, which is what callers' references rely on.
    std::map<std::string, std::variant<profile::counter, profile::gauge>, std::less<>> metrics;

    template <class Metric>
    Metric& find_or_make(std::string_view name) {
        POISE_REQUIRE(!name.empty() && std::ranges::all_of(name, may_stand_in_a_name), "metric name '", name,
                      "' is not made of a-z, 0-9, '_' and '.'");
        std::lock_guard const lock{mutex};
        auto found = metrics.find(name);
        if (found == metrics.end()) found = metrics.try_emplace(std::string{name}, std::in_place_type<Metric>).first;
        Metric* const metric = std::get_if<Metric>(&found->second);
        POISE_REQUIRE(metric != nullptr, "metric '", name, "' is a ", kind_name(found->second.index()),
                      " and was asked for as the other kind; use another name");
        return *metric;
    }
};

void gauge::add(double amount) noexcept {
    double seen = value();
    double next = seen + amount;
    while (!__atomic_compare_exchange(&value_, &seen, &next, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        next = seen + amount;
}

metrics_registry::metrics_registry() : state_{std::make_unique<state>()} {}
metrics_registry::~metrics_registry() = default;

counter& metrics_registry::counter(std::string_view name) { return state_->find_or_make<profile::counter>(name); }
gauge& metrics_registry::gauge(std::string_view name) { return state_->find_or_make<profile::gauge>(name); }

metrics_snapshot metrics_registry::snapshot() const {
    std::lock_guard const lock{state_->mutex};
    metrics_snapshot taken;
    taken.reserve(state_->metrics.size());
    for (auto const& [name, any] : state_->metrics) {
        if (auto const* counted = std::get_if<profile::counter>(&any))
            taken.push_back({name, metric_kind::counter, static_cast<double>(counted->value())});
        else
            taken.push_back({name, metric_kind::gauge, std::get<profile::gauge>(any).value()});
    }
    return taken;
}

void metrics_registry::reset() {
    std::lock_guard const lock{state_->mutex};
    for (auto& [name, any] : state_->metrics) {
        if (auto* counted = std::get_if<profile::counter>(&any))
            __atomic_store_n(&counted->value_, std::uint64_t{0}, __ATOMIC_RELAXED);
        else
            std::get<profile::gauge>(any).set(0.0);
    }
}

metrics_snapshot difference(metrics_snapshot const& later, metrics_snapshot const& earlier) {
    metrics_snapshot result = later;
    for (metric& m : result) {
        if (m.kind != metric_kind::counter) continue;
        auto const before = std::ranges::lower_bound(earlier, m.name, {}, &metric::name);
        bool const known = before != earlier.end() && before->name == m.name && before->value <= m.value;
        if (known) m.value -= before->value;
    }
    return result;
}

metrics_registry& metrics() {
    // Never destroyed: static objects may still count while the program ends.
    static auto& registry = *new metrics_registry;
    return registry;
}

}  // namespace poise::profile
