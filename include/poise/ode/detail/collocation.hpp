// SPDX-License-Identifier: MIT
// Private to ode: one boundary-value problem by collocation, from a guess to the end.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/ode/boundary_options.hpp>
#include <poise/ode/boundary_problem.hpp>
#include <poise/ode/boundary_report.hpp>
#include <poise/ode/boundary_solution.hpp>
#include <poise/ode/detail/boundary_guess.hpp>
#include <poise/ode/detail/collocation_error.hpp>
#include <poise/ode/detail/collocation_polynomials.hpp>
#include <poise/ode/detail/collocation_system.hpp>
#include <poise/ode/detail/damped_newton.hpp>
#include <poise/ode/detail/input.hpp>
#include <poise/ode/detail/mesh_selection.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace poise::ode::detail {

/// Meshes until halving one changes the solution by less than the tolerance allows. A mesh that is not far from good is
/// halved; another one gets points where they are needed, as many as the error foretells.
template <std::size_t K, class F, class G, class State, class Guess>
class collocation {
public:
    collocation(boundary_problem<F, G> const& problem, Guess const& guess, State const& prototype,
                boundary_options const& options)
        : problem_{problem},
          guess_{guess},
          options_{options},
          weights_{weights_of(options.rtol, options.atol)},
          prototype_{prototype},
          system_{problem, prototype, weights_},
          error_{numbers_of(prototype).size(), weights_} {
        before_.n = numbers_of(prototype).size();
    }

    [[nodiscard]] boundary_solution<State> run() {
        now().x = first_mesh();
        for (;;) {
            begin_mesh();
            auto const outcome = solve_mesh();
            if (outcome != newton_outcome::converged) {
                if (options_.policy == mesh_policy::fixed || !refine_after_failure(outcome)) return failed(outcome);
                continue;
            }
            error_.by_jumps(now());
            if (is_halved_) error_.by_halving(now(), before_);
            if (options_.policy == mesh_policy::fixed || (is_halved_ && error_.largest() <= 1.0))
                return finished(boundary_reason::converged);
            auto next = next_mesh();
            if (!next) return finished(boundary_reason::max_intervals);
            std::swap(before_.x, now().x);
            std::swap(before_.z, now().z);
            now().x = std::move(*next);
        }
    }

private:
    [[nodiscard]] collocation_polynomials<K>& now() noexcept { return system_.polynomials(); }

    [[nodiscard]] std::vector<double> first_mesh() const {
        if (!options_.mesh.empty()) return options_.mesh;
        auto const earlier = mesh_of_guess(guess_);
        bool const fits = earlier.size() >= 5 && earlier.front() == problem_.x.begin &&
                          earlier.back() == problem_.x.end && earlier.size() <= options_.max_intervals;
        if (fits) return coarsen(earlier);  // it was halved in the end
        return equal_mesh(problem_.x.begin, problem_.x.end, options_.n_intervals);
    }

    // From the solution on the mesh before, or the guess.
    void begin_mesh() {
        system_.set_size();
        ++system_.counts().n_meshes;
        if (before_.x.empty())
            sample([this](double x, std::span<double> y) { sample_guess(guess_, x, y); });
        else
            sample([this](double x, std::span<double> y) { before_.evaluate(before_.interval_of(x), x, y); });
    }
    template <class At>
    void sample(At const& at) {
        auto& to = now();
        std::size_t const n = to.n;
        for (std::size_t i = 0; i < to.n_intervals(); ++i) {
            double* const y = to.begin_of(i);
            at(to.x[i], {y, n});
            for (std::size_t j = 0; j < K; ++j) {
                double* const z = y + (j + 1) * n;
                at(to.x[i] + gauss<K>.c[j] * to.width(i), {z, n});
                for (std::size_t c = 0; c < n; ++c) z[c] -= y[c];
            }
        }
        at(to.x.back(), {to.begin_of(to.n_intervals()), n});
    }

    [[nodiscard]] newton_outcome solve_mesh() {
        damped_newton newton{system_, newton_limits{.max_iterations = options_.max_iterations}};
        auto const outcome = newton.run(system_.counts().n_iterations, rate_);
        rate_ = newton.rate();
        return outcome;
    }

    // On a finer mesh equations are nearer to those that have a solution.
    [[nodiscard]] bool refine_after_failure(newton_outcome outcome) {
        was_singular_ |= outcome == newton_outcome::singular;
        bool const is_hopeless = outcome == newton_outcome::not_finite && before_.x.empty();
        if (is_hopeless || ++n_failures_ > most_failures || 2 * now().n_intervals() > options_.max_intervals)
            return false;
        is_halved_ = false;
        now().x = halve(now().x);
        return true;
    }

    // How many intervals of error 1 there would be.
    [[nodiscard]] double n_needed(double root_of_error) const {
        double const by_density = integral_of(system_.polynomials().x, error_.densities());
        double widest = 0.0;
        auto const& x = system_.polynomials().x;
        for (std::size_t i = 0; i + 1 < x.size(); ++i)
            widest = std::max(widest, 0.5 * (error_.densities()[i] + error_.densities()[i + 1]) * (x[i + 1] - x[i]));
        // What conditions and other intervals add is everywhere.
        return widest > 0.0 ? by_density * std::max(1.0, root_of_error / widest) : 1.0;
    }

    [[nodiscard]] std::optional<std::vector<double>> next_mesh() {
        auto const m = static_cast<double>(now().n_intervals());
        double const widest = std::pow(error_.largest(), 1.0 / static_cast<double>(K + 1));
        // Shares of 1.7 are what halving makes good: how many intervals that takes depends on how even
        // they are, which a mesh that was made from an estimate like this one tells.
        double const total = n_needed(widest);
        bool const is_known = n_redistributed_ > 0 && std::abs(total - total_before_) <= 0.15 * total;
        double const unevenness = is_known ? std::clamp(widest * m / total, 1.3, 1.75) : 1.3;
        double needed = safety_ * unevenness * total / 1.7 + 1.0;
        // Just missed: as many as before and some more.
        if (is_halved_ && widest <= 1.5) needed = std::max(needed, 0.55 * m * widest);
        // Of far too many a part is made good sooner than all of them twice.
        bool const is_nearly_good = !is_halved_ && widest <= 1.75 && (m <= 32.0 || needed >= 0.6 * m);
        bool const does_not_help =
            n_redistributed_ >= 3 && is_known && needed <= 1.2 * m && widest > 0.8 * widest_before_;
        total_before_ = total;
        widest_before_ = widest;
        if (is_nearly_good || does_not_help) {
            is_halved_ = true;
            n_redistributed_ = 0;
            if (2 * now().n_intervals() > options_.max_intervals) return std::nullopt;
            return halve(now().x);
        }
        if (is_halved_) safety_ *= 1.15;
        is_halved_ = false;
        ++n_redistributed_;
        auto const n_intervals = static_cast<std::size_t>(std::clamp(needed, std::max(2.0, 0.4 * m), 1.6 * m));
        if (2 * n_intervals > options_.max_intervals || system_.counts().n_meshes >= most_meshes) return std::nullopt;
        return equidistribute(now().x, error_.densities(), n_intervals);
    }

    [[nodiscard]] boundary_solution<State> failed(newton_outcome outcome) {
        auto const reason = was_singular_                               ? boundary_reason::singular
                            : outcome == newton_outcome::max_iterations ? boundary_reason::max_iterations
                            : outcome == newton_outcome::stagnated      ? boundary_reason::stagnated
                            : outcome == newton_outcome::singular       ? boundary_reason::singular
                                                                        : boundary_reason::not_finite;
        std::size_t const n_intervals = now().n_intervals();
        if (!before_.x.empty()) {
            std::swap(before_.x, now().x);
            std::swap(before_.z, now().z);
        }
        auto result = solution_of(reason);
        result.report.n_intervals = n_intervals;
        if (reason == boundary_reason::not_finite) result.report.x = system_.failed_at();
        for (double& error : numbers_of(result.error)) error = std::numeric_limits<double>::quiet_NaN();
        return result;
    }
    [[nodiscard]] boundary_solution<State> finished(boundary_reason reason) {
        auto result = solution_of(reason);
        result.report.error = error_.largest();
        std::size_t const worst = error_.worst_interval();
        result.report.x = now().x[worst] + 0.5 * now().width(worst);
        result.report.component = error_.worst_component();
        std::ranges::copy(error_.of_components(), numbers_of(result.error).begin());
        return result;
    }

    [[nodiscard]] boundary_solution<State> solution_of(boundary_reason reason) {
        auto const& from = now();
        std::size_t const n = from.n, m = from.n_intervals();
        boundary_solution<State> result;
        result.x = from.x;
        result.error = prototype_;
        result.y.assign(m + 1, prototype_);
        result.dense.degree = K;
        result.dense.begin.assign(from.x.begin(), from.x.end() - 1);
        result.dense.h.resize(m);
        result.dense.coefficients.resize(m * (K + 1) * n);
        for (std::size_t i = 0; i <= m; ++i) std::copy_n(from.begin_of(i), n, numbers_of(result.y[i]).begin());
        for (std::size_t i = 0; i < m; ++i) {
            result.dense.h[i] = from.width(i);
            double const* const y = from.begin_of(i);
            double* const to = result.dense.coefficients.data() + i * (K + 1) * n;
            std::copy_n(y, n, to);
            for (std::size_t p = 0; p < K; ++p)
                for (std::size_t c = 0; c < n; ++c) {
                    double sum = 0.0;
                    for (std::size_t l = 0; l < K; ++l) sum += gauss<K>.coefficient[p][l] * y[(l + 1) * n + c];
                    to[(p + 1) * n + c] = sum;
                }
        }
        result.report.reason = reason;
        result.report.method = concat("Gauss collocation of ", K, K == 1 ? " stage" : " stages");
        result.report.n_intervals = m;
        result.report.statistics = result.statistics = system_.counts();
        return result;
    }

    static constexpr std::size_t most_failures = 6, most_meshes = 50;

    boundary_problem<F, G> const& problem_;
    Guess const& guess_;
    boundary_options const& options_;
    error_weights weights_;
    State prototype_;
    collocation_system<K, F, G, State> system_;
    collocation_error<K> error_;
    collocation_polynomials<K> before_;
    bool was_singular_ = false;
    bool is_halved_ = false;  ///< this mesh is the one before in two
    double rate_ = 1.0;       ///< of Newton's method on the mesh before
    double safety_ = 1.0, widest_before_ = 0.0, total_before_ = 0.0;
    std::size_t n_redistributed_ = 0, n_failures_ = 0;
};

}  // namespace poise::ode::detail
