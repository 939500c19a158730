// SPDX-License-Identifier: MIT
// Private to src/pde: one leapfrog step on lines of unknowns along x, compiled once for several instruction sets.
#pragma once

#include <array>
#include <cstddef>

namespace poise::pde::detail {

/// Lines where the couplings are the same for all unknowns, and nothing but them and q acts.
struct plain_lines {
    double const* u;
    double* v;  ///< in: u a step before; out: u a step later
    double const* q;
    std::ptrdiff_t width, n_lines;
    std::ptrdiff_t line, plane;  ///< distances between neighbours along y and z; of lines, that along y
    std::ptrdiff_t q_line;       ///< distance between the q of two lines; 0: one is for all
    double y, z;                 ///< couplings along y and z, where those along x are 1
};

/// v = (2u − v) + q·Σ couplings·(both neighbours − 2u), in one, two or three dimensions. Per unknown: 24 bytes beyond
/// caches, and 7, 10 or 13 operations, one or two less where y = z = 1.
void plain_step1(plain_lines const& lines);
void plain_step2(plain_lines const& lines);
void plain_step3(plain_lines const& lines);

/// Unknowns of a line and all that may act on them.
struct general_line {
    double const* u;
    double* v;  ///< in: u a step before; out: u a step later
    double const *q, *p, *g, *s;
    double const *lower, *upper;                ///< couplings along x, those with walls included
    std::array<double const*, 4> neighbours{};  ///< below and above along y, then along z
    std::array<double, 4> couplings{};          ///< with these
    std::ptrdiff_t first = 0, last = 0;
};

/// v = u + p·(u − v) + q·L + g for the unknowns [first, last), L = Σ couplings·(neighbour − u) − s·u.
void general_step1(general_line const& line);
void general_step2(general_line const& line);
void general_step3(general_line const& line);

}  // namespace poise::pde::detail
