// SPDX-License-Identifier: MIT
// The fields of a snapshot as its file has them, listed once for who writes and who reads.
#pragma once

#include <poise/profile/snapshot.hpp>

#include <array>
#include <string_view>

namespace poise::profile::detail {

/// fields_of<T>::visit(v, object) calls v(name, member) for every field, or v.optional(name, member) for one that is
/// left out of the file where it is empty. object may be const. A type has at most 64 fields.
/// fields_of<T>::fault(object), where there is one, is what the fields alone do not say: what is wrong with an object
/// that was read, nullptr where nothing is.
template <class T>
struct fields_of {};
template <class T>
concept has_fields = requires {
    &fields_of<T>::template visit<int, T>;
};

/// names_of<E>: what the file calls the values of an enumeration, in their order from 0.
template <class E>
inline constexpr std::array<std::string_view, 0> names_of{};
template <>
inline constexpr std::array<std::string_view, 2> names_of<category>{"phase", "task"};
template <>
inline constexpr std::array<std::string_view, 6> names_of<mode>{"automatic", "off",   "counted",
                                                                "sampled",   "timed", "precise"};
template <>
inline constexpr std::array<std::string_view, 4> names_of<verdict>{"faster", "slower", "equivalent", "undecided"};
template <>
inline constexpr std::array<std::string_view, 3> names_of<metric_kind>{"counter", "gauge", "histogram"};

template <>
struct fields_of<scope_statistics> {
    template <class V, class S>
    static void visit(V&& v, S& s) {
        v("name", s.name);
        v("kind", s.kind);
        v("recorded", s.recorded);
        v("demoted", s.demoted);
        v("file", s.file);
        v("line", s.line);
        v("calls", s.calls);
        v("timed_calls", s.timed_calls);
        v("inclusive_s", s.inclusive_s);
        v("exclusive_s", s.exclusive_s);
        v("min_s", s.min_s);
        v("max_s", s.max_s);
        v("p50_s", s.p50_s);
        v("p90_s", s.p90_s);
        v("p99_s", s.p99_s);
        v("allocations", s.allocations);
        v("allocated_bytes", s.allocated_bytes);
        v("peak_bytes", s.peak_bytes);
        v("moved_bytes", s.moved_bytes);
        v("flops", s.flops);
        v("children", s.children);
    }
};

template <>
struct fields_of<thread_statistics> {
    template <class V, class S>
    static void visit(V&& v, S& s) {
        v("row", s.row);
        v("name", s.name);
        v("root", s.root);
    }
};

template <>
struct fields_of<source_frame> {
    template <class V, class S>
    static void visit(V&& v, S& s) {
        v("function", s.function);
        v("file", s.file);
        v("line", s.line);
        v("inlined", s.inlined);
    }
};

template <>
struct fields_of<allocation_site> {
    template <class V, class S>
    static void visit(V&& v, S& s) {
        v("stack", s.stack);
        v("scope", s.scope);
        v("samples", s.samples);
        v("allocations", s.allocations);
        v("allocated_bytes", s.allocated_bytes);
    }
};

template <>
struct fields_of<memory_point> {
    template <class V, class S>
    static void visit(V&& v, S& s) {
        v("at_s", s.at_s);
        v("heap_live_bytes", s.heap_live_bytes);
    }
};

template <>
struct fields_of<memory_usage> {
    template <class V, class S>
    static void visit(V&& v, S& s) {
        v("allocations", s.allocations);
        v("allocated_bytes", s.allocated_bytes);
        v("heap_live_bytes", s.heap_live_bytes);
        v("heap_peak_bytes", s.heap_peak_bytes);
        v("library_live_bytes", s.library_live_bytes);
        v("library_peak_bytes", s.library_peak_bytes);
    }
};

template <>
struct fields_of<metric_label> {
    template <class V, class S>
    static void visit(V&& v, S& s) {
        v("name", s.name);
        v("value", s.value);
    }
};

template <>
struct fields_of<histogram_bucket> {
    template <class V, class S>
    static void visit(V&& v, S& s) {
        v("upper", s.upper);
        v("cumulative_count", s.cumulative_count);
    }
};

template <>
struct fields_of<histogram_statistics> {
    template <class V, class S>
    static void visit(V&& v, S& s) {
        v("count", s.count);
        v("sum", s.sum);
        v("min", s.min);
        v("max", s.max);
        v("p50", s.p50);
        v("p90", s.p90);
        v("p99", s.p99);
        v("buckets", s.buckets);
    }
    // Quantiles and differences rely on it; a NaN compares with nothing.
    static char const* fault(histogram_statistics const& s) {
        histogram_bucket before{-1.0, 0};
        for (auto const& bucket : s.buckets) {
            if (!(bucket.upper > before.upper) || bucket.cumulative_count <= before.cumulative_count)
                return "the buckets of the histogram are not in ascending order";
            before = bucket;
        }
        return before.cumulative_count == s.count ? nullptr
                                                  : "the last bucket of the histogram does not hold its count";
    }
};

template <>
struct fields_of<metric> {
    template <class V, class S>
    static void visit(V&& v, S& s) {
        v("name", s.name);
        v("kind", s.kind);
        v("value", s.value);
        v.optional("labels", s.labels);
        v.optional("histogram", s.histogram);
        v.optional("help", s.help);
    }
};

template <>
struct fields_of<function_statistics> {
    template <class V, class S>
    static void visit(V&& v, S& s) {
        v("where", s.where);
        v("self_samples", s.self_samples);
        v("total_samples", s.total_samples);
        v("children", s.children);
    }
};

template <>
struct fields_of<sampled_profile> {
    template <class V, class S>
    static void visit(V&& v, S& s) {
        v("name", s.name);
        v("duration_s", s.duration_s);
        v("cpu_s", s.cpu_s);
        v("asked_hz", s.asked_hz);
        v("engine", s.engine);
        v("lost_samples", s.lost_samples);
        v("failure", s.failure);
        v("root", s.root);
    }
};

template <>
struct fields_of<interval> {
    template <class V, class S>
    static void visit(V&& v, S& s) {
        v("low", s.low);
        v("high", s.high);
    }
};

template <>
struct fields_of<measurement> {
    template <class V, class S>
    static void visit(V&& v, S& s) {
        v("name", s.name);
        v("median_s", s.median_s);
        v("median_interval_s", s.median_interval_s);
        v("mad_s", s.mad_s);
        v("min_s", s.min_s);
        v("calls_per_slice", s.calls_per_slice);
        v("slices_s", s.slices_s);
    }
};

template <>
struct fields_of<contender> {
    template <class V, class S>
    static void visit(V&& v, S& s) {
        v("times", s.times);
        v("ratio", s.ratio);
        v("ratio_interval", s.ratio_interval);
        v("outcome", s.outcome);
    }
};

template <>
struct fields_of<comparison> {
    template <class V, class S>
    static void visit(V&& v, S& s) {
        v("name", s.name);
        v("contenders", s.contenders);
        v("pairs", s.pairs);
        v("min_effect", s.min_effect);
        v("noise_floor", s.noise_floor);
        v("duration_s", s.duration_s);
    }
};

template <>
struct fields_of<snapshot> {
    template <class V, class S>
    static void visit(V&& v, S& s) {
        v("wall_s", s.wall_s);
        v("scope_cost_s", s.scope_cost_s);
        v("counted_cost_s", s.counted_cost_s);
        v("timed_bias_s", s.timed_bias_s);
        v("precise_bias_s", s.precise_bias_s);
        v("overhead_s", s.overhead_s);
        v("overhead_budget", s.overhead_budget);
        v("clock", s.clock);
        v("calls", s.calls);
        v("unrecorded_calls", s.unrecorded_calls);
        v("dropped_events", s.dropped_events);
        v("record_bytes", s.record_bytes);
        v("has_memory", s.has_memory);
        v("has_allocations", s.has_allocations);
        v("memory", s.memory);
        v("resident_bytes", s.resident_bytes);
        v("resident_peak_bytes", s.resident_peak_bytes);
        v("metrics", s.metrics);
        v("measurements", s.measurements);
        v("comparisons", s.comparisons);
        v("samples", s.samples);
        v("allocation_sites", s.allocation_sites);
        v("memory_over_time", s.memory_over_time);
        v("root", s.root);
        v("threads", s.threads);
    }
};

}  // namespace poise::profile::detail
