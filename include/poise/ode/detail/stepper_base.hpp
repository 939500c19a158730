// SPDX-License-Identifier: MIT
// Private to ode: what all steppers hold.
#pragma once

#include <poise/core/reductions.hpp>
#include <poise/ode/detail/linear_combinations.hpp>
#include <poise/ode/detail/right_hand_side.hpp>
#include <poise/ode/report.hpp>
#include <poise/ode/state.hpp>

#include <cmath>
#include <cstddef>
#include <optional>
#include <span>

namespace poise::ode::detail {

/// The equation, the accepted state and the one that is tried. A stepper goes from an accepted state on: attempt() as
/// often as it takes, then accept(). All memory is taken by the constructor, but for what matrix_free keeps of products
/// and what new pivots of sparse factors take.
template <class F, class State>
class stepper_base {
public:
    [[nodiscard]] State const& y() const noexcept { return y_; }
    /// After an attempt.
    [[nodiscard]] State const& new_y() const noexcept { return new_y_; }
    [[nodiscard]] statistics counts() const noexcept { return counts_; }
    [[nodiscard]] std::size_t size() const noexcept { return n_; }
    /// Before or after an attempt, for others to fill.
    [[nodiscard]] State& work() noexcept { return work_; }
    /// Whether what lies between the ends of steps may be far worse than they are: where the solution follows what is
    /// stiff, steps are as long as that lets them.
    [[nodiscard]] static constexpr bool ends_at_saved_times() noexcept { return false; }

    /// The state is y, whatever it was; begin_at() says when.
    void set_state(State const& y) { y_ = y; }
    /// slope = f(t, y), counted.
    void evaluate(double t, State const& y, State& slope) {
        ++counts_.n_evaluations;
        call_right_hand_side(f_, t, y, slope);
    }

protected:
    stepper_base(F const& f, State const& y0, error_weights const& weights)
        : f_{f}, weights_{weights}, y_{y0}, new_y_{y0}, work_{y0}, n_{numbers_of(y_).size()} {}

    /// Of an attempt that a system took on to all components: the first that is not finite in the slope that was solved
    /// for; none where all are.
    void blame(std::optional<std::size_t> component) noexcept { blamed_ = component; }
    void blame_first_of(std::span<double const> slope) { blamed_ = first_not_finite(slope); }
    void blame_none() noexcept { blamed_.reset(); }

    /// Of the step that was tried last: the component whose share of the error, ≥ 0, is largest; one that is not finite
    /// before all others.
    template <class Share>
    [[nodiscard]] std::size_t worst_by(Share const& share_of) const {
        if (blamed_) return *blamed_;
        auto const z = numbers_of(new_y_);
        std::size_t worst = 0;
        double largest = -1.0;
        for (std::size_t d = 0; d < n_; ++d) {
            double const share = share_of(d);
            if (!std::isfinite(share) || !std::isfinite(z[d])) return d;
            if (share > largest) largest = share, worst = d;
        }
        return worst;
    }

    F const& f_;
    error_weights weights_;
    State y_, new_y_, work_;
    std::size_t n_;
    statistics counts_;

private:
    std::optional<std::size_t> blamed_;
};

}  // namespace poise::ode::detail
