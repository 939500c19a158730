// SPDX-License-Identifier: MIT
// Buckets of histograms that are equally fine at every size: each octave is cut into the same number of equal parts.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace poise::profile {

/// Buckets for whole numbers: [lower(i), upper(i)], both ends within. Every number below 2·SubBuckets has a bucket of
/// its own; above, a bucket is at most 1/SubBuckets as wide as its lower end, so that its middle is within
/// 1/(2·SubBuckets) of whatever it holds: 3.1 % with 16, 6.3 % with 8. All of 2⁶⁴ are covered: 976 buckets with 16.
/// Cost of index(): a count of leading zeros and two shifts.
template <unsigned SubBuckets>
struct log_linear {
    static_assert(std::has_single_bit(SubBuckets) && SubBuckets >= 2,
                  "a power of two, since buckets are found by bits");
    using value_type = std::uint64_t;

    static constexpr unsigned sub_bits = static_cast<unsigned>(std::countr_zero(SubBuckets));
    static constexpr std::size_t n_buckets = (65 - sub_bits) * SubBuckets;

    [[nodiscard]] static constexpr std::size_t index(std::uint64_t value) noexcept {
        // Setting a low bit changes no bucket and spares the case of small values.
        unsigned const shift = static_cast<unsigned>(std::bit_width(value | SubBuckets)) - 1 - sub_bits;
        return shift * std::size_t{SubBuckets} + static_cast<std::size_t>(value >> shift);
    }
    [[nodiscard]] static constexpr std::uint64_t lower(std::size_t index) noexcept {
        unsigned const shift = shift_of(index);
        return std::uint64_t{index - std::size_t{shift} * SubBuckets} << shift;
    }
    [[nodiscard]] static constexpr std::uint64_t upper(std::size_t index) noexcept {
        return lower(index) + ((std::uint64_t{1} << shift_of(index)) - 1);
    }
    [[nodiscard]] static constexpr std::uint64_t middle(std::size_t index) noexcept {
        return lower(index) + (upper(index) - lower(index)) / 2;
    }

private:
    static constexpr unsigned shift_of(std::size_t index) noexcept {
        return index < 2 * SubBuckets ? 0 : static_cast<unsigned>(index / SubBuckets) - 1;
    }
};

/// Buckets for doubles ≥ 0: (lower(i), upper(i)], the upper end within, as Prometheus has it. The first holds 0 alone,
/// the second what is not above 2^MinExponent, the last what is above 2^MaxExponent; between them a bucket is at most
/// 1/SubBuckets as wide as its lower end. Not for NaN and negative values.
/// Cost of index(): two comparisons and a shift of the bits.
template <unsigned SubBuckets, int MinExponent, int MaxExponent>
struct log_linear_real {
    static_assert(std::has_single_bit(SubBuckets), "a power of two, since buckets are found by bits");
    static_assert(-1022 <= MinExponent && MinExponent < MaxExponent && MaxExponent <= 1023, "exponents of doubles");
    using value_type = double;

    static constexpr unsigned sub_bits = static_cast<unsigned>(std::countr_zero(SubBuckets));
    static constexpr std::size_t n_buckets = static_cast<std::size_t>(MaxExponent - MinExponent) * SubBuckets + 3;

    [[nodiscard]] static constexpr std::size_t index(double value) noexcept {
        if (value <= smallest) return value > 0.0 ? 1 : 0;
        if (value > largest) return n_buckets - 1;
        // The bits of positive doubles are ordered as the doubles; one less puts a bound into the bucket it closes.
        return static_cast<std::size_t>(((std::bit_cast<std::uint64_t>(value) - 1) >> shift) - first) + 2;
    }
    [[nodiscard]] static constexpr double lower(std::size_t index) noexcept {
        return index == 0 ? 0.0 : upper(index - 1);
    }
    [[nodiscard]] static constexpr double upper(std::size_t index) noexcept {
        if (index == 0) return 0.0;
        if (index == n_buckets - 1) return std::numeric_limits<double>::max();
        return std::bit_cast<double>((first + (index - 1)) << shift);
    }
    [[nodiscard]] static constexpr double middle(std::size_t index) noexcept {
        return 0.5 * lower(index) + 0.5 * upper(index);
    }

private:
    static constexpr unsigned shift = 52 - sub_bits;
    static constexpr std::uint64_t first = (std::uint64_t{1023 + MinExponent} << 52) >> shift;
    static constexpr double smallest = std::bit_cast<double>(std::uint64_t{1023 + MinExponent} << 52);
    static constexpr double largest = std::bit_cast<double>(std::uint64_t{1023 + MaxExponent} << 52);
};

/// Which of n sorted values reaches the share q: the ⌈q·n⌉-th, from 1 on; the first for q ≤ 0. n ≥ 1.
[[nodiscard]] constexpr std::uint64_t quantile_rank(std::uint64_t n, double q) noexcept {
    double const asked = q * static_cast<double>(n);
    if (asked >= static_cast<double>(n)) return n;
    if (!(asked > 1.0)) return 1;
    auto const rank = static_cast<std::uint64_t>(asked);
    return static_cast<double>(rank) < asked ? rank + 1 : rank;
}

/// The bucket in which the share q of all counted values is reached: that of the ⌈q·n⌉-th smallest of n, of the first
/// one for q ≤ 0. n_buckets where nothing was counted. counts: how many values each bucket holds, from the first on.
template <class Buckets, class Counts>
[[nodiscard]] constexpr std::size_t quantile_bucket(Counts const& counts, double q) noexcept {
    std::uint64_t n = 0;
    for (std::uint64_t const count : counts) n += count;
    if (n == 0) return Buckets::n_buckets;
    std::uint64_t const rank = quantile_rank(n, q);
    std::uint64_t passed = 0;
    std::size_t index = 0;
    for (std::uint64_t const count : counts) {
        passed += count;
        if (passed >= rank) break;
        ++index;
    }
    return index;
}

/// The middle of that bucket, 0 where nothing was counted: log_linear<16> is within 3.1 % of the value itself. Who
/// knows the least and the largest value clamps to them.
template <class Buckets, class Counts>
[[nodiscard]] constexpr typename Buckets::value_type quantile(Counts const& counts, double q) noexcept {
    std::size_t const index = quantile_bucket<Buckets>(counts, q);
    return index == Buckets::n_buckets ? typename Buckets::value_type{} : Buckets::middle(index);
}

}  // namespace poise::profile
