// SPDX-License-Identifier: MIT
// Private to src/linear: what the Krylov methods share. A method iterates; the frame computes the residuals and judges.
#pragma once

#include "linear/long_vectors.hpp"

#include <poise/linear/krylov.hpp>
#include <poise/linear/report.hpp>
#include <poise/profile/timer.hpp>

#include <cstddef>
#include <optional>
#include <span>

namespace poise::linear::detail {

/// Who says that the residual is small enough is believed when it was computed: a method's iterate() begins at x with
/// the residual computed, and what it recurs from there only says when to compute it again.
class krylov_method {
public:
    krylov_method(krylov_method const&) = delete;
    krylov_method& operator=(krylov_method const&) = delete;

    /// Call once: x is improved until the report's reason.
    [[nodiscard]] solve_report run();

protected:
    /// Why iterate() ended. That is reported, unless the computed residual fell to `anew` times what it was when
    /// iterate() began, or below: then it begins anew. Where the residual only got larger, x goes back; not where the
    /// first time was cut short, as an x with a larger residual may have a smaller error.
    struct ending {
        stop_reason reason;
        double anew = 0.0;
    };

    /// Throws std::invalid_argument, which begins with the name of the function, for input that every method refuses.
    /// Takes three vectors of the workspace; the method's own vectors 1 and 2 are its until it ends.
    krylov_method(char const* function, char const* method, map_view A, std::span<double const> b, std::span<double> x,
                  krylov_options const& options, map_view M);
    ~krylov_method() = default;

    /// From r = b - A x on, until after_iteration() or the method itself says to end.
    [[nodiscard]] virtual ending iterate() = 0;

    /// Counts an iteration and tells of it. Nothing while there is reason to go on.
    [[nodiscard]] std::optional<ending> after_iteration(double residual_norm);
    /// For methods whose residuals may rise again, after an iteration that left x: what it goes back to when rounding
    /// takes over, as it does where A is singular and the residual is small. Copies x a time for half a digit, from the
    /// ninth on.
    void keep_if_good(double residual_norm);
    /// r = b - A x; its norm.
    double compute_residual(std::span<double> r);
    /// The norm that was computed last.
    [[nodiscard]] double computed_norm() const noexcept { return report_.residual_norm; }
    /// That the recurred residual is small enough to compute it.
    [[nodiscard]] bool is_enough(double residual_norm) const noexcept { return residual_norm <= enough_; }
    /// Of the workspace: n entries, from number 1 on.
    [[nodiscard]] std::span<double> vector(std::size_t number) { return workspace_.vector(number + 2, b_.size()); }

private:
    [[nodiscard]] std::optional<stop_reason> verdict() const;
    void keep(double residual_norm);
    bool go_back_to_kept();
    [[nodiscard]] solve_report finish(stop_reason reason);
    [[nodiscard]] double norm_of_A();

    profile::timer taken_;
    krylov_workspace own_;
    krylov_options const& options_;
    double norm_b_ = 0.0;
    double enough_ = 0.0;
    bool was_asked_to_stop_ = false;
    double first_norm_ = 0.0, kept_norm_ = 0.0;
    double worth_keeping_ = 0.0;  ///< residuals below that
    solve_report report_;

protected:
    map_view A_, M_;
    std::span<double const> b_;
    std::span<double> x_;
    krylov_workspace& workspace_;
    long_vectors all_;
    std::span<double> r_;

private:
    std::span<double> kept_x_;
};

/// v becomes a vector without order, the same always: it has parts in all directions.
void scatter(std::span<double> v) noexcept;

}  // namespace poise::linear::detail
