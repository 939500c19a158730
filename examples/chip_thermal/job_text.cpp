// SPDX-License-Identifier: MIT
#include "chip_thermal/job.hpp"

#include <poise/core/concat.hpp>

#include <algorithm>
#include <iomanip>
#include <ostream>

namespace chip_thermal {

std::ostream& operator<<(std::ostream& out, job_result const& result) {
    std::size_t width = 5;
    for (auto const& peak : result.peaks) width = std::max(width, peak.block.size());
    auto const name = [&](std::string const& text) {
        return text + std::string(width - std::min(width, text.size()), ' ');
    };
    out << name("block") << "  highest mean (K)  in sample   highest point (K)  in sample\n";
    for (auto const& peak : result.peaks)
        out << name(peak.block) << std::setw(18) << poise::to_text_fixed(peak.mean, 3) << std::setw(11)
            << peak.mean_sample << std::setw(20) << poise::to_text_fixed(peak.highest, 3) << std::setw(11)
            << peak.highest_sample << '\n';
    out << "\nenergy balance: heat carried off equals power within " << poise::to_text(result.worst_balance_error, 2)
        << " (relative) in each of " << result.n_samples << " samples\n";
    return out;
}

}  // namespace chip_thermal
