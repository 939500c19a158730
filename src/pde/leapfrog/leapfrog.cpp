// SPDX-License-Identifier: MIT
#include "pde/leapfrog/leapfrog.hpp"

#include <poise/core/reductions.hpp>

#include <algorithm>
#include <cmath>

namespace poise::pde::detail {
namespace {

bool are_all(double const* values, std::ptrdiff_t first, std::ptrdiff_t last, double value) {
    return std::all_of(values + first, values + std::max(first, last), [&](double v) { return v == value; });
}

template <std::size_t D>
void step_general_line(general_line const& line) {
    if constexpr (D == 1) general_step1(line);
    if constexpr (D == 2) general_step2(line);
    if constexpr (D == 3) general_step3(line);
}
template <std::size_t D>
void step_plain_lines(plain_lines const& lines) {
    if constexpr (D == 1) plain_step1(lines);
    if constexpr (D == 2) plain_step2(lines);
    if constexpr (D == 3) plain_step3(lines);
}

}  // namespace

template <std::size_t D>
leapfrog<D>::leapfrog(wave_medium<D> const& medium, double dt, forcing kind, std::span<double const> b)
    : medium_{medium},
      layout_{medium.layout()},
      dt_{dt},
      scale_{medium.couplings()[0].inside},
      q_{layout_.width},
      p_{layout_.width},
      g_{layout_.width},
      robin_{layout_.width} {
    put_couplings();
    if (kind == forcing::changing) g_ = line_values{layout_.width, layout_.n_lines()};
    medium_line line{layout_.width};
    std::vector<double> scratch(static_cast<std::size_t>(layout_.width));
    for_each_line([&](std::ptrdiff_t j, std::ptrdiff_t k) {
        medium_.get(j, k, line);
        append_coefficients(line, scratch);
        if (kind == forcing::changing) return;
        std::ranges::fill(scratch, 0.0);
        if (kind == forcing::constant) put_forcing(j, k, b, scratch);
        g_.append(scratch);
    });
    for_each_line([&](std::ptrdiff_t j, std::ptrdiff_t k) {
        plain_.push_back(kind != forcing::changing && is_plain(j, k) ? 1 : 0);
    });
}

template <std::size_t D>
void leapfrog<D>::put_couplings() {
    for (std::size_t d = 0; d < D; ++d) {
        couplings_[d] = medium_.couplings()[d];
        couplings_[d].inside /= scale_;
        for (auto* each : {&couplings_[d].lower, &couplings_[d].upper})
            for (double& value : *each) value /= scale_;
    }
    for (auto* each : {&couplings_[0].lower, &couplings_[0].upper})
        each->resize(static_cast<std::size_t>(layout_.width));
}

template <std::size_t D>
void leapfrog<D>::append_coefficients(medium_line const& line, std::span<double> scratch) {
    auto const nx = static_cast<std::size_t>(layout_.n[0]);
    std::ranges::fill(scratch, 0.0);
    for (std::size_t i = 0; i < nx; ++i) {
        double const beta = 0.5 * dt_ * line.rate[i];
        scratch[i] = (1.0 - beta) / (1.0 + beta);
    }
    p_.append(scratch);
    for (std::size_t i = 0; i < nx; ++i) {
        double const beta = 0.5 * dt_ * line.rate[i];
        scratch[i] = scale_ * (dt_ * dt_ * line.speed2[i] / (1.0 + beta));
    }
    q_.append(scratch);
    for (std::size_t i = 0; i < nx; ++i) scratch[i] = line.robin[i] / scale_;
    robin_.append(scratch);
}

template <std::size_t D>
void leapfrog<D>::put_forcing(std::ptrdiff_t j, std::ptrdiff_t k, std::span<double const> b,
                              std::span<double> g) const {
    std::ptrdiff_t const number = layout_.number(j, k);
    double const* const q = q_.of(number);
    double const across = medium_.share_across(j, k);
    for (std::ptrdiff_t i = 0; i < layout_.n[0]; ++i) {
        double const density =
            b[static_cast<std::size_t>(number * layout_.n[0] + i)] / (across * medium_.share_along(i));
        g[static_cast<std::size_t>(i)] = q[i] * (density / scale_);
    }
}

template <std::size_t D>
void leapfrog<D>::set_forcing(std::span<double const> b) {
    for_each_line([&](std::ptrdiff_t j, std::ptrdiff_t k) {
        put_forcing(j, k, b, {g_.of(layout_.number(j, k)), static_cast<std::size_t>(layout_.width)});
    });
}

// Whether both neighbours across are the next lines in memory, and coupled as everywhere.
template <std::size_t D>
bool leapfrog<D>::is_plain_across(std::size_t d, std::ptrdiff_t i) const {
    auto const& c = couplings_[d];
    bool const is_at_end = i == 0 || i == layout_.n[d] - 1;
    auto const at = static_cast<std::size_t>(i);
    return c.lower[at] == c.inside && c.upper[at] == c.inside && !(c.periodic && is_at_end);
}

template <std::size_t D>
bool leapfrog<D>::is_plain(std::ptrdiff_t j, std::ptrdiff_t k) {
    if (!couplings_[0].is_even) return false;
    if (D > 1 && !is_plain_across(1, j)) return false;
    if (D > 2 && !is_plain_across(2, k)) return false;
    std::ptrdiff_t const line = layout_.number(j, k), last = layout_.n[0] - 1;
    if (!are_all(p_.of(line), 1, last, 1.0) || !are_all(g_.of(line), 1, last, 0.0) ||
        !are_all(robin_.of(line), 1, last, 0.0))
        return false;
    for (std::ptrdiff_t const i : {std::ptrdiff_t{0}, last}) {
        auto const at = static_cast<std::size_t>(i);
        bool const is_like_others = couplings_[0].lower[at] == 1.0 && couplings_[0].upper[at] == 1.0 &&
                                    !couplings_[0].periodic && p_.of(line)[i] == 1.0 && g_.of(line)[i] == 0.0 &&
                                    robin_.of(line)[i] == 0.0;
        has_own_ends_ = has_own_ends_ || !is_like_others;
    }
    return true;
}

// How many of the next lines, at most n_most, are plain and have their q at one distance.
template <std::size_t D>
std::ptrdiff_t leapfrog<D>::plain_lines_from(std::ptrdiff_t line, std::ptrdiff_t n_most) const {
    if (plain_[static_cast<std::size_t>(line)] == 0) return 0;
    std::ptrdiff_t n = 1;
    while (n < n_most && plain_[static_cast<std::size_t>(line + n)] != 0 &&
           q_.of(line + n) - q_.of(line + n - 1) == q_.of(line + 1) - q_.of(line))
        ++n;
    return n;
}

template <std::size_t D>
void leapfrog<D>::step_lines(double const* u, double* v, std::ptrdiff_t k, std::ptrdiff_t first,
                             std::ptrdiff_t last) const {
    for (std::ptrdiff_t j = first; j < last;) {
        std::ptrdiff_t const n_plain = has_own_ends_ ? 0 : plain_lines_from(layout_.number(j, k), last - j);
        if (n_plain > 0)
            step_plain_lines<D>(plain(u, v, j, k, n_plain));
        else
            step_part(u, v, j, k, 0, layout_.width);
        j += std::max<std::ptrdiff_t>(n_plain, 1);
    }
}

template <std::size_t D>
void leapfrog<D>::step_vectors(double const* u, double* v, std::ptrdiff_t first, std::ptrdiff_t last) const {
    step_part(u, v, 0, 0, lane_count * first, lane_count * last);
}

// Of one line the numbers [first, last), whole vectors; then the ends that are unlike the rest, one by one.
template <std::size_t D>
void leapfrog<D>::step_part(double const* u, double* v, std::ptrdiff_t j, std::ptrdiff_t k, std::ptrdiff_t first,
                            std::ptrdiff_t last) const {
    auto line = general(u, v, j, k);
    bool const is_plain = plain_[static_cast<std::size_t>(layout_.number(j, k))] != 0;
    bool const has_ends = couplings_[0].periodic || (is_plain && has_own_ends_);
    std::ptrdiff_t const end = layout_.n[0] - 1;
    double const lower_before = line.v[0], upper_before = line.v[end];
    if (is_plain) {
        auto part = plain(u, v, j, k, 1);
        part.u += first;
        part.v += first;
        part.q += first;
        part.width = last - first;
        step_plain_lines<D>(part);
    } else {
        line.first = first;
        line.last = last;
        step_general_line<D>(line);
    }
    if (!has_ends) return;
    if (first == 0) line.v[0] = step_end(line, 0, lower_before);
    if (first <= end && end < last) line.v[end] = step_end(line, end, upper_before);
}

template <std::size_t D>
plain_lines leapfrog<D>::plain(double const* u, double* v, std::ptrdiff_t j, std::ptrdiff_t k, std::ptrdiff_t n) const {
    std::ptrdiff_t const line = layout_.number(j, k), at = layout_.offset(j, k);
    return {.u = u + at,
            .v = v + at,
            .q = q_.of(line),
            .width = layout_.width,
            .n_lines = n,
            .line = layout_.width,
            .plane = layout_.plane,
            .q_line = n > 1 ? q_.of(line + 1) - q_.of(line) : 0,
            .y = couplings_[1].inside,
            .z = couplings_[2].inside};
}

template <std::size_t D>
general_line leapfrog<D>::general(double const* u, double* v, std::ptrdiff_t j, std::ptrdiff_t k) const {
    std::ptrdiff_t const line = layout_.number(j, k), at = layout_.offset(j, k);
    general_line result{.u = u + at,
                        .v = v == nullptr ? nullptr : v + at,
                        .q = q_.of(line),
                        .p = p_.of(line),
                        .g = g_.of(line),
                        .s = robin_.of(line),
                        .lower = couplings_[0].lower.data(),
                        .upper = couplings_[0].upper.data()};
    std::array<std::ptrdiff_t, 3> const place{0, j, k}, stride{1, layout_.width, layout_.plane};
    for (std::size_t d = 1; d < D; ++d) {
        auto const& c = couplings_[d];
        std::ptrdiff_t const i = place[d], around = stride[d] * (layout_.n[d] - 1);
        result.neighbours[2 * d - 2] = result.u + (c.periodic && i == 0 ? around : -stride[d]);
        result.neighbours[2 * d - 1] = result.u + (c.periodic && i == layout_.n[d] - 1 ? -around : stride[d]);
        result.couplings[2 * d - 2] = c.lower[static_cast<std::size_t>(i)];
        result.couplings[2 * d - 1] = c.upper[static_cast<std::size_t>(i)];
    }
    return result;
}

template <std::size_t D>
double leapfrog<D>::coupled(general_line const& line, std::ptrdiff_t i) const {
    std::ptrdiff_t const end = layout_.n[0] - 1;
    double const here = line.u[i];
    double const below = couplings_[0].periodic && i == 0 ? line.u[end] : line.u[i - 1];
    double const above = couplings_[0].periodic && i == end ? line.u[0] : line.u[i + 1];
    double sum = line.lower[i] * (below - here) + line.upper[i] * (above - here);
    for (std::size_t n = 0; n < 2 * D - 2; ++n) sum += line.couplings[n] * (line.neighbours[n][i] - here);
    return sum - line.s[i] * here;
}

template <std::size_t D>
double leapfrog<D>::step_end(general_line const& line, std::ptrdiff_t i, double before) const {
    double const here = line.u[i];
    return (here + line.p[i] * (here - before)) + (line.q[i] * coupled(line, i) + line.g[i]);
}

// With u a step before the beginning from the central difference ∂u/∂t = (u⁺ − u⁻) / 2dt.
template <std::size_t D>
void leapfrog<D>::begin(double const* u, double* v) const {
    for_each_line([&](std::ptrdiff_t j, std::ptrdiff_t k) {
        auto const line = general(u, v, j, k);
        for (std::ptrdiff_t i = 0; i < layout_.n[0]; ++i) {
            double const beta = (1.0 - line.p[i]) / (1.0 + line.p[i]);
            double const forced = line.q[i] * coupled(line, i) + line.g[i];
            line.v[i] = line.u[i] + ((1.0 - beta) * dt_ * line.v[i] + 0.5 * (1.0 + beta) * forced);
        }
    });
}

// A line's masses, and what is coupled and forced, from what a step does with them.
template <std::size_t D>
double leapfrog<D>::energy(double const* u, double const* next) const {
    std::vector<double> of_lines, terms(static_cast<std::size_t>(layout_.n[0]));
    of_lines.reserve(static_cast<std::size_t>(layout_.n_lines()));
    for_each_line([&](std::ptrdiff_t j, std::ptrdiff_t k) {
        auto const line = general(u, nullptr, j, k);
        double const* const after = next + layout_.offset(j, k);
        for (std::ptrdiff_t i = 0; i < layout_.n[0]; ++i) {
            double const here = line.u[i];
            double const over_c2 = 0.5 * dt_ * dt_ * scale_ * (1.0 + line.p[i]) / line.q[i];
            double const velocity = (after[i] - here) / dt_;
            double const forced = scale_ * (line.g[i] / line.q[i]) * (here + after[i]);
            double const density = over_c2 * velocity * velocity - scale_ * coupled(line, i) * after[i] - forced;
            terms[static_cast<std::size_t>(i)] = medium_.share_along(i) * density;
        }
        of_lines.push_back(0.5 * medium_.share_across(j, k) * sum(terms));
    });
    return medium_.cell_measure() * sum(of_lines);
}

template class leapfrog<1>;
template class leapfrog<2>;
template class leapfrog<3>;

}  // namespace poise::pde::detail
