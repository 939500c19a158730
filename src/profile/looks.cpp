// SPDX-License-Identifier: MIT
#include "profile/looks.hpp"

#include "profile/statistics.hpp"

namespace poise::profile::detail {
namespace {

constexpr double share_of_an_early_look = 0.08;
// With fewer, the small error of an early look leaves next to the whole range.
constexpr std::size_t rounds_worth_a_look = 50;

}  // namespace

double looks::due(double elapsed_s, std::size_t rounds, bool over) {
    double const left = error_ - spent_;
    if (over || elapsed_s >= max_time_s_) {
        ended_ = rounds >= least_for_median_interval(1.0 - left);
        return ended_ ? left : 0.0;
    }
    if (next_share_ >= 1.0 || elapsed_s < next_share_ * max_time_s_ || rounds < rounds_worth_a_look) return 0.0;
    while (next_share_ < 1.0 && elapsed_s >= next_share_ * max_time_s_) next_share_ *= 2.0;
    spent_ += share_of_an_early_look * error_;
    return share_of_an_early_look * error_;
}

}  // namespace poise::profile::detail
