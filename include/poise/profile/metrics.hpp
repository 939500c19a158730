// SPDX-License-Identifier: MIT
// Named numbers of the program: what was counted (counters), what is now (gauges), how values are spread (histograms).
#pragma once

#include <poise/profile/metric.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace poise::profile {

namespace detail {

struct histogram_shard;

inline constexpr unsigned no_slot = ~0U;
/// Counters beyond these, in all registries together, are one atomic each.
inline constexpr unsigned n_fast_counters = 4096;
/// This thread's counts, by the counters' slots; nullptr until it counts for the first time.
#ifdef __CUDACC__  // nvcc leaves the attribute to g++, and says so
#pragma nv_diagnostic push
#pragma nv_diag_suppress 1835
#endif
extern constinit thread_local std::uint64_t* counter_shard __attribute__((tls_model("initial-exec")));
#ifdef __CUDACC__
#pragma nv_diagnostic pop
#endif

}  // namespace detail

/// A number of events, which only grows. Each thread counts for itself, so that an increment is a plain load, addition
/// and store however many threads count, and nothing is allocated after a thread's first one. value() sums them up: no
/// increment is lost or seen twice, those of ended threads included. Thread-safe; not for signal handlers.
/// Made by a registry; one made alone, and one past the first 4096 in use, is an atomic: correct, and slower.
class alignas(64) counter {
public:
    counter() noexcept = default;
    counter(counter const&) = delete;
    counter& operator=(counter const&) = delete;

    void add(std::uint64_t amount = 1) noexcept {
        std::uint64_t* const shard = detail::counter_shard;
        if (shard == nullptr || slot_ == detail::no_slot) [[unlikely]]
            return add_slowly(amount);
        std::uint64_t* const mine = shard + slot_;
        __atomic_store_n(mine, __atomic_load_n(mine, __ATOMIC_RELAXED) + amount, __ATOMIC_RELAXED);
    }
    /// Cost: a load per thread that ever counted at the same time.
    [[nodiscard]] std::uint64_t value() const noexcept;

private:
    friend class metrics_registry;
    void add_slowly(std::uint64_t amount) noexcept;
    [[nodiscard]] std::uint64_t total() const noexcept;
    void begin() noexcept { __atomic_store_n(&base_, total(), __ATOMIC_RELEASE); }

    unsigned slot_ = detail::no_slot;
    std::uint64_t base_ = 0;  // what was counted before the last reset
    std::uint64_t shared_ = 0;
};

/// A level that goes up and down: bytes held, seconds saved. Thread-safe.
class alignas(64) gauge {
public:
    gauge() noexcept = default;
    gauge(gauge const&) = delete;
    gauge& operator=(gauge const&) = delete;

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

/// How values are spread: seconds of a solve, iterations, bytes. Sixteen buckets an octave from 2⁻⁴⁰ to 2⁶⁴, so that
/// quantiles are within 3.1 %; 0 has its own. Each thread records for itself, some nanoseconds a value, and nothing is
/// allocated after a thread's first one; a thread that records takes 16 KiB. Thread-safe; not for signal handlers.
/// Made by a registry; one made alone, and one past the first 256 in use, takes a lock per value.
class alignas(64) histogram {
public:
    histogram() noexcept;
    ~histogram();
    histogram(histogram const&) = delete;
    histogram& operator=(histogram const&) = delete;

    /// Throws std::invalid_argument for a value that is negative or not finite, std::bad_alloc when the first value of
    /// a thread finds no memory.
    void record(double value);
    /// Every value recorded before is in; of one being recorded now, the sum may know earlier than the count.
    [[nodiscard]] histogram_statistics statistics() const;

private:
    friend class metrics_registry;
    detail::histogram_shard* make_shard() noexcept;
    void record_locked(double value);
    void begin() noexcept;

    unsigned slot_ = detail::no_slot;
    std::uint64_t epoch_ = 0;  // shards of another one hold what was recorded before a reset
    std::unique_ptr<detail::histogram_shard> spare_;
};

/// Metrics by name and labels. References stay valid as long as the registry; look a metric up once and keep it.
/// Names: a-z, 0-9, '_' and '.', as in "linear.operator_cache.hits"; the report shows values of names that end in
/// "bytes" or "seconds" in these units. Labels tell series of one name apart and have to be few:
/// registry.counter("linear.solve.calls", {{"method", "cholesky"}}). Past 1000 label sets of a name, further ones are
/// counted together as {overflow="true"}.
/// Thread-safe. A registry that is destroyed must not be counted in any more, as for any object.
class metrics_registry {
public:
    static constexpr std::size_t max_series = 1000;

    metrics_registry();
    ~metrics_registry();
    metrics_registry(metrics_registry const&) = delete;
    metrics_registry& operator=(metrics_registry const&) = delete;

    /// The metric of that name and those labels, in any order, made when it is new. Cost: a lock and a search.
    /// Throws std::invalid_argument for another character in the name; for a name that belongs to a metric of another
    /// kind; for a label name that is malformed, given twice, or reserved (le, quantile,
    /// overflow, duplicate).
    [[nodiscard]] poise::profile::counter& counter(std::string_view name, metric_labels const& labels = {});
    [[nodiscard]] poise::profile::gauge& gauge(std::string_view name, metric_labels const& labels = {});
    [[nodiscard]] poise::profile::histogram& histogram(std::string_view name, metric_labels const& labels = {});

    /// What the metrics of that name mean, for people; there may be none yet. The last one said is kept.
    void describe(std::string_view name, std::string_view help);

    /// All metrics now. Threads may go on: each is exact for some moment during the call.
    [[nodiscard]] metrics_snapshot snapshot() const;
    /// All values to 0; names and references stay. What other threads count meanwhile is kept or forgotten as a whole.
    void reset();

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// The registry poise itself reports to unless told otherwise. Never destroyed.
[[nodiscard]] metrics_registry& metrics();

}  // namespace poise::profile
