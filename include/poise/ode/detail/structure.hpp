// SPDX-License-Identifier: MIT
// Private to ode: finding the structure of a Jacobian, and trying one that is given.
#pragma once

#include <poise/core/concat.hpp>
#include <poise/core/error.hpp>
#include <poise/ode/detail/derivatives.hpp>
#include <poise/ode/detail/jacobian_matrix.hpp>
#include <poise/ode/detail/linear_combinations.hpp>
#include <poise/ode/detail/right_hand_side.hpp>
#include <poise/ode/state.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace poise::ode::detail {

/// Of f at t and states near y0. What f is asked is counted.
template <class F, class State>
class structure_probe {
public:
    structure_probe(F const& f, double t, State const& y0) : f_{f}, t_{t}, at_{y0}, before_{y0}, after_{y0} {
        for (double const value : numbers_of(y0)) largest_ = std::max(largest_, std::abs(value));
        if (largest_ == 0.0) largest_ = 1.0;
    }

    /// Entries that are not 0 at y0, or at a place beside it where no component is 0.
    [[nodiscard]] sparse find() {
        std::vector<std::pair<std::size_t, std::size_t>> entries;
        add_entries(entries);
        auto const y = numbers_of(at_);
        for (double& value : y) value += 0.01 * uniform(0.5, 1.0) * (std::abs(value) + 1e-3 * largest_);
        add_entries(entries);
        return sparse{std::move(entries)};
    }

    /// Throws std::invalid_argument where the structure lacks entries of f: its derivative along a direction of random
    /// signs is then another one than that of the Jacobian with the structure. Two of them, as one may be by accident.
    void require(jacobian_structure const& structure, error_weights const& weights) {
        jacobian_matrix J{structure, numbers_of(at_).size()};
        // Where a component is 0 nobody can tell a small increment of it from a large one.
        for (double& value : numbers_of(at_))
            if (value == 0.0) value = 1e-5 * uniform(0.5, 1.0) * largest_;
        derivatives<F, State, false> of_f{f_, at_, weights};
        evaluate(at_, before_);
        of_f.jacobian(
            t_, at_, before_, std::numeric_limits<double>::epsilon(),
            [this](double, State const& y, State& out) { evaluate(y, out); }, J);
        auto const first = rows_that_differ(J, weights);
        auto const second = rows_that_differ(J, weights);
        for (std::size_t const row : first)
            POISE_REQUIRE(std::ranges::find(second, row) == second.end(), "ode: component ", row,
                          " of f depends on more components of the state than its Jacobian has entries in that row; "
                          "add them to the structure, or have it detected");
    }

    [[nodiscard]] std::size_t n_evaluations() const noexcept { return n_evaluations_; }

private:
    [[nodiscard]] double uniform(double from, double to) {
        return std::uniform_real_distribution<double>{from, to}(random_);
    }
    void evaluate(State const& y, State& slope) {
        ++n_evaluations_;
        call_right_hand_side(f_, t_, y, slope);
    }

    void add_entries(std::vector<std::pair<std::size_t, std::size_t>>& entries) {
        evaluate(at_, before_);
        auto const y = numbers_of(at_);
        auto const before = numbers_of(std::as_const(before_)), after = numbers_of(std::as_const(after_));
        for (std::size_t j = 0; j < y.size(); ++j) {
            double const value = y[j];
            y[j] += 1e-4 * (std::abs(value) + 1e-3 * largest_);
            evaluate(at_, after_);
            for (std::size_t i = 0; i < y.size(); ++i)
                if (before[i] != after[i] && !(std::isnan(before[i]) && std::isnan(after[i])))
                    entries.emplace_back(i, j);
            y[j] = value;
        }
    }

    [[nodiscard]] std::vector<std::size_t> rows_that_differ(jacobian_matrix const& J, error_weights const& weights) {
        auto const n = J.n();
        State const from = at_;
        auto const y = numbers_of(at_);
        std::vector<double> moved(n), product(n), size(n);
        for (std::size_t j = 0; j < n; ++j) {
            double const value = y[j];
            // Away from 0, which f may not be asked beyond, and by a small part, in which f is linear.
            double const sign = value == 0.0 || uniform(-1.0, 1.0) < 0.0 ? -1.0 : 1.0;
            double const length =
                value == 0.0 ? -std::max(weights.atol_of(j), 1e-9 * largest_) : 1e-6 * std::abs(value);
            y[j] += sign * uniform(0.5, 1.0) * length;
            moved[j] = y[j] - value;
            auto const rows = J.rows(j);
            auto const column = J.column(j);
            for (std::size_t k = 0; k < rows.size(); ++k) {
                product[static_cast<std::size_t>(rows[k])] += column[k] * moved[j];
                size[static_cast<std::size_t>(rows[k])] += std::abs(column[k] * moved[j]);
            }
        }
        evaluate(at_, after_);
        at_ = from;
        auto const before = numbers_of(std::as_const(before_)), after = numbers_of(std::as_const(after_));
        std::vector<std::size_t> differ;
        for (std::size_t i = 0; i < n; ++i) {
            double const rounding = 1e-12 * (std::abs(before[i]) + std::abs(after[i]));
            double const defect = std::abs(after[i] - before[i] - product[i]);
            if (defect > 0.1 * size[i] + rounding) differ.push_back(i);
        }
        return differ;
    }

    F const& f_;
    double t_;
    State at_, before_, after_;
    double largest_ = 0.0;
    std::size_t n_evaluations_ = 0;
    std::minstd_rand random_{1};
};

}  // namespace poise::ode::detail
