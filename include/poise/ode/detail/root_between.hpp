// SPDX-License-Identifier: MIT
// Private to ode: a root between two times.
#pragma once

#include <cmath>

namespace poise::ode::detail {

/// The first double from a root on towards `to`, where f is continuous; f(from) has the sign given, f(to) another one.
/// Regula falsi that halves the value of an end that stays, and a bisection where that gains too little.
/// Source: Dowell & Jarratt (1971), BIT 11, 168 (Illinois).
template <class Function>
[[nodiscard]] double root_between(double from, double to, int sign, Function const& f) {
    double f_from = f(from), f_to = f(to);
    if ((f_from > 0.0 ? 1 : -1) != sign) f_from = 0.0;  // a root on the way here: found already
    int stays = 0;
    for (int step = 0; step < 200; ++step) {
        double const middle = from + 0.5 * (to - from);
        if (middle == from || middle == to) return to;
        double x = from - f_from * (to - from) / (f_to - f_from);
        bool const is_inside = (x - from) * (to - x) > 0.0;
        if (!is_inside || step % 3 == 2) x = middle;
        double const value = f(x);
        if (value == 0.0) return x;
        if ((value > 0.0 ? 1 : -1) == sign) {
            from = x, f_from = value;
            if (stays == 1) f_to *= 0.5;
            stays = 1;
        } else {
            to = x, f_to = value;
            if (stays == -1) f_from *= 0.5;
            stays = -1;
        }
    }
    return to;
}

}  // namespace poise::ode::detail
