// SPDX-License-Identifier: MIT
// What came of an ensemble.
#pragma once

#include <poise/core/device.hpp>
#include <poise/core/error.hpp>
#include <poise/ode/report.hpp>

#include <cstddef>
#include <iosfwd>
#include <limits>
#include <string>

namespace poise::ode {

/// One trajectory; true where it reached the end.
struct trajectory_report {
    stop_reason reason = stop_reason::not_finite;
    double t = 0.0;  ///< where it ended
    ode::statistics statistics = {};
    std::size_t n_saved = 0;  ///< of the times of save_at, those that it came to
    double last_step = 0.0;   ///< that was tried, with its sign
    /// Of step_too_small and not_finite: the component that is to blame, and its value at t.
    std::size_t component = 0;
    double component_value = std::numeric_limits<double>::quiet_NaN();

    [[nodiscard]] explicit operator bool() const noexcept { return reason == stop_reason::reached_end; }
};

/// All of them; true where all reached the end.
struct [[nodiscard]] ensemble_report {
    std::string method;  ///< for people: "Tsitouras 5(4)"
    /// The same: "AVX-512"; on a GPU "double" or "float"; empty where trajectories are solved one by one.
    std::string instructions;
    poise::device device = {};  ///< where they were integrated
    std::size_t n_lanes = 1;    ///< trajectories at a time on each thread
    std::size_t n_trajectories = 0;
    std::size_t n_failed = 0;
    std::size_t first_failed = 0;  ///< its number, where any failed
    trajectory_report first_failure = {};
    ode::statistics statistics = {};  ///< of all together
    double solve_s = 0.0;

    [[nodiscard]] explicit operator bool() const noexcept { return n_failed == 0; }
    /// Throws ode::ensemble_not_converged, which carries this report, where it is false.
    void or_throw() const;
};

/// One line: "Tsitouras 5(4), 16 lanes of AVX-512: 4096 trajectories reached the end: 640 steps, …, 6.1 ms", or
/// "…: 2 of 4096 trajectories failed, first number 17, which met a value that is not finite, t = 0.5, component 2, …".
std::ostream& operator<<(std::ostream& out, ensemble_report const& report);

/// An ensemble of which some failed; what() says how many, and of the first its number, where, why and what to try.
class ensemble_not_converged : public poise::not_converged {
public:
    explicit ensemble_not_converged(ensemble_report report);
    [[nodiscard]] ensemble_report const& report() const noexcept { return report_; }

private:
    ensemble_report report_;
};

}  // namespace poise::ode
