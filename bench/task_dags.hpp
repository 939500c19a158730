// SPDX-License-Identifier: MIT
// The graphs of the task benchmarks: the shapes that schedulers are measured on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace poise_bench {

// For each task the ones it waits for, at most three; the first task has none, and all others have one.
struct dag {
    std::string name;
    std::vector<std::vector<std::uint32_t>> inputs;

    [[nodiscard]] std::size_t size() const { return inputs.size(); }
};

[[nodiscard]] inline dag chain(std::uint32_t n) {
    dag d{"chain", std::vector<std::vector<std::uint32_t>>(n)};
    for (std::uint32_t i = 1; i < n; ++i) d.inputs[i] = {i - 1};
    return d;
}
[[nodiscard]] inline dag fan_out(std::uint32_t n) {
    dag d{"fan-out", std::vector<std::vector<std::uint32_t>>(n)};
    for (std::uint32_t i = 1; i < n; ++i) d.inputs[i] = {0};
    return d;
}
[[nodiscard]] inline dag wavefront(std::uint32_t side) {
    dag d{"wavefront", {}};
    for (std::uint32_t i = 0; i < side; ++i)
        for (std::uint32_t j = 0; j < side; ++j) {
            auto& inputs = d.inputs.emplace_back();
            if (i > 0) inputs.push_back((i - 1) * side + j);
            if (j > 0) inputs.push_back(i * side + j - 1);
        }
    return d;
}
[[nodiscard]] inline dag binary_tree(std::uint32_t n) {
    dag d{"binary tree", std::vector<std::vector<std::uint32_t>>(n)};
    for (std::uint32_t i = 1; i < n; ++i) d.inputs[i] = {(i - 1) / 2};
    return d;
}
[[nodiscard]] inline dag random_of_degree_3(std::uint32_t n) {
    dag d{"random, degree 3", std::vector<std::vector<std::uint32_t>>(n)};
    std::mt19937 random{7};
    for (std::uint32_t i = 1; i < n; ++i) {
        while (d.inputs[i].size() < std::min(i, 3U)) {
            auto const input = static_cast<std::uint32_t>(random() % i);
            if (std::ranges::find(d.inputs[i], input) == d.inputs[i].end()) d.inputs[i].push_back(input);
        }
    }
    return d;
}

[[nodiscard]] inline std::vector<std::string> names_of(dag const& d) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < d.size(); ++i) names.push_back("task " + std::to_string(i));
    return names;
}

}  // namespace poise_bench
