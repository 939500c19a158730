// SPDX-License-Identifier: MIT
// When a comparison that is still running may be looked at, and how sure each look has to be.
#pragma once

#include <cstddef>

namespace poise::profile::detail {

/// Who stops at the first look that pleases him is wrong more often than one look says. Here the looks share the
/// allowed error: early ones at 1/16, 1/8, 1/4 and 1/2 of the time take 8 % of it each, the last one what is left; the
/// chance that any of them is wrong is at most the sum. When a look comes depends on the time alone, which knows
/// nothing of the order of the bodies.
class looks {
public:
    looks(double error, double max_time_s) noexcept : error_{error}, max_time_s_{max_time_s} {}

    /// The error a look now may have; 0 if there is none now. rounds: that can be used; over: no more are wanted.
    [[nodiscard]] double due(double elapsed_s, std::size_t rounds, bool over);
    /// Whether the look that was due last was the last of all.
    [[nodiscard]] bool ended() const noexcept { return ended_; }

private:
    double error_;
    double max_time_s_;
    double next_share_ = 1.0 / 16.0;
    double spent_ = 0.0;
    bool ended_ = false;
};

}  // namespace poise::profile::detail
