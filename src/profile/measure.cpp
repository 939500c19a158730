// SPDX-License-Identifier: MIT
#include "profile/remembered.hpp"
#include "profile/slices.hpp"
#include "profile/statistics.hpp"

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/profile/measure.hpp>
#include <poise/profile/timer.hpp>

#include <utility>
#include <vector>

namespace poise::profile::detail {

measurement measure_loop(loop const& body, measure_options const& options) {
    require_slice_options(options.slice_s, options.max_time_s, options.warm_up_s, options.confidence);
    std::size_t const least = least_for_median_interval(options.confidence);
    POISE_REQUIRE(options.slices >= least, "slices is ", options.slices, "; an interval of confidence ",
                  options.confidence, " needs at least ", least);
    timer const running;
    std::uint64_t const calls = calibrate(body, options.slice_s, options.warm_up_s).calls;
    std::vector<double> slices_s;
    while (slices_s.size() < options.slices && (slices_s.size() < least || running.seconds() < options.max_time_s))
        slices_s.push_back(seconds_of(body, calls) / static_cast<double>(calls));
    measurement found = summary_of(options.name, calls, std::move(slices_s), options.confidence);
    remember(found);
    return found;
}

}  // namespace poise::profile::detail
