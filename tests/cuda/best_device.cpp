// SPDX-License-Identifier: MIT
// Exit status 0 where device::best() is a GPU, or the processor for another reason than that poise::cuda is not linked.
#include <poise/core/device.hpp>

#include <iostream>

int main() {
    auto const best = poise::device::best();
    for (auto const& each : poise::device::all()) std::cout << each << '\n';
    std::cout << "best: " << best << '\n';
    return best.why_cpu().find("not linked") == std::string::npos &&
                   best.why_cpu().find("built without") == std::string::npos
               ? 0
               : 1;
}
