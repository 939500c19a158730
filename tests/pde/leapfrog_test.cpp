// SPDX-License-Identifier: MIT
#include "pde/leapfrog/leapfrog.hpp"

#include "grid/sides.hpp"
#include "pde/discrete_problem.hpp"
#include "pde/leapfrog/medium.hpp"
#include "pde/leapfrog/sweep.hpp"
#include "support/mixes_of_sides.hpp"
#include "support/on_threads.hpp"

#include <poise/linear/neg_diffusion.hpp>
#include <poise/task/parallel_for.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace {

using namespace poise;
using pde::detail::forcing;
using pde::detail::leapfrog;
using pde::detail::side_flags;
using pde::detail::time_order;
using pde::detail::wave_medium;
using poise_test::on_threads;

template <std::size_t D>
struct setting {
    grid::cartesian<D> domain;
    grid::boundary<D> boundary;
    side_flags<D> absorbing{};
    std::vector<double> speed{1.3};
    std::vector<double> damping{};
};

std::vector<double> random_values(std::size_t n, unsigned seed, double least = -1.0, double most = 1.0) {
    std::mt19937_64 random{seed};
    std::uniform_real_distribution<double> between{least, most};
    std::vector<double> values(n);
    for (double& value : values) value = between(random);
    return values;
}

// Unknowns one after another, to and from lines.
template <std::size_t D, class Visitor>
void for_each_unknown(leapfrog<D> const& step, Visitor const& visit) {
    auto const& layout = step.layout();
    std::size_t number = 0;
    for (std::ptrdiff_t k = 0; k < layout.n[2]; ++k)
        for (std::ptrdiff_t j = 0; j < layout.n[1]; ++j)
            for (std::ptrdiff_t i = 0; i < layout.n[0]; ++i)
                visit(number++, static_cast<std::size_t>(layout.offset(j, k) + i));
}
template <std::size_t D>
auto to_lines(leapfrog<D> const& step, std::vector<double> const& values) {
    auto state = step.make_state();
    for_each_unknown(step, [&](std::size_t number, std::size_t at) { state[at] = values[number]; });
    return state;
}
template <std::size_t D, class State>
std::vector<double> from_lines(leapfrog<D> const& step, State const& state, std::size_t n) {
    std::vector<double> values(n);
    for_each_unknown(step, [&](std::size_t number, std::size_t at) { values[number] = state[at]; });
    return values;
}

// The same by the matrices of linear: (M + dt/2 B) u⁺ = 2 M u − (M − dt/2 B) u⁻ + dt² (b − A u).
template <std::size_t D>
class by_matrices {
public:
    by_matrices(setting<D> const& at, double dt)
        : A_{linear::neg_diffusion(at.domain, at.boundary, std::vector<double>(at.domain.size(), 1.0),
                                   std::vector<double>(at.domain.size(), 0.0))},
          dt_{dt} {
        pde::detail::discrete_problem<D> const discrete{at.domain, at.boundary, grid::uniform_point<D>(1.0)};
        auto const on_points = [&](std::vector<double> const& values, auto f) {
            std::vector<double> result(at.domain.size());
            for (std::size_t i = 0; i < result.size(); ++i)
                result[i] = f(values.empty() ? 0.0 : values[values.size() == 1 ? 0 : i]);
            return result;
        };
        auto const speeds = on_points(at.speed, [](double c) { return c; });
        auto const over_c2 = on_points(at.speed, [](double c) { return 1.0 / (c * c); });
        auto lost = on_points(at.damping, [](double r) { return r; });
        for (std::size_t i = 0; i < lost.size(); ++i) lost[i] *= over_c2[i];
        M_ = discrete.times_shares(over_c2);
        B_ = discrete.times_shares(lost);
        // What a Neumann side of value 1/c gives is what one that absorbs takes.
        auto const axes = grid::axis_stencils(at.domain, at.boundary.kinds());
        std::vector<bool> is_halved(M_.size());
        for (std::size_t side = 0; side < 2 * D; ++side)
            if (at.absorbing[side])
                grid::detail::for_each_beside<D>(
                    axes, side / 2, side % 2, [&](std::size_t i, auto point, double share) {
                        auto const place = static_cast<std::size_t>(grid::detail::place_of(point, at.domain.points()));
                        B_[i] += share / at.domain.spacing(side / 2) / speeds[place];
                        is_halved[i] = at.domain.centering() == grid::centering::cell;
                    });
        for (std::size_t i = 0; i < M_.size(); ++i)
            if (is_halved[i]) M_[i] *= 0.5;
    }
    void step(std::vector<double> const& u, std::vector<double>& v, std::vector<double> const& b) const {
        std::vector<double> Au(u.size());
        A_(u, Au);
        for (std::size_t i = 0; i < u.size(); ++i) {
            double const lost = 0.5 * dt_ * B_[i], force = (b.empty() ? 0.0 : b[i]) - Au[i];
            v[i] = (2.0 * M_[i] * u[i] - (M_[i] - lost) * v[i] + dt_ * dt_ * force) / (M_[i] + lost);
        }
    }
    // Of fourth order: u⁺ = 2u − u⁻ + w − dt²/12 M⁻¹A w, w = dt² M⁻¹ (b − A u).
    void step_fourth(std::vector<double> const& u, std::vector<double>& v, std::vector<double> const& b) const {
        std::vector<double> Au(u.size()), w(u.size()), Aw(u.size());
        A_(u, Au);
        for (std::size_t i = 0; i < u.size(); ++i) w[i] = dt_ * dt_ * ((b.empty() ? 0.0 : b[i]) - Au[i]) / M_[i];
        A_(w, Aw);
        for (std::size_t i = 0; i < u.size(); ++i) v[i] = 2.0 * u[i] - v[i] + w[i] - dt_ * dt_ / 12.0 * Aw[i] / M_[i];
    }
    std::size_t n_unknowns() const { return A_.n_unknowns(); }

private:
    linear::stencil_matrix<D> A_;
    double dt_;
    std::vector<double> M_, B_;
};

template <std::size_t D>
void expect_like_matrices(setting<D> const& at, bool is_forced, time_order order = time_order::second) {
    wave_medium<D> const medium{at.domain, at.boundary, at.absorbing, at.speed, at.damping};
    double const stiffest = medium.largest_eigenvalue();
    double const dt = stiffest > 0.0 ? 1.9 / std::sqrt(stiffest) : 0.1;
    by_matrices<D> const matrices{at, dt};
    std::size_t const n = matrices.n_unknowns();
    ASSERT_EQ(medium.n_unknowns(), n);
    auto const b = is_forced ? random_values(n, 3) : std::vector<double>{};
    leapfrog<D> const step{medium, dt, order, is_forced ? forcing::constant : forcing::none, b};
    auto before = random_values(n, 1), now = random_values(n, 2);
    auto older = to_lines(step, before), newer = to_lines(step, now), more = step.make_state();
    for (int i = 0; i < 7; ++i) {
        if (order == time_order::second)
            matrices.step(now, before, b);
        else
            matrices.step_fourth(now, before, b);
        std::swap(now, before);
    }
    pde::detail::advance(step, {{older.data(), newer.data()}, more.data()}, 7, {.max_threads = 1, .n_fused = 1});
    auto const u = from_lines(step, older, n), u_before = from_lines(step, newer, n);
    double const scale = *std::ranges::max_element(now, {}, [](double v) { return std::abs(v); });
    for (std::size_t i = 0; i < n; ++i) {
        ASSERT_NEAR(u[i], now[i], 1e-13 * std::abs(scale)) << i;
        ASSERT_NEAR(u_before[i], before[i], 1e-13 * std::abs(scale)) << i;
    }
}

template <std::size_t D>
grid::cartesian<D> box(grid::centering where, bool is_stretched, std::ptrdiff_t n = 9) {
    grid::cartesian_options<D> options{.centering = where};
    for (std::size_t d = 0; d < D; ++d) {
        options.upper[d] = 1.0 + 0.3 * static_cast<double>(d);
        options.cells[d] = n + static_cast<std::ptrdiff_t>(d);
        for (std::ptrdiff_t i = 0; is_stretched && i <= options.cells[d]; ++i) {
            double const x = static_cast<double>(i) / static_cast<double>(options.cells[d]);
            options.faces[d].push_back(options.upper[d] * x * (1.0 + 0.3 * (x - 1.0)));
        }
    }
    return grid::cartesian<D>{options};
}

template <std::size_t D>
grid::boundary<D> sides_of(grid::condition_kinds<D> const& kinds) {
    grid::boundary<D> result = grid::dirichlet{0.0};
    for (std::size_t s = 0; s < 2 * D; ++s) {
        auto const where = static_cast<grid::side>(s);
        if (kinds[s] == grid::condition_kind::neumann) result.on(where, grid::neumann{0.0});
        if (kinds[s] == grid::condition_kind::periodic && s % 2 == 0) result.on(where, grid::periodic{});
        if (kinds[s] == grid::condition_kind::robin) result.on(where, grid::robin{1.7, 0.0});
    }
    return result;
}

// Numbers of one place where these would hide that an index is another's.
template <std::size_t D>
void vary(setting<D>& at) {
    at.speed = random_values(at.domain.size(), 11, 0.5, 2.0);
    at.damping = random_values(at.domain.size(), 12, 0.0, 3.0);
}

template <std::size_t D>
void try_every_mix(std::ptrdiff_t n) {
    using namespace poise_test;
    std::array<ends_of_direction, 6> const ends{
        {{wall, wall}, {flux, wall}, {wall, flux}, {flux, flux}, {around, around}, {film, flux}}};
    for (unsigned mix = 0; mix < n_mixes(D, ends); ++mix)
        for (auto const where : {grid::centering::cell, grid::centering::node})
            for (bool const is_stretched : {false, true}) {
                SCOPED_TRACE(testing::Message()
                             << D << "D, mix " << mix << (where == grid::centering::cell ? ", cells" : ", nodes")
                             << (is_stretched ? ", stretched" : ""));
                auto const kinds = mix_of<D>(mix, ends);
                setting<D> at{.domain = box<D>(where, is_stretched, n), .boundary = sides_of<D>(kinds)};
                expect_like_matrices(at, false);
                expect_like_matrices(at, true, time_order::fourth);
                for (std::size_t side = 0; side < 2 * D; ++side)
                    at.absorbing[side] = kinds[side] == flux && (mix + side) % 3 != 0;
                expect_like_matrices(at, true);
                vary(at);
                expect_like_matrices(at, mix % 2 == 0);
            }
}

TEST(leapfrog, is_what_matrices_say_on_every_mix_of_sides) {
    try_every_mix<1>(9);
    try_every_mix<1>(40);
    try_every_mix<2>(9);
    try_every_mix<3>(4);
}

TEST(leapfrog, is_what_matrices_say_on_grids_of_few_points) {
    for (std::ptrdiff_t const nx : {1, 2, 3, 7, 8, 15, 16, 17})
        for (std::ptrdiff_t const ny : {1, 2, 3})
            for (auto const where : {grid::centering::cell, grid::centering::node})
                for (auto const kind : {poise_test::wall, poise_test::flux, poise_test::around}) {
                    SCOPED_TRACE(testing::Message() << nx << " x " << ny);
                    bool const has_unknowns =
                        kind != poise_test::wall || where == grid::centering::cell || (nx > 1 && ny > 1);
                    if (!has_unknowns) continue;
                    grid::condition_kinds<2> kinds;
                    kinds.fill(kind);
                    grid::cartesian<2> const domain{{.cells = {nx, ny}, .centering = where}};
                    expect_like_matrices(setting<2>{.domain = domain, .boundary = sides_of<2>(kinds)}, true);
                }
}

// States after n steps, the newer one first.
template <std::size_t D>
std::array<std::vector<double>, 2> advanced(setting<D> const& at, std::size_t n_steps, bool is_forced, time_order order,
                                            pde::detail::sweep_options const& options) {
    wave_medium<D> const medium{at.domain, at.boundary, at.absorbing, at.speed, at.damping};
    std::size_t const n = medium.n_unknowns();
    auto const b = is_forced ? random_values(n, 3) : std::vector<double>{};
    leapfrog<D> const step{medium, 1.9 / std::sqrt(medium.largest_eigenvalue()), order,
                           is_forced ? forcing::constant : forcing::none, b};
    auto older = to_lines(step, random_values(n, 1)), newer = to_lines(step, random_values(n, 2)),
         more = step.make_state();
    pde::detail::advance(step, {{older.data(), newer.data()}, more.data()}, n_steps, options);
    auto first = from_lines(step, older, n), second = from_lines(step, newer, n);
    if (n_steps % 2 == 0) std::swap(first, second);
    return {first, second};
}

template <std::size_t D>
void expect_same_bits(setting<D> const& at, bool is_forced, time_order order = time_order::second) {
    for (std::size_t const n_steps : {5, 37}) {
        auto const plain = advanced(at, n_steps, is_forced, order, {.max_threads = 1, .n_fused = 1});
        for (std::ptrdiff_t const n_fused : {0, 2, 3, 7, 16})
            for (std::size_t const n_threads : {1, 2, 3}) {
                SCOPED_TRACE(testing::Message()
                             << n_steps << " steps, " << n_fused << " in one, " << n_threads << " threads");
                EXPECT_EQ(plain,
                          advanced(at, n_steps, is_forced, order, {.max_threads = n_threads, .n_fused = n_fused}));
            }
    }
}

TEST(leapfrog, has_the_same_bits_however_many_steps_are_fused_and_on_any_number_of_threads) {
    using namespace poise_test;
    on_threads(3, [] {
        ASSERT_EQ(task::available_threads(), 3u);
        for (auto const& ends : {ends_of_direction{wall, wall}, {flux, wall}, {around, around}}) {
            grid::condition_kinds<1> const line{ends[0], ends[1]};
            expect_same_bits(setting<1>{.domain = grid::cartesian<1>{{.cells = {3001}}}, .boundary = sides_of<1>(line)},
                             false);
            expect_same_bits(
                setting<1>{.domain = grid::cartesian<1>{{.cells = {200'001}}}, .boundary = sides_of<1>(line)}, true);
            grid::condition_kinds<2> const square{wall, wall, ends[0], ends[1]}, turned{ends[0], ends[1], wall, flux};
            grid::cartesian<2> const domain{{.cells = {301, 403}, .centering = grid::centering::node}};
            expect_same_bits(setting<2>{.domain = domain, .boundary = sides_of<2>(square)}, false);
            expect_same_bits(setting<2>{.domain = domain, .boundary = sides_of<2>(turned)}, true, time_order::fourth);
            setting<2> lossy{
                .domain = domain, .boundary = sides_of<2>(turned), .absorbing = {false, false, false, true}};
            vary(lossy);
            expect_same_bits(lossy, true);
            grid::condition_kinds<3> const cube{wall, flux, ends[0], ends[1], ends[0], ends[1]};
            expect_same_bits(
                setting<3>{.domain = grid::cartesian<3>{{.cells = {24, 90, 71}}}, .boundary = sides_of<3>(cube)}, true);
        }
    });
}

// Energies between steps from the beginning on.
template <std::size_t D>
std::vector<double> energies(setting<D> const& at, bool is_forced, time_order order) {
    wave_medium<D> const medium{at.domain, at.boundary, at.absorbing, at.speed, at.damping};
    std::size_t const n = medium.n_unknowns();
    auto const b = is_forced ? random_values(n, 3) : std::vector<double>{};
    double const limit = order == time_order::second ? 2.0 : std::sqrt(12.0);
    leapfrog<D> const step{medium, 0.97 * limit / std::sqrt(medium.largest_eigenvalue()), order,
                           is_forced ? forcing::constant : forcing::none, b};
    auto older = to_lines(step, random_values(n, 1)), newer = to_lines(step, random_values(n, 2)),
         more = step.make_state();
    step.begin(older.data(), newer.data());
    std::vector<double> result{step.energy(older.data(), newer.data())};
    for (int i = 0; i < 60; ++i) {
        pde::detail::advance(step, {{older.data(), newer.data()}, more.data()}, 3);
        std::swap(older, newer);
        result.push_back(step.energy(older.data(), newer.data()));
    }
    return result;
}

TEST(leapfrog, keeps_its_energy_and_loses_it_where_waves_may_leave) {
    using namespace poise_test;
    std::array<ends_of_direction, 4> const ends{{{wall, wall}, {flux, flux}, {around, around}, {film, flux}}};
    for (unsigned mix = 0; mix < n_mixes(2, ends); ++mix)
        for (auto const where : {grid::centering::cell, grid::centering::node})
            for (bool const is_stretched : {false, true}) {
                SCOPED_TRACE(mix);
                auto const kinds = mix_of<2>(mix, ends);
                setting<2> at{.domain = box<2>(where, is_stretched, 12), .boundary = sides_of<2>(kinds)};
                at.speed = random_values(at.domain.size(), 11, 0.5, 2.0);
                for (auto const order : {time_order::second, time_order::fourth}) {
                    auto const kept = energies(at, mix % 2 == 1, order);
                    for (double const each : kept) EXPECT_NEAR(each, kept[0], 1e-11 * std::abs(kept[0]));
                }
                for (std::size_t side = 0; side < 4; ++side) at.absorbing[side] = kinds[side] == flux;
                if (at.absorbing == side_flags<2>{}) continue;
                auto const lost = energies(at, false, time_order::second);
                for (std::size_t i = 1; i < lost.size(); ++i) EXPECT_LT(lost[i], lost[i - 1]);
                EXPECT_GT(lost.back(), 0.0);
            }
}

}  // namespace
