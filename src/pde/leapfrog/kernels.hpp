// SPDX-License-Identifier: MIT
// Private to src/pde: what a leapfrog step does on lines of unknowns along x, compiled once for several instruction
// sets.
#pragma once

#include <array>
#include <cstddef>

namespace poise::pde::detail {

/// What is done with L x, the couplings' Σ coupling·(neighbour − x).
enum class line_action {
    step,     ///< v = x + p·(x − v) + (q·L x + g): v is a step before x and becomes a step after it
    force,    ///< v = q·L x + g
    correct,  ///< v = 2u − v + (x + q·L x / 12), x being what force made of u; without losses
};

/// Lines where the couplings are the same for all unknowns, and nothing but them and q acts: p = 1, g = 0.
struct plain_lines {
    double const* x;
    double const* u;  ///< of line_action::correct
    double* v;
    double const* q;
    std::ptrdiff_t width, n_lines;
    std::ptrdiff_t line, plane;  ///< distances between neighbours along y and z; of lines, that along y
    std::ptrdiff_t q_line;       ///< distance between the q of two lines; 0: one is for all
    double y, z;                 ///< couplings along y and z, where those along x are 1
    std::ptrdiff_t ahead;        ///< numbers that memory is asked for this far ahead of their use; 0: it is not
};

/// Unknowns [first, last) of a line and all that may act on them; L x has −s·x too.
struct general_line {
    double const* x;
    double const* u;  ///< of line_action::correct
    double* v;
    double const *q, *p, *g, *s;
    double const *lower, *upper;                ///< couplings along x, those with walls included
    std::array<double const*, 4> neighbours{};  ///< below and above along y, then along z
    std::array<double, 4> couplings{};          ///< with these
    std::ptrdiff_t first = 0, last = 0;
    std::ptrdiff_t ahead = 0;  ///< see plain_lines
};

// Functions that are compiled for several processors cannot be templates: one for each number of dimensions and action.
// A step of plain lines: per unknown 24 bytes beyond caches, and 7, 10 or 13 operations, one or two less where y = z =
// 1; force and correct 24 bytes more, which stay in caches where they are fused.
#define POISE_LINE_KERNELS(D)                        \
    void step_plain##D(plain_lines const& lines);    \
    void force_plain##D(plain_lines const& lines);   \
    void correct_plain##D(plain_lines const& lines); \
    void step_general##D(general_line const& line);  \
    void force_general##D(general_line const& line); \
    void correct_general##D(general_line const& line);
POISE_LINE_KERNELS(1)
POISE_LINE_KERNELS(2)
POISE_LINE_KERNELS(3)
#undef POISE_LINE_KERNELS

#define POISE_DISPATCH(kind, what, argument)                     \
    do {                                                         \
        if constexpr (D == 1) return what##_##kind##1(argument); \
        if constexpr (D == 2) return what##_##kind##2(argument); \
        if constexpr (D == 3) return what##_##kind##3(argument); \
    } while (false)

template <std::size_t D>
void act_on(plain_lines const& lines, line_action action) {
    if (action == line_action::step) POISE_DISPATCH(plain, step, lines);
    if (action == line_action::force) POISE_DISPATCH(plain, force, lines);
    POISE_DISPATCH(plain, correct, lines);
}
template <std::size_t D>
void act_on(general_line const& line, line_action action) {
    if (action == line_action::step) POISE_DISPATCH(general, step, line);
    if (action == line_action::force) POISE_DISPATCH(general, force, line);
    POISE_DISPATCH(general, correct, line);
}
#undef POISE_DISPATCH

}  // namespace poise::pde::detail
