// SPDX-License-Identifier: MIT
#include "pde/leapfrog/kernels.hpp"

#include "core/multiversion.hpp"

namespace poise::pde::detail {
namespace {

template <int D, line_action Action, bool IsIsotropic>
[[gnu::always_inline]] inline void act_on_plain_line(plain_lines const& w, std::ptrdiff_t number) {
    std::ptrdiff_t const line = w.line, plane = w.plane, width = w.width;
    double const *x = w.x + number * line, *u = w.u + number * line, *q = w.q + number * w.q_line;
    double const along_y = w.y, along_z = w.z;
    double* __restrict v = w.v + number * line;
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < width; ++i) {
        double const twice = x[i] + x[i];
        double sum = (x[i - 1] + x[i + 1]) - twice;
        if constexpr (D > 1) {
            double const part = (x[i - line] + x[i + line]) - twice;
            sum += IsIsotropic ? part : along_y * part;
        }
        if constexpr (D > 2) {
            double const part = (x[i - plane] + x[i + plane]) - twice;
            sum += IsIsotropic ? part : along_z * part;
        }
        if constexpr (Action == line_action::step) v[i] = (twice - v[i]) + q[i] * sum;
        if constexpr (Action == line_action::force) v[i] = q[i] * sum;
        if constexpr (Action == line_action::correct)
            v[i] = ((u[i] + u[i]) - v[i]) + (x[i] + (1.0 / 12.0) * (q[i] * sum));
    }
}

template <int D, line_action Action>
[[gnu::always_inline]] inline void act_on_plain(plain_lines const& w) {
    bool const is_isotropic = (D < 2 || w.y == 1.0) && (D < 3 || w.z == 1.0);
    for (std::ptrdiff_t l = 0; l < w.n_lines; ++l)
        if (is_isotropic)
            act_on_plain_line<D, Action, true>(w, l);
        else
            act_on_plain_line<D, Action, false>(w, l);
}

template <int D, line_action Action>
[[gnu::always_inline]] inline void act_on_general(general_line const& w) {
    double const *x = w.x, *u = w.u, *q = w.q, *p = w.p, *g = w.g, *s = w.s, *lower = w.lower, *upper = w.upper;
    auto const [y_below, y_above, z_below, z_above] = w.neighbours;
    auto const [to_y_below, to_y_above, to_z_below, to_z_above] = w.couplings;
    double* __restrict v = w.v;
    std::ptrdiff_t const last = w.last;
#pragma GCC ivdep
    for (std::ptrdiff_t i = w.first; i < last; ++i) {
        double const here = x[i];
        double sum = lower[i] * (x[i - 1] - here) + upper[i] * (x[i + 1] - here);
        if constexpr (D > 1) sum += to_y_below * (y_below[i] - here) + to_y_above * (y_above[i] - here);
        if constexpr (D > 2) sum += to_z_below * (z_below[i] - here) + to_z_above * (z_above[i] - here);
        sum -= s[i] * here;
        if constexpr (Action == line_action::step) v[i] = (here + p[i] * (here - v[i])) + (q[i] * sum + g[i]);
        if constexpr (Action == line_action::force) v[i] = q[i] * sum + g[i];
        if constexpr (Action == line_action::correct)
            v[i] = ((u[i] + u[i]) - v[i]) + (here + (1.0 / 12.0) * (q[i] * sum));
    }
}

}  // namespace

#define POISE_LINE_KERNELS(D)                                                                                         \
    POISE_MULTIVERSION void step_plain##D(plain_lines const& lines) { act_on_plain<D, line_action::step>(lines); }    \
    POISE_MULTIVERSION void force_plain##D(plain_lines const& lines) { act_on_plain<D, line_action::force>(lines); }  \
    POISE_MULTIVERSION void correct_plain##D(plain_lines const& lines) {                                              \
        act_on_plain<D, line_action::correct>(lines);                                                                 \
    }                                                                                                                 \
    POISE_MULTIVERSION void step_general##D(general_line const& line) { act_on_general<D, line_action::step>(line); } \
    POISE_MULTIVERSION void force_general##D(general_line const& line) {                                              \
        act_on_general<D, line_action::force>(line);                                                                  \
    }                                                                                                                 \
    POISE_MULTIVERSION void correct_general##D(general_line const& line) {                                            \
        act_on_general<D, line_action::correct>(line);                                                                \
    }
POISE_LINE_KERNELS(1)
POISE_LINE_KERNELS(2)
POISE_LINE_KERNELS(3)
#undef POISE_LINE_KERNELS

}  // namespace poise::pde::detail
