// SPDX-License-Identifier: MIT
// Classical stiff problems with their solutions at the end.
// Sources: Hairer & Wanner (1996), Solving Ordinary Differential Equations II, §IV.10; Mazzia & Magherini (2008), Test
// Set for Initial Value Problem Solvers, whose reference solutions these are.
#pragma once

#include <poise/ode.hpp>

#include <array>
#include <cmath>
#include <cstddef>

namespace poise_test {

/// Kinetics of three species over eleven decades of time.
struct robertson {
    static constexpr char const* name = "Robertson";
    static constexpr poise::ode::time_span t{0.0, 1e11};
    static constexpr std::array<double, 3> y0{1.0, 0.0, 0.0};
    static constexpr std::array<double, 3> y1{0.2083340149701255e-7, 0.8333360770334713e-13, 0.9999999791665050};
    static constexpr std::array<double, 3> atol_over_rtol{1e-8, 1e-14, 1.0};
    template <class T, class Y, class D>
    void operator()(T const&, Y const& y, D& dydt) const {
        auto const r1 = 0.04 * y[0], r2 = 1e4 * y[1] * y[2], r3 = 3e7 * y[1] * y[1];
        dydt[0] = r2 - r1;
        dydt[1] = r1 - r2 - r3;
        dydt[2] = r3;
    }
};

/// A relaxation oscillator of stiffness 1000.
struct van_der_pol {
    static constexpr char const* name = "VanDerPol";
    static constexpr poise::ode::time_span t{0.0, 2000.0};
    static constexpr std::array<double, 2> y0{2.0, 0.0};
    static constexpr std::array<double, 2> y1{0.1706167732170469e1, -0.8928097010248125e-3};
    static constexpr std::array<double, 2> atol_over_rtol{1.0, 1e-3};
    template <class T, class Y, class D>
    void operator()(T const&, Y const& y, D& dydt) const {
        dydt[0] = y[1];
        dydt[1] = 1000.0 * (1.0 - y[0] * y[0]) * y[1] - y[0];
    }
};

/// High irradiance responses of plants.
struct hires {
    static constexpr char const* name = "Hires";
    static constexpr poise::ode::time_span t{0.0, 321.8122};
    static constexpr std::array<double, 8> y0{1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0057};
    static constexpr std::array<double, 8> y1{0.7371312573325668e-3, 0.1442485726316185e-3, 0.5888729740967575e-4,
                                              0.1175651343283149e-2, 0.2386356198831331e-2, 0.6238968252742796e-2,
                                              0.2849998395185769e-2, 0.2850001604814231e-2};
    static constexpr std::array<double, 8> atol_over_rtol{1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4};
    template <class T, class Y, class D>
    void operator()(T const&, Y const& y, D& dydt) const {
        dydt[0] = -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007;
        dydt[1] = 1.71 * y[0] - 8.75 * y[1];
        dydt[2] = -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4];
        dydt[3] = 8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3];
        dydt[4] = -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6];
        auto const r = 280.0 * y[5] * y[7];
        dydt[5] = -r + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6];
        dydt[6] = r - 1.81 * y[6];
        dydt[7] = 1.81 * y[6] - r;
    }
};

/// The Belousov-Zhabotinskii reaction.
struct oregonator {
    static constexpr char const* name = "Oregonator";
    static constexpr poise::ode::time_span t{0.0, 360.0};
    static constexpr std::array<double, 3> y0{1.0, 2.0, 3.0};
    static constexpr std::array<double, 3> y1{0.1000814870318523e1, 0.1228178521549917e4, 0.1320554942846513e3};
    static constexpr std::array<double, 3> atol_over_rtol{1.0, 1.0, 1.0};
    template <class T, class Y, class D>
    void operator()(T const&, Y const& y, D& dydt) const {
        dydt[0] = 77.27 * (y[1] + y[0] * (1.0 - 8.375e-6 * y[0] - y[1]));
        dydt[1] = (y[2] - (1.0 + y[0]) * y[1]) / 77.27;
        dydt[2] = 0.161 * (y[0] - y[2]);
    }
};

/// Chemistry of air pollution: 20 species, 25 reactions.
struct pollution {
    static constexpr char const* name = "Pollution";
    static constexpr poise::ode::time_span t{0.0, 60.0};
    static constexpr std::array<double, 20> y0{0, 0.2, 0, 0.04, 0, 0, 0.1, 0.3, 0.01, 0, 0, 0, 0, 0, 0, 0, 0.007};
    static constexpr std::array<double, 20> y1{
        0.5646255480022769e-1, 0.1342484130422339,    0.4139734331099427e-8, 0.5523140207484359e-2,
        0.2018977262302196e-6, 0.1464541863493966e-6, 0.7784249118997964e-1, 0.3245075353396018,
        0.7494013383880406e-2, 0.1622293157301561e-7, 0.1135863833257075e-7, 0.2230505975721359e-2,
        0.2087162882798630e-3, 0.1396921016840158e-4, 0.8964884856898295e-2, 0.4352846369330103e-17,
        0.6899219696263405e-2, 0.1007803037365946e-3, 0.1772146513969984e-5, 0.5682943292316392e-4};
    static constexpr std::array<double, 20> atol_over_rtol{1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3,
                                                           1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3};
    template <class T, class Y, class D>
    void operator()(T const&, Y const& y, D& dydt) const {
        auto const r1 = 0.35 * y[0], r2 = 26.6 * y[1] * y[3], r3 = 12300.0 * y[4] * y[1], r4 = 0.00086 * y[6];
        auto const r5 = 0.00082 * y[6], r6 = 15000.0 * y[6] * y[5], r7 = 0.00013 * y[8], r8 = 24000.0 * y[8] * y[5];
        auto const r9 = 16500.0 * y[10] * y[1], r10 = 9000.0 * y[10] * y[0], r11 = 0.022 * y[12];
        auto const r12 = 12000.0 * y[9] * y[1], r13 = 1.88 * y[13], r14 = 16300.0 * y[0] * y[5];
        auto const r15 = 4.8e6 * y[2], r16 = 0.00035 * y[3], r17 = 0.0175 * y[3], r18 = 1e8 * y[15];
        auto const r19 = 4.44e11 * y[15], r20 = 1240.0 * y[16] * y[5], r21 = 2.1 * y[18], r22 = 5.78 * y[18];
        auto const r23 = 0.0474 * y[0] * y[3], r24 = 1780.0 * y[18] * y[0], r25 = 3.12 * y[19];
        dydt[0] = -r1 - r10 - r14 - r23 - r24 + r2 + r3 + r9 + r11 + r12 + r22 + r25;
        dydt[1] = -r2 - r3 - r9 - r12 + r1 + r21;
        dydt[2] = -r15 + r1 + r17 + r19 + r22;
        dydt[3] = -r2 - r16 - r17 - r23 + r15;
        dydt[4] = -r3 + r4 + r4 + r6 + r7 + r13 + r20;
        dydt[5] = -r6 - r8 - r14 - r20 + r3 + r18 + r18;
        dydt[6] = -r4 - r5 - r6 + r13;
        dydt[7] = r4 + r5 + r6 + r7;
        dydt[8] = -r7 - r8;
        dydt[9] = -r12 + r7 + r9;
        dydt[10] = -r9 - r10 + r8 + r11;
        dydt[11] = r9;
        dydt[12] = -r11 + r10;
        dydt[13] = -r13 + r12;
        dydt[14] = r14;
        dydt[15] = -r18 - r19 + r16;
        dydt[16] = -r20;
        dydt[17] = r20;
        dydt[18] = -r21 - r22 - r24 + r23 + r25;
        dydt[19] = -r25 + r24;
    }
};

/// max |yᵢ − exact| / (atol over rtol + |exact|), which is to be compared with rtol.
template <class Problem, class State>
double error_of(State const& y) {
    double largest = 0.0;
    for (std::size_t i = 0; i < Problem::y1.size(); ++i)
        largest = std::max(largest,
                           std::abs(y[i] - Problem::y1[i]) / (Problem::atol_over_rtol[i] + std::abs(Problem::y1[i])));
    return largest;
}

/// The tolerances that go with that.
template <class Problem>
poise::ode::component_tolerance atol_of(double rtol) {
    std::vector<double> atol(Problem::atol_over_rtol.begin(), Problem::atol_over_rtol.end());
    for (double& each : atol) each *= rtol;
    return atol;
}

}  // namespace poise_test
