// SPDX-License-Identifier: MIT
// The ring modulator: 15 voltages and currents, diodes, capacities that are nearly none.
// Source: Mazzia & Magherini (2008), Test Set for Initial Value Problem Solvers, whose reference solution this is.
#pragma once

#include <poise/ode/problem.hpp>

#include <array>
#include <cmath>
#include <numbers>

namespace poise_bench {

struct ring_modulator {
    static constexpr char const* name = "Ring modulator";
    static constexpr poise::ode::time_span t{0.0, 1e-3};
    static constexpr std::array<double, 15> y0{};
    static constexpr std::array<double, 15> y1{-0.2339057358486745e-1, -0.7367485485540825e-2, 0.2582956709291169,
                                               -0.4064465721283450,    -0.4039455665149794,    0.2607966765422943,
                                               0.1106761861269975,     0.2939904342435596e-6,  -0.2840029933642329e-7,
                                               0.7267198267264553e-3,  0.7929487196960840e-3,  -0.7255283495698965e-3,
                                               -0.7941401968526521e-3, 0.7088495416976114e-4,  0.2390059075236570e-4};
    static constexpr std::array<double, 15> atol_over_rtol{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

    template <class T, class Y, class D>
    void operator()(T const& time, Y const& y, D& dydt) const {
        using std::exp, std::sin;
        constexpr double C = 1.6e-8, Cs = 2e-12, Cp = 1e-8, Lh = 4.45, Ls1 = 0.002, Ls2 = 5e-4, Ls3 = 5e-4;
        constexpr double R = 25000.0, Rp = 50.0, Rg1 = 36.3, Rg2 = 17.3, Rg3 = 17.3, Ri = 50.0, Rc = 600.0;
        auto const signal = 0.5 * sin(2e3 * std::numbers::pi * time),
                   carrier = 2.0 * sin(2e4 * std::numbers::pi * time);
        auto const diode = [](auto const& voltage) { return 40.67286402e-9 * (exp(17.7493332 * voltage) - 1.0); };
        auto const q1 = diode(y[2] - y[4] - y[6] - carrier), q2 = diode(-y[3] + y[5] - y[6] - carrier);
        auto const q3 = diode(y[3] + y[4] + y[6] + carrier), q4 = diode(-y[2] - y[5] + y[6] + carrier);
        dydt[0] = (y[7] - 0.5 * y[9] + 0.5 * y[10] + y[13] - y[0] / R) / C;
        dydt[1] = (y[8] - 0.5 * y[11] + 0.5 * y[12] + y[14] - y[1] / R) / C;
        dydt[2] = (y[9] - q1 + q4) / Cs;
        dydt[3] = (-y[10] + q2 - q3) / Cs;
        dydt[4] = (y[11] + q1 - q3) / Cs;
        dydt[5] = (-y[12] - q2 + q4) / Cs;
        dydt[6] = (-y[6] / Rp + q1 + q2 - q3 - q4) / Cp;
        dydt[7] = -y[0] / Lh;
        dydt[8] = -y[1] / Lh;
        dydt[9] = (0.5 * y[0] - y[2] - Rg2 * y[9]) / Ls2;
        dydt[10] = (-0.5 * y[0] + y[3] - Rg3 * y[10]) / Ls3;
        dydt[11] = (0.5 * y[1] - y[4] - Rg2 * y[11]) / Ls2;
        dydt[12] = (-0.5 * y[1] + y[5] - Rg3 * y[12]) / Ls3;
        dydt[13] = (-y[0] + signal - (Ri + Rg1) * y[13]) / Ls1;
        dydt[14] = (-y[1] - (Rc + Rg1) * y[14]) / Ls1;
    }
};

}  // namespace poise_bench
