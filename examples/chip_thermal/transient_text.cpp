// SPDX-License-Identifier: MIT
#include "chip_thermal/transient.hpp"

#include <poise/core/concat.hpp>

#include <algorithm>
#include <iomanip>
#include <ostream>

namespace chip_thermal {

std::ostream& operator<<(std::ostream& out, transient_result const& result) {
    using poise::to_text, poise::to_text_fixed;
    auto const& moments = result.moments;
    auto const hottest = std::ranges::max_element(moments, {}, &moment::highest);
    std::size_t width = 13;
    for (auto const& each : moments) width = std::max(width, each.hottest_block.size());
    out << "    t (ms)  hottest block" << std::string(width - 13, ' ')
        << "  peak (K)  steady (K)  to go (K)  farthest mean (K)\n";
    std::size_t const every = (moments.size() + 18) / 19;
    for (std::size_t s = 0; s < moments.size(); ++s) {
        auto const& each = moments[s];
        bool const is_hottest = &each == &*hottest;
        if ((s + 1) % every != 0 && !is_hottest) continue;
        out << std::setw(10) << to_text(1e3 * each.t, 6) << "  " << each.hottest_block
            << std::string(width - each.hottest_block.size(), ' ') << std::setw(10) << to_text_fixed(each.highest, 3)
            << std::setw(12) << to_text_fixed(each.steady, 3) << std::setw(11)
            << to_text_fixed(each.steady - each.highest, 3) << std::setw(19) << to_text_fixed(each.farthest_mean, 3)
            << (is_hottest ? "  hottest\n" : "\n");
    }
    out << "\nthe die's mean comes 63 % closer to where its power leads it in "
        << to_text(1e3 * result.time_constant, 3) << " ms\nenergy balance: in each of " << moments.size()
        << " samples the heat in the die is what power less cooling leaves, off by "
        << to_text(result.worst_balance_error, 2) << " of it at most\n";
    return out;
}

}  // namespace chip_thermal
