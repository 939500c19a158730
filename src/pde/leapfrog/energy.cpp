// SPDX-License-Identifier: MIT
#include "pde/leapfrog/leapfrog.hpp"

#include <poise/core/reductions.hpp>

#include <vector>

namespace poise::pde::detail {

template <std::size_t D>
template <class Term>
double leapfrog<D>::sum_by_mass(double const* x, Term const& term) const {
    auto const nx = static_cast<std::size_t>(layout_.n[0]);
    std::vector<double> of_lines, terms(nx);
    of_lines.reserve(static_cast<std::size_t>(layout_.n_lines()));
    for_each_line([&](std::ptrdiff_t j, std::ptrdiff_t k) {
        auto const line = general({x, nullptr, nullptr}, j, k);
        auto const of_line = term(line, j, k);
        for (std::size_t i = 0; i < nx; ++i) {
            double const one_and_beta = 2.0 / (1.0 + line.p[i]);
            double const mass = scale_ / (line.q[i] * one_and_beta);
            terms[i] = medium_.share_along(static_cast<std::ptrdiff_t>(i)) * mass * of_line(i, one_and_beta);
        }
        of_lines.push_back(medium_.share_across(j, k) * sum(terms));
    });
    return sum(of_lines);
}

template <std::size_t D>
double leapfrog<D>::inner_product(double const* x, double const* y) const {
    return sum_by_mass(x, [&](general_line const& line, std::ptrdiff_t j, std::ptrdiff_t k) {
        return [x = line.x, y = y + layout_.offset(j, k)](std::size_t i, double) { return x[i] * y[i]; };
    });
}

template <std::size_t D>
double leapfrog<D>::total_mass() const {
    auto const none = make_state();
    return sum_by_mass(none.data(), [](auto const&...) { return [](std::size_t, double) { return 1.0; }; });
}

// With A u = b − M w / dt², and all that is constant left out.
template <std::size_t D>
double leapfrog<D>::energy(double const* u, double const* next) const {
    auto const width = static_cast<std::size_t>(layout_.width);
    std::vector<double> forced(width), forced_next(width);
    auto const force_line = [&](double const* x, std::ptrdiff_t j, std::ptrdiff_t k, std::vector<double>& out) {
        auto line = general({x, nullptr, nullptr}, j, k);
        line.v = out.data();
        do_part(line, line_action::force, j, k);
    };
    double const twice = sum_by_mass(u, [&](general_line const& line, std::ptrdiff_t j, std::ptrdiff_t k) {
        force_line(u, j, k, forced);
        if (order_ == time_order::fourth) force_line(next, j, k, forced_next);
        double const* const after = next + layout_.offset(j, k);
        return [&, after, here = line.x, g = line.g](std::size_t i, double one_and_beta) {
            double const change = after[i] - here[i];
            double const of_forcing = g[i] * (kind_ == forcing::changing ? -after[i] : here[i]);
            double const bent = one_and_beta * (after[i] * forced[i] + of_forcing);
            return change * change - bent - forced[i] * forced_next[i] / 12.0;
        };
    });
    return 0.5 * medium_.cell_measure() * twice;
}

template <std::size_t D>
double leapfrog<D>::energy_at(double const* u, double const* v) const {
    std::vector<double> forced(static_cast<std::size_t>(layout_.width));
    double const twice = sum_by_mass(u, [&](general_line const& line, std::ptrdiff_t j, std::ptrdiff_t k) {
        auto forced_line = line;
        forced_line.v = forced.data();
        do_part(forced_line, line_action::force, j, k);
        double const* const velocity = v + layout_.offset(j, k);
        return [&, velocity, here = line.x, g = line.g](std::size_t i, double one_and_beta) {
            double const change = dt_ * velocity[i];
            return change * change - one_and_beta * here[i] * (forced[i] + g[i]);
        };
    });
    return 0.5 * medium_.cell_measure() * twice;
}

#define POISE_INSTANTIATE(D)                                                        \
    template double leapfrog<D>::inner_product(double const*, double const*) const; \
    template double leapfrog<D>::total_mass() const;                                \
    template double leapfrog<D>::energy(double const*, double const*) const;        \
    template double leapfrog<D>::energy_at(double const*, double const*) const;
POISE_INSTANTIATE(1)
POISE_INSTANTIATE(2)
POISE_INSTANTIATE(3)
#undef POISE_INSTANTIATE

}  // namespace poise::pde::detail
