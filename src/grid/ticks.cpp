// SPDX-License-Identifier: MIT
#include "grid/ticks.hpp"

#include <poise/core/concat.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace poise::grid::detail {
namespace {

// mantissa · 10^exponent
struct round_step {
    int mantissa = 1;
    int exponent = 0;
    [[nodiscard]] double value() const { return mantissa * std::pow(10.0, exponent); }
};

round_step step_of(double range, int max_steps) {
    double const at_least = range / max_steps;
    int const exponent = static_cast<int>(std::floor(std::log10(at_least)));
    for (int const mantissa : {1, 2, 5}) {
        round_step const step{mantissa, exponent};
        if (step.value() >= at_least * (1.0 - 1e-9)) return step;
    }
    return {1, exponent + 1};
}

std::string fixed(double value, int decimals) {
    std::array<char, 64> digits;
    auto const end =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed, decimals);
    return {digits.data(), end.ptr};
}

}  // namespace

std::vector<tick> round_ticks(double lower, double upper, int max_steps) {
    round_step const step = step_of(upper - lower, max_steps);
    double const slack = 1e-9;  // so that an end that is a round number but for rounding keeps its tick
    double const first = std::ceil(lower / step.value() - slack);
    double const last = std::floor(upper / step.value() + slack);
    double const largest = std::max(std::abs(first), std::abs(last)) * step.value();
    int const magnitude = largest > 0.0 ? static_cast<int>(std::floor(std::log10(largest * (1.0 + 1e-12)))) : 0;
    bool const plain = magnitude < 6 && step.exponent > -5;
    std::vector<tick> ticks;
    for (int k = 0; k <= last - first; ++k) {
        double const i = first + k + 0.0;  // + 0.0 turns -0 into 0
        std::string label;
        if (plain)
            label = fixed(i * step.value(), std::max(0, -step.exponent));
        else if (i == 0.0)
            label = "0";
        else
            label =
                concat(fixed(i * step.value() / std::pow(10.0, magnitude), magnitude - step.exponent), 'e', magnitude);
        ticks.push_back({i * step.value(), std::move(label)});
    }
    return ticks;
}

}  // namespace poise::grid::detail
