// SPDX-License-Identifier: MIT
// Private to ode: how many stages a Radau method has.
#pragma once

#include <poise/ode/detail/newton_rate.hpp>

#include <algorithm>
#include <cstddef>

namespace poise::ode::detail {

/// Three, five or seven: more where Newton's iteration converges at once and steps keep their size, fewer where it does
/// not. Source: Hairer & Wanner (1999), J. Comput. Appl. Math. 111, 93, §3.
class radau_order {
public:
    /// To be asked before a factorisation, which costs what a change does. growth: of the step.
    [[nodiscard]] std::size_t next(std::size_t n_stages, double growth, newton_rate const& rate) {
        ++n_since_change_;
        theta_ = std::min(10.0, std::max(rate.theta(), 0.5 * theta_));
        std::size_t n = n_stages;
        if (rate.n_iterations() > 1 && theta_ <= 0.002 && growth < 1.2 && growth > 0.8 && n_since_change_ > 10)
            n = std::min<std::size_t>(7, n + 2);
        if (theta_ >= 0.8 || has_diverged_ || was_slow_) n = std::max<std::size_t>(3, n_stages - 2);
        has_diverged_ = was_slow_ = false;
        if (n != n_stages) n_since_change_ = 0;
        return n;
    }
    void newton_diverged() noexcept { has_diverged_ = true; }
    void newton_was_slow() noexcept { was_slow_ = true; }

private:
    double theta_ = 0.0;
    int n_since_change_ = 0;
    bool has_diverged_ = false, was_slow_ = false;
};

}  // namespace poise::ode::detail
