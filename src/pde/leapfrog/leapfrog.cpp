// SPDX-License-Identifier: MIT
#include "pde/leapfrog/leapfrog.hpp"

#include <algorithm>
#include <cmath>

namespace poise::pde::detail {
namespace {

// Unknowns whose two states are more than a core's own caches hold; and how far ahead of their use numbers are asked
// for, 32 kB of each state: a processor's own prefetching alone leaves a third of the bandwidth unused on some.
constexpr std::size_t least_beyond_caches = 100'000;
constexpr std::ptrdiff_t n_ahead = 4096;

bool are_all(double const* values, std::ptrdiff_t first, std::ptrdiff_t last, double value) {
    return std::all_of(values + first, values + std::max(first, last), [&](double v) { return v == value; });
}

}  // namespace

template <std::size_t D>
leapfrog<D>::leapfrog(wave_medium<D> const& medium, double dt, time_order order, forcing kind,
                      std::span<double const> b)
    : medium_{medium},
      layout_{medium.layout()},
      dt_{dt},
      order_{order},
      kind_{kind},
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
        bool const is_repeated = medium_.is_repeated(j);
        if (is_repeated) {
            for (auto* each : {&q_, &p_, &robin_}) each->repeat();
        } else {
            medium_.get(j, k, line);
            append_coefficients(line, scratch);
        }
        if (kind == forcing::none && is_repeated) return g_.repeat();
        if (kind == forcing::changing) return;
        std::ranges::fill(scratch, 0.0);
        if (kind == forcing::constant) put_forcing(j, k, b, scratch);
        g_.append(scratch);
    });
    for_each_line([&](std::ptrdiff_t j, std::ptrdiff_t k) {
        bool const is_known = kind == forcing::none && medium_.is_repeated(j);
        plain_.push_back(is_known                    ? plain_.back()
                         : kind == forcing::changing ? 0
                                                     : static_cast<std::uint8_t>(is_plain(j, k)));
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
    if (layout_.n[0] == 0 || !couplings_[0].is_even) return false;
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
line_action leapfrog<D>::action_of(std::ptrdiff_t stage) const {
    if (order_ == time_order::second) return line_action::step;
    return stage % 2 == 0 ? line_action::force : line_action::correct;
}

template <std::size_t D>
typename leapfrog<D>::operands leapfrog<D>::operands_of(leapfrog_states const& at, sweep_stage stage) const {
    auto const step = static_cast<std::size_t>(stage.number / n_stages());
    double* const older = at.u[step % 2];
    double* const newer = at.u[(step + 1) % 2];
    bool const is_from_memory = stage.of_sweep < n_stages() && layout_.size() > least_beyond_caches;
    std::ptrdiff_t const ahead = is_from_memory ? n_ahead : 0;
    switch (action_of(stage.number)) {
        case line_action::step:
            return {newer, nullptr, older, ahead};
        case line_action::force:
            return {newer, nullptr, at.w, ahead};
        default:
            return {at.w, newer, older, ahead};
    }
}

template <std::size_t D>
void leapfrog<D>::do_lines(leapfrog_states const& at, sweep_stage stage, std::ptrdiff_t k, std::ptrdiff_t first,
                           std::ptrdiff_t last) const {
    auto const of = operands_of(at, stage);
    auto const action = action_of(stage.number);
    for (std::ptrdiff_t j = first; j < last;) {
        std::ptrdiff_t const n_plain = has_own_ends_ ? 0 : plain_lines_from(layout_.number(j, k), last - j);
        if (n_plain > 0) {
            auto lines = plain(general(of, j, k), layout_.width, n_plain);
            std::ptrdiff_t const line = layout_.number(j, k);
            if (n_plain > 1) lines.q_line = q_.of(line + 1) - q_.of(line);
            act_on<D>(lines, action);
        } else {
            do_part(of, action, j, k, 0, layout_.width);
        }
        j += std::max<std::ptrdiff_t>(n_plain, 1);
    }
}

template <std::size_t D>
void leapfrog<D>::do_vectors(leapfrog_states const& at, sweep_stage stage, std::ptrdiff_t first,
                             std::ptrdiff_t last) const {
    do_part(operands_of(at, stage), action_of(stage.number), 0, 0, lane_count * first, lane_count * last);
}

template <std::size_t D>
void leapfrog<D>::do_part(operands const& of, line_action action, std::ptrdiff_t j, std::ptrdiff_t k,
                          std::ptrdiff_t first, std::ptrdiff_t last) const {
    auto line = general(of, j, k);
    line.first = first;
    line.last = last;
    do_part(line, action, j, k);
}

// Of one line the numbers [first, last), whole vectors; then the ends that are unlike the rest, one by one.
template <std::size_t D>
void leapfrog<D>::do_part(general_line const& line, line_action action, std::ptrdiff_t j, std::ptrdiff_t k) const {
    bool const is_plain = plain_[static_cast<std::size_t>(layout_.number(j, k))] != 0;
    std::ptrdiff_t const end = layout_.n[0] - 1;
    if (end < 0) return;
    // Of the ends only those that are among them: another thread may be at the others.
    bool const has_lower = line.first == 0, has_upper = line.first <= end && end < line.last;
    double const lower_before = has_lower ? line.v[0] : 0.0, upper_before = has_upper ? line.v[end] : 0.0;
    if (is_plain)
        act_on<D>(plain(line, line.last - line.first, 1), action);
    else
        act_on<D>(line, action);
    if (!couplings_[0].periodic && !(is_plain && has_own_ends_)) return;
    if (has_lower) line.v[0] = at_end(line, action, 0, lower_before);
    if (has_upper && end > 0) line.v[end] = at_end(line, action, end, upper_before);
}

// So much of so many lines from this one on.
template <std::size_t D>
plain_lines leapfrog<D>::plain(general_line const& of, std::ptrdiff_t width, std::ptrdiff_t n) const {
    return {.x = of.x + of.first,
            .u = of.u == nullptr ? nullptr : of.u + of.first,
            .v = of.v + of.first,
            .q = of.q + of.first,
            .width = width,
            .n_lines = n,
            .line = layout_.width,
            .plane = layout_.plane,
            .q_line = 0,
            .y = couplings_[1].inside,
            .z = couplings_[2].inside,
            .ahead = of.ahead};
}

template <std::size_t D>
general_line leapfrog<D>::general(operands const& of, std::ptrdiff_t j, std::ptrdiff_t k) const {
    std::ptrdiff_t const line = layout_.number(j, k), at = layout_.offset(j, k);
    general_line result{.x = of.x + at,
                        .u = of.u == nullptr ? nullptr : of.u + at,
                        .v = of.v == nullptr ? nullptr : of.v + at,
                        .q = q_.of(line),
                        .p = p_.of(line),
                        .g = g_.of(line),
                        .s = robin_.of(line),
                        .lower = couplings_[0].lower.data(),
                        .upper = couplings_[0].upper.data(),
                        .last = layout_.width,
                        .ahead = of.ahead};
    std::array<std::ptrdiff_t, 3> const place{0, j, k}, stride{1, layout_.width, layout_.plane};
    for (std::size_t d = 1; d < D; ++d) {
        auto const& c = couplings_[d];
        std::ptrdiff_t const i = place[d], around = stride[d] * (layout_.n[d] - 1);
        result.neighbours[2 * d - 2] = result.x + (c.periodic && i == 0 ? around : -stride[d]);
        result.neighbours[2 * d - 1] = result.x + (c.periodic && i == layout_.n[d] - 1 ? -around : stride[d]);
        result.couplings[2 * d - 2] = c.lower[static_cast<std::size_t>(i)];
        result.couplings[2 * d - 1] = c.upper[static_cast<std::size_t>(i)];
    }
    return result;
}

// Unknown i of a line, which has an end's neighbours, and was `before` there.
template <std::size_t D>
double leapfrog<D>::at_end(general_line const& line, line_action action, std::ptrdiff_t i, double before) const {
    std::ptrdiff_t const end = layout_.n[0] - 1;
    double const here = line.x[i];
    double const below = couplings_[0].periodic && i == 0 ? line.x[end] : line.x[i - 1];
    double const above = couplings_[0].periodic && i == end ? line.x[0] : line.x[i + 1];
    double sum = line.lower[i] * (below - here) + line.upper[i] * (above - here);
    for (std::size_t n = 0; n < 2 * D - 2; ++n) sum += line.couplings[n] * (line.neighbours[n][i] - here);
    sum -= line.s[i] * here;
    switch (action) {
        case line_action::step:
            return (here + line.p[i] * (here - before)) + (line.q[i] * sum + line.g[i]);
        case line_action::force:
            return line.q[i] * sum + line.g[i];
        default:
            return ((line.u[i] + line.u[i]) - before) + (here + (1.0 / 12.0) * (line.q[i] * sum));
    }
}

template <std::size_t D>
void leapfrog<D>::force(double const* x, double* out) const {
    for_each_line([&](std::ptrdiff_t j, std::ptrdiff_t k) {
        do_part({x, nullptr, out}, line_action::force, j, k, 0, layout_.width);
    });
}

template <std::size_t D>
void leapfrog<D>::couple(double const* x, double* out) const {
    force(x, out);
    for_each_line([&](std::ptrdiff_t j, std::ptrdiff_t k) {
        double const* const g = g_.of(layout_.number(j, k));
        double* const line = out + layout_.offset(j, k);
        for (std::ptrdiff_t i = 0; i < layout_.n[0]; ++i) line[i] -= g[i];
    });
}

// With u a step before the beginning from the central difference (u⁺ − u⁻) / 2dt = ∂u/∂t + dt²/6 ∂³u/∂t³.
template <std::size_t D>
void leapfrog<D>::begin(double const* u, double* v) const {
    auto forced = make_state();
    force(u, forced.data());
    if (order_ == time_order::fourth) {
        auto more = make_state();
        couple(v, more.data());
        for (std::size_t i = 0; i < more.size(); ++i) v[i] += more[i] / 6.0;
        couple(forced.data(), more.data());
        for (std::size_t i = 0; i < more.size(); ++i) forced[i] += more[i] / 12.0;
    }
    for_each_line([&](std::ptrdiff_t j, std::ptrdiff_t k) {
        double const* const p = p_.of(layout_.number(j, k));
        std::ptrdiff_t const line = layout_.offset(j, k);
        for (std::ptrdiff_t i = 0; i < layout_.n[0]; ++i) {
            double const beta = (1.0 - p[i]) / (1.0 + p[i]);
            double const half = 0.5 * (1.0 + beta) * forced[static_cast<std::size_t>(line + i)];
            v[line + i] = u[line + i] + ((1.0 - beta) * dt_ * v[line + i] + half);
        }
    });
}

template <std::size_t D>
void leapfrog<D>::correct_velocity(double* d, double* scratch) const {
    if (order_ == time_order::second) return;
    couple(d, scratch);
    for (std::size_t i = 0; i < layout_.size(); ++i) d[i] -= scratch[i] / 6.0;
}

template class leapfrog<1>;
template class leapfrog<2>;
template class leapfrog<3>;

}  // namespace poise::pde::detail
