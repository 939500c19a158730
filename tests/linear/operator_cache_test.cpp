// SPDX-License-Identifier: MIT
#include "support/message_of.hpp"

#include <poise/linear/operator_cache.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace poise;
using grid::centering;
using linear::cholesky_backend;
using linear::operator_cache;
using poise_test::message_of;

namespace {

constexpr auto D = grid::condition_kind::dirichlet;
constexpr auto N = grid::condition_kind::neumann;
grid::condition_kinds<2> const all_dirichlet{D, D, D, D};

grid::cartesian<2> square(std::ptrdiff_t n) { return grid::cartesian<2>{{.cells = {n, n}}}; }

double metric(profile::metrics_registry const& registry, std::string const& name) {
    for (auto const& m : registry.snapshot())
        if (m.name == "linear.operator_cache." + name) return m.value;
    return std::nan("");
}

}  // namespace

TEST(OperatorCache, BuildsOnceAndSharesAfterwards) {
    profile::metrics_registry registry;
    operator_cache cache{{.registry = &registry}};
    auto const first = cache.get(square(20), all_dirichlet);
    auto const second = cache.get(square(20), all_dirichlet);
    EXPECT_FALSE(first.reused);
    EXPECT_TRUE(second.reused);
    EXPECT_EQ(first.op, second.op);
    auto const s = cache.statistics();
    EXPECT_EQ(s.hits, 1u);
    EXPECT_EQ(s.misses, 1u);
    EXPECT_EQ(s.entries, 1u);
    EXPECT_EQ(s.bytes, first.op->bytes());
    EXPECT_GE(s.build_s, first.op->assembly_s + first.op->factorisation_s);
    EXPECT_DOUBLE_EQ(s.saved_s, s.build_s);
    EXPECT_EQ(metric(registry, "hits"), 1.0);
    EXPECT_EQ(metric(registry, "misses"), 1.0);
    EXPECT_EQ(metric(registry, "bytes"), static_cast<double>(s.bytes));
    EXPECT_EQ(metric(registry, "saved_seconds"), s.saved_s);
}

TEST(OperatorCache, TellsApartWhateverTheOperatorDependsOn) {
    operator_cache cache;
    std::set<void const*> seen;
    auto const add = [&](auto const& grid, auto const& kinds, double shift = 0.0,
                         cholesky_backend backend = cholesky_backend::eigen) {
        auto const got = cache.get(grid, kinds, shift, backend);
        EXPECT_FALSE(got.reused);
        seen.insert(got.op.get());
    };
    add(square(8), all_dirichlet);
    add(grid::cartesian<2>{{.cells = {8, 7}}}, all_dirichlet);
    add(grid::cartesian<2>{{.cells = {7, 8}}}, all_dirichlet);
    add(grid::cartesian<2>{{.upper = {2, 1}, .cells = {8, 8}}}, all_dirichlet);
    add(grid::cartesian<2>{{.upper = {std::nextafter(1.0, 2.0), 1}, .cells = {8, 8}}}, all_dirichlet);
    add(grid::cartesian<2>{{.cells = {8, 8}, .centering = centering::node}}, all_dirichlet);
    add(square(8), grid::condition_kinds<2>{D, D, D, N});
    add(square(8), grid::condition_kinds<2>{N, D, D, D});
    add(square(8), all_dirichlet, 1.0);
    add(square(8), all_dirichlet, std::nextafter(1.0, 2.0));
    add(grid::cartesian<1>{{.cells = {8}}}, grid::condition_kinds<1>{D, D});
    add(grid::cartesian<3>{{.cells = {8, 8, 1}}}, grid::condition_kinds<3>{});
    if (linear::has_cholmod()) add(square(8), all_dirichlet, 0.0, cholesky_backend::cholmod);
    EXPECT_EQ(seen.size(), cache.statistics().entries);
}

TEST(OperatorCache, TellsTheSchemesOfTransformsApart) {
    operator_cache cache;
    grid::cartesian<2> const nodes{{.cells = {8, 8}, .centering = centering::node}};
    auto const second = cache.get_transform(nodes, all_dirichlet);
    auto const fourth =
        cache.get_transform(nodes, all_dirichlet, 0.0, {.scheme = linear::scheme::compact_fourth_order});
    EXPECT_FALSE(fourth.reused);
    EXPECT_NE(second.plan, fourth.plan);
    EXPECT_TRUE(
        cache.get_transform(nodes, all_dirichlet, 0.0, {.scheme = linear::scheme::compact_fourth_order}).reused);
}

TEST(OperatorCache, DoesNotMindWhereTheBoxLies) {
    operator_cache cache;
    (void)cache.get(square(8), all_dirichlet);
    EXPECT_TRUE(
        cache.get(grid::cartesian<2>{{.lower = {4, -2}, .upper = {5, -1}, .cells = {8, 8}}}, all_dirichlet).reused);
    EXPECT_TRUE(cache
                    .get(square(8), all_dirichlet, 0.0,
                         linear::has_cholmod() ? cholesky_backend::cholmod : cholesky_backend::eigen)
                    .reused);
}

TEST(OperatorCache, DropsTheLeastRecentlyUsedBeyondItsBytes) {
    std::size_t const one = operator_cache{}.get(square(20), all_dirichlet).op->bytes();
    operator_cache cache{{.max_bytes = 2 * one + one / 2}};
    (void)cache.get(square(20), all_dirichlet, 1.0);
    (void)cache.get(square(20), all_dirichlet, 2.0);
    (void)cache.get(square(20), all_dirichlet, 1.0);
    (void)cache.get(square(20), all_dirichlet, 3.0);
    EXPECT_EQ(cache.statistics().evictions, 1u);
    EXPECT_LE(cache.statistics().bytes, 2 * one + one / 2);
    EXPECT_TRUE(cache.get(square(20), all_dirichlet, 1.0).reused);
    EXPECT_TRUE(cache.get(square(20), all_dirichlet, 3.0).reused);
    EXPECT_FALSE(cache.get(square(20), all_dirichlet, 2.0).reused);
}

TEST(OperatorCache, FindsADroppedOperatorThatIsStillInUse) {
    operator_cache cache{{.max_bytes = 1}};
    auto const held = cache.get(square(20), all_dirichlet);
    EXPECT_EQ(cache.statistics().entries, 0u);
    auto const again = cache.get(square(20), all_dirichlet);
    EXPECT_TRUE(again.reused);
    EXPECT_EQ(again.op, held.op);
}

TEST(OperatorCache, BuildsOneOperatorForManyThreads) {
    for (int repeat = 0; repeat < 10; ++repeat) {
        operator_cache cache;
        std::vector<std::shared_ptr<linear::factored_operator const>> got(8);
        std::vector<std::thread> threads;
        for (auto& mine : got) threads.emplace_back([&] { mine = cache.get(square(40), all_dirichlet).op; });
        for (auto& thread : threads) thread.join();
        for (auto const& op : got) EXPECT_EQ(op, got.front());
        EXPECT_EQ(cache.statistics().misses, 1u);
        EXPECT_EQ(cache.statistics().hits, 7u);
    }
}

TEST(OperatorCache, SharesARegistryWithOthers) {
    profile::metrics_registry registry;
    operator_cache a{{.registry = &registry}};
    (void)a.get(square(20), all_dirichlet);
    (void)a.get(square(20), all_dirichlet);
    {
        operator_cache b{{.registry = &registry}};
        (void)b.get(square(10), all_dirichlet);
        EXPECT_EQ(metric(registry, "bytes"), static_cast<double>(a.statistics().bytes + b.statistics().bytes));
    }
    EXPECT_EQ(metric(registry, "hits"), 1.0);
    EXPECT_EQ(metric(registry, "misses"), 2.0);
    EXPECT_EQ(metric(registry, "bytes"), static_cast<double>(a.statistics().bytes));
    a.clear();
    EXPECT_EQ(metric(registry, "bytes"), 0.0);
}

TEST(OperatorCache, DoesNotRememberFailures) {
    operator_cache cache;
    grid::condition_kinds<2> const singular{N, N, N, N};
    grid::cartesian<2> const one_cell{{.cells = {1, 1}}};  // -Δ of a single insulated cell is exactly 0
    EXPECT_THROW((void)cache.get(one_cell, singular), linear::not_positive_definite);
    EXPECT_THROW((void)cache.get(one_cell, singular), linear::not_positive_definite);
    EXPECT_EQ(cache.statistics().misses, 2u);
    EXPECT_EQ(cache.statistics().entries, 0u);
}

TEST(OperatorCache, FactorsNoNegativeShift) {
    operator_cache cache;
    EXPECT_EQ(
        message_of<std::invalid_argument>([&] { (void)cache.get(square(4), all_dirichlet, -1.0); }),
        "shift is -1; a Cholesky factorisation needs a shift >= 0: get_diffusion() with preparation::lu takes any");
    EXPECT_THROW((void)cache.get_transform(square(4), all_dirichlet, -1.0), std::invalid_argument);
    EXPECT_EQ(cache.statistics().entries, 0u);
}

TEST(OperatorCache, ForgetsOnRequest) {
    operator_cache cache;
    auto const held = cache.get(square(10), all_dirichlet);
    cache.clear();
    EXPECT_EQ(cache.statistics().bytes, 0u);
    EXPECT_FALSE(cache.get(square(10), all_dirichlet).reused);
    EXPECT_EQ(held.op->matrix.n_rows(), 100);
}

TEST(OperatorCache, HasOneDefaultInstance) {
    EXPECT_EQ(&linear::default_operator_cache(), &linear::default_operator_cache());
}
