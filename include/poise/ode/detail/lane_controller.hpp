// SPDX-License-Identifier: MIT
// Private to ode: the size of the next step, in every lane its own.
#pragma once

#include <poise/ode/detail/lane_elementary.hpp>
#include <poise/ode/lanes.hpp>

namespace poise::ode::detail {

/// log₂ x to 10⁻⁶, x positive and normal: quick_log2() in lanes.
template <class Registers>
[[nodiscard]] POISE_ALWAYS_INLINE inline lanes<Registers> quick_log2(lanes<Registers> const& x) noexcept {
    lanes<Registers> m, e;
    lanes<Registers>::split(x, m, e);
    lanes<Registers> const z = (m - 1.0) / (m + 1.0), square = z * z;
    constexpr double two_over_ln2 = 2.8853900817779268;
    return e + two_over_ln2 * z * (1.0 + square * (1.0 / 3.0 + square * (1.0 / 5.0 + square * (1.0 / 7.0))));
}

/// 2ˣ to 10⁻⁵, |x| < 1000.
template <class Registers>
[[nodiscard]] POISE_ALWAYS_INLINE inline lanes<Registers> quick_exp2(lanes<Registers> const& x) noexcept {
    lanes<Registers> const n = nearest(x), f = (x - n) * 0.6931471805599453;
    return scaled(1.0 + f * (1.0 + f * (1.0 / 2.0 + f * (1.0 / 6.0 + f * (1.0 / 24.0 + f * (1.0 / 120.0))))), n);
}

/// What numbers in lanes are kept between, so that neither they nor what they are divided by leave what a number holds.
template <class Registers>
struct lane_range {
    static constexpr bool is_single = sizeof(typename Registers::real) == 4;
    static constexpr double most = is_single ? 1e35 : 1e300, least = is_single ? 1e-37 : 1e-300,
                            least_square = is_single ? 1e-30 : 1e-40;
};

/// step_controller, lane by lane: an error C hᵏ, C taken to grow on as it did from the step before.
/// Source: Gustafsson (1994), ACM TOMS 20, 496.
template <class Registers>
class lane_controller {
    using number = lanes<Registers>;
    using mask = typename number::mask;
    using range = lane_range<Registers>;

public:
    POISE_ALWAYS_INLINE explicit lane_controller(int k) noexcept : deadbeat_{1.0 / k} {}

    void begin(std::size_t lane) noexcept {
        log_before_.set(lane, log_of_least);
        log_h_before_.set(lane, log_of_nothing);
        was_rejected_.set(lane, 0.0);
    }

    /// What the next step is times this one, h > 0, whose squared norm of the error is `square`, which may be anything.
    [[nodiscard]] POISE_ALWAYS_INLINE number after(number const& h, number const& square,
                                                   mask const& accepted) noexcept {
        mask const is_known = square < range::most;
        number const log = 0.5 * quick_log2(max(select(is_known, square, 1.0), range::least_square));
        number const log_h = quick_log2(max(h, range::least));
        number const of_this = log_of_safety - deadbeat_ * log;
        number const foreseen = of_this + ((log_h - log_h_before_) + deadbeat_ * (log_before_ - log));
        number const exponent = select(accepted, min(of_this, foreseen), of_this);
        number const most = select(accepted, select(was_rejected_ == 0.0, 10.0, 1.0), 0.9);
        number const factor = max(min(quick_exp2(max(min(exponent, 8.0), -8.0)), most), 0.2);
        log_before_ = select(accepted, max(log, log_of_least), log_before_);
        log_h_before_ = select(accepted, log_h, log_h_before_);
        was_rejected_ = select(accepted, 0.0, 1.0);
        return select(is_known, factor, 0.1);
    }

private:
    static constexpr double log_of_safety = -0.234465254;  // of 0.85
    static constexpr double log_of_least = -13.287712;     // of 1e-4
    static constexpr double log_of_nothing = -1e6;         // of the step before the first: nothing is foreseen

    number deadbeat_;
    number log_before_{log_of_least}, log_h_before_{log_of_nothing}, was_rejected_{0.0};
};

}  // namespace poise::ode::detail
