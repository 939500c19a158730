// SPDX-License-Identifier: MIT
#include "profile/slices.hpp"

#include "profile/statistics.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/profile/timer.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace poise::profile::detail {
namespace {

// Less than any clock resolves: what is below was not measured.
constexpr double least_s = 1e-10;

void run_nothing(void*, std::uint64_t) {}

clock_properties measure_clock() {
    clock_properties found{1.0, 1.0};
    loop const nothing{nullptr, &run_nothing};
    for (int i = 0; i < 1000; ++i) {
        long long const start = steady_ns();
        nothing(1);
        auto const took = 1e-9 * static_cast<double>(steady_ns() - start);
        found.cost_s = std::min(found.cost_s, took);
        if (took > 0.0) found.resolution_s = std::min(found.resolution_s, took);
    }
    return found;
}

// The least of three: a thread that is interrupted seems to need fewer calls. A long call that was not is not repeated.
double undisturbed_seconds_of(loop const& body, std::uint64_t calls) {
    constexpr double long_s = 0.005;
    double least = std::numeric_limits<double>::infinity();
    for (int i = 0; i < 3; ++i) {
        std::uint64_t const before = involuntary_switches();
        double const took = seconds_of(body, calls);
        least = std::min(least, took);
        if (took > long_s && involuntary_switches() == before) break;
    }
    return least;
}

}  // namespace

clock_properties const& clock_of_slices() {
    static clock_properties const found = measure_clock();
    return found;
}

double seconds_of(loop const& body, std::uint64_t calls) {
    double const cost_s = clock_of_slices().cost_s;
    long long const start = steady_ns();
    body(calls);
    return std::max(1e-9 * static_cast<double>(steady_ns() - start) - cost_s, least_s);
}

calibrated calibrate(loop const& body, double slice_s, double warm_up_s) {
    double const wanted_s = std::max(slice_s, 100.0 * clock_of_slices().resolution_s);
    timer const warming;
    body(1);  // the first call may fill caches, the program's own among them
    calibrated found;
    for (std::uint64_t calls = 1;; calls *= 2) {
        double const took = undisturbed_seconds_of(body, calls);
        if (took < wanted_s / 2.0) continue;
        found.call_s = took / static_cast<double>(calls);
        found.calls = std::max<std::uint64_t>(static_cast<std::uint64_t>(wanted_s / found.call_s), 1);
        break;
    }
    while (warming.seconds() < warm_up_s) body(found.calls);
    return found;
}

std::uint64_t involuntary_switches() noexcept {
#ifdef RUSAGE_THREAD
    rusage usage{};
    if (getrusage(RUSAGE_THREAD, &usage) == 0) return static_cast<std::uint64_t>(usage.ru_nivcsw);
#endif
    return 0;
}

void require_slice_options(double slice_s, double max_time_s, double warm_up_s, double confidence) {
    POISE_REQUIRE(std::isfinite(slice_s) && slice_s > 0.0, "slice_s is ", slice_s,
                  "; it is a time above 0, such as 2e-4 seconds");
    POISE_REQUIRE(std::isfinite(max_time_s) && max_time_s > 0.0, "max_time_s is ", max_time_s,
                  "; it is a time above 0, such as 0.2 seconds");
    POISE_REQUIRE(std::isfinite(warm_up_s) && warm_up_s >= 0.0, "warm_up_s is ", warm_up_s,
                  "; it is a time, 0 for no warm-up but the calibration");
    POISE_REQUIRE(confidence >= 0.5 && confidence <= 0.999999, "confidence is ", confidence,
                  "; it is a probability from 0.5 to 0.999999, such as 0.95");
}

measurement summary_of(std::string name, std::uint64_t calls, std::vector<double> slices_s, double confidence) {
    measurement found;
    found.name = std::move(name);
    found.median_s = median(slices_s);
    found.median_interval_s = median_interval(slices_s, confidence);
    found.mad_s = median_absolute_deviation(slices_s, found.median_s);
    found.min_s = std::ranges::min(slices_s);
    found.calls_per_slice = calls;
    found.slices_s = std::move(slices_s);
    return found;
}

}  // namespace poise::profile::detail
