// SPDX-License-Identifier: MIT
// What an ensemble leaves.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/ode/ensemble_report.hpp>
#include <poise/ode/ensemble_statistics.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace poise::ode {

template <std::size_t N>
struct ensemble_solution {
    std::vector<std::array<double, N>> y;         ///< of trajectory i at the end; NaN where it failed
    std::vector<std::array<double, N>> saved;     ///< see saved_of(); empty where none was kept
    std::vector<trajectory_report> trajectories;  ///< what came of each
    ensemble_statistics distribution;             ///< at the times of save_at, or at the end where there are none
    ensemble_report report;

    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(report); }

    /// The states of trajectory i at the times of save_at; NaN where it did not come. Throws std::invalid_argument
    /// where there is no such trajectory.
    [[nodiscard]] std::span<std::array<double, N> const> saved_of(std::size_t i) const {
        POISE_REQUIRE(i < y.size(), "ode::ensemble_solution: there is no trajectory ", i, ", only ", y.size());
        std::size_t const n_times = saved.size() / y.size();
        return std::span{saved}.subspan(i * n_times, n_times);
    }
};

}  // namespace poise::ode
