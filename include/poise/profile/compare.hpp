// SPDX-License-Identifier: MIT
// Which of several implementations is faster, by how much, and how sure that is.
#pragma once

#include <poise/profile/body.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace poise::profile {

/// A 95 % confidence interval, where the options did not ask for another confidence.
struct interval {
    double low = 0.0, high = 0.0;

    friend bool operator==(interval const&, interval const&) = default;
};

/// What measure() found: seconds per call.
struct measurement {
    std::string name;
    double median_s = 0.0;
    interval median_interval_s;
    double mad_s = 0.0;  ///< median absolute deviation from the median
    double min_s = 0.0;
    std::uint64_t calls_per_slice = 0;
    std::vector<double> slices_s;  ///< per call, in the order they were measured

    friend bool operator==(measurement const&, measurement const&) = default;
    /// One line without its end: name, median, interval, MAD, slices.
    friend std::ostream& operator<<(std::ostream&, measurement const&);
};

/// Of a contender against the first one. equivalent: the whole interval lies within min_effect of 1.
enum class verdict : unsigned char { faster, slower, equivalent, undecided };
std::ostream& operator<<(std::ostream&, verdict);

/// One of the implementations that were compared, against the first.
struct contender {
    measurement times;
    /// Its time over the first one's, median of the pairs. Not the ratio of the medians, where a body has two speeds or
    /// finds in the caches or in the heap what another one left; measure() gives its time alone.
    double ratio = 1.0;
    interval ratio_interval{1.0, 1.0};
    verdict outcome = verdict::equivalent;

    friend bool operator==(contender const&, contender const&) = default;
};

/// What compare() found.
struct comparison {
    std::string name;
    std::vector<contender> contenders;  ///< the first is the baseline
    /// Slices of each contender that were paired with one of the first; the others of slices_s were interrupted.
    std::size_t pairs = 0;
    double min_effect = 0.0;         ///< differences below it count as none
    interval noise_floor{1.0, 1.0};  ///< the ratio of the first with itself, measured alongside
    double duration_s = 0.0;

    /// nullptr where none has that name.
    [[nodiscard]] contender const* find(std::string_view name) const noexcept;

    friend bool operator==(comparison const&, comparison const&) = default;
    /// A table of at most 80 columns: a line per contender, with its verdict.
    friend std::ostream& operator<<(std::ostream&, comparison const&);
};

/// How much longer the same comparison would have to run for a verdict on c, if the noise stays as it is: intervals
/// shrink with the square root of the time. 0 where c has a verdict, infinite where its ratio lies at min_effect.
[[nodiscard]] double seconds_to_verdict(comparison const& of, contender const& c);

struct compare_options {
    std::string name = {};
    /// Ratios from 1 / (1 + min_effect) to 1 + min_effect count as no difference.
    double min_effect = 0.01;
    /// That no verdict is wrong and every interval holds its ratio, all contenders and looks together.
    double confidence = 0.95;
    /// Length of a slice; much shorter than the kernel's turns, so that a round meets one moment of the machine. Longer
    /// ones, where bodies need their own data in the caches for longer than that: they cost power, bench/README.md.
    double slice_s = 1e-4;
    /// At the latest when that much has passed, calibration included, or that many pairs were taken, it ends; but not
    /// before there is an interval, which takes 12 pairs for two contenders and 95 %.
    double max_time_s = 0.2;
    std::size_t max_pairs = 20000;
    /// Each body is run for so long first.
    double warm_up_s = 0.002;
};

/// Times bodies against the first of them: std::cout << profile::compare({{"dense", dense}, {"sparse", sparse}});
/// bodies: two or more, with names of their own. Runs on the calling thread, in rounds: every body one slice of
/// slice_s (one call, where that takes longer), in an order drawn at random, then the same order backwards. A round
/// gives the logarithm of each body's time over the first one's, from which a drift of the machine falls out. Rounds in
/// which the kernel took the processor away are left out, unless they are most.
/// The interval is that of the sign test. Because the order is random, it holds for any noise, however that hangs
/// together in time; looking early does not harm it, because the looks share 1 − confidence between them.
/// Returns as soon as every contender has a verdict. Remembered for reports while profiling is on.
/// Throws std::invalid_argument for fewer than two bodies, names that are empty or equal, options out of range; what a
/// body throws comes through, and nothing is left behind. Thread-safe where the bodies are; others that run meanwhile
/// are noise. Memory: 16 bytes per pair and contender.
/// Source: intervals of the median, David and Nagaraja (2003), Order Statistics, section 7.1; alpha spending, Lan and
/// DeMets (1983), Biometrika 70, 659; equivalence, Schuirmann (1987), J. Pharmacokinet. Biopharm. 15, 657.
[[nodiscard]] comparison compare(std::vector<named_body> const& bodies, compare_options const& options = {});

}  // namespace poise::profile
