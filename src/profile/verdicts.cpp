// SPDX-License-Identifier: MIT
#include "profile/verdicts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace poise::profile {

verdict detail::judge(interval const& ratio, double min_effect) noexcept {
    double const most_alike = 1.0 + min_effect;
    double const least_alike = 1.0 / most_alike;
    if (ratio.low > most_alike) return verdict::slower;
    if (ratio.high < least_alike) return verdict::faster;
    bool const alike = least_alike <= ratio.low && ratio.high <= most_alike;
    return alike ? verdict::equivalent : verdict::undecided;
}

double seconds_to_verdict(comparison const& of, contender const& c) {
    if (c.outcome != verdict::undecided) return 0.0;
    double const middle = std::log(c.ratio);
    double const gap = std::abs(std::abs(middle) - std::log1p(of.min_effect));
    double const reach = std::max(std::log(c.ratio_interval.high) - middle, middle - std::log(c.ratio_interval.low));
    if (gap == 0.0) return std::numeric_limits<double>::infinity();
    return of.duration_s * std::max(reach * reach / (gap * gap) - 1.0, 0.0);
}

}  // namespace poise::profile
