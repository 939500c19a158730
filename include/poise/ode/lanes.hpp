// SPDX-License-Identifier: MIT
// Numbers of several trajectories at a time.
#pragma once

#include <poise/ode/detail/registers.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <utility>

namespace poise::ode {

template <class Registers>
class lanes;

/// Yes or no, for each lane: what comparisons of lanes give, and what select() chooses by. &&, || and if are for one
/// answer; for masks they are & and |.
template <class Registers>
class lane_mask {
public:
    lane_mask() noexcept = default;
    POISE_ALWAYS_INLINE lane_mask(lane_mask const& other) noexcept : registers_{other.registers_} {}
    lane_mask& operator=(lane_mask const&) noexcept = default;

    POISE_ALWAYS_INLINE friend lane_mask operator&(lane_mask const& a, lane_mask const& b) noexcept {
        lane_mask result;
        Registers::both(result.registers_, a.registers_, b.registers_);
        return result;
    }
    POISE_ALWAYS_INLINE friend lane_mask operator|(lane_mask const& a, lane_mask const& b) noexcept {
        lane_mask result;
        Registers::either(result.registers_, a.registers_, b.registers_);
        return result;
    }
    POISE_ALWAYS_INLINE friend lane_mask operator!(lane_mask const& a) noexcept {
        lane_mask result;
        Registers::invert(result.registers_, a.registers_);
        return result;
    }
    /// a where the condition holds, b elsewhere. Both are computed.
    POISE_ALWAYS_INLINE friend lanes<Registers> select(lane_mask const& condition, lanes<Registers> const& a,
                                                       lanes<Registers> const& b) noexcept {
        lanes<Registers> result;
        Registers::select(result.registers(), condition.registers_, a.registers(), b.registers());
        return result;
    }
    /// Bit l is that of lane l.
    [[nodiscard]] POISE_ALWAYS_INLINE unsigned bits() const noexcept {
        unsigned result;
        Registers::to_bits(result, registers_);
        return result;
    }
    [[nodiscard]] POISE_ALWAYS_INLINE typename Registers::mask& registers() noexcept { return registers_; }
    [[nodiscard]] POISE_ALWAYS_INLINE typename Registers::mask const& registers() const noexcept { return registers_; }

private:
    typename Registers::mask registers_;
};

/// One number of each of several trajectories: what f of an ensemble computes with in the place of double. Arithmetic,
/// also with doubles, comparisons, which give masks, and the functions of <cmath> below, which are found where they are
/// called without std::. Arithmetic, sqrt, abs, min, max, select, exp, log, sin and cos are done in all lanes at once,
/// the last four to about an ulp; the others are called for one lane after the other. What stands in one lane never
/// depends on the others. Not initialised, as double is not.
template <class Registers>
class lanes {
public:
    static constexpr std::size_t size = Registers::n_lanes;
    using real = typename Registers::real;
    using mask = lane_mask<Registers>;

    lanes() noexcept = default;
    POISE_ALWAYS_INLINE lanes(lanes const& other) noexcept : registers_{other.registers_} {}
    lanes& operator=(lanes const&) noexcept = default;
    /// The same in all lanes.
    POISE_ALWAYS_INLINE lanes(double x) noexcept { Registers::set(registers_, x); }

    [[nodiscard]] POISE_ON_GPUS_TOO double operator[](std::size_t lane) const noexcept {
        real x;
        std::memcpy(&x, reinterpret_cast<char const*>(&registers_) + lane * sizeof(real), sizeof(real));
        return static_cast<double>(x);
    }
    POISE_ON_GPUS_TOO void set(std::size_t lane, double x) noexcept {
        auto const given = static_cast<real>(x);
        std::memcpy(reinterpret_cast<char*>(&registers_) + lane * sizeof(real), &given, sizeof(real));
    }

    POISE_ALWAYS_INLINE friend lanes operator+(lanes const& a) noexcept { return a; }
    POISE_ALWAYS_INLINE friend lanes operator-(lanes const& a) noexcept {
        lanes result;
        Registers::negate(result.registers_, a.registers_);
        return result;
    }
    POISE_ALWAYS_INLINE friend lanes operator+(lanes const& a, lanes const& b) noexcept {
        lanes result;
        Registers::add(result.registers_, a.registers_, b.registers_);
        return result;
    }
    POISE_ALWAYS_INLINE friend lanes operator-(lanes const& a, lanes const& b) noexcept {
        lanes result;
        Registers::subtract(result.registers_, a.registers_, b.registers_);
        return result;
    }
    POISE_ALWAYS_INLINE friend lanes operator*(lanes const& a, lanes const& b) noexcept {
        lanes result;
        Registers::multiply(result.registers_, a.registers_, b.registers_);
        return result;
    }
    POISE_ALWAYS_INLINE friend lanes operator/(lanes const& a, lanes const& b) noexcept {
        lanes result;
        Registers::divide(result.registers_, a.registers_, b.registers_);
        return result;
    }
    POISE_ALWAYS_INLINE lanes& operator+=(lanes const& b) noexcept { return *this = *this + b; }
    POISE_ALWAYS_INLINE lanes& operator-=(lanes const& b) noexcept { return *this = *this - b; }
    POISE_ALWAYS_INLINE lanes& operator*=(lanes const& b) noexcept { return *this = *this * b; }
    POISE_ALWAYS_INLINE lanes& operator/=(lanes const& b) noexcept { return *this = *this / b; }

    POISE_ALWAYS_INLINE friend mask operator<(lanes const& a, lanes const& b) noexcept {
        mask result;
        Registers::less(result.registers(), a.registers_, b.registers_);
        return result;
    }
    POISE_ALWAYS_INLINE friend mask operator<=(lanes const& a, lanes const& b) noexcept {
        mask result;
        Registers::less_equal(result.registers(), a.registers_, b.registers_);
        return result;
    }
    POISE_ALWAYS_INLINE friend mask operator>(lanes const& a, lanes const& b) noexcept { return b < a; }
    POISE_ALWAYS_INLINE friend mask operator>=(lanes const& a, lanes const& b) noexcept { return b <= a; }
    POISE_ALWAYS_INLINE friend mask operator==(lanes const& a, lanes const& b) noexcept {
        mask result;
        Registers::equal(result.registers(), a.registers_, b.registers_);
        return result;
    }
    POISE_ALWAYS_INLINE friend mask operator!=(lanes const& a, lanes const& b) noexcept { return !(a == b); }

    POISE_ALWAYS_INLINE friend lanes sqrt(lanes const& x) noexcept {
        lanes result;
        Registers::sqrt(result.registers_, x.registers_);
        return result;
    }
    POISE_ALWAYS_INLINE friend lanes abs(lanes const& x) noexcept {
        lanes result;
        Registers::abs(result.registers_, x.registers_);
        return result;
    }
    POISE_ALWAYS_INLINE friend lanes fabs(lanes const& x) noexcept { return abs(x); }
    POISE_ALWAYS_INLINE friend lanes min(lanes const& a, lanes const& b) noexcept { return select(b < a, b, a); }
    POISE_ALWAYS_INLINE friend lanes max(lanes const& a, lanes const& b) noexcept { return select(a < b, b, a); }
    POISE_ALWAYS_INLINE friend mask isfinite(lanes const& x) noexcept { return x - x == lanes{0.0}; }

    /// x = m 2ᵉ, m in [√½, √2); x positive and normal.
    POISE_ALWAYS_INLINE static void split(lanes const& x, lanes& m, lanes& e) noexcept {
        Registers::exponent(e.registers_, m.registers_, x.registers_);
    }
    /// x 2ⁿ, n whole, both normal.
    POISE_ALWAYS_INLINE friend lanes scaled(lanes const& x, lanes const& n) noexcept {
        lanes result;
        Registers::scale(result.registers_, x.registers_, n.registers_);
        return result;
    }

    [[nodiscard]] POISE_ALWAYS_INLINE typename Registers::numbers& registers() noexcept { return registers_; }
    [[nodiscard]] POISE_ALWAYS_INLINE typename Registers::numbers const& registers() const noexcept {
        return registers_;
    }

private:
    typename Registers::numbers registers_;
};

/// The same of one: an f that is written with it can be called with numbers as well.
template <class T>
[[nodiscard]] constexpr T select(bool condition, T const& a, T const& b) {
    return condition ? a : b;
}

}  // namespace poise::ode
