// SPDX-License-Identifier: MIT
#include "chip_thermal/steady.hpp"

#include <poise/core/reductions.hpp>
#include <poise/grid/boundary.hpp>
#include <poise/pde/solve.hpp>
#include <poise/profile/scope.hpp>

#include <cmath>
#include <utility>

namespace chip_thermal {
namespace {

using namespace poise;

grid::boundary<2> const insulated = grid::neumann{0.0};

double balance_error(model const& m, grid::field<2> const& rise, std::span<double const> watts) {
    double const power = sum(watts);
    double const carried_off = m.cooling * grid::integral(rise);
    return power == 0.0 ? std::abs(carried_off) : std::abs(carried_off - power) / power;
}

}  // namespace

grid::field<2> steady_rise(model const& m, std::span<double const> watts) {
    grid::field<2> source{m.die};
    {
        profile::scope const timing{"power to cells"};
        m.blocks.add_power(watts, 1.0 / m.spreading, source.values());
    }
    return pde::solve(pde::helmholtz<2>{m.die, m.shift(), std::move(source), insulated},
                      {.rtol = 1e-10, .method = pde::method::direct})
        .u;
}

sample_temperatures solve_sample(model const& m, std::span<double const> watts) {
    auto const u = steady_rise(m, watts);
    auto t = temperatures_of_blocks(m, u);
    t.balance_error = balance_error(m, u, watts);
    return t;
}

sample_temperatures temperatures_of_blocks(model const& m, grid::field<2> const& rise) {
    profile::scope const timing{"temperatures of blocks"};
    sample_temperatures t;
    for (std::size_t b = 0; b < m.blocks.size(); ++b) {
        t.mean.push_back(m.ambient + m.blocks.mean(b, rise.values()));
        t.highest.push_back(m.ambient + m.blocks.maximum(b, rise.values()));
    }
    return t;
}

held_operator hold_operator(model const& m) {
    return linear::default_operator_cache().get(m.die, insulated.kinds(), m.shift()).op;
}

}  // namespace chip_thermal
