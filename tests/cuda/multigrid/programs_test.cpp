// SPDX-License-Identifier: MIT
// The programs of a multigrid cycle, each beside what it does in plain text.
#include "cuda/host_machine.hpp"
#include "cuda/made_up_gpu.hpp"
#include "cuda/multigrid/ascent.hpp"
#include "cuda/multigrid/descent.hpp"
#include "cuda/multigrid/packed_grids.hpp"
#include "cuda/multigrid/plain_cycle.hpp"
#include "linear/random_vector.hpp"

#include <poise/core/concat.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

using namespace poise::cuda::detail;
using poise_test::device_grid;
using poise_test::made_up_gpu;
using poise_test::plain_grid;
using poise_test::random_vector;
using poise_test::thread_order;

namespace {

constexpr double omega = 1.25;  // in both precisions

struct shape {
    std::array<std::size_t, 3> n;
    std::array<bool, 3> periodic, halved;
    std::array<std::size_t, 3> first;
};

// More than one tile and more planes than a block follows; whole tiles and parts of them; even and odd numbers.
std::vector<shape> const flat_shapes{
    {{1100, 1, 150}, {false, false, false}, {true, false, true}, {0, 0, 1}},
    {{1024, 1, 128}, {true, false, true}, {true, false, true}, {0, 0, 0}},
    {{513, 1, 131}, {false, false, false}, {true, false, false}, {1, 0, 0}},
    {{37, 1, 257}, {false, false, false}, {false, false, true}, {0, 0, 0}},
    {{1, 1, 5}, {false, false, false}, {false, false, true}, {0, 0, 1}},
    {{2, 1, 2}, {true, false, true}, {true, false, true}, {0, 0, 0}},
};
std::vector<shape> const box_shapes{
    {{70, 35, 66}, {false, false, false}, {true, true, true}, {0, 1, 1}},
    {{64, 32, 64}, {true, true, true}, {true, true, true}, {0, 0, 0}},
    {{33, 18, 65}, {false, false, false}, {false, true, true}, {0, 1, 0}},
    {{40, 17, 9}, {false, false, false}, {true, false, false}, {1, 0, 0}},
    {{3, 40, 3}, {false, true, false}, {true, true, false}, {1, 0, 0}},
    {{2, 3, 1}, {false, false, false}, {true, true, false}, {0, 1, 0}},
};

std::string text_of(shape const& s) {
    return poise::concat(s.n[0], " x ", s.n[1], " x ", s.n[2], s.periodic[0] ? ", periodic" : "");
}

std::vector<device_grid> grids_of(shape const& s) {
    std::mt19937 random{7};
    device_grid fine, coarse;
    fine.shift = 0.3;
    for (std::size_t d = 0; d < 3; ++d) {
        fine.axes[d] = poise_test::random_axis(random, s.n[d], s.periodic[d], s.halved[d], s.first[d]);
        // Symmetric, as matrices by their numbers are.
        auto& below = fine.axes[d].below;
        auto const& above = fine.axes[d].above;
        for (std::size_t i = 0; i + 1 < s.n[d]; ++i) below[i + 1] = above[i];
        if (s.periodic[d]) below[0] = above.back();
        coarse.axes[d] = poise_test::random_axis(random, poise_test::n_coarse(fine.axes[d]), s.periodic[d], false, 0);
    }
    if (s.n[1] == 1) fine.axes[1] = coarse.axes[1] = {.below = {0.0}, .above = {0.0}, .excess = {0.0}, .share = {1.0}};
    return {fine, coarse};
}

// The same matrix by its numbers at all points.
template <class T>
class by_point {
public:
    explicit by_point(device_grid const& grid) {
        plain_grid const plain{grid};
        for (auto& numbers : {&diagonal_, &to_x_, &to_y_, &to_z_}) numbers->resize(plain.n());
        for (std::size_t colour = 0; colour < 2; ++colour)
            plain.for_colour(colour, [&](std::size_t i, std::size_t x, std::size_t y, std::size_t z) {
                diagonal_[i] = static_cast<T>(plain.diagonal(x, y, z));
                to_x_[i] = static_cast<T>(grid.axes[0].above[x]);
                to_y_[i] = static_cast<T>(grid.axes[1].above[y]);
                to_z_[i] = static_cast<T>(grid.axes[2].above[z]);
            });
    }
    [[nodiscard]] numbers_by_point<T> view(bool is_flat) const {
        return {diagonal_.data(), to_x_.data(), is_flat ? nullptr : to_y_.data(), to_z_.data()};
    }

private:
    std::vector<T> diagonal_, to_x_, to_y_, to_z_;
};

// On both machines, whose threads go in opposite orders: the same bits.
template <class T, class Run>
void expect(std::vector<double> const& expected, Run const& run) {
    std::vector<T> results[2];
    for (auto const order : {thread_order::forward, thread_order::backward}) {
        made_up_gpu gpu{.order = order};
        auto& result = results[static_cast<int>(order)];
        result.assign(expected.size(), T(NAN));
        poise_test::host_machine machine{&gpu};
        run(machine, result.data());
    }
    ASSERT_EQ(results[0], results[1]);
    double largest = 0.0;
    for (double const value : expected) largest = std::max(largest, std::abs(value));
    // Some forty operations lie between b and a number that comes of it.
    double const rounding = 40.0 * std::numeric_limits<T>::epsilon() * largest;
    for (std::size_t i = 0; i < expected.size(); ++i)
        ASSERT_NEAR(static_cast<double>(results[0][i]), expected[i], rounding) << "at " << i;
}

template <bool Flat, class T>
void expect_descents(shape const& s, int first) {
    SCOPED_TRACE(poise::concat(text_of(s), ", first colour ", first));
    auto const grids = grids_of(s);
    packed_grids<T> const packed{grids, diagonal_part::all};
    auto const views = packed.views(packed.numbers().data());
    plain_grid const plain{grids.front()};
    auto const b = random_vector(plain.n()), again = random_vector(plain.n(), 2);
    std::vector<T> const b_of_T(b.begin(), b.end()), again_of_T(again.begin(), again.end());
    auto const left_by = [&](std::vector<double> const& right) {
        std::vector<double> u(plain.n(), 0.0);
        auto const first_colour = static_cast<std::size_t>(first);
        plain.relax(first_colour, omega, right, u);
        plain.relax(1 - first_colour, 1.0, right, u);
        return plain.restricted(plain.residual(right, u));
    };
    std::vector<double> const rounded(b_of_T.begin(), b_of_T.end()), x(again_of_T.begin(), again_of_T.end());

    expect<T>(left_by(rounded), [&](auto& machine, T* coarse_b) {
        using source = right_hand_side<T>;
        machine.run(descent<Flat, T, source>{
            views[0], {}, source{views[0], b_of_T.data()}, coarse_b, nullptr, T(omega), first});
    });
    by_point<T> const numbers{grids.front()};
    expect<T>(left_by(rounded), [&](auto& machine, T* coarse_b) {
        using source = right_hand_side<T>;
        machine.run(descent<Flat, T, source, numbers_by_point<T>>{
            views[0], numbers.view(Flat), source{views[0], b_of_T.data()}, coarse_b, nullptr, T(omega), first});
    });
    auto const r = plain.residual(rounded, x);
    std::vector<T> kept(plain.n(), T(NAN));
    expect<T>(left_by(r), [&](auto& machine, T* coarse_b) {
        using source = residual_again<T, sum_of_directions<T>>;
        source const from{views[0], {}, b_of_T.data(), again_of_T.data(), kept.data()};
        machine.run(descent<Flat, T, source>{views[0], {}, from, coarse_b, nullptr, T(omega), first});
    });
    for (std::size_t i = 0; i < kept.size(); ++i)
        ASSERT_NEAR(static_cast<double>(kept[i]), r[i], 200.0 * std::numeric_limits<T>::epsilon());
}

template <bool Flat, class T>
void expect_ascents(shape const& s, int first) {
    SCOPED_TRACE(poise::concat(text_of(s), ", first colour ", first));
    auto const first_colour = static_cast<std::size_t>(first);
    auto const grids = grids_of(s);
    packed_grids<T> const packed{grids, diagonal_part::all};
    auto const views = packed.views(packed.numbers().data());
    plain_grid const plain{grids.front()};
    auto const b = random_vector(plain.n()), coarse = random_vector(grids[1].n_points(), 3);
    std::vector<T> const b_of_T(b.begin(), b.end()), coarse_of_T(coarse.begin(), coarse.end());
    std::vector<double> const right(b_of_T.begin(), b_of_T.end());
    std::vector<double> u(plain.n(), 0.0);
    plain.relax(first_colour, omega, right, u);
    plain.relax(1 - first_colour, 1.0, right, u);
    auto const correction = plain.interpolated({coarse_of_T.begin(), coarse_of_T.end()});
    for (std::size_t i = 0; i < u.size(); ++i) u[i] += correction[i];
    plain.relax(0, 1.0, right, u);
    plain.relax(1, omega, right, u);

    expect<T>(u, [&](auto& machine, T* x) {
        machine.run(
            ascent<Flat, T, T>{views[0], {}, b_of_T.data(), coarse_of_T.data(), x, nullptr, false, T(omega), first});
    });
    by_point<T> const numbers{grids.front()};
    expect<T>(u, [&](auto& machine, T* x) {
        machine.run(ascent<Flat, T, T, numbers_by_point<T>>{views[0], numbers.view(Flat), b_of_T.data(),
                                                            coarse_of_T.data(), x, nullptr, false, T(omega), first});
    });
    double const factor = 0.25;
    for (double& value : u) value = 1.0 + factor * value;
    made_up_gpu gpu;
    std::vector<double> x(u.size(), 1.0);
    poise_test::host_machine machine{&gpu};
    machine.run(ascent<Flat, T, double>{
        views[0], {}, b_of_T.data(), coarse_of_T.data(), x.data(), &factor, true, T(omega), first});
    for (std::size_t i = 0; i < x.size(); ++i)
        ASSERT_NEAR(x[i], u[i], 100.0 * std::numeric_limits<T>::epsilon()) << "at " << i;
}

}  // namespace

TEST(DescentOnGpu, DoesWhatPlainSweepsDo) {
    for (int const first : {0, 1}) {
        for (auto const& s : flat_shapes) {
            expect_descents<true, float>(s, first);
            expect_descents<true, double>(s, first);
        }
        for (auto const& s : box_shapes) {
            expect_descents<false, float>(s, first);
            expect_descents<false, double>(s, first);
        }
    }
}

TEST(AscentOnGpu, DoesWhatPlainSweepsDo) {
    for (int const first : {0, 1}) {
        for (auto const& s : flat_shapes) {
            expect_ascents<true, float>(s, first);
            expect_ascents<true, double>(s, first);
        }
        for (auto const& s : box_shapes) {
            expect_ascents<false, float>(s, first);
            expect_ascents<false, double>(s, first);
        }
    }
}
