// SPDX-License-Identifier: MIT
// A method that finds out whether the problem is stiff.
#pragma once

namespace poise::ode {

/// Begins with an explicit method, tsitouras5 for rtol ≥ 10⁻⁶ and verner7 for less, and goes over to an implicit one
/// where five steps in a row are as long as stability allows, or the first attempt is ten times as long: rodas5p for
/// rtol ≥ 10⁻⁷, radau for less. Back again where the norm of the Jacobian says for ten steps that an explicit one would
/// be stable; what a change takes doubles with every second one. The report names the method that came to the end, and
/// the time from which it was at work. An implicit method takes its memory when it comes to be; one with a dense
/// Jacobian of more than 5000 columns does not, nor one of fixed steps: name a structure. Costs an explicit step some
/// 20 n operations. Source: Petzold (1983), SIAM J. Sci. Stat. Comput. 4, 136 (switching); Hairer & Wanner (1996),
/// Solving Ordinary Differential Equations II, §IV.2 (detection).
struct automatic {
    static constexpr char const* name = "automatic";
    static constexpr int order = 5;
};

}  // namespace poise::ode
