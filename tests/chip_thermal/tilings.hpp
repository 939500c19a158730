// SPDX-License-Identifier: MIT
// Random floorplans for the tests.
#pragma once

#include "chip_thermal/floorplan.hpp"

#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace chip_thermal::test {

/// n blocks that tile [0, width] x [0, height], made by cutting one block after the other in two, none of whose parts
/// gets narrower than `narrowest`. Where no cut is possible any more there are fewer blocks.
inline std::vector<block> random_tiling(std::mt19937_64& random, std::size_t n, double width, double height,
                                        double narrowest) {
    struct edges {
        double left, bottom, right, top;
    };
    std::vector<edges> parts{{0.0, 0.0, width, height}};
    for (int attempt = 0; attempt < 1000 && parts.size() < n; ++attempt) {
        auto& part = parts[random() % parts.size()];
        bool const across_x = random() % 2 == 0;
        double const from = across_x ? part.left : part.bottom;
        double const to = across_x ? part.right : part.top;
        if (to - from < 2.0 * narrowest) continue;
        double const cut = std::uniform_real_distribution<>{from + narrowest, to - narrowest}(random);
        edges rest = part;
        (across_x ? part.right : part.top) = cut;
        (across_x ? rest.left : rest.bottom) = cut;
        parts.push_back(rest);
    }
    std::vector<block> blocks;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto const& p = parts[i];
        blocks.push_back({"b" + std::to_string(i), p.left, p.bottom, p.right - p.left, p.top - p.bottom, i + 1});
    }
    return blocks;
}

/// The same blocks with every number rounded to whole micrometres, as files have them.
inline std::vector<block> rounded_to_micrometres(std::vector<block> blocks) {
    for (auto& b : blocks)
        for (double* const value : {&b.left, &b.bottom, &b.width, &b.height}) *value = std::round(*value * 1e6) * 1e-6;
    return blocks;
}

}  // namespace chip_thermal::test
