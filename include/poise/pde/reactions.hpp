// SPDX-License-Identifier: MIT
// Reactions that much is written about.
#pragma once

namespace poise::pde {

/// u + 2v → 3v, u fed and v removed: R_u = −uv² + feed (1 − u), R_v = uv² − (feed + kill) v. Spots, stripes and worms.
/// Source: Pearson (1993), Science 261, 189, eq. (2).
struct gray_scott_reaction {
    double feed = 0.04;
    double kill = 0.06;

    void operator()(auto const& u, auto& rate) const {
        auto const product = u[0] * u[1] * u[1];
        rate[0] = feed * (1.0 - u[0]) - product;
        rate[1] = product - (feed + kill) * u[1];
    }
};

/// Two phases, u = −1 and u = 1: R = u − u³. With a diffusivity ε² walls between them are some 3ε thick and move as
/// their curvature says. Source: Allen & Cahn (1979), Acta Metall. 27, 1085.
struct allen_cahn_reaction {
    auto operator()(auto const& u) const { return u - u * u * u; }
};

/// R_u = a + u²v − (b + 1) u, R_v = bu − u²v: oscillates where b > 1 + a². Source: Lefever & Nicolis (1971), J. Theor.
/// Biol. 30, 267; Hairer, Nørsett & Wanner (1993), Solving Ordinary Differential Equations I, §I.16.
struct brusselator_reaction {
    double a = 1.0;
    double b = 3.0;

    void operator()(auto const& u, auto& rate) const {
        auto const product = u[0] * u[0] * u[1];
        rate[0] = a + product - (b + 1.0) * u[0];
        rate[1] = b * u[0] - product;
    }
};

}  // namespace poise::pde
