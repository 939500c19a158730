// SPDX-License-Identifier: MIT
// Private to ode: Jacobians and factors that fit a state.
#pragma once

#include <poise/core/reductions.hpp>
#include <poise/ode/detail/jacobian_matrix.hpp>
#include <poise/ode/detail/shifted_lu.hpp>
#include <poise/ode/detail/small_shifted_lu.hpp>
#include <poise/ode/report.hpp>
#include <poise/ode/state.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <vector>

namespace poise::ode::detail {

/// Of a long state.
template <class State, bool = is_small<State>>
struct algebra_of {
    using jacobian = jacobian_matrix;
    template <class Number>
    using lu = shifted_lu<Number>;
    template <class Number>
    using vector = std::vector<Number>;

    static jacobian make_jacobian(jacobian_structure const& structure, std::size_t n) { return {structure, n}; }
    /// Columns of one colour are had together.
    static std::size_t n_colours(jacobian const& J) noexcept { return J.n_colours(); }
    static std::size_t colour(jacobian const& J, std::size_t j) noexcept { return J.colour(j); }
    /// visit(row, entry)
    template <class Visit>
    static void for_each_in_column(jacobian& J, std::size_t j, Visit const& visit) {
        auto const rows = J.rows(j);
        auto const column = J.column(j);
        for (std::size_t k = 0; k < rows.size(); ++k) visit(static_cast<std::size_t>(rows[k]), column[k]);
    }
    /// Why there are no factors.
    static stop_reason why_singular(jacobian const& J) noexcept {
        return first_not_finite(J.values()) ? stop_reason::not_finite : stop_reason::singular_matrix;
    }
    /// The first row, in the first column that has one.
    static std::optional<std::size_t> row_that_is_not_finite(jacobian const& J) noexcept {
        for (std::size_t j = 0; j < J.n(); ++j)
            if (auto const bad = first_not_finite(J.column(j))) return static_cast<std::size_t>(J.rows(j)[*bad]);
        return std::nullopt;
    }
    /// Of a dense one, by columns.
    static double const* entries(jacobian const& J) noexcept { return J.values().data(); }
    /// The largest sum of absolute values in a column.
    static double norm1(jacobian const& J) noexcept {
        double largest = 0.0;
        for (std::size_t j = 0; j < J.n(); ++j) {
            double sum = 0.0;
            for (double const entry : J.column(j)) sum += std::abs(entry);
            largest = std::max(largest, sum);
        }
        return largest;
    }
    template <class Number>
    static lu<Number> make_lu(jacobian const& J) {
        return lu<Number>{J};
    }
    template <class Number>
    static vector<Number> make_vector(std::size_t n) {
        return vector<Number>(n);
    }
};

/// Of a small one; the Jacobian by columns.
template <class State>
struct algebra_of<State, true> {
    static constexpr std::size_t n = n_numbers<State>();
    using jacobian = std::array<double, n * n>;
    template <class Number>
    using lu = small_shifted_lu<n, Number>;
    template <class Number>
    using vector = std::array<Number, n>;

    static jacobian make_jacobian(jacobian_structure const&, std::size_t) { return {}; }
    static constexpr std::size_t n_colours(jacobian const&) noexcept { return n; }
    static constexpr std::size_t colour(jacobian const&, std::size_t j) noexcept { return j; }
    template <class Visit>
    static void for_each_in_column(jacobian& J, std::size_t j, Visit const& visit) {
        for (std::size_t i = 0; i < n; ++i) visit(i, J[i + n * j]);
    }
    static stop_reason why_singular(jacobian const& J) noexcept {
        return first_not_finite(J) ? stop_reason::not_finite : stop_reason::singular_matrix;
    }
    static std::optional<std::size_t> row_that_is_not_finite(jacobian const& J) noexcept {
        auto const bad = first_not_finite(J);
        return bad ? std::optional{*bad % n} : std::nullopt;
    }
    static double const* entries(jacobian const& J) noexcept { return J.data(); }
    static double norm1(jacobian const& J) noexcept {
        double largest = 0.0;
        for (std::size_t j = 0; j < n; ++j) {
            double sum = 0.0;
            for (std::size_t i = 0; i < n; ++i) sum += std::abs(J[i + n * j]);
            largest = std::max(largest, sum);
        }
        return largest;
    }
    template <class Number>
    static lu<Number> make_lu(jacobian const&) {
        return {};
    }
    template <class Number>
    static vector<Number> make_vector(std::size_t) {
        return {};
    }
};

}  // namespace poise::ode::detail
