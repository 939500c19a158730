// SPDX-License-Identifier: MIT
#include "pde/leapfrog/sweep.hpp"

#include <algorithm>

namespace poise::pde::detail {
namespace {

template <std::size_t D>
sweep_shape shape_of(leapfrog<D> const& step) {
    auto const& layout = step.layout();
    std::ptrdiff_t const n_units = D == 1 ? whole_lanes(layout.n[0]) / lane_count : layout.n[D - 1];
    std::ptrdiff_t const line_bytes = 8 * (D == 1 ? lane_count : layout.width);
    return {.n_units = n_units,
            .n_lines = D == 3 ? layout.n[1] : 1,
            .n_unknowns = layout.n[0] * layout.n_lines(),
            .unit_bytes = 2 * line_bytes,
            .unit_strip = D == 1   ? 64
                          : D == 2 ? std::clamp<std::ptrdiff_t>(16'384 / line_bytes, 1, 8)
                                   : 1,
            .is_ring = step.is_periodic(D - 1),
            .cuts_planes = D == 3 && !step.is_periodic(1)};
}

}  // namespace

template <std::size_t D>
void advance(leapfrog<D> const& step, leapfrog_states const& states, std::size_t n_steps,
             sweep_options const& options) {
    auto const run = [&](sweep_stage stage, sweep_range units, sweep_range lines) {
        if constexpr (D == 1) step.do_vectors(states, stage, units.first, units.last);
        if constexpr (D == 2) step.do_lines(states, stage, 0, units.first, units.last);
        if constexpr (D == 3)
            for (std::ptrdiff_t k = units.first; k < units.last; ++k)
                step.do_lines(states, stage, k, lines.first, lines.last);
    };
    sweep_options const of_stages{options.max_threads, options.n_fused * step.n_stages()};
    fused_sweep{shape_of(step), of_stages, run}.run(static_cast<std::ptrdiff_t>(n_steps) * step.n_stages());
}

template void advance(leapfrog<1> const&, leapfrog_states const&, std::size_t, sweep_options const&);
template void advance(leapfrog<2> const&, leapfrog_states const&, std::size_t, sweep_options const&);
template void advance(leapfrog<3> const&, leapfrog_states const&, std::size_t, sweep_options const&);

}  // namespace poise::pde::detail
