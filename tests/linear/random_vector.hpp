// SPDX-License-Identifier: MIT
// Right-hand sides for the tests of linear.
#pragma once

#include <cstddef>
#include <random>
#include <vector>

namespace poise_test {

/// n numbers between -1 and 1, the same for the same seed.
inline std::vector<double> random_vector(std::size_t n, unsigned seed = 1) {
    std::mt19937 random{seed};
    std::uniform_real_distribution<double> values{-1.0, 1.0};
    std::vector<double> x(n);
    for (double& v : x) v = values(random);
    return x;
}

}  // namespace poise_test
