// SPDX-License-Identifier: MIT
#include "pde/leapfrog/kernels.hpp"

#include "core/multiversion.hpp"

#include <algorithm>
#include <cstdint>

namespace poise::pde::detail {
namespace {

// Where numbers are asked for ahead, lines are worked at in pieces of so many: more questions at a time get lost.
constexpr std::ptrdiff_t n_asked_at_once = 64;

// Asks for numbers that will lie in a core's second cache when it comes to them; harmless beyond the end of an array.
[[gnu::always_inline]] inline void ask_for(double const* from, std::ptrdiff_t distance, std::ptrdiff_t n) {
    std::uintptr_t const first = reinterpret_cast<std::uintptr_t>(from) + 8 * static_cast<std::uintptr_t>(distance);
    for (std::uintptr_t at = 0; at < 8 * static_cast<std::uintptr_t>(n); at += 64)
        __builtin_prefetch(reinterpret_cast<void const*>(first + at), 0, 2);
}

// Of the states, what is not in caches yet of what comes w.ahead numbers after number `at`: the farthest neighbours of
// x, and v. Behind the last of these lines of a plane come the same ones of the next plane.
template <int D>
[[gnu::always_inline]] inline void ask_ahead(plain_lines const& w, std::ptrdiff_t at, std::ptrdiff_t n) {
    std::ptrdiff_t const n_numbers = w.n_lines * w.line;
    std::ptrdiff_t const distance = w.ahead + (D == 3 && at + w.ahead >= n_numbers ? w.plane - n_numbers : 0);
    std::ptrdiff_t const farthest = D == 1 ? 0 : D == 2 ? w.line : w.plane;
    ask_for(w.x + at, distance + farthest, n);
    ask_for(w.v + at, distance, n);
}

template <int D, line_action Action, bool IsIsotropic>
[[gnu::always_inline]] inline void act_on_plain_line(plain_lines const& w, std::ptrdiff_t number, std::ptrdiff_t first,
                                                     std::ptrdiff_t last) {
    std::ptrdiff_t const line = w.line, plane = w.plane;
    double const *x = w.x + number * line, *u = w.u + number * line, *q = w.q + number * w.q_line;
    double const along_y = w.y, along_z = w.z;
    double* __restrict v = w.v + number * line;
#pragma GCC ivdep
    for (std::ptrdiff_t i = first; i < last; ++i) {
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
    std::ptrdiff_t const n_at_once = w.ahead > 0 ? n_asked_at_once : w.width;
    for (std::ptrdiff_t l = 0; l < w.n_lines; ++l)
        for (std::ptrdiff_t first = 0; first < w.width; first += n_at_once) {
            std::ptrdiff_t const last = std::min(first + n_at_once, w.width);
            if (w.ahead > 0) ask_ahead<D>(w, l * w.line + first, last - first);
            if (is_isotropic)
                act_on_plain_line<D, Action, true>(w, l, first, last);
            else
                act_on_plain_line<D, Action, false>(w, l, first, last);
        }
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
