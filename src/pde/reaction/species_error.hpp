// SPDX-License-Identifier: MIT
// Private to src/pde: what a step's error is over all species, and which of them has most of it.
#pragma once

#include "pde/time_loop.hpp"

#include <poise/core/concat.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>

namespace poise::pde::detail {

/// The root of the mean over unknowns and species of (e / scale)².
class species_error {
public:
    /// square: Σ e² of species s; size: Σ u² at the end of the step; largest_value(): of |u|, asked for where
    /// tolerances are so small that squares of it underflow. Of what is not finite or lost the error is infinite.
    template <class Largest>
    void add(std::size_t s, double square, double scale, double size, Largest const& largest_value) {
        double share = square == 0.0 ? 0.0 : square / (scale * scale);
        bool const is_lost = scale < 1e-150 && largest_value() > 0.0;
        if (!std::isfinite(size) || std::isnan(share) || is_lost) share = std::numeric_limits<double>::infinity();
        total_ += share;
        if (share <= largest_) return;
        largest_ = share;
        worst_ = s;
        is_lost_ = is_lost;
    }
    [[nodiscard]] double root(std::size_t n) const {
        return std::sqrt(total_ / static_cast<double>(std::max<std::size_t>(n, 1)));
    }

    /// For people: what to do about a step that ended so; names the worst species.
    [[nodiscard]] std::string remedy(step_outcome outcome) const {
        if (is_lost_)
            return concat("species ", worst_, " is so small that its squares are nothing: scale it, or give an atol");
        if (outcome == step_outcome::not_finite)
            return concat("species ", worst_,
                          " grows beyond all numbers or its rate is none: look for a reaction that blows up in finite "
                          "time, or divides by zero");
        return concat("species ", worst_,
                      " asks for that: its solution may end there, as where it grows beyond all numbers, or data jump: "
                      "name the time in discontinuities, or rtol and atol ask for more than rounding allows");
    }

private:
    double total_ = 0.0, largest_ = -1.0;
    std::size_t worst_ = 0;
    bool is_lost_ = false;
};

}  // namespace poise::pde::detail
