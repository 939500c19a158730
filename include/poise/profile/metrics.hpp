// SPDX-License-Identifier: MIT
// Named numbers of the program: what was counted (counters) and what is now (gauges).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace poise::profile {

/// A number of events, which only grows. Thread-safe, one atomic addition.
class alignas(64) counter {
public:
    void add(std::uint64_t amount = 1) noexcept { __atomic_fetch_add(&value_, amount, __ATOMIC_RELAXED); }
    [[nodiscard]] std::uint64_t value() const noexcept { return __atomic_load_n(&value_, __ATOMIC_RELAXED); }

private:
    friend class metrics_registry;
    std::uint64_t value_ = 0;
};

/// A level that goes up and down: bytes held, seconds saved. Thread-safe.
class alignas(64) gauge {
public:
    void set(double value) noexcept { __atomic_store(&value_, &value, __ATOMIC_RELAXED); }
    void add(double amount) noexcept;
    [[nodiscard]] double value() const noexcept {
        double value;
        __atomic_load(&value_, &value, __ATOMIC_RELAXED);
        return value;
    }

private:
    double value_ = 0.0;
};

enum class metric_kind { counter, gauge };

/// One number at one moment. Counters are exact up to 2⁵³.
struct metric {
    std::string name;
    metric_kind kind = metric_kind::counter;
    double value = 0.0;

    friend bool operator==(metric const&, metric const&) = default;
};
/// Sorted by name.
using metrics_snapshot = std::vector<metric>;

/// Counters and gauges by name. References stay valid as long as the registry; look a metric up once and keep the
/// reference. Names: a-z, 0-9, '_' and '.', as in "linear.operator_cache.hits"; the report shows values of names that
/// end in "bytes" or "seconds" in these units. Thread-safe.
class metrics_registry {
public:
    metrics_registry();
    ~metrics_registry();
    metrics_registry(metrics_registry const&) = delete;
    metrics_registry& operator=(metrics_registry const&) = delete;

    /// The metric of that name, made with value 0 when it is new. Throws std::invalid_argument for another character
    /// in the name, and for a name that belongs to a metric of the other kind.
    [[nodiscard]] poise::profile::counter& counter(std::string_view name);
    [[nodiscard]] poise::profile::gauge& gauge(std::string_view name);

    [[nodiscard]] metrics_snapshot snapshot() const;
    /// All values to 0; names and references stay.
    void reset();

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// What happened between two snapshots of one registry: counters are subtracted (one that was reset in between counts
/// from there), gauges keep the later value.
[[nodiscard]] metrics_snapshot difference(metrics_snapshot const& later, metrics_snapshot const& earlier);

/// The registry poise itself reports to unless told otherwise. Never destroyed.
[[nodiscard]] metrics_registry& metrics();

}  // namespace poise::profile
