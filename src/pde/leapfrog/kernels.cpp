// SPDX-License-Identifier: MIT
#include "pde/leapfrog/kernels.hpp"

#include "core/multiversion.hpp"

namespace poise::pde::detail {
namespace {

template <int D, bool IsIsotropic>
[[gnu::always_inline]] inline void step_plain_line(plain_lines const& w, double const* u, double* __restrict v,
                                                   double const* q) {
    std::ptrdiff_t const line = w.line, plane = w.plane, width = w.width;
    double const along_y = w.y, along_z = w.z;
#pragma GCC ivdep
    for (std::ptrdiff_t i = 0; i < width; ++i) {
        double const twice = u[i] + u[i];
        double sum = (u[i - 1] + u[i + 1]) - twice;
        if constexpr (D > 1) {
            double const part = (u[i - line] + u[i + line]) - twice;
            sum += IsIsotropic ? part : along_y * part;
        }
        if constexpr (D > 2) {
            double const part = (u[i - plane] + u[i + plane]) - twice;
            sum += IsIsotropic ? part : along_z * part;
        }
        v[i] = (twice - v[i]) + q[i] * sum;
    }
}

template <int D, bool IsIsotropic>
[[gnu::always_inline]] inline void step_plain_lines(plain_lines const& w) {
    double const *u = w.u, *q = w.q;
    double* v = w.v;
    for (std::ptrdiff_t l = 0; l < w.n_lines; ++l, u += w.line, v += w.line, q += w.q_line)
        step_plain_line<D, IsIsotropic>(w, u, v, q);
}

template <int D>
[[gnu::always_inline]] inline void step_general(general_line const& w) {
    double const *u = w.u, *q = w.q, *p = w.p, *g = w.g, *s = w.s, *lower = w.lower, *upper = w.upper;
    auto const [y_below, y_above, z_below, z_above] = w.neighbours;
    auto const [to_y_below, to_y_above, to_z_below, to_z_above] = w.couplings;
    double* __restrict v = w.v;
    std::ptrdiff_t const last = w.last;
#pragma GCC ivdep
    for (std::ptrdiff_t i = w.first; i < last; ++i) {
        double const here = u[i];
        double sum = lower[i] * (u[i - 1] - here) + upper[i] * (u[i + 1] - here);
        if constexpr (D > 1) sum += to_y_below * (y_below[i] - here) + to_y_above * (y_above[i] - here);
        if constexpr (D > 2) sum += to_z_below * (z_below[i] - here) + to_z_above * (z_above[i] - here);
        sum -= s[i] * here;
        v[i] = (here + p[i] * (here - v[i])) + (q[i] * sum + g[i]);
    }
}

}  // namespace

POISE_MULTIVERSION void plain_step1(plain_lines const& lines) { step_plain_lines<1, true>(lines); }
POISE_MULTIVERSION void plain_step2(plain_lines const& lines) {
    if (lines.y == 1.0) return step_plain_lines<2, true>(lines);
    step_plain_lines<2, false>(lines);
}
POISE_MULTIVERSION void plain_step3(plain_lines const& lines) {
    if (lines.y == 1.0 && lines.z == 1.0) return step_plain_lines<3, true>(lines);
    step_plain_lines<3, false>(lines);
}

POISE_MULTIVERSION void general_step1(general_line const& line) { step_general<1>(line); }
POISE_MULTIVERSION void general_step2(general_line const& line) { step_general<2>(line); }
POISE_MULTIVERSION void general_step3(general_line const& line) { step_general<3>(line); }

}  // namespace poise::pde::detail
